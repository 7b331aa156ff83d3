// Bodies of If, Loop and Scan, and functions that a file defines.
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

Complexity counted(Graph& graph) {
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE_MESSAGE(shaped, (shaped ? "" : render(shaped.diagnostics())));
  Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  return *std::move(complexity);
}

const Tensor& tensor_named(const Graph& graph, std::string_view name) {
  for (const Tensor& tensor : graph.tensors()) {
    if (tensor.name == name) return tensor;
  }
  FAIL("no tensor named " << name);
  return graph.tensors().front();
}

const std::string x_1x8 = value("x", f32, {extent(1), extent(8)});
const std::string y_1x8 = value("y", f32, {extent(1), extent(8)});

std::string branch(const Strings& nodes, std::string_view output) {
  return graph({.outputs = {untyped(output)}, .nodes = nodes});
}

}  // namespace

TEST_CASE("branches capture values of the graph around them, also through a branch between") {
  const std::string innermost = branch({node("Add", {"x", "x"}, {"r"})}, "r");
  const std::string inner = branch(
      {node("If", {"c"}, {"q"},
            {graph_attribute("then_branch", innermost), graph_attribute("else_branch", innermost)}, "inner")},
      "q");
  const std::string other = branch({node("MatMul", {"x", "w"}, {"p"})}, "p");
  Graph net = parsed(
      model({.inputs = {x_1x8, value("c", boolean, {})},
             .outputs = {y_1x8},
             .nodes = {node("If", {"c"}, {"y"},
                            {graph_attribute("then_branch", inner), graph_attribute("else_branch", other)},
                            "outer")},
             .initializers = {zeros("w", {8, 8})}}));
  const Operator& outer = net.op(0);
  CHECK(outer.type == nullptr);
  REQUIRE(outer.bodies.size() == 2);
  CHECK(outer.bodies[0].role == "then_branch");
  CHECK(outer.bodies[1].role == "else_branch");
  const Graph& between = *outer.bodies[0].graph;
  CHECK(tensor_named(between, "x").origin == TensorOrigin::captured);
  CHECK(tensor_named(between, "x").outer == net.inputs()[0]);
  const Graph& deepest = *between.op(0).bodies[0].graph;
  CHECK(between.tensor(tensor_named(deepest, "x").outer).name == "x");

  const Complexity complexity = counted(net);
  CHECK(complexity.macs == 8 * 8 * mac);  // of branches that only data decides between, the costlier one
  CHECK(complexity.parameters == 8 * 8);
}

TEST_CASE("a branch may yield a value of the graph around it, unchanged") {
  const std::string unchanged = branch({}, "x");
  Graph net = parsed(model({.inputs = {x_1x8, value("c", boolean, {})},
                            .outputs = {y_1x8},
                            .nodes = {node("If", {"c"}, {"y"},
                                           {graph_attribute("then_branch", unchanged),
                                            graph_attribute("else_branch", unchanged)})}}));
  counted(net);
  CHECK(net.tensor(net.outputs()[0]).type.shape == Shape{1, 8});
}

TEST_CASE(
    "a loop's body runs as often as its trip count says, with weights of its own and of its surroundings") {
  const std::string body =
      graph({.inputs = {untyped("i"), untyped("go"), untyped("h")},
             .outputs = {untyped("go_on"), untyped("h2")},
             .nodes = {node("Identity", {"go"}, {"go_on"}), node("MatMul", {"h", "w"}, {"m"}),
                       node("Add", {"m", "bias"}, {"h2"})},
             .initializers = {zeros("bias", {8})}});
  Graph net = parsed(
      model({.inputs = {x_1x8},
             .outputs = {y_1x8},
             .nodes = {node("Loop", {"trips", "", "x"}, {"y"}, {graph_attribute("body", body)}, "loop")},
             .initializers = {zeros("w", {8, 8}), raw_tensor("trips", i64, {}, raw(Ints{5}))}}));
  const Complexity complexity = counted(net);
  CHECK(complexity.macs == 5 * 8 * 8 * mac);
  CHECK(complexity.parameters == 8 * 8 + 8);
}

TEST_CASE("bodies nested 64 deep are read, deeper ones are refused") {
  const auto nested = [](int depth) {
    std::string body = branch({node("Relu", {"x"}, {"r"})}, "r");
    for (int i = 1; i < depth; ++i) {
      body = branch({node("If", {"c"}, {"r"}, {graph_attribute("then_branch", body)})}, "r");
    }
    return model({.inputs = {x_1x8, value("c", boolean, {})},
                  .outputs = {y_1x8},
                  .nodes = {node("If", {"c"}, {"y"}, {graph_attribute("then_branch", body)})}});
  };
  CHECK(complaint(nested(64)) == "");
  CHECK(complaint(nested(65)) == "net.onnx: error: node 'If_0' (If): graphs are nested more than 64 deep\n");
}

