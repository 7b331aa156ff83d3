// Files that are no networks, and networks that are wrong: what is said of each.
#include <doctest/doctest.h>

#include "graph/shaping.hpp"
#include "import/onnx_writer.hpp"

namespace chipcast {
namespace {

using namespace onnx_writer;

GraphParts relu() {
  return {.inputs = {value("x", f32, {extent(1), extent(8)})},
          .outputs = {value("y", f32, {extent(1), extent(8)})},
          .nodes = {node("Relu", {"x"}, {"y"}, {}, "r")}};
}

const std::string start = "net.onnx: error: ";

}  // namespace

// ---- not ONNX

TEST_CASE("an empty file") { CHECK(complaint("") == start + "the file is empty\n"); }

TEST_CASE("a file of another kind is named") {
  const auto is = [](const std::string& what) {
    return start + "this is not an ONNX file but " + what + "\n";
  };
  CHECK(complaint("\x89PNG\r\n\x1a\n....") == is("a PNG image"));
  CHECK(complaint("version https://git-lfs.github.com/spec/v1\noid sha256:0\n") ==
        is("a Git LFS pointer\n  fetch the file itself with `git lfs pull`"));
  CHECK(complaint("PK\x03\x04" + std::string(100, 'x')) ==
        is("a zip archive, perhaps a PyTorch or Keras file\n"
           "  load it in PyTorch and write ONNX with torch.onnx.export"));
  CHECK(complaint("\x89HDF\r\n\x1a\n....") ==
        is("an HDF5 file, perhaps a Keras model\n  convert it with tf2onnx"));
  CHECK(complaint(std::string("\x1c\0\0\0TFL3....", 12)) ==
        is("a TensorFlow Lite model\n  convert it with tf2onnx"));
  CHECK(complaint("<!DOCTYPE html><html>") == is("an HTML page\n  the download may have failed"));
  CHECK(complaint("schema: 1\nmodel: resnet\n") == is("a text file"));
  CHECK(complaint(std::string(100, '\0')) == is("a file of zeros\n  the download may have failed"));
}

TEST_CASE("bytes that mean nothing: the place where they stop making sense") {
  CHECK(complaint("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") ==
        start + "this is not an ONNX file: a number is longer than ten bytes at byte 0\n");
  CHECK(complaint(std::string("\x9a\x01\x02zz\x03", 6)) ==
        start + "this is not an ONNX file: there is a field that protobuf does not allow at byte 5\n");
}

TEST_CASE("protobuf without a graph") {
  std::string other;
  pbf_writer(other).add_string(1, "\x01\x02 name of a TensorFlow node");
  CHECK(complaint(other) == start + "this is not an ONNX file: it holds no graph\n");
  std::string saved_model;
  pbf_writer(saved_model).add_int64(1, 1);
  CHECK(complaint(saved_model) ==
        start +
            "this is not an ONNX file: it holds no graph; perhaps it is cut short, or a "
            "TensorFlow SavedModel\n");
  CHECK(complaint(model_of("")) == start + "the graph is empty: it has neither operators nor outputs\n");
}

TEST_CASE("a file cut short at any byte is refused, and never crashes") {
  GraphParts parts = relu();
  parts.initializers = {int64s("w", {1, 2, 3})};
  parts.value_infos = {value("y", f32, {"a", ""})};
  const std::string file = model(parts);
  for (std::size_t length = 0; length < file.size(); ++length) {
    CHECK_MESSAGE(complaint(std::string_view(file).substr(0, length)) != "", length);
  }
  // ir_version 2 bytes, producer 16, then the graph, which reaches past the end.
  CHECK(complaint(std::string_view(file).substr(0, 40)) ==
        start +
            "the file is damaged or cut short: a field reaches past the end at byte 18 of 40\n"
            "  fetch it or export it again\n");
}

TEST_CASE("a length past the end inside the graph") {
  std::string broken = graph(relu());
  broken += "\x2a\x7f";  // an initializer of 127 bytes, of which there is none
  const std::string file = model_of(broken);
  CHECK(complaint(file).starts_with(
      start + "the file is damaged or cut short: a field reaches past the end at byte "));
}

TEST_CASE("every single byte may change without harm") {
  GraphParts parts = relu();
  parts.initializers = {int64s("w", {1, 2, 3})};
  parts.nodes.push_back(node("Constant", {}, {"c"}, {attribute("value_ints", Ints{1})}));
  const std::string file = model(parts);
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int flip : {1, 0x80, 0xFF}) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      complaint(changed);
    }
  }
}

