#include "graph/sequence.hpp"

#include <doctest/doctest.h>

#include "graph/build.hpp"
#include "graph/complexity.hpp"

namespace chipcast {
namespace {

using namespace build;
using Runs = std::vector<Sequence::Run>;
using Ints = std::vector<std::int64_t>;

TensorType f32(Shape shape) { return {DType::float32, std::move(shape)}; }

TensorId number(Graph& graph, std::int64_t value) {
  const TensorType type{DType::int64, {}};
  return graph.add_literal("n", type,
                           std::make_shared<const Constant>(Constant{.type = type, .ints = {value}}));
}
TensorId numbers(Graph& graph, Ints values) {
  const TensorType type{DType::int64, {static_cast<std::int64_t>(values.size())}};
  return graph.add_literal(
      "ns", type, std::make_shared<const Constant>(Constant{.type = type, .ints = std::move(values)}));
}
Attributes with(std::string name, std::int64_t value) {
  Attributes attributes;
  attributes.set(std::move(name), value);
  return attributes;
}

const Tensor& shaped(Graph& graph, TensorId id) {
  graph.add_output(id);
  const Result<Shaped> result = shape_graph(graph, {});
  REQUIRE_MESSAGE(result, (result ? "" : render(result.diagnostics())));
  return graph.tensor(id);
}
Runs runs(Graph& graph, TensorId id) {
  const Tensor& tensor = shaped(graph, id);
  REQUIRE(tensor.sequence != nullptr);
  return tensor.sequence->runs;
}
std::string complaint(Graph& graph, const ShapingOptions& options = {}) {
  const Result<Shaped> result = shape_graph(graph, options);
  return result ? "" : render(result.diagnostics());
}

// x: 2x6, y: 3x6, and a sequence of x, x, y.
struct Three {
  Graph graph;
  TensorId x = input(graph, "x", {2, 6});
  TensorId y = input(graph, "y", {3, 6});
  TensorId sequence = apply(graph, "made", "SequenceConstruct", {x, x, y});
};

}  // namespace

TEST_CASE("a sequence is made, grows and shrinks") {
  Three t;
  const TensorId back = apply(t.graph, "back", "SequenceInsert", {t.sequence, t.x});
  const TensorId front = apply(t.graph, "front", "SequenceInsert", {back, t.y, number(t.graph, 0)});
  const TensorId last_gone = apply(t.graph, "erased", "SequenceErase", {front});
  const TensorId second_gone = apply(t.graph, "erased2", "SequenceErase", {last_gone, number(t.graph, 1)});
  const TensorId count = apply(t.graph, "count", "SequenceLength", {second_gone});
  CHECK(runs(t.graph, second_gone) == Runs{{f32({3, 6}), 1}, {f32({2, 6}), 1}, {f32({3, 6}), 1}});
  CHECK(runs(t.graph, back) == Runs{{f32({2, 6}), 2}, {f32({3, 6}), 1}, {f32({2, 6}), 1}});
  CHECK(t.graph.tensor(count).value->ints == Ints{3});
}

TEST_CASE(
    "a tensor is taken out by its place, from the end too, or by a place that only data decides if all are "
    "alike") {
  Three t;
  CHECK(shaped(t.graph, apply(t.graph, "at", "SequenceAt", {t.sequence, number(t.graph, -1)})).type ==
        f32({3, 6}));
  CHECK(shaped(t.graph, apply(t.graph, "at1", "SequenceAt", {t.sequence, number(t.graph, 1)})).type ==
        f32({2, 6}));
  const TensorId i = input(t.graph, "i", {}, DType::int64);
  const TensorId alike = apply(t.graph, "alike", "SequenceErase", {t.sequence});
  CHECK(shaped(t.graph, apply(t.graph, "any", "SequenceAt", {alike, i})).type == f32({2, 6}));
  apply(t.graph, "unlike", "SequenceAt", {t.sequence, i});
  CHECK(complaint(t.graph) ==
        "error: node 'unlike' (SequenceAt): the position in a sequence of unlike tensors is computed from "
        "data\n");
}

TEST_CASE("a tensor is split into one piece per row, pieces of a length, or pieces of given lengths") {
  Graph graph;
  const TensorId x = input(graph, "x", {7, 6});
  CHECK(runs(graph, apply(graph, "rows", "SplitToSequence", {x})) == Runs{{f32({1, 6}), 7}});
  CHECK(runs(graph, apply(graph, "flat", "SplitToSequence", {x}, with("keepdims", 0))) ==
        Runs{{f32({6}), 7}});
  CHECK(runs(graph, apply(graph, "threes", "SplitToSequence", {x, number(graph, 3)})) ==
        Runs{{f32({3, 6}), 2}, {f32({1, 6}), 1}});
  CHECK(runs(graph, apply(graph, "given", "SplitToSequence", {x, numbers(graph, {1, 5})},
                          with("axis", -1))) == Runs{{f32({7, 1}), 1}, {f32({7, 5}), 1}});
  apply(graph, "wrong", "SplitToSequence", {x, numbers(graph, {1, 5})});
  CHECK(complaint(graph) ==
        "error: node 'wrong' (SplitToSequence): the pieces make 6, but axis 0 of shape 7x6 has 7\n");
}

TEST_CASE("a sequence becomes one tensor along an axis, old or new") {
  Three t;
  CHECK(shaped(t.graph, apply(t.graph, "c", "ConcatFromSequence", {t.sequence})).type == f32({7, 6}));
  const TensorId alike = apply(t.graph, "alike", "SequenceConstruct", {t.x, t.x});
  Attributes stacked = with("axis", -1);
  stacked.set("new_axis", std::int64_t{1});
  CHECK(shaped(t.graph, apply(t.graph, "s", "ConcatFromSequence", {alike}, stacked)).type == f32({2, 6, 2}));
  apply(t.graph, "misfit", "ConcatFromSequence", {t.sequence}, with("axis", 1));
  CHECK(complaint(t.graph) ==
        "error: node 'misfit' (ConcatFromSequence): a tensor of shape 3x6 does not fit beside one of shape "
        "2x6\n");
}

TEST_CASE("an optional value is what it holds, or nothing") {
  Graph graph;
  const TensorId x = input(graph, "x", {2, 6});
  const TensorId full = apply(graph, "full", "Optional", {x});
  const TensorId empty = apply(graph, "empty", "Optional", {});
  CHECK(shaped(graph, apply(graph, "get", "OptionalGetElement", {full})).type == f32({2, 6}));
  CHECK(shaped(graph, apply(graph, "has", "OptionalHasElement", {full})).value->ints == Ints{1});
  CHECK(shaped(graph, apply(graph, "has_not", "OptionalHasElement", {empty})).value->ints == Ints{0});
}

TEST_CASE(
    "a sequence given as input holds one tensor unless its length is bound, and its tensors' symbols bind "
    "too") {
  const auto counted = [](const ShapingOptions& options) {
    Graph graph;
    const TensorId x = graph.add_input("x", {});
    graph.tensor(x).sequence = std::make_shared<const Sequence>(
        Sequence{{{f32({symbol(graph.add_symbol("rows")), 6}), symbol(graph.add_symbol("x"))}}});
    const TensorId y = apply(graph, "c", "ConcatFromSequence", {x});
    REQUIRE(shape_graph(graph, options));
    return graph.tensor(y).type.shape;
  };
  CHECK(counted({.dims = {{"rows", 2}}}) == Shape{2, 6});
  CHECK(counted({.dims = {{"rows", 2}, {"x", 5}}}) == Shape{10, 6});
}

TEST_CASE("what a sequence operator copies, and what a sequence keeps alive") {
  Three t;
  const TensorId whole = apply(t.graph, "whole", "ConcatFromSequence", {t.sequence});
  t.graph.add_output(whole);
  const Result<Shaped> order = shape_graph(t.graph, {});
  REQUIRE(order);
  const Result<Complexity> complexity = characterize(t.graph, order->order);
  REQUIRE(complexity);
  const Bytes seven_rows = 7 * 6 * 4 * byte;
  CHECK(complexity->bytes == 4 * seven_rows);           // into the sequence and out of it, read and written
  CHECK(complexity->activation.sum == 2 * seven_rows);  // the sequence and the tensor
  CHECK(complexity->macs == 0 * mac);
  CHECK(complexity->not_modelled.empty());
}

TEST_CASE("an operator on tensors refuses a sequence, and the other way round") {
  Three t;
  apply(t.graph, "relu", "Relu", {t.sequence});
  apply(t.graph, "count", "SequenceLength", {t.x});
  CHECK(complaint(t.graph) ==
        "error: node 'relu' (Relu): input 0 is a sequence, not a tensor\n"
        "error: node 'count' (SequenceLength): input 0 is a tensor, not a sequence\n");
}

// ---- in loops

namespace {

// for i in range(trips): h = SequenceInsert(h, x)
Graph growing(std::int64_t trips, bool starts_empty) {
  Graph graph;
  const TensorId x = input(graph, "x", {2, 6});
  const TensorId start =
      apply(graph, "start", "SequenceConstruct", starts_empty ? std::vector<TensorId>{} : std::vector{x});
  auto body = std::make_shared<Graph>("body");
  body->add_input("i", {});
  const TensorId go = body->add_input("go", {});
  const TensorId h = body->add_input("h", {});
  const TensorId captured = body->add_captured("x", x);
  body->add_output(go);
  body->add_output(apply(*body, "insert", "SequenceInsert", {h, captured}));
  Operator loop;
  loop.name = "loop";
  loop.kind = "Loop";
  loop.opset = 17;
  loop.inputs = {number(graph, trips), none, start};
  loop.outputs = {graph.add_tensor("grown")};
  loop.bodies = {{"body", body}};
  const TensorId grown = loop.outputs[0];
  graph.add_operator_on(std::move(loop));
  graph.add_output(grown);
  return graph;
}

}  // namespace

TEST_CASE("a loop that adds a tensor with every trip yields as many as it has trips") {
  for (const std::int64_t trips : {0, 1, 5}) {
    Graph empty = growing(trips, true);
    REQUIRE(shape_graph(empty, {}));
    CHECK(empty.tensor(empty.outputs()[0]).sequence->length() == trips);
    Graph one = growing(trips, false);
    REQUIRE(shape_graph(one, {}));
    CHECK(one.tensor(one.outputs()[0]).sequence->length() == trips + 1);
  }
}

TEST_CASE("changes of a sequence are repeated where they add the same at the end") {
  const Sequence ab{{{f32({1}), 1}, {f32({2}), 1}}};
  const Sequence abc{{{f32({1}), 1}, {f32({2}), 1}, {f32({3}), 2}}};
  CHECK(repeated(ab, abc, 3)->runs == Runs{{f32({1}), 1}, {f32({2}), 1}, {f32({3}), 6}});
  CHECK(repeated(abc, ab, 3) == nullptr);
  CHECK(repeated(ab, Sequence{{{f32({2}), 1}, {f32({1}), 1}}}, 3) == nullptr);
  CHECK(repeated({}, ab, 2)->length() == 4);
  const Sequence five{{{f32({1}), 5}}};
  const Sequence three{{{f32({1}), 3}}};
  CHECK(repeated(five, three, 2)->length() == 1);
  CHECK(repeated(five, three, 3) == nullptr);  // there are not that many
}

TEST_CASE("SequenceMap runs its body for every tensor of the sequence") {
  Graph graph;
  const TensorId x = input(graph, "x", {4, 8});
  const TensorId rows = apply(graph, "rows", "SplitToSequence", {x});
  const TensorId w = weight(graph, "w", {8, 3});
  auto body = std::make_shared<Graph>("body");
  const TensorId row = body->add_input("row", {});
  body->add_output(apply(*body, "product", "MatMul", {row, body->add_captured("w", w)}));
  Operator map;
  map.name = "map";
  map.kind = "SequenceMap";
  map.opset = 17;
  map.inputs = {rows};
  map.outputs = {graph.add_tensor("mapped")};
  map.bodies = {{"body", body}};
  const TensorId mapped = map.outputs[0];
  graph.add_operator_on(std::move(map));
  CHECK(runs(graph, mapped) == Runs{{f32({1, 3}), 4}});
  const Result<Shaped> order = shape_graph(graph, {});
  REQUIRE(order);
  CHECK(characterize(graph, order->order)->macs == 4 * 8 * 3 * mac);
}

}  // namespace chipcast
