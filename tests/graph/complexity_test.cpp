#include "graph/complexity.hpp"

#include <doctest/doctest.h>

#include "graph/build.hpp"
#include "graph/shaping.hpp"

namespace chipcast {
namespace {

using namespace build;

Complexity characterized(Graph& graph, const ShapingOptions& options = {}) {
  const Result<Shaped> shaped = shape_graph(graph, options);
  REQUIRE_MESSAGE(shaped, (shaped ? "" : render(shaped.diagnostics())));
  const Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  return *complexity;
}

std::string complaint(Graph& graph, const ShapingOptions& options = {}) {
  const Result<Shaped> shaped = shape_graph(graph, options);
  return shaped ? "" : render(shaped.diagnostics());
}

}  // namespace

TEST_CASE("two convolutions: parameters, MACs and bytes by hand") {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 3, 8, 8});
  const TensorId a = conv(graph, "c1", x, weight(graph, "w1", {4, 3, 3, 3}));
  graph.add_output(conv(graph, "c2", a, weight(graph, "w2", {2, 4, 1, 1})));
  const Complexity c = characterized(graph);
  CHECK(c.parameters == 4 * 3 * 9 + 2 * 4);
  CHECK(c.model_bytes == 4 * (4 * 3 * 9 + 2 * 4) * byte);
  CHECK(c.macs == (4 * 6 * 6 * 27 + 2 * 6 * 6 * 4) * mac);  // outputs times taps
  CHECK(c.flops == 2 * (4 * 6 * 6 * 27 + 2 * 6 * 6 * 4) * flop);
  REQUIRE(c.operators.size() == 2);
  CHECK(c.operators[0].output_shape == Shape{1, 4, 6, 6});
  CHECK(c.operators[0].cost.bytes() == 4 * (3 * 64 + 108 + 4 * 36) * byte);
  CHECK(c.operators[0].cost.read_weights == 4 * 108 * byte);
  CHECK(c.activation.sum == 4 * (4 * 36 + 2 * 36) * byte);
}

TEST_CASE("a weight that two operators share is counted once") {
  Graph graph;
  const TensorId w = weight(graph, "w", {2, 2, 1, 1});
  graph.add_output(conv(graph, "b", conv(graph, "a", input(graph, "x", {1, 2, 4, 4}), w), w));
  const Complexity c = characterized(graph);
  CHECK(c.parameters == 4);
  CHECK(c.model_bytes == 16 * byte);
  CHECK(c.operators[0].parameters == 4);
  CHECK(c.operators[1].parameters == 0);
}

TEST_CASE("an absorbed weight is neither stored nor counted") {
  Graph graph;
  const TensorId w = weight(graph, "w", {2, 2, 1, 1});
  graph.add_output(conv(graph, "a", input(graph, "x", {1, 2, 4, 4}), w));
  graph.tensor(w).is_absorbed = true;
  const Complexity c = characterized(graph);
  CHECK(c.parameters == 0);
  CHECK(c.model_bytes == Bytes());
}

TEST_CASE("a symbolic batch is bound by name; unbound it is 1 and said to be") {
  Graph graph;
  const auto batch = graph.add_symbol("batch");
  graph.add_output(keep(graph, "c", input(graph, "x", {symbol(batch), 2, 4, 4}), 2));
  Graph copy = graph;
  CHECK(characterized(graph, {.dims = {{"batch", 8}}}).macs == 8 * 2 * 16 * 2 * mac);
  const Result<Shaped> shaped = shape_graph(copy, {});
  REQUIRE(shaped);
  REQUIRE(shaped->warnings.size() == 1);
  CHECK(shaped->warnings[0].message == "'batch' is not bound and taken to be 1 (--dim batch=N changes it)");
}

TEST_CASE("any other symbol must be given, and all that are missing are named at once") {
  Graph graph;
  const auto height = graph.add_symbol("height");
  const auto width = graph.add_symbol("width");
  graph.add_output(keep(graph, "c", input(graph, "x", {1, 2, symbol(height), symbol(width)}), 2));
  CHECK(complaint(graph) ==
        "error: the extent of 'height', 'width' is not known\n"
        "  give it with --dim height=N --dim width=N\n");
}

