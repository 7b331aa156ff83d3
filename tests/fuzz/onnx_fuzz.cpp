// Any bytes as an ONNX file: read, shaped and counted, or refused with a message; nothing else.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "fuzz/protobuf_mutator.hpp"
#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/onnx.hpp"

namespace {

using namespace chipcast;

const ProtobufMutator::Words& words() {
  static const std::vector<std::string> attributes = {"axis",
                                                      "axes",
                                                      "perm",
                                                      "kernel_shape",
                                                      "strides",
                                                      "pads",
                                                      "dilations",
                                                      "group",
                                                      "auto_pad",
                                                      "ceil_mode",
                                                      "count_include_pad",
                                                      "output_shape",
                                                      "output_padding",
                                                      "transA",
                                                      "transB",
                                                      "equation",
                                                      "hidden_size",
                                                      "direction",
                                                      "mode",
                                                      "to",
                                                      "value",
                                                      "shape",
                                                      "keepdims",
                                                      "noop_with_empty_axes",
                                                      "split",
                                                      "num_outputs",
                                                      "starts",
                                                      "ends",
                                                      "repeats",
                                                      "blocksize",
                                                      "batch_dims",
                                                      "num_heads",
                                                      "value_ints",
                                                      "body",
                                                      "num_scan_inputs",
                                                      "layout",
                                                      "sizes",
                                                      "scales",
                                                      "largest",
                                                      "k",
                                                      "allowzero",
                                                      "start",
                                                      "end",
                                                      "then_branch",
                                                      "else_branch"};
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> all = operator_names();
    for (const char* other : {"If", "Loop", "Scan", "SequenceMap", "SequenceConstruct", "SequenceInsert",
                              "SequenceErase", "SequenceAt", "SequenceLength", "SplitToSequence",
                              "ConcatFromSequence", "Optional", "OptionalHasElement", "Constant"}) {
      all.emplace_back(other);
    }
    return all;
  }();
  static const ProtobufMutator::Words words = {
      {1, attributes}, {4, kinds}, {7, {"", "com.microsoft", "ai.onnx", "my"}}};
  return words;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  // Broken framing has to be tried as well.
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string message(reinterpret_cast<const char*>(data), size);
  const std::string changed = ProtobufMutator(seed, words()).mutate(message);
  if (changed.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Result<Graph> graph = parse_onnx(std::as_bytes(std::span(data, size)), "fuzz/no/such/folder/net.onnx");
  if (!graph) {
    if (render(graph.diagnostics()).empty()) std::abort();
    return 0;
  }
  ShapingOptions options{.trips = {{"*", 2}}, .skip_unknown_operators = true};
  for (const std::string& symbol : graph->symbols()) options.dims[symbol] = 2;
  const Result<Shaped> shaped = shape_graph(*graph, options);
  if (!shaped) {
    if (render(shaped.diagnostics()).empty()) std::abort();
    return 0;
  }
  const Result<Complexity> complexity = characterize(*graph, shaped->order);
  if (complexity && (count_of(complexity->macs) < 0 || complexity->parameters < 0)) std::abort();
  return 0;
}
