#include "import/onnx.hpp"

#include <doctest/doctest.h>

#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/onnx_writer.hpp"

namespace chipcast {
namespace {

using namespace onnx_writer;

Graph parsed(const std::string& file) {
  Result<Graph> graph = parse(file);
  REQUIRE_MESSAGE(graph, (graph ? "" : render(graph.diagnostics())));
  return *std::move(graph);
}

const Tensor& tensor_named(const Graph& graph, std::string_view name) {
  for (const Tensor& tensor : graph.tensors()) {
    if (tensor.name == name) return tensor;
  }
  FAIL("no tensor named " << name);
  return graph.tensors().front();
}

// y = x * w + b, with whatever else a test adds.
GraphParts linear() {
  return {.inputs = {value("x", f32, {"batch", extent(8)})},
          .outputs = {value("y", f32, {"batch", extent(4)})},
          .nodes = {node("Gemm", {"x", "w", "b"}, {"y"}, {}, "fc")},
          .initializers = {zeros("w", {8, 4}), zeros("b", {4})}};
}

}  // namespace

TEST_CASE("a linear layer: its symbol, weights, operator and counts") {
  Graph graph = parsed(model(linear()));
  CHECK(graph.name() == "tested");
  CHECK(graph.symbols() == Strings{"batch"});
  REQUIRE(graph.inputs().size() == 1);
  CHECK(graph.tensor(graph.inputs()[0]).type == TensorType{DType::float32, {symbol(0), 8}});
  CHECK(tensor_named(graph, "w").origin == TensorOrigin::weight);
  CHECK(tensor_named(graph, "w").type == TensorType{DType::float32, {8, 4}});
  CHECK(tensor_named(graph, "w").is_constant);
  REQUIRE(graph.operators().size() == 1);
  CHECK(describe(graph.op(0)) == "node 'fc' (Gemm)");
  CHECK(graph.op(0).opset == 17);
  CHECK(graph.op(0).type == find_operator("", "Gemm"));
  CHECK(graph.outputs() == graph.op(0).outputs);
  CHECK(*graph.tensor(graph.outputs()[0]).declared == TensorType{DType::float32, {symbol(0), 4}});

  const Result<Shaped> shaped = shape_graph(graph, {.dims = {{"batch", 2}}});
  REQUIRE(shaped);
  const Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  CHECK(complexity->parameters == 8 * 4 + 4);
  CHECK(complexity->macs == 2 * 8 * 4 * mac);
}

TEST_CASE("an input listed beside its initializer, as ONNX's first versions do, is a weight") {
  GraphParts parts = linear();
  parts.inputs.push_back(value("w", f32, {extent(8), extent(4)}));
  parts.inputs.push_back(value("b", f32, {extent(4)}));
  const Graph graph = parsed(model(parts, {.ir_version = 3}));
  CHECK(graph.inputs().size() == 1);
  CHECK(tensor_named(graph, "w").origin == TensorOrigin::weight);
}

TEST_CASE("files older than opset_import mean the first operator set") {
  CHECK(parsed(model(linear(), {.ir_version = 2, .opsets = {}})).op(0).opset == 1);
}

TEST_CASE("every domain has its own version, and 'ai.onnx' is ONNX's own") {
  GraphParts parts = linear();
  parts.nodes = {node("Gemm", {"x", "w", "b"}, {"a"}, {}, "", "ai.onnx"),
                 node("BiasGelu", {"a", "b"}, {"y"}, {}, "", "com.microsoft")};
  const Graph graph = parsed(model(parts, {.opsets = {opset("ai.onnx", 12), opset("com.microsoft", 3)}}));
  CHECK(graph.op(0).opset == 12);
  CHECK(graph.op(0).domain.empty());
  CHECK(graph.op(1).opset == 3);
  CHECK(graph.op(1).domain == "com.microsoft");
}

TEST_CASE("operators may stand in any order, and those without a name are called after kind and place") {
  GraphParts parts = linear();
  parts.nodes = {node("Relu", {"a"}, {"y"}), node("Gemm", {"x", "w", "b"}, {"a"})};
  Graph graph = parsed(model(parts));
  CHECK(describe(graph.op(0)) == "node 'Relu_0' (Relu)");
  CHECK(describe(graph.op(1)) == "node 'Gemm_1' (Gemm)");
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);
  CHECK(shaped->order == std::vector<OperatorId>{1, 0});
}

TEST_CASE("an optional input left out is `none`, and dropped at the end of the list") {
  GraphParts parts = linear();
  parts.nodes = {node("Clip", {"x", "", "limit"}, {"a"}), node("Gemm", {"a", "w", ""}, {"y", ""})};
  parts.initializers.push_back(zeros("limit", {}));
  const Graph graph = parsed(model(parts));
  REQUIRE(graph.op(0).inputs.size() == 3);
  CHECK(graph.op(0).inputs[1] == none);
  CHECK(graph.op(1).inputs.size() == 2);
  CHECK(graph.op(1).outputs.size() == 1);
}

TEST_CASE("extents without a number or name become symbols named after value and axis") {
  GraphParts parts = linear();
  parts.inputs = {value("x", f32, {"", extent(-1), extent(8)})};
  const Graph graph = parsed(model(parts));
  CHECK(graph.symbols() == Strings{"x.0", "x.1", "batch"});
  CHECK(graph.tensor(graph.inputs()[0]).type.shape == Shape{symbol(0), symbol(1), 8});
}

