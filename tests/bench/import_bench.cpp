// A 100 MB ResNet-50 from its file to a shaped graph; the bar is 5 ms with the file in the page cache.
#include <benchmark/benchmark.h>

#include "bench/graph_to_onnx.hpp"
#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/onnx.hpp"

namespace chipcast::bench {
namespace {

const OnnxFile& resnet50() {
  static const OnnxFile file(zoo_graph("resnet50"));
  return file;
}

void import_and_shape(benchmark::State& state) {
  const OnnxFile& file = resnet50();
  for (auto _ : state) {
    Result<Graph> graph = read_onnx(file.path());
    if (!graph || !shape_graph(*graph, {})) return state.SkipWithError("does not import");
  }
  state.counters["MB"] = static_cast<double>(file.bytes()) / 1e6;
}
BENCHMARK(import_and_shape)->Name("onnx/resnet50_100MB/import_and_shape")->Unit(benchmark::kMillisecond);

void import_and_characterize(benchmark::State& state) {
  const OnnxFile& file = resnet50();
  for (auto _ : state) {
    Result<Graph> graph = read_onnx(file.path());
    if (!graph) return state.SkipWithError("does not import");
    const Result<Shaped> shaped = shape_graph(*graph, {});
    if (!shaped || !characterize(*graph, shaped->order)) return state.SkipWithError("does not shape");
  }
}
BENCHMARK(import_and_characterize)
    ->Name("onnx/resnet50_100MB/import_shape_characterize")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chipcast::bench
