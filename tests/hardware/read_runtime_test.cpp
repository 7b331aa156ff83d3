// Every sin of a runtime file, word by word.
#include "hardware/read_runtime.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "hardware/figures.hpp"

namespace chipcast {
namespace {

// A good file: two kinds of device, each prior the same.
std::string good() {
  std::string text = R"(schema: runtime/1
title: Example engine
sources:
  guide: {title: Example guide, date: 2024-05}
fusion:
  fold_constants: true
  fold_batch_norm: true
  product_bias: true
  product_activation: true
  product_add: false
  gated_activation: false
  elementwise_chain: false
  normalization: false
  attention: false
  pooling_into_product: false
  squeeze_excite: false
  strided_views: false
on:
  cpu:
    dispatch: {value: 2 us, source: guide}
    bandwidth_efficiency: {value: 0.8, source: guide}
    parallel_fraction: {value: 0.97, source: guide}
    layout: nhwc
    native: [fp32, int8]
    runs_branches_side_by_side: false
    cache_efficiency: {value: 0.6, source: guide}
    half_rows: {value: 16, source: guide}
    half_columns: {value: 8, source: guide}
    half_depth: {value: 32, source: guide}
    half_outputs: {value: 256, source: guide}
    activation_passes: {value: 2, source: guide}
    weight_passes: {value: 0, source: guide}
    priors:
)";
  for (std::size_t kind = 0; kind < work_kind_count; ++kind) {
    text += "      " + std::string(name(static_cast<WorkKind>(kind))) +
            ": {efficiency: {value: 0.5, source: guide}, half_cycles: {value: 1000, source: guide}}\n";
  }
  return text;
}

std::string with(std::string_view from, std::string_view to) {
  std::string text = good();
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

std::string complaint(std::string_view from, std::string_view to) {
  const Result<Runtime> runtime = parse_runtime("engine.yaml", with(from, to));
  return runtime ? "" : render(runtime.diagnostics());
}

TEST_CASE("a good file: rules, kinds of device, priors") {
  const Result<Runtime> runtime = parse_runtime("engine.yaml", good());
  REQUIRE(runtime);
  CHECK(runtime->id == "engine");
  CHECK(runtime->fuses(FusionRule::product_activation));
  CHECK_FALSE(runtime->fuses(FusionRule::product_add));
  CHECK(runtime->on(DeviceKind::gpu) == nullptr);
  const Execution* cpu = runtime->on(DeviceKind::cpu);
  REQUIRE(cpu != nullptr);
  CHECK(cpu->dispatch.value == 2e-6 * second);
  CHECK(cpu->layout == Layout::nhwc);
  CHECK(cpu->runs(Precision::int8));
  CHECK_FALSE(cpu->runs(Precision::fp16));
  CHECK(cpu->prior(WorkKind::dense).half_cycles.value == 1000);
}

TEST_CASE("a fusion rule missing, misspelt, or neither on nor off") {
  CHECK(complaint("  attention: false\n", "") ==
        "engine.yaml:6:3: error: missing key 'attention' in 'fusion'\n"
        "    fold_constants: true\n"
        "    ^\n");
  CHECK(complaint("  attention: false", "  atention: false") ==
        "engine.yaml:6:3: error: missing key 'attention' in 'fusion'\n"
        "    fold_constants: true\n"
        "    ^\n"
        "engine.yaml:14:3: error: unknown key 'atention' in 'fusion'\n"
        "    atention: false\n"
        "    ^~~~~~~~ did you mean 'attention'?\n");
  CHECK(complaint("  attention: false", "  attention: maybe") ==
        "engine.yaml:14:14: error: 'attention' must be true or false, not 'maybe'\n"
        "    attention: maybe\n"
        "               ^~~~~\n");
}

TEST_CASE("figures out of bounds") {
  CHECK(complaint("value: 0.8", "value: 1.8") ==
        "engine.yaml:21:35: error: 'bandwidth_efficiency' must be between 0 and 1, not 1.8\n"
        "      bandwidth_efficiency: {value: 1.8, source: guide}\n"
        "                                    ^~~\n");
  CHECK(complaint("value: 2 us", "value: 2 GB") ==
        "engine.yaml:20:25: error: 'dispatch' must be a time, but 'GB' is a size\n"
        "      dispatch: {value: 2 GB, source: guide}\n"
        "                          ^~ write for example '33 ms'\n");
  CHECK(complaint("value: 2 us", "value: 2 s") ==
        "engine.yaml:20:23: error: 'dispatch' is 2 s, beyond the 1 s that anything has\n"
        "      dispatch: {value: 2 s, source: guide}\n"
        "                        ^~~ if it is meant, add 'force: true' to the figure\n");
  CHECK(complaint("efficiency: {value: 0.5", "efficiency: {value: 50") ==
        "engine.yaml:34:50: error: 'efficiency' must be between 0 and 1, not 50\n"
        "        standard_convolution: {efficiency: {value: 50, source: guide}, half_cycles: {value: 1000, "
        "source: guide}}\n"
        "                                                   ^~\n");
}

TEST_CASE("precisions and layouts that do not exist, and a kind of device without priors") {
  CHECK(complaint("[fp32, int8]", "[fp32, fp23]") ==
        "engine.yaml:24:20: error: item 2 of 'native' cannot be 'fp23'\n"
        "      native: [fp32, fp23]\n"
        "                     ^~~~ did you mean 'fp32'?\n");
  CHECK(complaint("[fp32, int8]", "[fp32, fp32]") ==
        "engine.yaml:24:20: error: fp32 is there twice\n"
        "      native: [fp32, fp32]\n"
        "                     ^~~~\n");
  CHECK(complaint("layout: nhwc", "layout: hwc") ==
        "engine.yaml:23:13: error: 'layout' cannot be 'hwc'\n"
        "      layout: hwc\n"
        "              ^~~ did you mean 'nhwc'?\n");
  CHECK(complaint("  cpu:\n", "  cpux:\n") ==
        "engine.yaml:19:3: error: unknown key 'cpux' in 'on'\n"
        "    cpux:\n"
        "    ^~~~ did you mean 'cpu'?\n");
  CHECK(complaint("      pooling: {efficiency: {value: 0.5, source: guide}, half_cycles: {value: 1000, "
                  "source: guide}}\n",
                  "") ==
        "engine.yaml:34:7: error: missing key 'pooling' in 'priors' of 'cpu'\n"
        "        standard_convolution: {efficiency: {value: 0.5, source: guide}, half_cycles: {value: 1000, "
        "source: guide}}\n"
        "        ^\n");
}

TEST_CASE("an unknown runtime, with suggestions") {
  const Result<Runtime> runtime = find_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes", "tensort");
  REQUIRE_FALSE(runtime);
  CHECK(render(runtime.diagnostics()) ==
        "error: no runtime is called 'tensort'\n  did you mean 'tensorrt'?\n");
  CHECK(find_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes", "onnxruntime-cpu"));
}

TEST_CASE("ideal is what its name says: everything at peak, nothing to dispatch") {
  const Result<Runtime> ideal = find_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes", "ideal");
  REQUIRE(ideal);
  for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
    const Execution* execution = ideal->on(static_cast<DeviceKind>(kind));
    REQUIRE(execution != nullptr);
    CHECK(execution->dispatch.value == Seconds());
    CHECK(execution->native.size() == precision_count);
    for (const WorkPrior& prior : execution->priors) {
      CHECK(prior.efficiency.value == 1);
      CHECK(prior.half_cycles.value == 0);
    }
  }
}

}  // namespace
}  // namespace chipcast