TEST_CASE("what the file declares of a computed value is kept apart from its type") {
  GraphParts parts = linear();
  parts.nodes = {node("Gemm", {"x", "w", "b"}, {"a"}), node("Relu", {"a"}, {"y"})};
  parts.value_infos = {value("a", f32, {"rows", extent(4)}), value("w", f32, {extent(1)}), untyped("y"),
                       value("unheard of", f32, {extent(1)})};
  const Graph graph = parsed(model(parts));
  CHECK(tensor_named(graph, "a").type == TensorType());
  REQUIRE(tensor_named(graph, "a").declared);
  CHECK(tensor_named(graph, "a").declared->shape == Shape{symbol(1), 4});
  CHECK(!tensor_named(graph, "w").declared);
}

TEST_CASE("attributes of every type") {
  GraphParts parts = linear();
  std::string untyped_ints = bare_attribute("old", 0);
  pbf_writer(untyped_ints).add_int64(8, 3);  // unpacked, and of a file that gives no types
  pbf_writer(untyped_ints).add_int64(8, 4);
  const std::string left_out = bare_attribute("zero", 2);
  parts.nodes = {node(
      "Gemm", {"x", "w", "b"}, {"y"},
      {attribute("i", 7), attribute("f", 0.5F), text_attribute("s", "NOTSET"), attribute("is", Ints{1, -2}),
       attribute("ss", Strings{"a", "b"}), tensor_attribute("small", int64s("", {5, 6})),
       tensor_attribute("large", zeros("", {100})), untyped_ints, left_out})};
  const Graph graph = parsed(model(parts));
  const Attributes& attributes = graph.op(0).attributes;
  CHECK(std::get<std::int64_t>(*attributes.find("i")) == 7);
  CHECK(std::get<double>(*attributes.find("f")) == 0.5);
  CHECK(std::get<std::string>(*attributes.find("s")) == "NOTSET");
  CHECK(std::get<Ints>(*attributes.find("is")) == Ints{1, -2});
  CHECK(std::get<Strings>(*attributes.find("ss")) == Strings{"a", "b"});
  CHECK(std::get<ConstantPointer>(*attributes.find("small"))->ints == Ints{5, 6});
  CHECK(std::get<TensorType>(*attributes.find("large")) == TensorType{DType::float32, {100}});
  CHECK(std::get<Ints>(*attributes.find("old")) == Ints{3, 4});
  CHECK(std::get<std::int64_t>(*attributes.find("zero")) == 0);
}

TEST_CASE("Constant nodes are literals: known, stored, neither operators nor parameters") {
  GraphParts parts = linear();
  parts.nodes = {node("Constant", {}, {"shape"}, {tensor_attribute("value", int64s("", {-1, 4}))}),
                 node("Constant", {}, {"n"}, {attribute("value_int", 3)}),
                 node("Constant", {}, {"ns"}, {attribute("value_ints", Ints{1, 2})}),
                 node("Constant", {}, {"r"}, {attribute("value_float", 1.5F)}),
                 node("Constant", {}, {"big"}, {tensor_attribute("value", zeros("", {10, 10}))}),
                 node("Gemm", {"x", "w", "b"}, {"a"}),
                 node("Reshape", {"a", "shape"}, {"y"})};
  Graph graph = parsed(model(parts));
  CHECK(graph.operators().size() == 2);
  const Tensor& shape = tensor_named(graph, "shape");
  CHECK(shape.origin == TensorOrigin::literal);
  CHECK(shape.is_constant);
  CHECK(shape.type == TensorType{DType::int64, {2}});
  CHECK(shape.value->ints == Ints{-1, 4});
  CHECK(tensor_named(graph, "n").type == TensorType{DType::int64, {}});
  CHECK(tensor_named(graph, "n").value->ints == Ints{3});
  CHECK(tensor_named(graph, "ns").value->ints == Ints{1, 2});
  CHECK(tensor_named(graph, "r").value->reals == std::vector{1.5});
  CHECK(tensor_named(graph, "big").type == TensorType{DType::float32, {10, 10}});
  CHECK(tensor_named(graph, "big").value == nullptr);
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);
  CHECK(characterize(graph, shaped->order)->parameters == 8 * 4 + 4);
}

TEST_CASE("a sparse initializer counts as the dense tensor it stands for") {
  std::string sparse;
  pbf_writer writer(sparse);
  writer.add_message(1, zeros("w", {3}));
  writer.add_message(2, int64s("", {0, 5, 31}));
  writer.add_int64(3, 8);
  writer.add_int64(3, 4);
  GraphParts parts = linear();
  parts.initializers = {zeros("b", {4})};
  parts.sparse_initializers = {sparse};
  CHECK(tensor_named(parsed(model(parts)), "w").type == TensorType{DType::float32, {8, 4}});
}

TEST_CASE("names that are no UTF-8, or would drive a terminal, are kept in a printable form") {
  const std::string evil = "w\x1b[31m\xff";
  GraphParts parts = linear();
  parts.nodes = {node("Gemm", {"x", evil}, {"y"}, {}, "\x80 fc")};
  parts.initializers = {zeros(evil, {8, 4})};
  const Graph graph = parsed(model(parts));
  CHECK(tensor_named(graph, "w\\x1b[31m\\xff").origin == TensorOrigin::weight);
  CHECK(graph.op(0).name == "\\x80 fc");
}

}  // namespace chipcast
