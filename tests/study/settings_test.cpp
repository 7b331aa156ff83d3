// What can be set, how, and what is said of what cannot.
#include "study/settings.hpp"

#include <doctest/doctest.h>

#include "hardware/read_device.hpp"
#include "study/one_layer.hpp"

namespace chipcast {
namespace {

using doctest::Approx;
using Texts = std::vector<std::string>;

Result<Design> set(const Design& design, const Texts& texts) {
  const Result<Settings> settings = parse_settings(texts);
  if (!settings) return settings.diagnostics();
  return with_settings(design, *settings, {});
}

// An engine with a level of its own and one of the chip that its clock moves.
Design clocked() {
  Design design = bandwidth_bound();
  design.device.memory = {level("l1", MemoryScope::core, 1 * kilobyte, 4e9),
                          level("l2", MemoryScope::chip, 1 * megabyte, 2e9),
                          level("dram", MemoryScope::off_chip, 1000 * megabyte, 1e9)};
  design.device.memory[0].clocked_by = 0;
  design.device.memory[1].clocked_by = 0;
  return design;
}

double bandwidth_of(const Design& design, std::size_t level) {
  return design.device.memory[level].bandwidth.value.in_base_units();
}

std::string complaint(const Texts& texts) {
  const Result<Design> changed = set(clocked(), texts);
  return changed ? "" : render(changed.diagnostics());
}

TEST_CASE("a figure is set by a factor, a percentage or an amount with its unit") {
  const auto bandwidth = [](const std::string& value) {
    const Result<Design> changed = set(bandwidth_bound(), {"memory.dram.bandwidth=" + value});
    REQUIRE(changed);
    return bandwidth_of(*changed, 0);
  };
  CHECK(bandwidth("2x") == 2e9);
  CHECK(bandwidth("0.5x") == 0.5e9);
  CHECK(bandwidth("+20%") == Approx(1.2e9));
  CHECK(bandwidth("-30%") == Approx(0.7e9));
  CHECK(bandwidth("400GB/s") == 400e9);
  CHECK(bandwidth(" 400 GB/s ") == 400e9);
}

TEST_CASE("counts of bytes stay whole, plain numbers are plain, a time may be nothing") {
  const Result<Design> changed =
      set(bandwidth_bound(), {"memory.dram.capacity=0.3333x", "engines.array.count=64", "on.npu.dispatch=0s",
                              "on.npu.priors.dense.efficiency=0.5"});
  REQUIRE(changed);
  CHECK(changed->device.memory[0].capacity.value == 333'300'000 * byte);
  CHECK(changed->device.engines[0].count.value == 64);
  CHECK(changed->runtime.on(DeviceKind::npu)->dispatch.value == Seconds());
  CHECK(changed->runtime.on(DeviceKind::npu)->prior(WorkKind::dense).efficiency.value == 0.5);
}

TEST_CASE("a factor moves the range of an assumed figure along; an amount is certain") {
  Design design = bandwidth_bound();
  Figure<BytesPerSecond>& figure = design.device.memory[0].bandwidth;
  figure.source = "assumed";
  figure.low = 0.5 * figure.value;
  figure.high = 4 * figure.value;
  const Result<Design> scaled = set(design, {"memory.dram.bandwidth=2x"});
  const Result<Design> given = set(design, {"memory.dram.bandwidth=2GB/s"});
  REQUIRE(scaled);
  REQUIRE(given);
  CHECK(scaled->device.memory[0].bandwidth.low->in_base_units() == 1e9);
  CHECK(scaled->device.memory[0].bandwidth.high->in_base_units() == 8e9);
  CHECK_FALSE(given->device.memory[0].bandwidth.low);
}

TEST_CASE("precision, weights, batch, threads and fusion") {
  Design design = bandwidth_bound();
  design.batch = 4;
  const Result<Design> changed =
      set(design, {"weights=int4", "batch=2x", "threads=3", "fusion.product_activation=on"});
  REQUIRE(changed);
  CHECK(changed->options.weights == Precision::int4);
  CHECK(changed->batch == 8);
  CHECK(changed->options.threads == 3);
  CHECK(changed->runtime.fuses(FusionRule::product_activation));
  const Result<Design> off = set(*changed, {"fusion.product_activation=off", "precision=fp16"});
  REQUIRE(off);
  CHECK_FALSE(off->runtime.fuses(FusionRule::product_activation));
  CHECK(off->options.precision == Precision::fp16);
}

TEST_CASE("with an engine's clock go the levels that it clocks, with its count those of a core") {
  const Result<Design> faster = set(clocked(), {"engines.array.clock=3x"});
  REQUIRE(faster);
  CHECK(bandwidth_of(*faster, 0) == 12e9);
  CHECK(bandwidth_of(*faster, 1) == 6e9);
  CHECK(bandwidth_of(*faster, 2) == 1e9);
  const Result<Design> wider = set(clocked(), {"engines.array.count=2000"});  // of 1,000
  REQUIRE(wider);
  CHECK(bandwidth_of(*wider, 0) == 8e9);
  CHECK(bandwidth_of(*wider, 1) == 2e9);
  // Whatever the order, a bandwidth that is set is what it is set to, and a factor is of what it would be.
  for (const Texts& texts :
       {Texts{"engines.array.clock=3x", "memory.l2.bandwidth=5GB/s", "memory.l1.bandwidth=2x"},
        Texts{"memory.l2.bandwidth=5GB/s", "memory.l1.bandwidth=2x", "engines.array.clock=3x"}}) {
    const Result<Design> both = set(clocked(), texts);
    REQUIRE(both);
    CHECK(bandwidth_of(*both, 1) == 5e9);
    CHECK(bandwidth_of(*both, 0) == 24e9);
  }
}

TEST_CASE("what cannot be set is said where it stands, with the way out") {
  CHECK(complaint({"memory.dram.bandwith=2x"}) ==
        "--set:1:1: error: 'memory.dram.bandwith' is nothing of 'machine', of runtime 'software' or of the "
        "network\n"
        "  memory.dram.bandwith=2x\n"
        "  ^~~~~~~~~~~~~~~~~~~~ did you mean 'memory.dram.bandwidth', 'memory.l1.bandwidth' or "
        "'memory.l2.bandwidth'?\n");
  CHECK(complaint({"precision=int8", "memory.dram.bandwidth=400 GB"}) ==
        "--set:2:27: error: 'memory.dram.bandwidth' must be a bandwidth, but 'GB' is a size\n"
        "  memory.dram.bandwidth=400 GB\n"
        "                            ^~ write for example '4.8 TB/s'\n");
  CHECK(complaint({"memory.dram.bandwidth=120%"}) ==
        "--set:1:23: error: '120%' may be a change or a share of what it is\n"
        "  memory.dram.bandwidth=120%\n"
        "                        ^~~~ write +120%, or 1.2x\n");
  CHECK(complaint({"batch"}) ==
        "--set:1:1: error: --set takes something else\n"
        "  batch\n"
        "  ^~~~~ write PATH=VALUE, as in memory.dram.bandwidth=2x, =+20% or ='400 GB/s'\n");
  CHECK(complaint({"precision=int9"}).find("did you mean 'int8' or 'int4'?") != std::string::npos);
  CHECK(complaint({"batch=2", "batch=4"}).find("'batch' is there twice") != std::string::npos);
  CHECK(complaint({"batch=0.5x"}).find("would be 0.5, which is no whole number") != std::string::npos);
  CHECK(complaint({"threads=2x"}).find("there is no number of threads to change") != std::string::npos);
  CHECK(complaint({"memory.dram.bandwidth=-100%"}).find("must be above zero") != std::string::npos);
  CHECK(complaint({"memory.dram.bandwidth=-130%"}).find("must not be negative") != std::string::npos);
  CHECK(complaint({"memory.dram.bandwidth=-3 GB/s"}).find("must not be negative") != std::string::npos);
  CHECK(complaint({"memory.dram.bandwidth=0 B/s"}).find("must be above zero") != std::string::npos);
  CHECK(complaint({"engines.array.count=0"}).find("must be above zero") != std::string::npos);
  CHECK(complaint({"engines.array.count=4 GB"}).find("must be a plain number") != std::string::npos);
  CHECK(complaint({"engines.array.count=nan"}).find("not a finite number") != std::string::npos);
  CHECK(complaint({"memory.dram.capacity=1e300x"}).find("must be at most 1e+18") != std::string::npos);
  CHECK(complaint({"on.npu.cache_efficiency=1.5"}).find("between 0 and 1") != std::string::npos);
  CHECK(complaint({"fusion.product_activation=maybe"}).find("cannot be 'maybe'") != std::string::npos);
}

TEST_CASE("all complaints come at once, and control characters go no further") {
  const std::string all =
      complaint({"a\x1b[2J\n=1", "memory.dram.bandwidth=fast", "engines.array.count=many"});
  CHECK(all.find("--set:1:") != std::string::npos);
  CHECK(all.find("--set:2:") != std::string::npos);
  CHECK(all.find("--set:3:") != std::string::npos);
  CHECK(all.find('\x1b') == std::string::npos);
}

TEST_CASE("the device must still be a possible one, and where it was none before that is no new fault") {
  CHECK(
      complaint({"memory.dram.bandwidth=3x"}) ==
      "--set:1:23: error: 'dram' at 3 GB/s is faster than 'l2' inside it at 2 GB/s\n"
      "  memory.dram.bandwidth=3x\n"
      "                        ^~ levels go from the engine outwards, and bandwidth is that of all instances "
      "together\n");
  CHECK(complaint({"memory.dram.bandwidth=3x", "memory.l2.bandwidth=2x"}).empty());
  CHECK(complaint({"idle_power=20kW"}).find("idle power 20 kW is above the maximum 10 kW") !=
        std::string::npos);
  Design odd = clocked();
  odd.device.memory[1].capacity.value = 1 * byte;  // l2 smaller than l1
  CHECK(set(odd, {"memory.dram.bandwidth=1.5x"}));
}

TEST_CASE("setting a figure is the same as writing it into the device's file") {
  const std::string path = CHIPCAST_SOURCE_DIR "/hardware_specs/kpu_t2.yaml";
  const Result<std::string> text = read_text_file(path);
  REQUIRE(text);
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string file = *text;
    const std::size_t at = file.find(from);
    REQUIRE(at != std::string::npos);
    Result<Device> device = parse_device(path, file.replace(at, from.size(), to));
    REQUIRE(device);
    return *std::move(device);
  };
  const Runtime runtime =
      software(DeviceKind::npu, {.efficiency = 0.5, .half_cycles = 100}, {Precision::int8});
  const Device original = edited("", "");
  const auto on = [&](const Device& device) {
    const Result<Target> target =
        make_target(device, device.operating_points[0], runtime, {.precision = Precision::int8});
    REQUIRE(target);
    return design_of(*target, 1);
  };
  const OneLayer layer;
  struct Edit {
    std::string from, to, setting;
  };
  for (const Edit& edit : {Edit{"{value: 185 GB/s", "{value: 220 GB/s", "memory.shared.bandwidth=220GB/s"},
                           Edit{"{value: 4 MiB", "{value: 8 MiB", "memory.shared.capacity=2x"},
                           Edit{"{value: 8 pJ/B", "{value: 16 pJ/B", "memory.dram.energy=2x"},
                           Edit{"{value: 50 mW", "{value: 60 mW", "idle_power=+20%"}}) {
    CAPTURE(edit.setting);
    const Result<Design> changed = set(on(original), {edit.setting});
    const Design by_hand = on(edited(edit.from, edit.to));
    REQUIRE(changed);
    const Estimate a = estimated(layer.workload(runtime), *changed);
    const Estimate b = estimated(layer.workload(runtime), by_hand);
    CHECK(a.latency == b.latency);
    CHECK(in(a.energy->total(), joule) == Approx(in(b.energy->total(), joule)).epsilon(1e-12));
    CHECK(a.bound == b.bound);
  }
}

}  // namespace
}  // namespace chipcast
