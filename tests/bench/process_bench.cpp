// Whole processes, from the start of the program to its end; the bars are 25 ms for a network of the zoo, 0.5 s for
// all of them on all devices, and 1 s and 500 MB for a file of 100,000 operators.
#include <benchmark/benchmark.h>

#include "bench/graph_to_onnx.hpp"
#include "bench/process.hpp"

namespace chipcast::bench {
namespace {

void run(benchmark::State& state, const std::vector<std::string>& arguments) {
  Finished finished;
  for (auto _ : state) {
    finished = run_chipcast(arguments);
    if (finished.code != 0) return state.SkipWithError("chipcast failed");
  }
  state.counters["cpu_ms"] = finished.cpu_seconds * 1e3;
  state.counters["peak_MB"] = static_cast<double>(finished.peak_bytes) / 1e6;
}

void describe_resnet50(benchmark::State& state) { run(state, {"describe", "resnet50"}); }
BENCHMARK(describe_resnet50)->Name("process/describe_resnet50")->UseRealTime()->Unit(benchmark::kMillisecond);

void list_models(benchmark::State& state) { run(state, {"list", "models"}); }
BENCHMARK(list_models)->Name("process/list_models")->UseRealTime()->Unit(benchmark::kMillisecond);

void estimate_everything(benchmark::State& state) {
  run(state, {"estimate", "*", "--on", "*", "--format", "csv"});
}
BENCHMARK(estimate_everything)
    ->Name("process/estimate_all_networks_on_all_devices")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void describe_100000_operators(benchmark::State& state) {
  const OnnxFile file(chain(100'000));
  run(state, {"describe", file.path()});
}
BENCHMARK(describe_100000_operators)
    ->Name("process/describe_100000_operators")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void describe_100000_operators_json(benchmark::State& state) {
  const OnnxFile file(chain(100'000));
  run(state, {"describe", file.path(), "--format", "json"});
}
BENCHMARK(describe_100000_operators_json)
    ->Name("process/describe_100000_operators_json")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chipcast::bench