TEST_CASE("a branch given twice, or a graph that is no branch, is refused") {
  const std::string then = branch({node("Relu", {"x"}, {"r"})}, "r");
  const auto branching = [&](const std::string& one, const std::string& another) {
    return model({.inputs = {x_1x8, value("c", boolean, {})},
                  .outputs = {y_1x8},
                  .nodes = {node("If", {"c"}, {"y"},
                                 {graph_attribute("then_branch", then), graph_attribute(one, then),
                                  graph_attribute(another, then)})}});
  };
  CHECK(complaint(branching("else_branch", "else_branch")) ==
        "net.onnx: error: node 'If_0' (If): attribute 'else_branch' is given twice\n");
  Graph net = parsed(branching("else_branch", "third_branch"));
  CHECK(render(shape_graph(net, {}).diagnostics()) ==
        "error: node 'If_0' (If): it holds a graph that is none of its branches or bodies\n");
}

TEST_CASE("a loop or scan that stacks up more than anyone can store is refused") {
  const std::string body = graph({.inputs = {untyped("s"), untyped("x_i")},
                                  .outputs = {untyped("t"), untyped("t")},
                                  .nodes = {node("Add", {"s", "x_i"}, {"t"})}});
  Graph net = parsed(
      model({.inputs = {value("s", f32, {Extent(1LL << 30), extent(1)}),
                        value("x", f32, {Extent(1LL << 40), extent(1), extent(1)})},
             .outputs = {untyped("all")},
             .nodes = {node("Scan", {"s", "x"}, {"last", "all"},
                            {graph_attribute("body", body), attribute("num_scan_inputs", 1)}, "scan")}}));
  CHECK(render(shape_graph(net, {}).diagnostics()) ==
        "error: node 'scan' (Scan): an output of shape 1099511627776x1073741824x1 has more than 2^50 "
        "elements\n");
}

TEST_CASE("loops nested 64 deep are shaped and counted") {
  std::string body;
  for (int i = 0; i < 64; ++i) {
    const std::string inner = i == 0 ? node("MatMul", {"h", "w"}, {"h2"})
                                     : node("Loop", {"n", "", "h"}, {"h2"}, {graph_attribute("body", body)});
    body = graph({.inputs = {untyped("i"), untyped("go"), untyped("h")},
                  .outputs = {untyped("go"), untyped("h2")},
                  .nodes = {inner}});
  }
  Graph net = parsed(model({.inputs = {x_1x8},
                            .outputs = {y_1x8},
                            .nodes = {node("Loop", {"n", "", "x"}, {"y"}, {graph_attribute("body", body)})},
                            .initializers = {raw_tensor("n", i64, {}, raw(Ints{1})), zeros("w", {8, 8})}}));
  CHECK(counted(net).macs == 8 * 8 * mac);
}

TEST_CASE("loops nested 40 deep that all grow what they carry stop early instead of taking 2^40 rounds") {
  // Each carries a scalar that becomes a vector in the first trip, so that every body is shaped twice.
  std::string body = graph({.inputs = {untyped("i"), untyped("go"), untyped("h")},
                            .outputs = {untyped("go"), untyped("h2")},
                            .nodes = {node("Add", {"h", "v"}, {"h2"})}});
  for (int i = 0; i < 40; ++i) {
    body = graph({.inputs = {untyped("i"), untyped("go"), untyped("h")},
                  .outputs = {untyped("go"), untyped("h2")},
                  .nodes = {node("Loop", {"n", "", "s"}, {"g"}, {graph_attribute("body", body)}),
                            node("Add", {"h", "g"}, {"h2"})}});
  }
  Graph net = parsed(
      model({.inputs = {x_1x8},
             .outputs = {y_1x8},
             .nodes = {node("Loop", {"n", "", "s"}, {"y"}, {graph_attribute("body", body)})},
             .initializers = {raw_tensor("n", i64, {}, raw(Ints{3})), zeros("s", {}), zeros("v", {8})}}));
  const Result<Shaped> shaped = shape_graph(net, {});
  REQUIRE(!shaped);
  CHECK(render(shaped.diagnostics()).find("the loops in it change their shapes too often to be counted") !=
        std::string::npos);
}

