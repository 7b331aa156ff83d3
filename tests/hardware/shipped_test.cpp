// The files of hardware_specs/ as a whole: they load, every figure says where it is from, and the physics adds up.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "hardware/figures.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"

namespace chipcast {
namespace {

const std::string folder = CHIPCAST_SOURCE_DIR "/hardware_specs";

template <class T>
void check_sources(const T& described) {
  visit_figures(described, [&](const std::string& path, const auto& figure) {
    CAPTURE(path);
    const bool is_cited =
        std::ranges::find(described.sources, figure.source, &Source::key) != described.sources.end();
    const bool is_bounded = figure.is_assumed() && figure.low && figure.high && *figure.low <= figure.value &&
                            figure.value <= *figure.high;
    CHECK_MESSAGE((is_cited || is_bounded), described.id, " ", path, " cites nothing");
  });
  for (const Source& source : described.sources) {
    CHECK_FALSE(source.title.empty());
    CHECK_FALSE(source.date.empty());
  }
}

TEST_CASE("every shipped device loads, and every figure has a source or bounds") {
  const std::vector<std::string> ids = device_ids(folder);
  CHECK(ids.size() >= 30);
  for (const std::string& id : ids) {
    CAPTURE(id);
    const Result<Device> device = find_device(folder, id);
    if (!device) FAIL_CHECK(render(device.diagnostics()));
    if (!device) continue;
    CHECK(device->id == id);
    check_sources(*device);
  }
}

TEST_CASE("every shipped runtime loads, and every prior has a source or bounds") {
  const std::vector<std::string> ids = runtime_ids(folder + "/runtimes");
  CHECK(ids.size() >= 9);
  for (const std::string& id : ids) {
    CAPTURE(id);
    const Result<Runtime> runtime = find_runtime(folder + "/runtimes", id);
    if (!runtime) FAIL_CHECK(render(runtime.diagnostics()));
    if (!runtime) continue;
    CHECK(runtime->id == id);
    check_sources(*runtime);
  }
}

TEST_CASE("the six devices of the mission are there") {
  for (const char* id : {"intel_i7_12700k", "intel_i7_12700h", "amd_ryzen7_8845hs", "amd_ryzen9_8945hs",
                         "nvidia_h100_pcie", "nvidia_h100_sxm", "google_tpu_v4", "kpu_t2", "kpu_t100"}) {
    CHECK(find_device(folder, id));
  }
  CHECK(find_device(folder, "kpu-t2"));            // as people type it
  CHECK(find_device(folder, "NVIDIA-H100-PCIe"));  // and as vendors print it
}

TEST_CASE("at peak, arithmetic with its energies stays within the power of the device") {
  for (const std::string& id : device_ids(folder)) {
    const Result<Device> device = find_device(folder, id);
    if (!device) continue;
    const OperatingPoint& point = device->operating_points.front();
    for (std::size_t e = 0; e < device->engines.size(); ++e) {
      for (const Precision precision : precisions) {
        if (!device->engines[e].has(precision)) continue;
        CAPTURE(id);
        CAPTURE(device->engines[e].name);
        const auto& energy = device->engines[e].energy_per_flop[static_cast<std::size_t>(precision)];
        REQUIRE(energy);
        const Watts power = energy->value * peak_rate(*device, e, precision, point);
        CHECK(power <= max_power(*device, point));
      }
    }
    const std::size_t outermost = device->memory.size() - 1;
    REQUIRE(device->memory[outermost].energy);
    const Watts traffic = device->memory[outermost].energy->value * bandwidth(*device, outermost, point);
    CAPTURE(id);
    CHECK(traffic <= max_power(*device, point));
  }
}

// Fabric and every level of memory at full rate at once.
Watts full_load(const Device& device, Precision precision) {
  const OperatingPoint& point = device.operating_points.front();
  Watts sum = device.idle_power.value;
  sum += device.engines[0].energy_per_flop[static_cast<std::size_t>(precision)]->value *
         peak_rate(device, 0, precision, point);
  for (std::size_t level = 0; level < device.memory.size(); ++level) {
    sum += device.memory[level].energy->value * bandwidth(device, level, point);
  }
  return sum;
}

TEST_CASE(
    "the KPUs' assumed figures are consistent: full load takes what they may take, T2 what a battery can "
    "give") {
  const Result<Device> t2 = find_device(folder, "kpu_t2");
  REQUIRE(t2);
  CHECK(full_load(*t2, Precision::int8) <= t2->max_power.value);
  CHECK(full_load(*t2, Precision::int8) >= 0.8 * t2->max_power.value);
  CHECK(t2->max_power.value <= 5.0 * watt);
  const Result<Device> t100 = find_device(folder, "kpu_t100");
  REQUIRE(t100);
  CHECK(full_load(*t100, Precision::bf16) <= t100->max_power.value);
  CHECK(full_load(*t100, Precision::bf16) >= 0.8 * t100->max_power.value);
}

}  // namespace
}  // namespace chipcast
