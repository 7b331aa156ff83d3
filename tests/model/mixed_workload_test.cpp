// Networks at several precisions: by hand on two layers, and what must hold of every network on every device.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "graph/build.hpp"
#include "graph/shaping.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/estimate.hpp"
#include "model/estimate_block.hpp"
#include "model/machines.hpp"
#include "model/shipped.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

constexpr double rounding = 1 + 1e-9;

// ---- by hand

// Two 1 x 1 convolutions on 10 x 10 pixels, 64 channels onto 96 and those onto 32:
//   a: 614,400 MACs, 6,144 weights, reads 6,400 values and writes 9,600
//   b: 307,200 MACs, 3,072 weights, reads 9,600 values and writes 3,200
struct TwoLayers {
  Graph graph;
  Complexity complexity;
  TwoLayers() {
    const TensorId x = build::input(graph, "x", {1, 64, 10, 10});
    const TensorId y = build::conv(graph, "a", x, build::weight(graph, "wa", {96, 64, 1, 1}));
    graph.add_output(build::conv(graph, "b", y, build::weight(graph, "wb", {32, 96, 1, 1})));
    const Result<Shaped> shaped = shape_graph(graph, {});
    REQUIRE(shaped);
    Result<Complexity> counted = characterize(graph, shaped->order);
    REQUIRE(counted);
    complexity = *std::move(counted);
  }
};

// 1 GB/s, and engines so fast that their time does not count; 1 pJ an operation at fp32, a quarter of it at int8, 1 pJ
// a byte, 1 W idle.
struct Machine {
  Device device = machine(DeviceKind::npu);
  Runtime runtime = software(DeviceKind::npu, {}, {Precision::fp32, Precision::int8});
  explicit Machine(bool fuses_chains) {
    Engine array = engine("array", 1000, 1e9, Precision::fp32, 2000);
    array.flops_per_cycle[static_cast<std::size_t>(Precision::int8)] = sure(2000.0);
    array.energy_per_flop[static_cast<std::size_t>(Precision::int8)] = sure(0.25e-12 * joule / (1.0 * flop));
    device.engines = {array};
    device.memory = {level("dram", MemoryScope::off_chip, 1000 * megabyte, 1e9)};
    runtime.fusion[static_cast<std::size_t>(FusionRule::elementwise_chain)] = fuses_chains;
  }
  Target target() const {
    Result<Target> made = make_target(device, device.operating_points[0], runtime,
                                      {.precision = Precision::fp32, .kept = {Precision::int8}});
    REQUIRE(made);
    return *std::move(made);
  }
};

// fp32, and the second layer kept at int8.
Workload second_at_int8(const TwoLayers& network, const Target& target) {
  const std::vector<Keep> rules = {{Precision::int8, "b"}};
  const Result<KeptOperators> kept = keep(network.complexity, rules);
  REQUIRE(kept);
  return WorkloadMaker(network.graph, network.complexity)(target, *kept);
}