// ---- functions

namespace {

const std::string twice =
    function({.domain = "my",
              .name = "Twice",
              .inputs = {"a", "k"},
              .outputs = {"b"},
              .nodes = {node("MatMul", {"a", "k"}, {"t"}), node("MatMul", {"t", "k"}, {"b"}, {}, "second")}});

ModelOptions with(const Strings& functions) {
  return {.opsets = {opset("", 17), opset("my", 1)}, .functions = functions};
}

}  // namespace

TEST_CASE("a call is replaced by the function's operators, named after the call") {
  Graph net = parsed(model({.inputs = {x_1x8},
                            .outputs = {y_1x8},
                            .nodes = {node("Twice", {"x", "w"}, {"h"}, {}, "first", "my"),
                                      node("Twice", {"h", "w"}, {"y"}, {}, "", "my")},
                            .initializers = {zeros("w", {8, 8})}},
                           with({twice})));
  REQUIRE(net.operators().size() == 4);
  CHECK(describe(net.op(0)) == "node 'first/MatMul_0' (MatMul)");
  CHECK(describe(net.op(1)) == "node 'first/second' (MatMul)");
  CHECK(describe(net.op(2)) == "node 'Twice_1/MatMul_0' (MatMul)");
  CHECK(tensor_named(net, "first/t").producer == 0);
  CHECK(tensor_named(net, "h").producer == 1);
  const Complexity complexity = counted(net);
  CHECK(complexity.macs == 4 * 8 * 8 * mac);
  CHECK(complexity.parameters == 8 * 8);
}

TEST_CASE(
    "attributes of a call reach the function's operators, through calls between, with defaults where none is "
    "given") {
  const std::string inner =
      function({.domain = "my",
                .name = "Inner",
                .inputs = {"a"},
                .outputs = {"b"},
                .nodes = {node("LeakyRelu", {"a"}, {"t"}, {attribute_reference("alpha", 1, "slope")}),
                          node("Softmax", {"t"}, {"b"}, {attribute_reference("axis", 2, "axis")})},
                .defaults = {attribute("axis", 1)}});
  const std::string outer =
      function({.domain = "my",
                .name = "Outer",
                .inputs = {"a"},
                .outputs = {"b"},
                .nodes = {node("Inner", {"a"}, {"b"}, {attribute_reference("slope", 1, "s")}, "in", "my")}});
  const Graph net = parsed(model({.inputs = {x_1x8},
                                  .outputs = {y_1x8},
                                  .nodes = {node("Outer", {"x"}, {"h"}, {attribute("s", 0.25F)}, "p", "my"),
                                            node("Outer", {"h"}, {"y"}, {}, "q", "my")}},
                                 with({inner, outer})));
  REQUIRE(net.operators().size() == 4);
  CHECK(net.op(0).name == "p/in/LeakyRelu_0");
  CHECK(std::get<double>(*net.op(0).attributes.find("alpha")) == 0.25);
  CHECK(std::get<std::int64_t>(*net.op(1).attributes.find("axis")) == 1);
  CHECK(net.op(2).attributes.find("alpha") == nullptr);  // given by nobody: the operator's own default holds
}

TEST_CASE("a function has operator sets of its own, and literals from the attributes of its call") {
  const std::string scaled =
      function({.domain = "my",
                .name = "Scaled",
                .inputs = {"a"},
                .outputs = {"b"},
                .nodes = {node("Constant", {}, {"c"}, {attribute_reference("value_float", 1, "by")}),
                          node("Mul", {"a", "c"}, {"b"})},
                .opsets = {opset("", 13)}});
  const Graph net =
      parsed(model({.inputs = {x_1x8},
                    .outputs = {y_1x8},
                    .nodes = {node("Scaled", {"x"}, {"y"}, {attribute("by", 3.0F)}, "s", "my")}},
                   with({scaled})));
  REQUIRE(net.operators().size() == 1);
  CHECK(net.op(0).opset == 13);
  CHECK(tensor_named(net, "s/c").value->reals == std::vector{3.0});
}