// ---- wrong networks

TEST_CASE("a name that nothing defines, with a suggestion") {
  GraphParts parts = relu();
  parts.nodes = {node("Relu", {"xx"}, {"y"}, {}, "r")};
  CHECK(complaint(model(parts)) ==
        start + "node 'r' (Relu): it reads 'xx', which nothing in the file defines\n  did you mean 'x'?\n");
  parts = relu();
  parts.outputs = {untyped("z")};
  CHECK(complaint(model(parts)) == start + "output 'z': nothing in the file defines it\n");
}

TEST_CASE("a name that is defined twice") {
  const std::string hint = "  every value of an ONNX graph has one origin\n";
  GraphParts parts = relu();
  parts.nodes.push_back(node("Neg", {"x"}, {"y"}, {}, "n"));
  CHECK(complaint(model(parts)) ==
        start + "node 'n' (Neg): it yields 'y', which the file defines already\n" + hint);
  parts = relu();
  parts.initializers = {zeros("y", {1})};
  CHECK(complaint(model(parts)) ==
        start + "node 'r' (Relu): it yields 'y', which the file defines already\n" + hint);
  parts = relu();
  parts.initializers = {zeros("w", {1}), zeros("w", {2})};
  CHECK(complaint(model(parts)) == start + "initializer 'w': it stands twice in the file\n");
  parts = relu();
  parts.inputs.push_back(parts.inputs[0]);
  CHECK(complaint(model(parts)) == start + "input 'x': it stands twice in the file\n");
}

TEST_CASE("inputs that are no tensors, or of which too little is said") {
  const auto with_input = [](const std::string& input) {
    GraphParts parts = relu();
    parts.inputs = {input};
    return complaint(model(parts));
  };
  std::string map, shapeless, shapeless_type;
  pbf_writer(map).add_message(5, std::string());
  pbf_writer(shapeless_type).add_int32(1, f32);
  pbf_writer(shapeless).add_message(1, shapeless_type);
  CHECK(
      with_input(named_type("x", map)) ==
      start +
          "input 'x': it is a map; chipcast counts networks whose inputs are tensors or sequences of them\n");
  CHECK(with_input(untyped("x")) ==
        start + "input 'x': it has no type\n  export the network with typed inputs\n");
  CHECK(with_input(named_type("x", shapeless)) ==
        start +
            "input 'x': it has no shape, not even the number of its dimensions\n"
            "  export the network with the shapes of its inputs; their extents may be symbols\n");
  CHECK(with_input(value("x", 0, {extent(1)})) == start + "input 'x': it has no element type\n");
  CHECK(with_input(value("x", f32, {Extent(1LL << 40), Extent(1LL << 40)})) ==
        start + "value 'x': it has shape 1099511627776x1099511627776: more than 2^50 elements\n");
}

TEST_CASE("an extent below -1 is no way to say unknown") {
  GraphParts parts = relu();
  parts.inputs = {value("x", f32, {extent(-5), extent(8)})};
  CHECK(complaint(model(parts)) == start + "value 'x': its axis 0 has the extent -5\n");
}

