// Tiling against an exhaustive search, side by side in one run: `speedup` is the time of the search over ours, and
// `excess_percent` what our schedule moves above the search's best. `tiling/search/all` is over all layers and sizes.
#include <benchmark/benchmark.h>

#include <cmath>
#include <ctime>

#include "../tiling/exhaustive.cpp"
#include "../tiling/exhaustive.hpp"
#include "../tiling/layers.hpp"
#include "../tiling/oracle.cpp"
#include "graph/graph.hpp"
#include "graph/shaping.hpp"
#include "hardware/read_device.hpp"
#include "import/zoo.hpp"
#include "tiling/tiling.hpp"

namespace chipcast {
namespace {

// Of this process: the machine may be shared, and the two sides take very different times.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// A core's cache, an SM's shared memory, and a last-level cache.
const Boundary boundaries[] = {{32 * kibibyte}, {256 * kibibyte, true}, {2 * mebibyte}};
// And one where everything is tight.
const Boundary searched[] = {{8 * kibibyte}, {32 * kibibyte}, {256 * kibibyte, true}, {2 * mebibyte}};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> all = real_layers();
  return all;
}

void against_search(benchmark::State& state, const Layer& layer, const Boundary& boundary) {
  const std::vector<ElementBits> bits(layer.nest.accesses().size());
  const TilingProblem problem{.nest = &layer.nest, .elements = bits};
  const FusedNest fused = fuse(layer.nest, Tiler(problem).at(boundary));
  const double start = cpu_seconds();
  const Exhausted best = exhaust(fused, bits, boundary.capacity, boundary.double_buffered);
  const double search_seconds = cpu_seconds() - start;

  Tiling tiling;
  const double ours = cpu_seconds();
  for (auto _ : state) benchmark::DoNotOptimize(tiling = Tiler(problem).at(boundary));
  const double our_seconds = (cpu_seconds() - ours) / static_cast<double>(state.iterations());
  state.counters["speedup"] = search_seconds / our_seconds;
  state.counters["schedules_searched"] = static_cast<double>(best.tried);
  state.counters["excess_percent"] =
      std::isinf(best.moved_bits)
          ? 0
          : 100 * (8 * static_cast<double>(count_of(tiling.moved())) / best.moved_bits - 1);
}

// What a characterization pays: each layer prepared once, then tiled at every level of a three-level device.
void per_layer_and_device(benchmark::State& state) {
  for (auto _ : state) {
    for (const Layer& layer : layers()) {
      const Tiler tiler({.nest = &layer.nest});
      for (const Boundary& boundary : boundaries) benchmark::DoNotOptimize(tiler.at(boundary));
    }
  }
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(layers().size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(per_layer_and_device)->Name("tiling/all layers on three levels")->Unit(benchmark::kMicrosecond);

// Every layer of every network of the zoo that multiplies and accumulates.
std::vector<LoopNest> layers_of_the_zoo() {
  std::vector<LoopNest> all;
  const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
  if (!zoo) return all;
  for (const std::string& name : zoo->names()) {
    Result<Graph> graph = build_zoo_model(*zoo, name);
    if (!graph || !shape_graph(*graph, {})) continue;
    for (const Operator& op : graph->operators()) {
      if (op.type == nullptr || op.type->work == nullptr) continue;
      Inference inference = shaped_inference(*graph, op);
      for (LoopNest& nest : op.type->work(inference).nests) {
        if (nest.work().macs > 0) all.push_back(std::move(nest));
      }
    }
  }
  return all;
}

// The bar is 20 us for one layer on one device, all of its levels, prepared anew. Layers and devices take turns.
void zoo_on_devices(benchmark::State& state) {
  std::vector<std::vector<Boundary>> devices;
  const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";
  for (const std::string& id : device_ids(specs))
    devices.push_back(on_chip_boundaries(*find_device(specs, id)));
  const std::vector<LoopNest> zoo = layers_of_the_zoo();
  for (auto _ : state) {
    for (std::size_t i = 0; i < zoo.size(); ++i) {
      const Tiler tiler({.nest = &zoo[i]});
      for (const Boundary& boundary : devices[i % devices.size()]) {
        benchmark::DoNotOptimize(tiler.at(boundary));
      }
    }
  }
  state.counters["layers"] = static_cast<double>(zoo.size());
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(zoo.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(zoo_on_devices)->Name("tiling/every layer of the zoo on a device")->Unit(benchmark::kMillisecond);

const bool registered = [] {
  for (const Layer& layer : layers()) {
    for (const Boundary& boundary : searched) {
      const std::string name = "tiling/search/" + layer.name + "/" +
                               std::to_string(count_of(boundary.capacity) / 1024) + " KiB" +
                               (boundary.double_buffered ? " twice" : "");
      benchmark::RegisterBenchmark(name.c_str(),
                                   [&](benchmark::State& state) { against_search(state, layer, boundary); })
          ->Unit(benchmark::kMicrosecond)
          ->Iterations(200);
    }
  }
  return true;
}();

}  // namespace
}  // namespace chipcast