TEST_CASE("two layers, the second at int8, by a runtime that converts inside kernels") {
  const TwoLayers network;
  const Machine on(true);
  const Target target = on.target();
  const Estimate e = estimate(second_at_int8(network, target), target);
  REQUIRE(e.groups.size() == 2);
  // What is between them is written at fp32 and read at int8 only: int8 goes through memory.
  //   a: 4 x 6,144 weights + 4 x 6,400 read + 9,600 written = 59,776 B, 59.776 us at 1 GB/s
  //   b: 3,072 + 9,600 + 3,200 = 15,872 B
  CHECK(in(e.groups[0].total, microsecond) == Approx(59.776));
  CHECK(in(e.groups[1].total, microsecond) == Approx(15.872));
  CHECK(in(e.latency, microsecond) == Approx(75.648));
  CHECK(e.weights == (4 * 6'144 + 3'072) * byte);
  // Most is live while a runs: x at fp32 and what a writes at int8, 25,600 + 9,600.
  CHECK(e.activations == 35'200 * byte);
  // a: 1,228,800 FLOP and 9,600 conversions at 1 pJ; b: 614,400 at 0.25 pJ; then 75,648 B at 1 pJ, and 1 W.
  REQUIRE(e.energy);
  CHECK(in(e.energy->compute, joule) == Approx(1.392e-6));
  CHECK(in(e.energy->off_chip, joule) == Approx(75'648e-12));
  CHECK(in(e.energy->idle, joule) == Approx(75.648e-6));
  REQUIRE(e.parts.size() == 2);
  CHECK(e.parts[0].kernels == 1);
  CHECK(e.parts[0].weight_bytes == 4 * 6'144);
  CHECK(e.parts[0].converted == 9'600);
  CHECK(e.parts[0].casts == 0);
  CHECK(e.parts[1].kernels == 1);
  CHECK(e.parts[1].weight_bytes == 3'072);
  CHECK(e.parts[1].converted == 0);
}

TEST_CASE("... and by one that has a kernel for it") {
  const TwoLayers network;
  const Machine on(false);
  const Target target = on.target();
  const Workload workload = second_at_int8(network, target);
  const Estimate e = estimate(workload, target);
  REQUIRE(e.groups.size() == 3);
  //   a: 4 x (6,144 + 6,400 + 9,600) = 88,576 B; cast: 4 x 9,600 read + 9,600 written; b as above
  CHECK(in(e.groups[0].total, microsecond) == Approx(88.576));
  CHECK(in(e.groups[1].total, microsecond) == Approx(48));
  CHECK(in(e.groups[2].total, microsecond) == Approx(15.872));
  CHECK(workload.groups[1].name.ends_with(" as int8"));
  CHECK(workload.predecessors == std::vector<std::vector<std::size_t>>{{}, {0}, {0, 1}});
  // While a runs: 4 x (6,400 + 9,600). Later the two copies and b's results, 38,400 + 9,600 + 3,200, are fewer.
  CHECK(e.activations == 64'000 * byte);
  // The cast is int8's: 9,600 x 0.25 pJ.
  REQUIRE(e.energy);
  CHECK(in(e.energy->compute, joule) == Approx(1'228'800e-12 + 2'400e-12 + 153'600e-12));
  CHECK(e.parts[1].casts == 1);
  CHECK(e.parts[1].kernels == 2);
  CHECK(in(e.parts[1].cast_time, microsecond) == Approx(48));
}

TEST_CASE("weights that two precisions read are stored at both, those that one reads twice once") {
  Graph graph;
  const TensorId x = build::input(graph, "x", {1, 64, 10, 10}), w = build::weight(graph, "w", {64, 64, 1, 1});
  const TensorId y = build::conv(graph, "b", build::conv(graph, "a", x, w), w);
  graph.add_output(build::conv(graph, "c", y, w));
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);
  const Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  const Machine on(true);
  const Target target = on.target();
  const std::vector<Keep> rules = {{Precision::int8, "b"}};
  const Workload workload = WorkloadMaker(graph, *complexity)(target, *keep(*complexity, rules));
  CHECK(estimate(workload, target).weights == (4 * 4'096 + 4'096) * byte);
}

// ---- everywhere

const std::vector<std::string> sample = {"mobilenet_v3_small", "resnet18", "googlenet",
                                         "bert_tiny",          "vit_b_32", "mlp"};

const Runtime& runtime_of(const Device& device) {
  static std::map<std::string, Runtime> runtimes;
  const std::string id = default_runtime(device);
  const auto known = runtimes.find(id);
  if (known != runtimes.end()) return known->second;
  Result<Runtime> runtime = find_runtime(specs + "/runtimes", id);
  REQUIRE(runtime);
  return runtimes.emplace(id, *std::move(runtime)).first->second;
}

const WorkloadMaker& maker_of(const std::string& network) {
  static std::map<std::string, WorkloadMaker> makers;
  const ZooNetwork& n = zoo_network(network);
  return makers.try_emplace(network, n.graph, n.complexity).first->second;
}

struct Mix {
  const Target& target;
  const Workload& workload;
  const Workload& plain;  // nothing kept
  std::string network;
};

// Calls `check` with every network on every device at `rest`, with what `pattern` names at `kept`.
template <class Check>
void everywhere(Precision rest, Precision kept, const std::string& pattern, Check check) {
  for (const Device& device : shipped_devices()) {
    const Result<Target> target = make_target(device, device.operating_points[0], runtime_of(device),
                                              {.precision = rest, .kept = {kept}});
    if (!target) continue;  // has neither
    for (const std::string& network : sample) {
      CAPTURE(network);
      CAPTURE(device.id);
      const std::vector<Keep> rules = {{kept, pattern}};
      const Result<KeptOperators> operators = keep(zoo_network(network).complexity, rules);
      REQUIRE(operators);
      const Workload workload = maker_of(network)(*target, *operators);
      const Workload plain = maker_of(network)(runtime_of(device));
      check(Mix{.target = *target, .workload = workload, .plain = plain, .network = network});
    }
  }
}

void check_same(const Estimate& a, const Estimate& b) {
  CHECK(a.latency == b.latency);
  CHECK(a.latency_low == b.latency_low);
  CHECK(a.latency_high == b.latency_high);
  CHECK(a.critical_path == b.critical_path);
  CHECK(a.throughput == b.throughput);
  CHECK(a.time_at == b.time_at);
  CHECK(a.if_lifted == b.if_lifted);
  CHECK(a.weights == b.weights);
  CHECK(a.activations == b.activations);
  CHECK(a.fits == b.fits);
  CHECK(a.largest_batch == b.largest_batch);
  CHECK(a.energy.has_value() == b.energy.has_value());
  if (a.energy && b.energy) {
    CHECK(a.energy->compute == b.energy->compute);
    CHECK(a.energy->busy == b.energy->busy);
    CHECK(a.energy->total() == b.energy->total());
  }
}

Target alone(const Target& of, Precision precision) {
  Result<Target> target = make_target(*of.device, *of.point, *of.runtime, {.precision = precision});
  REQUIRE(target);
  return *std::move(target);
}

TEST_CASE("keeping nothing changes nothing, to the bit") {
  everywhere(Precision::fp16, Precision::fp32, "no such operator", [](const Mix& mix) {
    const Target one = alone(mix.target, Precision::fp16);
    check_same(estimate(mix.workload, mix.target, {.batch = 4}), estimate(mix.plain, one, {.batch = 4}));
  });
}

TEST_CASE("keeping everything at a precision is the estimate at that, to the bit") {
  for (const Precision kept : {Precision::fp32, Precision::int8}) {
    everywhere(Precision::fp16, kept, "*", [&](const Mix& mix) {
      const Target one = alone(mix.target, kept);
      check_same(estimate(mix.workload, mix.target, {.batch = 4}), estimate(mix.plain, one, {.batch = 4}));
    });
  }
}

TEST_CASE(
    "what goes to half the precision moves no more bytes, nor do its neighbours; casts come beside it") {
  for (const char* pattern : {"*convolution", "dense", "*normalization", "first"}) {
    CAPTURE(pattern);
    everywhere(Precision::fp32, Precision::fp16, pattern, [](const Mix& mix) {
      const Estimate before = estimate(mix.plain, alone(mix.target, Precision::fp32));
      const Estimate after = estimate(mix.workload, mix.target);
      const bool has_casts = !mix.target.runtime->fuses(FusionRule::elementwise_chain);
      std::size_t kernels = 0;
      for (std::size_t i = 0; i < after.groups.size(); ++i) {
        if (mix.workload.groups[i].rows.empty()) continue;
        const GroupEstimate &was = before.groups[kernels++], &is = after.groups[i];
        CHECK(is.weight_bytes <= was.weight_bytes);
        CHECK(is.activation_bytes <= was.activation_bytes);
        CHECK(is.bytes_off_chip <= was.bytes_off_chip * rounding);
      }
      CHECK(kernels == before.groups.size());
      CHECK((has_casts || after.groups.size() == kernels));
      CHECK(after.weights <= before.weights);
      if (!has_casts) CHECK(after.activations <= before.activations);
    });
  }
}

TEST_CASE("each kernel takes what it takes at the one precision or the other, or between") {
  for (const char* pattern : {"*convolution", "attention", "dense", "*normalization"}) {
    CAPTURE(pattern);
    everywhere(Precision::int8, Precision::fp16, pattern, [](const Mix& mix) {
      const Estimate narrow = estimate(mix.plain, alone(mix.target, Precision::int8));
      const Estimate wide = estimate(mix.plain, alone(mix.target, Precision::fp16));
      const Estimate mixed = estimate(mix.workload, mix.target);
      std::size_t kernel = 0;
      for (std::size_t i = 0; i < mixed.groups.size(); ++i) {
        if (mix.workload.groups[i].rows.empty()) continue;
        const GroupEstimate &a = narrow.groups[kernel], &b = wide.groups[kernel], &is = mixed.groups[i];
        ++kernel;
        const auto memory = [](const GroupEstimate& e) { return e.memory_off_chip + e.memory_on_chip; };
        CHECK(is.compute * rounding >= std::min(a.compute, b.compute));
        CHECK(is.dispatch == a.dispatch);
        CHECK(memory(is) * rounding >= std::min(memory(a), memory(b)));
        CHECK(memory(is) <= std::max(memory(a), memory(b)) * rounding);
        if (mix.workload.groups[i].converted == 0) CHECK(is.compute <= std::max(a.compute, b.compute));
      }
      CHECK(mixed.weights >= std::min(narrow.weights, wide.weights));
    });
  }
}

TEST_CASE("parts and their energies add up to the whole") {
  everywhere(Precision::int8, Precision::fp16, "*normalization", [](const Mix& mix) {
    const Estimate e = estimate(mix.workload, mix.target, {.batch = 8});
    REQUIRE(e.parts.size() == 2);
    std::size_t kernels = 0;
    double weights = 0;
    Amounts sum;
    for (const PrecisionPart& part : e.parts) {
      kernels += part.kernels;
      weights += part.weight_bytes;
      sum.products += part.amounts.products;
      sum.bytes_off_chip += part.amounts.bytes_off_chip;
    }
    CHECK(kernels == mix.workload.groups.size());
    CHECK(weights == Approx(in(e.weights, byte)).epsilon(1e-6));
    CHECK(sum.products == Approx(e.amounts.products));
    CHECK(sum.bytes_off_chip == Approx(e.amounts.bytes_off_chip));
    if (!e.energy || e.is_throttled) return;
    Joules energy = e.energy->idle + e.energy->busy;
    for (std::size_t i = 0; i < e.groups.size(); ++i) {
      const GroupEstimate& group = e.groups[i];
      const Target& target = mix.target.at(mix.workload.groups[i].target);
      energy += group.products * flop * *target.product_energy + group.rest * flop * *target.vector_energy +
                group.bytes_off_chip * byte * *target.off_chip_energy;
      if (target.on_chip_energy) energy += group.bytes_on_chip * byte * *target.on_chip_energy;
    }
    CHECK(in(e.energy->total(), joule) == Approx(in(energy, joule)));
    CHECK(in(*e.power * e.latency, joule) == Approx(in(e.energy->total(), joule)));
  });
}

TEST_CASE("designs side by side give the same as one by one") {
  everywhere(Precision::int8, Precision::fp16, "first", [](const Mix& mix) {
    BlockEstimator block(mix.workload);
    const std::vector<const Target*> targets = {&mix.target, &mix.target};
    std::array<Totals, 2> totals;
    block.estimate(targets, 4, totals);
    CHECK(totals[1].latency == estimate(mix.workload, mix.target, {.batch = 4}).latency);
  });
}

TEST_CASE("what is fused runs as its main operator does, and what is kept inside others is said") {
  const ZooNetwork& n = zoo_network("resnet18");
  const Result<Device> device = find_device(specs, "nvidia_h100_pcie");
  REQUIRE(device);
  const Result<Target> target = make_target(*device, device->operating_points[0], runtime_of(*device),
                                            {.precision = Precision::fp16, .kept = {Precision::fp32}});
  REQUIRE(target);
  const std::vector<Keep> rules = {{Precision::fp32, "Relu"}};
  const Workload workload = maker_of("resnet18")(*target, *keep(n.complexity, rules));
  for (const GroupWork& group : workload.groups) CHECK(group.target == 0);
  REQUIRE(workload.notes.size() == 1);
  CHECK(workload.notes[0].starts_with(
      "17 of the operators that are kept"));  // a ReLU for each of 17 convolutions
}

}  // namespace
}  // namespace chipcast