TEST_CASE("a bound name that nothing has is pointed out") {
  Graph graph;
  const auto batch = graph.add_symbol("batch");
  graph.add_output(keep(graph, "c", input(graph, "x", {symbol(batch), 2, 4, 4}), 2));
  const Result<Shaped> shaped = shape_graph(graph, {.dims = {{"batch", 2}, {"bacth", 3}}});
  REQUIRE(shaped);
  REQUIRE(shaped->warnings.size() == 1);
  CHECK(shaped->warnings[0].message ==
        "no dimension of this network is called 'bacth'; did you mean 'batch'?");
}

TEST_CASE("an unknown operator stops the run and names the way on") {
  Graph graph;
  graph.add_output(apply(graph, "c", "Convv", {input(graph, "x", {1})}));
  CHECK(complaint(graph) ==
        "error: node 'c' (Convv): chipcast does not know this operator\n"
        "  did you mean 'Conv'? or count the rest of the network with --skip-unknown\n");
}

TEST_CASE("a skipped operator is listed as not modelled and takes its declared shape") {
  Graph graph;
  const TensorId unknown = apply(graph, "mystery", "Mystery", {input(graph, "x", {1, 2, 4, 4})});
  graph.tensor(unknown).declared = std::make_shared<TensorType>(TensorType{DType::float32, {1, 2, 4, 4}});
  graph.add_output(keep(graph, "c", unknown, 2));
  const Complexity c = characterized(graph, {.skip_unknown_operators = true});
  CHECK(c.not_modelled == std::vector<std::string>{"node 'mystery' (Mystery)"});
  CHECK(c.macs == 2 * 16 * 2 * mac);
}

TEST_CASE("every operator that cannot be shaped is reported, but not those behind it") {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 3, 8, 8});
  const TensorId bad = conv(graph, "bad1", x, weight(graph, "w1", {4, 5, 3, 3}));
  graph.add_output(keep(graph, "behind", bad, 4));
  graph.add_output(conv(graph, "bad2", x, weight(graph, "w2", {4, 3, 9, 9})));
  const std::string text = complaint(graph);
  CHECK(text.find("bad1") != std::string::npos);
  CHECK(text.find("bad2") != std::string::npos);
  CHECK(text.find("behind") == std::string::npos);
}

TEST_CASE(
    "an extent that only data decides is taken at its most, and said to be, where no product depends on it") {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 2, 4, 4});
  graph.add_output(apply(graph, "found", "NonZero", {keep(graph, "c", x, 2)}));
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);
  CHECK(graph.tensor(graph.outputs()[0]).type.shape == Shape{4, 32});  // every one of 2 x 4 x 4 elements
  REQUIRE(shaped->warnings.size() == 1);
  CHECK(shaped->warnings[0].message ==
        "an extent that only data decides is taken at the most possible: 'found.out.1' = 32 (--dim NAME=N "
        "gives one)");
  Graph bound = graph;
  REQUIRE(shape_graph(bound, {.dims = {{"found.out", 5}}}));
  CHECK(bound.tensor(bound.outputs()[0]).type.shape == Shape{4, 5});
}

TEST_CASE("a product is never counted on a guess: it asks for the extents behind it") {
  Graph graph;
  const TensorId found = apply(graph, "found", "NonZero", {input(graph, "x", {8})});
  const TensorId real = apply(graph, "real", "Relu", {found});
  graph.add_output(apply(graph, "product", "MatMul", {weight(graph, "w", {3, 1}), real}));
  CHECK(complaint(graph) ==
        "error: node 'product' (MatMul): how much it multiplies depends on the data\n"
        "  give the extents behind it: --dim found.out.1=N\n");
  CHECK(characterized(graph, {.dims = {{"found.out.1", 5}}}).macs == 3 * 1 * 5 * mac);
}

TEST_CASE("work that outgrows int64 is an error, not a wrong number") {
  Graph graph;
  const std::int64_t large = std::int64_t{1} << 24;
  graph.add_output(
      conv(graph, "c", input(graph, "x", {large, large, 2, 2}), weight(graph, "w", {large, large, 1, 1})));
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE(shaped);  // 2^24 x 2^24 x 2 x 2 elements are just storable
  const Result<Complexity> c = characterize(graph, shaped->order);
  REQUIRE_FALSE(c);
  CHECK(c.diagnostics().front().message == "the network's operations or bytes outgrow 2^63");
}

}  // namespace chipcast