TEST_CASE("bodies inside functions see the function's values, and an input handed through is copied") {
  const std::string then = branch({node("Relu", {"t"}, {"r"})}, "r");
  const std::string chooses = function(
      {.domain = "my",
       .name = "Chooses",
       .inputs = {"a", "c", "unused"},
       .outputs = {"b", "a"},
       .nodes = {node("Neg", {"a"}, {"t"}),
                 node("If", {"c"}, {"b"},
                      {graph_attribute("then_branch", then), graph_attribute("else_branch", then)}, "if")}});
  Graph net = parsed(model({.inputs = {x_1x8, value("c", boolean, {})},
                            .outputs = {y_1x8, untyped("z")},
                            .nodes = {node("Chooses", {"x", "c"}, {"y", "z"}, {}, "call", "my")}},
                           with({chooses})));
  REQUIRE(net.operators().size() == 3);
  CHECK(net.op(0).kind == "Identity");
  CHECK(net.op(0).name == "call/a");
  CHECK(net.op(2).name == "call/if");
  const Graph& body = *net.op(2).bodies[0].graph;
  CHECK(net.tensor(tensor_named(body, "t").outer).name == "call/t");
  counted(net);
}

TEST_CASE("functions that call themselves, or each other in a circle, are refused by name") {
  const auto calls = [](const std::string& name, const std::string& callee) {
    return function({.domain = "my",
                     .name = name,
                     .inputs = {"a"},
                     .outputs = {"b"},
                     .nodes = {node(callee, {"a"}, {"b"}, {}, "n", "my")}});
  };
  const std::string file =
      model({.inputs = {x_1x8}, .outputs = {y_1x8}, .nodes = {node("F", {"x"}, {"y"}, {}, "top", "my")}},
            with({calls("F", "G"), calls("G", "F")}));
  CHECK(complaint(file) ==
        "net.onnx: error: node 'top/n/n' (my.F): the function calls itself: my.F -> my.G -> my.F\n"
        "  ONNX functions must not be recursive\n");
}

TEST_CASE("calls that unfold exponentially stop early") {
  Strings functions;
  for (int i = 0; i < 40; ++i) {
    const std::string callee = i == 0 ? "Relu" : "F" + std::to_string(i - 1);
    const std::string domain = i == 0 ? "" : "my";
    functions.push_back(function({.domain = "my",
                                  .name = "F" + std::to_string(i),
                                  .inputs = {"a"},
                                  .outputs = {"b"},
                                  .nodes = {node(callee, {"a"}, {"t"}, {}, "n", domain),
                                            node(callee, {"t"}, {"b"}, {}, "n", domain)}}));
  }
  const std::string file =
      model({.inputs = {x_1x8}, .outputs = {y_1x8}, .nodes = {node("F39", {"x"}, {"y"}, {}, "", "my")}},
            with(functions));
  CHECK(complaint(file) ==
        "net.onnx: error: the file unfolds to far more than it holds: its functions call each other too "
        "often\n");
}

TEST_CASE("a call that does not fit its function is refused") {
  const std::string file = model({.inputs = {x_1x8},
                                  .outputs = {y_1x8},
                                  .nodes = {node("Twice", {"x", "x", "x"}, {"y"}, {}, "t", "my")}},
                                 with({twice}));
  CHECK(
      complaint(file) ==
      "net.onnx: error: node 't' (my.Twice): it has 3 inputs and 1 outputs, at most 2 and 1 are possible\n");
  const std::string broken =
      function({.domain = "my", .name = "Broken", .inputs = {"a"}, .outputs = {"b"}, .nodes = {}});
  CHECK(complaint(model(
            {.inputs = {x_1x8}, .outputs = {y_1x8}, .nodes = {node("Broken", {"x"}, {"y"}, {}, "t", "my")}},
            with({broken}))) ==
        "net.onnx: error: node 't' (my.Broken): the function defines its output 'b' nowhere\n");
  CHECK(complaint(model(
            {.inputs = {x_1x8}, .outputs = {y_1x8}, .nodes = {node("Twice", {"x"}, {"y"}, {}, "t", "my")}},
            with({twice, twice}))) == "net.onnx: error: function 'Twice': it stands twice in the file\n");
}

TEST_CASE("a function that redefines an input which its caller left out is refused") {
  const std::string redefines = function(
      {.domain = "my",
       .name = "F",
       .inputs = {"a", "k"},
       .outputs = {"b"},
       .nodes = {node("Constant", {}, {"k"}, {attribute("value_int", 1)}), node("Add", {"a", "k"}, {"b"})}});
  CHECK(complaint(
            model({.inputs = {x_1x8}, .outputs = {y_1x8}, .nodes = {node("F", {"x"}, {"y"}, {}, "f", "my")}},
                  with({redefines})))
            .starts_with("net.onnx: error: node 'f/Constant_0' (Constant): it yields 'k', which the file "
                         "defines already\n"));
}

}  // namespace chipcast
