// Each term of the model on one layer, one machine of each kind, by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "graph/build.hpp"
#include "graph/shaping.hpp"
#include "model/estimate.hpp"
#include "model/machines.hpp"

namespace chipcast {
namespace {

using namespace build;
using doctest::Approx;

constexpr Bytes huge = 1'000'000 * megabyte;

Complexity counted(Graph& graph) {
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);
  Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  return *std::move(complexity);
}

// The network of a 1 x 1 convolution of 64 channels onto 96, on 10 x 10 pixels:
//   macs 100 x 64 x 96 = 614,400, products 1,228,800 FLOP
//   weights 64 x 96 = 6,144 elements; read 6,400, written 9,600: 16,000 elements of activations
struct Layer {
  Graph graph;
  Complexity complexity;
  Layer() {
    const TensorId x = input(graph, "x", {1, 64, 10, 10});
    graph.add_output(conv(graph, "conv", x, weight(graph, "w", {96, 64, 1, 1})));
    complexity = counted(graph);
  }
};

struct Estimated {
  Target target;
  Estimate estimate;
  const GroupEstimate& group() const { return estimate.groups[0]; }
};

Estimated estimated(const Device& device, const Runtime& runtime, const TargetOptions& options,
                    double batch = 1) {
  const Layer layer;
  const Workload workload = make_workload(layer.graph, layer.complexity, runtime);
  Result<Target> target = make_target(device, device.operating_points[0], runtime, options);
  REQUIRE(target);
  Estimate e = estimate(workload, *target, {.batch = batch});
  REQUIRE(e.groups.size() == 1);
  return {*std::move(target), std::move(e)};
}

double us(Seconds time) { return in(time, microsecond); }

TEST_CASE("CPU: P-cores and E-cores share the work, Amdahl and the ramp take their part") {
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("P", 4, 2e9, Precision::fp32, 32), engine("E", 4, 2e9, Precision::fp32, 16)};
  device.engines[1].joins = 0;
  device.memory = {level("L3", MemoryScope::chip, huge, 100e9),
                   level("dram", MemoryScope::off_chip, huge, 50e9)};
  const Runtime runtime = software(
      DeviceKind::cpu,
      {.dispatch = 2.0 * microsecond, .efficiency = 0.5, .half_cycles = 1000, .parallel_fraction = 0.9},
      {Precision::fp32});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
  // P: 4 x 32 x 2 GHz = 256 GFLOP/s, E: 128, together 384: as much as 6 P-cores.
  CHECK(e.target.units == Approx(6));
  // Of 6 units with a tenth of the work serial: 1 / (6 x 0.1 + 0.9) = 2/3 of the rate is left.
  // 384 x 2/3 x 0.5 = 128 GFLOP/s: 1,228,800 FLOP take 9.6 us. The ramp is 1,000 cycles of
  // 2 GHz for each of 6 threads, 3 us.
  CHECK(us(e.group().compute) == Approx(9.6 + 3));
  // All of it stays in the cache: 4 x (6,144 + 16,000) = 88,576 B at 100 GB/s.
  CHECK(us(e.group().memory_on_chip) == Approx(0.88576));
  CHECK(us(e.group().memory_off_chip) == Approx(0).epsilon(1e-9));
  CHECK(us(e.group().dispatch) == Approx(2));
  CHECK(us(e.group().total) == Approx(2 + std::pow(std::pow(12.6, 4) + std::pow(0.88576, 4), 0.25)));
  CHECK(e.estimate.bound == Bound::compute);
  // One thread: a sixth of the units, nothing lost to Amdahl: 384 / 6 x 0.5 = 32 GFLOP/s; and 1,000 cycles.
  const Estimated one = estimated(device, runtime, {.precision = Precision::fp32, .threads = 1});
  CHECK(us(one.group().compute) == Approx(38.4 + 0.5));
}

