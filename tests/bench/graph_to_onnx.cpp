#include "bench/graph_to_onnx.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "import/onnx_writer.hpp"
#include "import/zoo.hpp"

namespace chipcast::bench {
namespace {

namespace writer = onnx_writer;

[[noreturn]] void give_up(const std::string& reason) {
  std::cerr << reason;
  std::exit(2);
}

int element_type(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return writer::f32;
    case DType::int64:
      return writer::i64;
    case DType::int32:
      return writer::i32;
    case DType::boolean:
      return writer::boolean;
    default:
      give_up(fmt::format("no ONNX type for {}\n", name(dtype)));
  }
}

std::string value_info(const Tensor& tensor) {
  writer::Dims dims({});
  for (const std::int64_t extent : tensor.type.shape) dims.emplace_back(extent);
  return writer::value(tensor.name, element_type(tensor.type.dtype), dims);
}

std::string initializer(const Tensor& tensor) {
  const Shape& shape = tensor.type.shape;
  const int type = element_type(tensor.type.dtype);
  if (tensor.value != nullptr && !tensor.value->is_real()) {
    return writer::raw_tensor(tensor.name, type, shape.extents(), writer::raw(tensor.value->ints));
  }
  const auto bytes = static_cast<std::size_t>(count_of(bytes_of(tensor.type)));
  return writer::raw_tensor(tensor.name, type, shape.extents(), std::string(bytes, '\0'));
}

std::string attribute(const Attribute& attribute) {
  struct Converter {
    const std::string& name;
    std::string operator()(std::int64_t number) const { return writer::attribute(name, number); }
    std::string operator()(double number) const {
      return writer::attribute(name, static_cast<float>(number));
    }
    std::string operator()(const std::string& text) const { return writer::text_attribute(name, text); }
    std::string operator()(const std::vector<std::int64_t>& numbers) const {
      return writer::attribute(name, numbers);
    }
    std::string operator()(const std::vector<std::string>& texts) const {
      return writer::attribute(name, texts);
    }
    std::string operator()(const std::vector<double>&) const { give_up("a list of reals\n"); }
    std::string operator()(const ConstantPointer&) const { give_up("a tensor attribute\n"); }
    std::string operator()(const TensorType&) const { give_up("a type attribute\n"); }
  };
  return std::visit(Converter{attribute.name}, attribute.value);
}

}  // namespace

Graph zoo_graph(const std::string& model) {
  const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
  if (!zoo) give_up(render(zoo.diagnostics()));
  Result<Graph> graph = build_zoo_model(*zoo, model);
  if (!graph) give_up(render(graph.diagnostics()));
  return *std::move(graph);
}

Graph chain(std::size_t length) {
  Graph graph("chain");
  TensorId x = graph.add_input("x", {DType::float32, {1, 8, 8, 8}});
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 2 == 0) {
      const TensorId w = graph.add_weight(fmt::format("w{}", i), {DType::float32, {8, 8, 1, 1}});
      x = graph.add_operator(fmt::format("conv{}", i), "", "Conv", 17, {}, {x, w},
                             {fmt::format("t{}", i)})[0];
    } else {
      x = graph.add_operator(fmt::format("relu{}", i), "", "Relu", 17, {}, {x}, {fmt::format("t{}", i)})[0];
    }
  }
  graph.tensor(x).type = {DType::float32, {1, 8, 8, 8}};
  graph.add_output(x);
  return graph;
}

std::string onnx_of(const Graph& graph) {
  writer::GraphParts parts;
  for (const TensorId id : graph.inputs()) parts.inputs.push_back(value_info(graph.tensor(id)));
  for (const TensorId id : graph.outputs()) parts.outputs.push_back(writer::untyped(graph.tensor(id).name));
  for (const Tensor& tensor : graph.tensors()) {
    if (tensor.origin == TensorOrigin::weight) parts.initializers.push_back(initializer(tensor));
  }
  const auto names = [&](const std::vector<TensorId>& ids) {
    writer::Strings all;
    for (const TensorId id : ids) all.push_back(id == none ? "" : graph.tensor(id).name);
    return all;
  };
  for (const Operator& op : graph.operators()) {
    writer::Strings attributes;
    for (const Attribute& a : op.attributes.list()) attributes.push_back(attribute(a));
    parts.nodes.push_back(
        writer::node(op.kind, names(op.inputs), names(op.outputs), attributes, op.name, op.domain));
  }
  return writer::model(parts);
}

OnnxFile::OnnxFile(const Graph& graph) {
  std::string name = (std::filesystem::temp_directory_path() / "chipcast_bench_XXXXXX.onnx").string();
  const int descriptor = mkstemps(name.data(), 5);
  if (descriptor < 0) give_up("cannot create " + name + "\n");
  path_ = name;
  const std::string text = onnx_of(graph);
  bytes_ = text.size();
  std::FILE* file = fdopen(descriptor, "wb");
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size() || std::fclose(file) != 0) {
    give_up("cannot write " + name + "\n");
  }
}

OnnxFile::~OnnxFile() { std::filesystem::remove(path_); }

}  // namespace chipcast::bench
