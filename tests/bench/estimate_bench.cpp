// Estimates from a ready workload; the bar is 2 us for ResNet-50 on one target, its interval from a calibration or not
// asked for. `per_group_ns` is that over the kernels the runtime makes of the network.
#include <benchmark/benchmark.h>

#include <deque>

#include "bench/graph_to_onnx.hpp"
#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "hardware/calibration.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/estimate.hpp"

namespace chipcast::bench {
namespace {

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

// A device with its usual runtime and precision, as calibrated, and a network as that runtime runs it.
class Case {
 public:
  Case(const std::string& model, const std::string& device)
      : device_(*find_device(specs, device)),
        runtime_(*find_runtime(specs + "/runtimes", default_runtime(device_))) {
    Graph graph = zoo_graph(model);
    const Result<Shaped> shaped = shape_graph(graph, {});
    workload_ = make_workload(graph, *characterize(graph, shaped->order), runtime_);
    if (calibrate_from(specs + "/calibrations", device_, runtime_)) {
      target_ = *make_target(device_, device_.operating_points.front(), runtime_,
                             {.precision = default_precision(device_)});
    }
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  const Workload& workload() const { return workload_; }
  const Target& target() const { return target_; }

 private:
  Device device_;
  Runtime runtime_;
  Workload workload_;
  Target target_;  // points into the two above
};

void one_network(benchmark::State& state, const std::string& device, bool has_interval) {
  const Case on("resnet50", device);
  if (has_interval && !on.target().margin) return state.SkipWithError("not calibrated");
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        estimate(on.workload(), on.target(), {.keep_groups = false, .has_interval = has_interval}));
  }
  const auto groups = static_cast<double>(on.workload().groups.size());
  state.counters["groups"] = groups;
  state.counters["per_group"] =
      benchmark::Counter(groups, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(one_network, nvidia_h100_pcie, "nvidia_h100_pcie", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, nvidia_h100_pcie / interval, "nvidia_h100_pcie", true)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, intel_i7_12700k, "intel_i7_12700k", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, intel_i7_12700k / interval, "intel_i7_12700k", true)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, google_tpu_v5e, "google_tpu_v5e", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, kpu_t2, "kpu_t2", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_network, mcu_nucleo_l4r5zi, "mcu_nucleo_l4r5zi", false)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace chipcast::bench