TEST_CASE("GPU: products go to tensor cores, padded to their tile; dispatch by the host's speed") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 10, 1e9, Precision::fp16, 100),
                    engine("tensor", 10, 1e9, Precision::fp16, 1000)};
  device.engines[1].products_only = true;
  device.engines[1].tile_m = 64;
  device.engines[1].tile_n = 128;
  device.engines[1].tile_k = 16;
  device.host_speed = sure(0.5);
  // A cache of nothing to speak of: all bytes come from outside.
  device.memory = {level("L2", MemoryScope::chip, 16 * byte, 1e12),
                   level("hbm", MemoryScope::off_chip, huge, 100e9)};
  const Runtime runtime = software(
      DeviceKind::gpu, {.dispatch = 3.0 * microsecond, .efficiency = 0.5, .bandwidth_efficiency = 0.8},
      {Precision::fp16});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp16});
  // 100 rows fill 128, 96 columns fill 128, 64 deep fill four times 16: 100/128 x 96/128 = 0.5859.
  CHECK(e.group().padding == Approx(100.0 / 128 * 96 / 128));
  // 10 x 1000 x 1 GHz x 0.5 = 5 TFLOP/s: 1,228,800 FLOP take 0.24576 us, over the filled share 0.419.
  CHECK(us(e.group().compute) == Approx(0.24576 * 128 * 128 / (100.0 * 96)));
  // 2 x (6,144 + 16,000) B = 44,288 B at 0.8 x 100 GB/s.
  CHECK(us(e.group().memory_off_chip) == Approx(44'288 / 80e3).epsilon(1e-6));
  CHECK(us(e.group().dispatch) == Approx(6));
  CHECK(e.estimate.bound == Bound::dispatch);
  // 32 samples are 3,200 rows, exactly 50 tiles: only the columns are padded.
  CHECK(estimated(device, runtime, {.precision = Precision::fp16}, 32).group().padding == Approx(96.0 / 128));
}

TEST_CASE(
    "GPU: a library without FP32 products runs them as TF32 where the device has it, else as they are") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 10, 1e9, Precision::fp32, 100),
                    engine("tensor", 10, 1e9, Precision::tf32, 1000)};
  device.engines[0].falls_back_to[static_cast<std::size_t>(Precision::tf32)] = Precision::fp32;
  device.engines[1].products_only = true;
  device.memory = {level("hbm", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime = software(DeviceKind::gpu, {}, {Precision::tf32});
  const Estimated with = estimated(device, runtime, {.precision = Precision::fp32});
  CHECK(with.target.product_runs_as == Precision::tf32);
  CHECK(with.target.weight_bits == 32);
  CHECK(us(with.group().compute) == Approx(0.12288));  // 10 x 1000 x 1 GHz
  REQUIRE(with.target.reasons.size() == 1);
  CHECK(with.target.reasons[0] == "software runs products of fp32 as tf32");
  device.engines.pop_back();
  const Estimated without = estimated(device, runtime, {.precision = Precision::fp32});
  CHECK(without.target.product_runs_as == Precision::fp32);
  CHECK(us(without.group().compute) == Approx(1.2288));
  CHECK(without.target.reasons.empty());
}

TEST_CASE("TPU: a systolic array fills and drains, weights are kept on the chip that holds them") {
  Device device = machine(DeviceKind::tpu);
  device.engines = {engine("vpu", 1, 1e9, Precision::bf16, 1000),
                    engine("mxu", 4, 1e9, Precision::bf16, 32768)};
  device.engines[1].products_only = true;
  device.engines[1].tile_n = device.engines[1].tile_k = 128;
  device.memory = {level("cmem", MemoryScope::chip, 44'288 * byte, 1e12),
                   level("hbm", MemoryScope::off_chip, huge, 100e9)};
  const Runtime runtime = software(DeviceKind::tpu, {.half_cycles = 500}, {Precision::bf16});
  const Estimated e = estimated(device, runtime, {.precision = Precision::bf16});
  // 4 x 32,768 x 1 GHz = 131.072 TFLOP/s; 96 of 128 columns and 64 of 128 rows of the array: 3/8.
  // 1,228,800 FLOP: 9.375 ns, over 3/8: 25 ns; 500 cycles: 500 ns.
  CHECK(us(e.group().compute) == Approx(0.025 + 0.5));
  // Working set and capacity are equal: half of the activations leave. The weights, 12,288 of 44,288 B, nearly stay:
  // x = 0.27746, x^4 = 0.0059266, x^4 / (1 + x^4) = 0.0058917.
  CHECK(e.group().share_off_chip == Approx(0.5));
  CHECK(e.estimate.weights_off_chip == Approx(0.0058917).epsilon(1e-4));
  CHECK(e.group().bytes_off_chip == Approx(12'288 * 0.0058917 + 32'000 * 0.5).epsilon(1e-5));
}

TEST_CASE("NPU: a lacking precision runs quantized, and its bytes are as narrow") {
  Device device = machine(DeviceKind::npu);
  device.engines = {engine("fabric", 4, 1e9, Precision::int8, 512)};
  device.engines[0].falls_back_to[static_cast<std::size_t>(Precision::fp32)] = Precision::int8;
  device.memory = {level("sram", MemoryScope::chip, huge, 10e9),
                   level("dram", MemoryScope::off_chip, huge, 5e9)};
  const Runtime runtime = software(DeviceKind::npu, {.efficiency = 0.6}, {Precision::fp32, Precision::int8});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
  CHECK(e.target.product_runs_as == Precision::int8);
  CHECK(e.target.reasons.size() == 1);
  // 4 x 512 x 1 GHz x 0.6 = 1.2288 TFLOP/s: 1 us. One byte an element: 22,144 B at 10 GB/s.
  CHECK(us(e.group().compute) == Approx(1));
  CHECK(us(e.group().memory_on_chip) == Approx(2.2144));
  CHECK(e.estimate.bound == Bound::on_chip);
}

TEST_CASE("a precision that a runtime has no kernels for runs as the next wider one it has") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 1, 1e9, Precision::fp16, 100)};
  device.engines[0].flops_per_cycle[static_cast<std::size_t>(Precision::fp32)] = sure(50.0);
  device.memory = {level("hbm", MemoryScope::off_chip, huge, 1e9)};
  const Runtime runtime = software(DeviceKind::gpu, {}, {Precision::fp32, Precision::fp16});
  const Estimated e = estimated(device, runtime, {.precision = Precision::int8});
  CHECK(e.target.product_runs_as == Precision::fp16);
  CHECK(e.group().weight_bytes == 2 * 6'144);
  CHECK(e.target.reasons == std::vector<std::string>{"software has no int8 kernels: fp16 instead"});
  // Weights alone at 4 bits: half a byte each, multiplied as fp16.
  const Estimated w4 = estimated(device, runtime, {.precision = Precision::fp16, .weights = Precision::int4});
  CHECK(w4.group().weight_bytes == 6'144 / 2);
  CHECK(w4.group().activation_bytes == 2 * 16'000);
}

TEST_CASE("microcontroller: one level of memory, weights from flash every time, energy by hand") {
  Device device = machine(DeviceKind::mcu);
  device.engines = {engine("core", 1, 100e6, Precision::int8, 2)};
  device.memory = {level("flash", MemoryScope::off_chip, huge, 100e6)};
  const Runtime runtime = software(DeviceKind::mcu, {.dispatch = 5.0 * microsecond}, {Precision::int8});
  const Estimated e = estimated(device, runtime, {.precision = Precision::int8});
  // 1,228,800 FLOP at 200 MFLOP/s: 6.144 ms. 22,144 B off chip at 100 MB/s: 221.44 us, none of it twice.
  CHECK(us(e.group().compute) == Approx(6144));
  CHECK(us(e.group().memory_off_chip) == Approx(221.44));
  CHECK(us(e.group().memory_on_chip) == 0);
  // 1 pJ an operation and a byte, 1 W idle.
  REQUIRE(e.estimate.energy);
  CHECK(in(e.estimate.energy->compute, joule) == Approx(1.2288e-6));
  CHECK(in(e.estimate.energy->off_chip, joule) == Approx(22'144e-12));
  CHECK(in(e.estimate.energy->idle, joule) == Approx(in(e.estimate.latency, second)));
}

TEST_CASE("what exceeds the power limit is stretched until it fits, and says so") {
  Device device = machine(DeviceKind::mcu);
  device.engines = {engine("core", 1, 1e12, Precision::int8, 2)};  // 2 TFLOP/s at 1 pJ are 2 W
  device.memory = {level("sram", MemoryScope::off_chip, huge, 1e15)};
  device.max_power = sure(1.5 * watt);  // 0.5 W above idle: a quarter of the speed
  const Runtime runtime = software(DeviceKind::mcu, {}, {Precision::int8});
  const Estimated e = estimated(device, runtime, {.precision = Precision::int8});
  CHECK(e.estimate.is_throttled);
  CHECK(us(e.estimate.latency) == Approx((1.2288 + 0.022144) / 0.5));
  CHECK(in(*e.estimate.power, watt) == Approx(1.5));
}

TEST_CASE("each level serves what fits it; a convolution moves its tensors again to repack them") {
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("core", 1, 1e9, Precision::fp32, 1e6)};
  // The layer's 88,576 B are as much as the first level has: half of them stay there, half in the second.
  device.memory = {level("L1", MemoryScope::core, 88'576 * byte, 100e9),
                   level("L2", MemoryScope::chip, huge, 50e9),
                   level("dram", MemoryScope::off_chip, huge, 10e9)};
  const Runtime runtime =
      software(DeviceKind::cpu, {.cache_efficiency = 0.5, .activation_passes = 1, .weight_passes = 2},
               {Precision::fp32});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
  // Activations 64,000 B twice: half of 128,000 at 50 GB/s, half at 25 GB/s; weights 24,576 B three times at 25 GB/s.
  CHECK(us(e.group().memory_on_chip) == Approx(1.28 + 2.56 + 2.94912));
  CHECK(us(e.group().memory_off_chip) == Approx(0).epsilon(1e-9));
  CHECK(e.group().bytes_on_chip == 128'000 + 73'728);
}

TEST_CASE("the ends of loops cost as much as half a block more in each direction") {
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("core", 1, 1e9, Precision::fp32, 10)};
  device.engines[0].kind = EngineKind::simd;
  device.engines[0].tile_n = 64;
  device.memory = {level("dram", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime =
      software(DeviceKind::cpu, {.half_rows = 25, .half_columns = 32, .half_depth = 16}, {Precision::fp32});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
  // 100 rows, 96 columns in two blocks of 64, 64 deep: (100 + 25) x (128 + 32) x (64 + 16) x 2 FLOP at 10 GFLOP/s.
  CHECK(us(e.group().compute) == Approx(125 * 160 * 80 * 2 / 10e3));
}

TEST_CASE("the time that units stand idle is that of one sample, as few rows as it has") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 20, 1e9, Precision::fp32, 10)};
  device.memory = {level("hbm", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime =
      software(DeviceKind::gpu, {.half_rows = 50, .half_outputs = 160}, {Precision::fp32});
  const TargetOptions options = {.precision = Precision::fp32};
  // 100 rows take as long as 150, 400 as long as 450; a third of the time of 150 is idle.
  CHECK(us(estimated(device, runtime, options).group().compute) == Approx(6.144 * 1.5 * (1 + 1 / 3.0)));
  CHECK(us(estimated(device, runtime, options, 4).group().compute) == Approx(6.144 * 4.5 + 6.144 * 1.5 / 3));
}

TEST_CASE("CPU: where fork and join take long, fewer threads do the work") {
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("core", 6, 2e9, Precision::fp32, 32)};
  device.memory = {level("dram", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime = software(DeviceKind::cpu, {.half_cycles = 4800}, {Precision::fp32});
  const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
  // One thread takes 19.2 us at 64 GFLOP/s, and each 2.4 us more: 19.2 / n + 2.4 n is least for sqrt(8) threads.
  CHECK(e.group().threads == Approx(std::sqrt(8)));
  CHECK(us(e.group().compute) == Approx(2 * std::sqrt(19.2 * 2.4)));
  CHECK(us(e.group().ramp) == Approx(std::sqrt(19.2 * 2.4)));
}

TEST_CASE("with few outputs for each unit, units stand idle") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 20, 1e9, Precision::fp32, 10)};
  device.memory = {level("hbm", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime = software(DeviceKind::gpu, {.half_outputs = 160}, {Precision::fp32});
  // 100 x 96 outputs are 480 for each of 20 units: 480 / (480 + 160) of 200 GFLOP/s is left, of a batch of 4 1920 / 2080.
  const TargetOptions options = {.precision = Precision::fp32};
  CHECK(us(estimated(device, runtime, options).group().compute) == Approx(6.144 / 0.75));
  CHECK(us(estimated(device, runtime, options, 4).group().compute) == Approx(4 * 6.144 * 2080 / 1920));
}

// 3 x 3, 16 channels onto 32 of `pixels` x `pixels`.
Estimated with_winograd(int tile, std::int64_t pixels) {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 16, pixels + 2, pixels + 2});
  graph.add_output(conv(graph, "conv", x, weight(graph, "w", {32, 16, 3, 3})));
  const Complexity complexity = counted(graph);
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("core", 1, 1e9, Precision::fp32, 10)};
  device.memory = {level("dram", MemoryScope::off_chip, huge, 1e15)};
  Runtime runtime = software(DeviceKind::cpu, {}, {Precision::fp32});
  runtime.executions[static_cast<std::size_t>(DeviceKind::cpu)]->winograd_tile = tile;
  const Workload workload = make_workload(graph, complexity, runtime);
  Result<Target> target =
      make_target(device, device.operating_points[0], runtime, {.precision = Precision::fp32});
  REQUIRE(target);
  Estimate e = estimate(workload, *target);
  REQUIRE(e.groups.size() == 1);
  return {*std::move(target), std::move(e)};
}

TEST_CASE("Winograd multiplies less often, by its tile and what of the tiles at the edges is used") {
  // 14 x 14 x 32 outputs of 16 x 9 products each: 903,168 MACs, 180.6336 us at 10 GFLOP/s.
  CHECK(us(with_winograd(0, 14).group().compute) == Approx(180.6336));
  // F(2 x 2): 16 products for 4 outputs instead of 36; 14 pixels are 7 tiles of 2.
  CHECK(us(with_winograd(2, 14).group().compute) == Approx(180.6336 * 16 / 36));
  // F(4 x 4): 36 instead of 144; 14 pixels take 4 tiles, 16 pixels.
  CHECK(us(with_winograd(4, 14).group().compute) == Approx(180.6336 * 36 / 144 * (16.0 / 14) * (16.0 / 14)));
  // F(6 x 6): 64 instead of 324, but 14 pixels take 18: no better. 13 pixels take no fewer, F(4 x 4) is the best.
  CHECK(us(with_winograd(6, 13).group().compute) == us(with_winograd(4, 13).group().compute));
  // 18 pixels are three tiles: 18 x 18 x 32 x 144 x 2 FLOP.
  CHECK(us(with_winograd(6, 18).group().compute) == Approx(298.5984 * 64 / 324));
}

TEST_CASE("activations that stream from layer to layer stay on the chip, however many") {
  Device device = machine(DeviceKind::npu);
  device.engines = {engine("fabric", 1, 1e9, Precision::int8, 1000)};
  // 22,144 B of one sample go through a level of 1 kB.
  device.memory = {level("shared", MemoryScope::chip, kilobyte, 10e9),
                   level("host", MemoryScope::off_chip, huge, 1e9)};
  Runtime runtime = software(DeviceKind::npu, {}, {Precision::int8});
  const auto off_chip = [&](bool streams, double batch) {
    runtime.executions[static_cast<std::size_t>(DeviceKind::npu)]->streams_activations = streams;
    return estimated(device, runtime, {.precision = Precision::int8}, batch).group();
  };
  CHECK(off_chip(false, 1).share_off_chip > 0.99);
  for (const double batch : {1.0, 64.0}) {
    CHECK(off_chip(true, batch).share_off_chip == 0);
    // The weights do not fit: 6,144 of them come from outside, but for x^4 / (1 + x^4) with x = 6.144.
    const double x = 6.144 * 6.144 * 6.144 * 6.144;
    CHECK(off_chip(true, batch).bytes_off_chip == Approx(6144 * x / (1 + x)));
  }
}

TEST_CASE("what takes passes of a narrower float stays as wide in memory, what is quantized does not") {
  // 6,144 weights and 16,000 activations.
  for (const auto& [falls_back_to, bytes] : {std::pair{Precision::bf16, 4.0}, {Precision::int8, 1.0}}) {
    Device device = machine(DeviceKind::tpu);
    device.engines = {engine("mxu", 1, 1e9, falls_back_to, 1000)};
    device.engines[0].falls_back_to[static_cast<std::size_t>(Precision::fp32)] = falls_back_to;
    device.memory = {level("hbm", MemoryScope::off_chip, huge, 1e12)};
    const Runtime runtime = software(DeviceKind::tpu, {}, {Precision::fp32});
    const Estimated e = estimated(device, runtime, {.precision = Precision::fp32});
    CHECK(e.target.product_runs_as == falls_back_to);
    CHECK(e.group().weight_bytes == bytes * 6'144);
    CHECK(e.group().activation_bytes == bytes * 16'000);
  }
}

TEST_CASE("a systolic array takes channels of their own along the diagonal of its tile") {
  // 3 x 3 on 64 channels of 10 x 10 outputs, on an array of 64 x 64 at 1 GHz.
  Graph graph;
  const TensorId x = input(graph, "x", {1, 64, 12, 12});
  Attributes by_channel;
  by_channel.set("group", std::int64_t{64});
  graph.add_output(apply(graph, "depthwise", "Conv", {x, weight(graph, "w", {64, 1, 3, 3})}, by_channel));
  const Complexity complexity = counted(graph);
  Device device = machine(DeviceKind::npu);
  device.engines = {engine("array", 1, 1e9, Precision::int8, 2 * 64 * 64)};
  device.engines[0].kind = EngineKind::systolic;
  device.engines[0].tile_n = device.engines[0].tile_k = 64;
  device.memory = {level("dram", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime = software(DeviceKind::npu, {}, {Precision::int8});
  const Workload workload = make_workload(graph, complexity, runtime);
  const Result<Target> target =
      make_target(device, device.operating_points[0], runtime, {.precision = Precision::int8});
  REQUIRE(target);
  const Estimate e = estimate(workload, *target);
  // All channels of a pixel pass at once, a cycle for each of nine weights: 100 x 9 cycles, where a channel at a time
  // would take 64 times 100.
  CHECK(us(e.groups[0].compute) == Approx(0.9));
  CHECK(e.groups[0].padding == Approx(1.0 / 64));
}

TEST_CASE("CPU: bytes are multiplied fast along a depth only, a depthwise convolution has the rate of FP32") {
  // 3 x 3 on 32 channels of 10 x 10 outputs: 28,800 MACs depthwise; 1 x 1 onto 32 more: 102,400.
  Graph graph;
  const TensorId x = input(graph, "x", {1, 32, 12, 12});
  Attributes by_channel;
  by_channel.set("group", std::int64_t{32});
  const TensorId depthwise =
      apply(graph, "depthwise", "Conv", {x, weight(graph, "w", {32, 1, 3, 3})}, by_channel);
  graph.add_output(keep(graph, "pointwise", depthwise, 32));
  const Complexity complexity = counted(graph);
  Device device = machine(DeviceKind::cpu);
  device.engines = {engine("core", 1, 1e9, Precision::fp32, 10)};
  device.engines[0].flops_per_cycle[static_cast<std::size_t>(Precision::int8)] = sure(40.0);
  device.memory = {level("dram", MemoryScope::off_chip, huge, 1e15)};
  const Runtime runtime = software(DeviceKind::cpu, {}, {Precision::fp32, Precision::int8});
  const Workload workload = make_workload(graph, complexity, runtime);
  for (const auto& [precision, pointwise_us] : {std::pair{Precision::fp32, 20.48}, {Precision::int8, 5.12}}) {
    const Result<Target> target =
        make_target(device, device.operating_points[0], runtime, {.precision = precision});
    REQUIRE(target);
    const Estimate e = estimate(workload, *target);
    // 57,600 FLOP at 10 GFLOP/s whatever the precision; 204,800 FLOP at 10 or 40.
    CHECK(us(e.groups[0].compute) == Approx(5.76));
    CHECK(us(e.groups[1].compute) == Approx(pointwise_us));
  }
}

TEST_CASE("a device that was measured is as fast as was found, by its rates and by precision") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("cuda", 1, 1e9, Precision::fp16, 1000)};
  device.memory = {level("hbm", MemoryScope::off_chip, huge, 100e9)};
  // A ramp of 1,000 cycles of 1 GHz.
  Runtime runtime =
      software(DeviceKind::gpu, {.dispatch = 3.0 * microsecond, .half_cycles = 1000}, {Precision::fp16});
  const Estimated sheet = estimated(device, runtime, {.precision = Precision::fp16});
  Fitted fitted;
  fitted.margin = std::log(1.5);
  fitted.margin_elsewhere = std::log(2);
  fitted.precisions[static_cast<std::size_t>(Precision::fp16)] = 0.8;
  Scale& scale = fitted.devices["machine"];
  scale.compute = 0.5;
  scale.memory = 0.25;
  scale.dispatch = 2;
  scale.precisions[static_cast<std::size_t>(Precision::fp16)] = 1.25;
  runtime.executions[static_cast<std::size_t>(DeviceKind::gpu)]->fitted = fitted;
  const Estimated found = estimated(device, runtime, {.precision = Precision::fp16});
  CHECK(us(found.group().compute) == Approx((us(sheet.group().compute) - 1) / (0.5 * 0.8 * 1.25) + 2));
  CHECK(us(found.group().memory_off_chip) == Approx(4 * us(sheet.group().memory_off_chip)));
  CHECK(us(found.group().dispatch) == Approx(6));
  // Nine in ten were off by less than a factor of 1.5.
  CHECK(us(found.estimate.latency_high) == Approx(1.5 * us(found.estimate.latency)));
  CHECK(us(found.estimate.latency_low) == Approx(us(found.estimate.latency) / 1.5));
  device.id = "another";
  const Estimated other = estimated(device, runtime, {.precision = Precision::fp16});
  CHECK_FALSE(other.target.is_device_known);
  CHECK(us(other.group().dispatch) == Approx(3));
  CHECK(us(other.estimate.latency_high) == Approx(2 * us(other.estimate.latency)));
}

}  // namespace
}  // namespace chipcast
