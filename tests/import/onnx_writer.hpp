// tests/import/onnx_writer.hpp: writes small ONNX files in memory, right ones and wrong ones.
//
//   std::string file = model({.inputs = {value("x", 1, {1, 3})}, .outputs = {value("y", 1, {1, 3})},
//                             .nodes = {node("Relu", {"x"}, {"y"})}});
//   Result<Graph> graph = parse(file);
//
// Every function returns one protobuf message; numbers of fields and types are those of the ONNX standard.
#pragma once

#include <cstdint>
#include <cstring>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "import/onnx.hpp"

namespace chipcast::onnx_writer {

using Strings = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;
using protozero::pbf_writer;

// ---- elements

enum ElementType : int {
  f32 = 1,
  u8 = 2,
  i8 = 3,
  i32 = 6,
  i64 = 7,
  text = 8,
  boolean = 9,
  f16 = 10,
  f64 = 11,
  u64 = 13,
  bf16 = 16,
  u4 = 21,
  i4 = 22
};

template <class T>
std::string raw(std::vector<T> elements) {
  std::string bytes(elements.size() * sizeof(T), '\0');
  if (!elements.empty()) std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

// ---- tensors

inline std::string tensor_head(std::string_view name, int type, const Ints& dims) {
  std::string out;
  pbf_writer tensor(out);
  for (const std::int64_t extent : dims) tensor.add_int64(1, extent);
  tensor.add_int32(2, type);
  tensor.add_string(8, name.data(), name.size());
  return out;
}
inline std::string raw_tensor(std::string_view name, int type, const Ints& dims, const std::string& bytes) {
  std::string out = tensor_head(name, type, dims);
  pbf_writer(out).add_bytes(9, bytes);
  return out;
}
// Floats of zero.
inline std::string zeros(std::string_view name, const Ints& dims) {
  std::size_t elements = 1;
  for (const std::int64_t extent : dims) elements *= static_cast<std::size_t>(extent);
  return raw_tensor(name, f32, dims, std::string(4 * elements, '\0'));
}
inline std::string int64s(std::string_view name, const Ints& values) {
  return raw_tensor(name, i64, {static_cast<std::int64_t>(values.size())}, raw(values));
}
inline std::string external_tensor(std::string_view name, int type, const Ints& dims,
                                   const std::string& location, const std::string& offset = "",
                                   const std::string& length = "") {
  std::string out = tensor_head(name, type, dims);
  pbf_writer tensor(out);
  const auto entry = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    pbf_writer pair(tensor, 13);
    pair.add_string(1, key.data(), key.size());
    pair.add_string(2, value);
  };
  entry("location", location);
  entry("offset", offset);
  entry("length", length);
  tensor.add_int32(14, 1);
  return out;
}

// ---- types

using Extent = std::variant<std::int64_t, std::string>;  // a number, a symbol, or "" for neither
inline Extent extent(int number) { return std::int64_t{number}; }

struct Dims : std::vector<Extent> {
  Dims(std::initializer_list<Extent> extents) : std::vector<Extent>(extents) {}
};

inline std::string named_type(std::string_view name, const std::string& type) {
  std::string out;
  pbf_writer info(out);
  info.add_string(1, name.data(), name.size());
  info.add_message(2, type);
  return out;
}
inline std::string tensor_type(int type, const Dims& dims) {
  std::string shape, tensor, out;
  pbf_writer shape_writer(shape);
  for (const Extent& extent : dims) {
    std::string dimension;  // may be empty, which a nested writer would drop
    if (const auto* number = std::get_if<std::int64_t>(&extent)) {
      pbf_writer(dimension).add_int64(1, *number);
    } else if (!std::get<std::string>(extent).empty()) {
      pbf_writer(dimension).add_string(2, std::get<std::string>(extent));
    }
    shape_writer.add_message(1, dimension);
  }
  pbf_writer tensor_writer(tensor);
  tensor_writer.add_int32(1, type);
  tensor_writer.add_message(2, shape);
  pbf_writer(out).add_message(1, tensor);
  return out;
}
inline std::string value(std::string_view name, int type, const Dims& dims) {
  return named_type(name, tensor_type(type, dims));
}
inline std::string untyped(std::string_view name) {
  std::string out;
  pbf_writer(out).add_string(1, name.data(), name.size());
  return out;
}

// ---- attributes

// Its name and type, 0 for none, without a value.
inline std::string bare_attribute(std::string_view name, int type) {
  std::string out;
  pbf_writer(out).add_string(1, name.data(), name.size());
  if (type != 0) pbf_writer(out).add_int32(20, type);
  return out;
}
inline std::string attribute(std::string_view name, std::int64_t number) {
  std::string out = bare_attribute(name, 2);
  pbf_writer(out).add_int64(3, number);
  return out;
}
inline std::string attribute(std::string_view name, int number) {
  return attribute(name, std::int64_t{number});
}
inline std::string attribute(std::string_view name, float number) {
  std::string out = bare_attribute(name, 1);
  pbf_writer(out).add_float(2, number);
  return out;
}
inline std::string attribute(std::string_view name, const Ints& numbers) {
  std::string out = bare_attribute(name, 7);
  pbf_writer(out).add_packed_int64(8, numbers.begin(), numbers.end());
  return out;
}
inline std::string attribute(std::string_view name, const Strings& texts) {
  std::string out = bare_attribute(name, 8);
  for (const std::string& text : texts) pbf_writer(out).add_string(9, text);
  return out;
}
inline std::string text_attribute(std::string_view name, const std::string& text) {
  std::string out = bare_attribute(name, 3);
  pbf_writer(out).add_string(4, text);
  return out;
}
inline std::string tensor_attribute(std::string_view name, const std::string& tensor) {
  std::string out = bare_attribute(name, 4);
  pbf_writer(out).add_message(5, tensor);
  return out;
}
inline std::string graph_attribute(std::string_view name, const std::string& graph) {
  std::string out = bare_attribute(name, 5);
  pbf_writer(out).add_message(6, graph);
  return out;
}
// In a function: what the call gives for `reference`.
inline std::string attribute_reference(std::string_view name, int type, const std::string& reference) {
  std::string out = bare_attribute(name, type);
  pbf_writer(out).add_string(21, reference);
  return out;
}

// ---- nodes, graphs, models

inline std::string node(std::string_view kind, const Strings& inputs, const Strings& outputs,
                        const Strings& attributes = {}, const std::string& name = "",
                        const std::string& domain = "") {
  std::string out;
  pbf_writer writer(out);
  for (const std::string& input : inputs) writer.add_string(1, input);
  for (const std::string& output : outputs) writer.add_string(2, output);
  if (!name.empty()) writer.add_string(3, name);
  writer.add_string(4, kind.data(), kind.size());
  for (const std::string& bytes : attributes) writer.add_message(5, bytes);
  if (!domain.empty()) writer.add_string(7, domain);
  return out;
}

// Lists of messages.
struct GraphParts {
  Strings inputs = {};
  Strings outputs = {};
  Strings nodes = {};
  Strings initializers = {};
  Strings value_infos = {};
  Strings sparse_initializers = {};
};
inline std::string graph(const GraphParts& parts) {
  std::string out;
  pbf_writer writer(out);
  const auto add = [&](std::uint32_t field, const Strings& messages) {
    for (const std::string& message : messages) writer.add_message(field, message);
  };
  add(1, parts.nodes);
  writer.add_string(2, "tested");
  add(5, parts.initializers);
  add(11, parts.inputs);
  add(12, parts.outputs);
  add(13, parts.value_infos);
  add(15, parts.sparse_initializers);
  return out;
}

inline std::string opset(const std::string& domain, std::int64_t version) {
  std::string out;
  pbf_writer writer(out);
  if (!domain.empty()) writer.add_string(1, domain);
  writer.add_int64(2, version);
  return out;
}

struct FunctionParts {
  std::string domain, name;
  Strings inputs = {};
  Strings outputs = {};
  Strings nodes = {};
  Strings defaults = {};  // attributes
  Strings opsets = {};
};
inline std::string function(const FunctionParts& parts) {
  std::string out;
  pbf_writer writer(out);
  writer.add_string(1, parts.name);
  for (const std::string& input : parts.inputs) writer.add_string(4, input);
  for (const std::string& output : parts.outputs) writer.add_string(5, output);
  for (const std::string& message : parts.nodes) writer.add_message(7, message);
  for (const std::string& message : parts.opsets) writer.add_message(9, message);
  writer.add_string(10, parts.domain);
  for (const std::string& message : parts.defaults) writer.add_message(11, message);
  return out;
}

struct ModelOptions {
  std::int64_t ir_version = 8;
  Strings opsets = {opset("", 17)};
  Strings functions = {};
};
inline std::string model_of(const std::string& graph_message, const ModelOptions& options = {}) {
  std::string out;
  pbf_writer writer(out);
  writer.add_int64(1, options.ir_version);
  writer.add_string(2, "chipcast tests");
  writer.add_message(7, graph_message);
  for (const std::string& message : options.opsets) writer.add_message(8, message);
  for (const std::string& message : options.functions) writer.add_message(25, message);
  return out;
}
inline std::string model(const GraphParts& parts, const ModelOptions& options = {}) {
  return model_of(graph(parts), options);
}

// ---- reading it back

inline Result<Graph> parse(std::string_view file, const std::string& path = "net.onnx") {
  return parse_onnx(std::as_bytes(std::span(file)), path);
}
// What is said about a file that cannot be read; empty if it can.
inline std::string complaint(std::string_view file, const std::string& path = "net.onnx") {
  const Result<Graph> graph = parse(file, path);
  return graph ? "" : render(graph.diagnostics());
}

}  // namespace chipcast::onnx_writer
