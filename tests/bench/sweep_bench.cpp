// Designs of ResNet-50 a second: latency and energy, all terms. The bars are 1,000,000 on one core, 20,000 where an axis
// changes a capacity on the chip, and 300 times the same designs one at a time through their files.
#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include "bench/graph_to_onnx.hpp"
#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "study/sweep.hpp"

namespace chipcast::bench {
namespace {

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

Design design_on(const std::string& id) {
  const Device device = *find_device(specs, id);
  const Runtime runtime = *find_runtime(specs + "/runtimes", default_runtime(device));
  const Result<Target> target =
      make_target(device, device.operating_points.front(), runtime, {.precision = default_precision(device)});
  return design_of(*target, 1);
}

std::shared_ptr<const Workload> resnet50(const Runtime& runtime) {
  Graph graph = zoo_graph("resnet50");
  const Result<Shaped> shaped = shape_graph(graph, {});
  return std::make_shared<const Workload>(make_workload(graph, *characterize(graph, shaped->order), runtime));
}

Axis factors(const std::string& path, std::size_t count) {
  Axis axis{.paths = {path}, .values = {}};
  for (std::size_t i = 0; i < count; ++i)
    axis.values.push_back(
        fmt::format("{}x", 0.5 + 0.5 * static_cast<double>(i) / static_cast<double>(count)));
  return axis;
}

// A space of 10^8 designs, of which as many are swept as are asked for.
Sweep space_of(const std::string& path_of_last_axis) {
  Problem problem;
  const Design design = design_on("kpu_t2");
  problem.axes = {factors("memory.dram.bandwidth", 100), factors("engines.fabric.flops_per_cycle.int8", 100),
                  factors("idle_power", 100), factors(path_of_last_axis, 100)};
  problem.is_variant_axis.assign(problem.axes.size(), false);
  problem.variants.push_back({design, {resnet50(design.runtime)}});
  problem.weights = {1};
  problem.objectives = {{.measure = {static_cast<std::size_t>(GoalMetric::latency)}},
                        {.measure = {static_cast<std::size_t>(GoalMetric::energy)}}};
  return *make_sweep(std::move(problem));
}

void sweep(benchmark::State& state, const std::string& last_axis) {
  const Sweep space = space_of(last_axis);
  constexpr std::uint64_t designs = 1'000'000;
  for (auto _ : state) {
    Findings findings = space.empty();
    space.run({0, designs}, findings, {.threads = static_cast<std::size_t>(state.range(0))});
    benchmark::DoNotOptimize(findings);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(designs));
}
BENCHMARK_CAPTURE(sweep, figures, "memory.dram.energy")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, capacity, "memory.shared.capacity")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

// The same design from the device's and the runtime's files.
void one_at_a_time(benchmark::State& state) {
  const auto workload = resnet50(design_on("kpu_t2").runtime);
  for (auto _ : state) {
    const Result<Settings> settings = parse_settings(
        std::vector<std::string>{"memory.dram.bandwidth=0.7x", "engines.fabric.flops_per_cycle.int8=0.8x",
                                 "idle_power=0.9x", "memory.dram.energy=0.6x"});
    const Result<Design> design = with_settings(design_on("kpu_t2"), *settings, {});
    benchmark::DoNotOptimize(
        estimate(*workload, *target_of(*design), {.keep_groups = false, .has_interval = false}));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(one_at_a_time)->Name("sweep/one_at_a_time")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace chipcast::bench