TEST_CASE("operators without a kind, attributes without a value, literals without a content") {
  GraphParts parts = relu();
  parts.nodes = {node("", {"x"}, {"y"}, {}, "r")};
  CHECK(complaint(model(parts)) == start + "node 'r' (): it does not say which operator it is\n");
  parts.nodes = {node("Relu", {"x"}, {"y"}, {bare_attribute("t", 4)}, "r")};
  CHECK(complaint(model(parts)) ==
        start + "node 'r' (Relu): attribute 't' is called a tensor but holds none\n");
  parts.nodes = {node("Relu", {"x"}, {"y"}, {attribute("a", 1), attribute("a", 2)}, "r")};
  CHECK(complaint(model(parts)) == start + "node 'r' (Relu): attribute 'a' is given twice\n");
  parts.nodes = {node("Relu", {"x"}, {"y"}, {attribute_reference("a", 1, "b")}, "r")};
  CHECK(complaint(model(parts)) ==
        start + "node 'r' (Relu): attribute 'a' refers to one of a function, but stands in none\n");
  parts.nodes = {node("Constant", {}, {"y"}, {}, "c")};
  CHECK(complaint(model(parts)) ==
        start + "node 'c' (Constant): it must hold one value and yield one output\n");
  parts.nodes = {
      node("Constant", {}, {"y"}, {tensor_attribute("value", raw_tensor("", i64, {2}, "abc"))}, "c")};
  CHECK(complaint(model(parts)) ==
        start + "node 'c' (Constant): attribute 'value' holds 3 bytes, but 2 of int64 takes 16\n");
  Strings many;
  for (int i = 0; i < 257; ++i) many.push_back(attribute("a" + std::to_string(i), 1));
  parts.nodes = {node("Relu", {"x"}, {"y"}, many, "r")};
  CHECK(complaint(model(parts)) == start + "node 'r' (Relu): it has more than 256 attributes\n");
}

TEST_CASE("a file that does not say which version of the operators it means") {
  CHECK(complaint(model(relu(), {.opsets = {}})) ==
        start +
            "the file does not say which version of ONNX's operators it uses (opset_import)\n"
            "  export the network again, or fetch the file again if it was cut short\n");
  CHECK(complaint(model(relu(), {.opsets = {opset("", -3)}}))
            .starts_with(start + "version -3 of the operators of domain '' does not exist\n"));
}

TEST_CASE("all that is wrong is said at once, up to twenty complaints") {
  GraphParts parts = relu();
  for (int i = 0; i < 3; ++i)
    parts.initializers.push_back(raw_tensor("w" + std::to_string(i), f32, {2}, "abc"));
  CHECK(parse(model(parts)).diagnostics().size() == 3);
  for (int i = 3; i < 100; ++i)
    parts.initializers.push_back(raw_tensor("w" + std::to_string(i), f32, {2}, "abc"));
  CHECK(parse(model(parts)).diagnostics().size() == 20);
}

TEST_CASE("a name of a megabyte is shortened in a complaint") {
  GraphParts parts = relu();
  parts.nodes = {node("Relu", {std::string(1'000'000, 'x')}, {"y"}, {}, "r")};
  CHECK(complaint(model(parts)) == start + "node 'r' (Relu): it reads '" + std::string(120, 'x') +
                                       "...', which nothing in the file defines\n");
}

TEST_CASE("a small file that asks for many computed elements is refused before they fill the memory") {
  GraphParts parts = relu();
  parts.initializers = {int64s("s", {4096})};
  for (int i = 0; i < 5000; ++i)
    parts.nodes.push_back(node("ConstantOfShape", {"s"}, {"c" + std::to_string(i)}));
  Result<Graph> graph = parse(model(parts));
  REQUIRE(graph);
  const Result<Shaped> shaped = shape_graph(*graph, {});
  REQUIRE(!shaped);
  CHECK(render(shaped.diagnostics().front()) ==  // 4096 times 4096 are 2^24, after the first of all nodes
        "error: node 'ConstantOfShape_4097' (ConstantOfShape): with it, the elements computed ahead for "
        "shapes are more "
        "than 16,777,216\n");
}

}  // namespace chipcast
