// Every variant of the zoo read, built, shaped and characterized on one core; the bar is 4 us an operator.
#include <benchmark/benchmark.h>

#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/zoo.hpp"

namespace chipcast::bench {
namespace {

void whole_zoo(benchmark::State& state) {
  std::size_t networks = 0;
  std::size_t operators = 0;
  for (auto _ : state) {
    networks = operators = 0;
    const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
    if (!zoo) return state.SkipWithError("no zoo");
    for (const std::string& name : zoo->names()) {
      Result<Graph> graph = build_zoo_model(*zoo, name);
      if (!graph) return state.SkipWithError(name.c_str());
      const Result<Shaped> shaped = shape_graph(*graph, {});
      if (!shaped || !characterize(*graph, shaped->order)) return state.SkipWithError(name.c_str());
      ++networks;
      operators += graph->operators().size();
    }
  }
  state.counters["networks"] = static_cast<double>(networks);
  state.counters["operators"] = static_cast<double>(operators);
}
BENCHMARK(whole_zoo)->Name("zoo/every_variant")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chipcast::bench
