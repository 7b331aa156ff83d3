// Constant nodes become tensors: there is nothing to run.
#include <fmt/format.h>

#include "import/onnx_node.hpp"
#include "import/onnx_tensor.hpp"

namespace chipcast::onnx {
namespace {

struct Literal {
  TensorType type;
  ConstantPointer value;
};

Literal literal_of(DType dtype, Shape shape, std::vector<std::int64_t> ints, std::vector<double> reals) {
  Literal literal{{dtype, std::move(shape)}, nullptr};
  if (dtype != DType::text && literal.type.shape.elements() <= Constant::most_elements) {
    literal.value =
        std::make_shared<const Constant>(Constant{literal.type, std::move(ints), std::move(reals)});
  }
  return literal;
}

// The forms of Constant other than a tensor.
std::optional<Literal> short_literal(const AttributeMessage& attribute) {
  const auto length = [](const auto& list) { return Shape{static_cast<std::int64_t>(list.size())}; };
  if (attribute.name == "value_int") return literal_of(DType::int64, {}, {attribute.integer.value_or(0)}, {});
  if (attribute.name == "value_ints") {
    return literal_of(DType::int64, length(attribute.integers), attribute.integers, {});
  }
  if (attribute.name == "value_float")
    return literal_of(DType::float32, {}, {}, {attribute.real.value_or(0)});
  if (attribute.name == "value_floats") {
    return literal_of(DType::float32, length(attribute.reals), {}, attribute.reals);
  }
  if (attribute.name == "value_string") return literal_of(DType::text, {}, {}, {});
  if (attribute.name == "value_strings") return literal_of(DType::text, length(attribute.texts), {}, {});
  return std::nullopt;
}

}  // namespace

void NodeReader::add_literal(const Operator& op) {
  std::optional<Literal> literal;
  for (const std::string_view message : node_.attributes) {
    AttributeMessage attribute = read_attribute(import_, message);
    const std::optional<BoundAttribute> given = bound(attribute, message, op);
    if (!given) continue;
    const std::string_view name = attribute.name;
    attribute = read_attribute(import_, given->message);
    attribute.name = name;
    literal = short_literal(attribute);
    if (!literal && (attribute.tensor || attribute.sparse_tensor)) {
      Result<StoredTensor> tensor = attribute.tensor ? read_tensor(import_, *attribute.tensor)
                                                     : read_sparse_tensor(import_, *attribute.sparse_tensor);
      if (!tensor) {
        return import_.complain(
            describe(op), fmt::format("attribute {} {}", quoted(name), tensor.diagnostics().front().message));
      }
      literal = Literal{std::move(tensor->type), std::move(tensor->value)};
    }
    if (literal) break;
  }
  if (!literal || node_.outputs.size() != 1 || node_.outputs[0].empty()) {
    return import_.complain(describe(op), "it must hold one value and yield one output");
  }
  const TensorId id = site_.names->ids.at(node_.outputs[0]);
  if (id == none) return;  // the name is a function's input, too, which has been complained of
  Tensor& tensor = graph_.tensor(id);
  tensor.origin = TensorOrigin::literal;
  tensor.is_constant = true;
  tensor.type = std::move(literal->type);
  tensor.value = std::move(literal->value);
}

}  // namespace chipcast::onnx
