// The fuzzer's seeds: one small file for each thing an ONNX file can hold. After a change:
//   test_import --no-skip --test-case="write the seeds of the fuzzer"
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "import/onnx_writer.hpp"

namespace chipcast {
namespace {

using namespace onnx_writer;

std::string convolutional() {
  return model(
      {.inputs = {value("x", f32, {"batch", extent(2), extent(6), extent(6)})},
       .outputs = {value("y", f32, {"batch", extent(3)})},
       .nodes = {node("Conv", {"x", "w"}, {"a"},
                      {attribute("pads", Ints{1, 1, 1, 1}), attribute("group", 1)}),
                 node("BatchNormalization", {"a", "s", "s", "s", "s"}, {"b"}, {attribute("epsilon", 1e-5F)}),
                 node("Clip", {"b", "", "six"}, {"c"}),
                 node("MaxPool", {"c"}, {"d"}, {attribute("kernel_shape", Ints{2, 2})}),
                 node("GlobalAveragePool", {"d"}, {"e"}), node("Shape", {"e"}, {"shape"}),
                 node("Gather", {"shape", "zero"}, {"n"}, {attribute("axis", 0)}),
                 node("Unsqueeze", {"n", "axes"}, {"n1"}),
                 node("Concat", {"n1", "minus"}, {"to"}, {attribute("axis", 0)}),
                 node("Reshape", {"e", "to"}, {"y"})},
       .initializers = {zeros("w", {3, 2, 3, 3}), zeros("s", {3}), zeros("six", {}),
                        raw_tensor("zero", i64, {}, raw(Ints{0})), int64s("axes", {0}),
                        int64s("minus", {-1})}});
}

std::string language() {
  return model(
      {.inputs = {value("ids", i64, {"batch", "sequence"})},
       .outputs = {value("y", f32, {"batch", "sequence", extent(4)})},
       .nodes = {node("Gather", {"table", "ids"}, {"x"}), node("MatMul", {"x", "w"}, {"q"}),
                 node("Transpose", {"x"}, {"k"}, {attribute("perm", Ints{0, 2, 1})}),
                 node("MatMul", {"q", "k"}, {"s"}), node("Softmax", {"s"}, {"p"}, {attribute("axis", -1)}),
                 node("MatMul", {"p", "x"}, {"v"}), node("LayerNormalization", {"v", "g", "g"}, {"l"}),
                 node("Erf", {"l"}, {"e"}), node("Add", {"e", "l"}, {"y"})},
       .initializers = {zeros("table", {5, 4}), zeros("w", {4, 4}), zeros("g", {4})}});
}

std::string recurrent() {
  return model({.inputs = {value("x", f32, {extent(3), "batch", extent(4)})},
                .outputs = {untyped("y")},
                .nodes = {node("LSTM", {"x", "w", "r", "b"}, {"h", "", "c"}, {attribute("hidden_size", 2)}),
                          node("Squeeze", {"h", "axes"}, {"s"}),
                          node("Einsum", {"s", "c"}, {"y"}, {text_attribute("equation", "sbh,dbh->sb")})},
                .initializers = {zeros("w", {1, 8, 4}), zeros("r", {1, 8, 2}), zeros("b", {1, 16}),
                                 int64s("axes", {1})}});
}

std::string quantized() {
  return model({.inputs = {value("x", f32, {extent(1), extent(2), extent(4), extent(4)})},
                .outputs = {untyped("y")},
                .nodes = {node("QuantizeLinear", {"x", "s", "z"}, {"q"}),
                          node("QLinearConv", {"q", "s", "z", "w", "s", "z", "s", "z"}, {"r"}),
                          node("DequantizeLinear", {"r", "s", "z"}, {"y"})},
                .initializers = {zeros("s", {}), raw_tensor("z", u8, {}, "a"),
                                 raw_tensor("w", u8, {1, 2, 3, 3}, std::string(18, 'w'))}});
}

std::string control_flow() {
  const std::string then = graph({.outputs = {untyped("r")}, .nodes = {node("Relu", {"x"}, {"r"})}});
  const std::string otherwise = graph({.outputs = {untyped("r")},
                                       .nodes = {node("Add", {"x", "b"}, {"r"})},
                                       .initializers = {zeros("b", {4})}});
  const std::string loop = graph({.inputs = {untyped("i"), untyped("go"), untyped("h")},
                                  .outputs = {untyped("go"), untyped("h2"), untyped("h2")},
                                  .nodes = {node("MatMul", {"h", "w"}, {"h2"})}});
  const std::string scan = graph({.inputs = {untyped("state"), untyped("slice")},
                                  .outputs = {untyped("sum"), untyped("sum")},
                                  .nodes = {node("Add", {"state", "slice"}, {"sum"})}});
  return model(
      {.inputs = {value("x", f32, {extent(1), extent(4)}), value("c", boolean, {})},
       .outputs = {untyped("y"), untyped("all"), untyped("scanned")},
       .nodes = {node("If", {"c"}, {"a"},
                      {graph_attribute("then_branch", then), graph_attribute("else_branch", otherwise)}),
                 node("Loop", {"n", "", "a"}, {"y", "all"}, {graph_attribute("body", loop)}),
                 node("Scan", {"y", "all"}, {"final", "scanned"},
                      {graph_attribute("body", scan), attribute("num_scan_inputs", 1)})},
       .initializers = {zeros("w", {4, 4}), raw_tensor("n", i64, {}, raw(Ints{3}))}});
}

std::string sequences() {
  const std::string loop = graph({.inputs = {untyped("i"), untyped("go"), untyped("list")},
                                  .outputs = {untyped("go"), untyped("longer")},
                                  .nodes = {node("SequenceAt", {"list", "i"}, {"one"}),
                                            node("SequenceInsert", {"list", "one"}, {"longer"})}});
  const std::string map = graph(
      {.inputs = {untyped("each")}, .outputs = {untyped("r")}, .nodes = {node("Relu", {"each"}, {"r"})}});
  const std::string type = tensor_type(f32, {"rows", extent(4)});
  std::string of_type, sequence;
  pbf_writer(of_type).add_message(1, type);
  pbf_writer(sequence).add_message(4, of_type);
  return model(
      {.inputs = {named_type("x", sequence), value("z", f32, {extent(6), extent(4)})},
       .outputs = {untyped("y"), untyped("rest")},
       .nodes = {node("SplitToSequence", {"z", "two"}, {"parts"}, {attribute("axis", 0)}),
                 node("Loop", {"n", "", "parts"}, {"more"}, {graph_attribute("body", loop)}),
                 node("SequenceMap", {"more"}, {"mapped"}, {graph_attribute("body", map)}),
                 node("SequenceErase", {"mapped"}, {"fewer"}),
                 node("ConcatFromSequence", {"fewer"}, {"y"},
                      {attribute("axis", 1), attribute("new_axis", 1)}),
                 node("Optional", {"x"}, {"o"}), node("OptionalGetElement", {"o"}, {"rest"})},
       .initializers = {raw_tensor("n", i64, {}, raw(Ints{3})), raw_tensor("two", i64, {}, raw(Ints{2}))}});
}

std::string functions() {
  const std::string inner =
      function({.domain = "my",
                .name = "Inner",
                .inputs = {"a"},
                .outputs = {"b", "a"},
                .nodes = {node("LeakyRelu", {"a"}, {"b"}, {attribute_reference("alpha", 1, "slope")})},
                .defaults = {attribute("slope", 0.5F)},
                .opsets = {opset("", 16)}});
  const std::string outer = function(
      {.domain = "my",
       .name = "Outer",
       .inputs = {"a", "k"},
       .outputs = {"b"},
       .nodes = {node("Inner", {"a"}, {"t", "u"}, {attribute_reference("slope", 1, "s")}, "in", "my"),
                 node("Constant", {}, {"c"}, {attribute_reference("value_float", 1, "s")}),
                 node("Mul", {"u", "c"}, {"v"}), node("Add", {"t", "v"}, {"b"})}});
  return model({.inputs = {value("x", f32, {"n", ""})},
                .outputs = {value("y", f32, {"n", ""})},
                .nodes = {node("Outer", {"x"}, {"h"}, {attribute("s", 0.25F)}, "p", "my"),
                          node("Outer", {"h", ""}, {"y"}, {attribute("s", 0.5F)}, "q", "my")}},
               {.opsets = {opset("", 17), opset("my", 1)}, .functions = {inner, outer}});
}

std::string tensors() {
  std::string packed = tensor_head("packed", i64, {3});
  const Ints three = {1, -2, 3};
  pbf_writer(packed).add_packed_int64(7, three.begin(), three.end());
  std::string half = tensor_head("half", f16, {1});
  pbf_writer(half).add_int32(5, 0x3E00);
  std::string sparse;
  pbf_writer(sparse).add_message(1, zeros("sparse", {2}));
  pbf_writer(sparse).add_message(2, int64s("", {0, 3}));
  pbf_writer(sparse).add_int64(3, 4);
  return model({.inputs = {value("x", f32, {extent(4)}), value("old", f32, {extent(4)})},
                .outputs = {untyped("y")},
                .nodes = {node("Constant", {}, {"c"}, {attribute("value_ints", Ints{2, 2})}),
                          node("Sum", {"x", "sparse", "old"}, {"s"}),
                          node("Reshape", {"s", "c"}, {"y"}, {}, "r\xff", "ai.onnx")},
                .initializers = {packed, half, zeros("old", {4}),
                                 external_tensor("far", i64, {2}, "w.bin", "8", "16")},
                .value_infos = {value("s", f32, {"", "s"})},
                .sparse_initializers = {sparse}},
               {.ir_version = 3});
}

const std::map<std::string, std::string> seeds = {
    {"convolutional.onnx", convolutional()},
    {"language.onnx", language()},
    {"recurrent.onnx", recurrent()},
    {"quantized.onnx", quantized()},
    {"functions.onnx", functions()},
    {"control_flow.onnx", control_flow()},
    {"tensors.onnx", tensors()},
    {"sequences.onnx", sequences()},
};

const std::filesystem::path folder = std::filesystem::path(CHIPCAST_SOURCE_DIR) / "tests/fuzz/corpus/onnx";

}  // namespace

TEST_CASE("the fuzzer's seeds can be read, and are those of this file") {
  for (const auto& seed : seeds) {
    CAPTURE(seed.first);
    CHECK(complaint(seed.second) == "");
    std::ifstream in(folder / seed.first, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == seed.second);
  }
}

TEST_CASE("write the seeds of the fuzzer" * doctest::skip()) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, file] : seeds) std::ofstream(folder / name, std::ios::binary) << file;
}

}  // namespace chipcast
