// Cost over the number of operators, 10^2 to 10^6: Google Benchmark fits it and prints how far it is from linear.
#include <benchmark/benchmark.h>

#include "bench/graph_to_onnx.hpp"
#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/onnx.hpp"

namespace chipcast::bench {
namespace {

// From the bytes of a file to every number of `describe`.
void onnx_chain(benchmark::State& state) {
  const std::string file = onnx_of(chain(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    Result<Graph> graph = parse_onnx(std::as_bytes(std::span(file)), "chain.onnx");
    if (!graph) return state.SkipWithError("does not import");
    const Result<Shaped> shaped = shape_graph(*graph, {});
    if (!shaped || !characterize(*graph, shaped->order)) return state.SkipWithError("does not shape");
  }
  state.SetComplexityN(state.range(0));
  state.counters["ns_per_operator"] =
      benchmark::Counter(static_cast<double>(state.range(0)) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(onnx_chain)
    ->Name("chain/import_shape_characterize")
    ->RangeMultiplier(10)
    ->Range(100, 1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oN);

}  // namespace
}  // namespace chipcast::bench
