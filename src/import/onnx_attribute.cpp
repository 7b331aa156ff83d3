#include "import/onnx_attribute.hpp"

#include <fmt/format.h>

#include "import/onnx_tensor.hpp"

namespace chipcast::onnx {
namespace {

enum Type : std::int64_t {
  float_type = 1,
  int_type = 2,
  string_type = 3,
  tensor_type = 4,
  graph_type = 5,
  floats_type = 6,
  ints_type = 7,
  strings_type = 8,
  graphs_type = 10,
  sparse_tensor_type = 11,
};

// Files of ONNX's first versions do not say of what type an attribute is; the field that is there does.
std::int64_t type_of(const AttributeMessage& attribute) {
  if (attribute.type != 0) return attribute.type;
  if (attribute.integer) return int_type;
  if (attribute.real) return float_type;
  if (attribute.text) return string_type;
  if (attribute.tensor) return tensor_type;
  if (!attribute.reals.empty()) return floats_type;
  if (!attribute.texts.empty()) return strings_type;
  return ints_type;
}

}  // namespace

AttributeMessage read_attribute(Import& import, std::string_view message) {
  AttributeMessage attribute;
  for (Fields fields(import.reading, message); fields.next();) {
    using namespace attribute_field;
    switch (fields.field()) {
      case attribute_field::name:
        attribute.name = fields.bytes();
        break;
      case ref_attr_name:
        attribute.reference = fields.bytes();
        break;
      case attribute_field::type:
        attribute.type = fields.integer();
        break;
      case i:
        attribute.integer = fields.integer();
        break;
      case f:
        attribute.real = static_cast<double>(fields.real32());
        break;
      case s:
        attribute.text = fields.bytes();
        break;
      case t:
        attribute.tensor = fields.bytes();
        break;
      case sparse_tensor:
        attribute.sparse_tensor = fields.bytes();
        break;
      case ints:
        attribute.integers.push_back(fields.integer());
        break;
      case ints_packed:
        fields.append_integers(attribute.integers);
        break;
      case floats:
        attribute.reals.push_back(static_cast<double>(fields.real32()));
        break;
      case floats_packed:
        fields.append_reals32(attribute.reals);
        break;
      case strings:
        attribute.texts.push_back(fields.bytes());
        break;
      case g:
      case graphs:
        attribute.graphs.push_back(fields.bytes());
        break;
      default:
        fields.skip();
    }
  }
  return attribute;
}

std::optional<AttributeValue> value_of(Import& import, AttributeMessage& attribute, const Operator& op) {
  const auto complain = [&](std::string_view what) -> std::optional<AttributeValue> {
    import.complain(describe(op), fmt::format("attribute {} {}", quoted(attribute.name), what));
    return std::nullopt;
  };
  const auto value_of_tensor = [&](Result<StoredTensor> tensor) -> std::optional<AttributeValue> {
    if (!tensor) return complain(tensor.diagnostics().front().message);
    if (tensor->value) return AttributeValue(std::move(tensor->value));
    return AttributeValue(std::move(tensor->type));
  };
  switch (type_of(attribute)) {
    // A value of zero may have been left out.
    case int_type:
      return attribute.integer.value_or(0);
    case float_type:
      return attribute.real.value_or(0);
    case string_type:
      return import.text(attribute.text.value_or(""));
    case ints_type:
      return std::move(attribute.integers);
    case floats_type:
      return std::move(attribute.reals);
    case strings_type: {
      std::vector<std::string> texts;
      for (const std::string_view text : attribute.texts) texts.push_back(import.text(text));
      return texts;
    }
    case tensor_type:
      if (!attribute.tensor) return complain("is called a tensor but holds none");
      return value_of_tensor(read_tensor(import, *attribute.tensor));
    case sparse_tensor_type:
      if (!attribute.sparse_tensor) return complain("is called a sparse tensor but holds none");
      return value_of_tensor(read_sparse_tensor(import, *attribute.sparse_tensor));
    case graph_type:
      if (attribute.graphs.empty()) return complain("is called a graph but holds none");
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace chipcast::onnx
