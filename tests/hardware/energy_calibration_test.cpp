#include "hardware/energy_calibration.hpp"

#include <doctest/doctest.h>

#include "hardware/read_runtime.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

EnergyCalibration example() {
  EnergyCalibration c;
  c.kind = DeviceKind::cpu;
  c.date = "2026-01-02";
  c.sources = {"here"};
  c.rows = 12;
  c.coefficients = {{"per_flop", 2, 1, 3}, {"busy", 0.5, 0.25, 1}};
  c.runtimes = {{"ncnn", 1.5}, {"tflite", 3}};
  c.devices = {{"rpi4", 1.25}};
  c.errors = {{"network", 12, 0.1, -0.02, 0.2}, {"device", 12, 0.6, 0.1, 0.5}, {"everything", 12, 0.5, 0, 1}};
  return c;
}

TEST_CASE("what is written is what is read") {
  const std::string text = to_yaml(example());
  const Result<EnergyCalibration> read = parse_energy_calibration("energy.cpu.yaml", text);
  REQUIRE_MESSAGE(read, (read ? "" : render(read.diagnostics())));
  CHECK(to_yaml(*read) == text);
}

TEST_CASE("applied, a runtime counts with the scales, its own of busy power among them") {
  Result<Runtime> runtime = read_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes/ncnn.yaml");
  REQUIRE(runtime);
  apply(example(), *runtime);
  const std::optional<EnergyFit>& fit = runtime->on(DeviceKind::cpu)->energy;
  REQUIRE(fit);
  CHECK(fit->scale.per_flop == 2);
  CHECK(fit->scale.per_byte == 1);
  CHECK(fit->scale.busy == Approx(0.5 * 1.5));
  CHECK(fit->devices.at("rpi4") == 1.25);
}

TEST_CASE("it serves where it is nearer to what it has not seen than the device's file is") {
  CHECK(example().helps("rpi4"));        // 10 percent against 50
  CHECK_FALSE(example().helps("rpi5"));  // another device: 60 percent against 50
  EnergyCalibration one_device = example();
  one_device.errors.erase(one_device.errors.begin() + 1);
  CHECK_FALSE(one_device.helps("rpi5"));
}

TEST_CASE("a file of another kind, and one with a scale that cannot be, are refused with their place") {
  const auto complaint = [](const std::string& from, const std::string& to) {
    std::string text = to_yaml(example());
    text.replace(text.find(from), from.size(), to);
    const Result<EnergyCalibration> read = parse_energy_calibration("energy.cpu.yaml", text);
    REQUIRE_FALSE(read);
    return render(read.diagnostics());
  };
  CHECK(complaint("energy_calibration/1", "calibration/1").find("energy.cpu.yaml:1:") == 0);
  CHECK(complaint("rpi4: 1.25", "rpi4: -1").find("energy.cpu.yaml:14:9: error") == 0);
  CHECK(complaint("kind: cpu", "kind: cup").find("did you mean 'cpu'") != std::string::npos);
}

}  // namespace
}  // namespace chipcast
