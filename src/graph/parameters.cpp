#include "graph/parameters.hpp"

namespace chipcast {
namespace {

// What all readers together make of a stored tensor.
struct Use {
  bool is_read = false;
  bool as_data = false;
  bool as_quantized = false;
};

// Dynamic quantization multiplies the scale of the weights with the one it has just measured of the data.
bool is_scale_of_weights(const Graph& graph, const Operator& op, std::size_t input) {
  if (op.kind != "Mul" || op.inputs.size() != 2 || op.inputs[1 - input] == none) return false;
  const TensorId other = op.inputs[1 - input];
  const OperatorId maker = graph.tensor(other).producer;
  if (maker == none) return false;
  const Operator& measured = graph.op(maker);
  return measured.kind == "DynamicQuantizeLinear" && measured.outputs.size() > 1 &&
         measured.outputs[1] == other;
}

InputRole role_of(const Graph& graph, const Operator& op, std::size_t input) {
  if (op.type == nullptr) return InputRole::data;
  if (is_scale_of_weights(graph, op, input)) return InputRole::scale;
  return op.type->roles[std::min(input, op.type->roles.size() - 1)];
}

std::vector<Use> uses_of(const Graph& graph) {
  std::vector<Use> uses(graph.tensors().size());
  for (const Operator& op : graph.operators()) {
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] == none) continue;
      Use& use = uses[op.inputs[i]];
      use.is_read = true;
      const InputRole role = role_of(graph, op, i);
      use.as_data = use.as_data || role == InputRole::data;
      use.as_quantized = use.as_quantized || role == InputRole::quantized;
    }
    for (const Body& body : op.bodies) {
      const std::vector<Use> inner = uses_of(*body.graph);
      for (TensorId id = 0; id < inner.size(); ++id) {
        const Tensor& tensor = body.graph->tensor(id);
        if (tensor.origin != TensorOrigin::captured) continue;
        Use& use = uses[tensor.outer];
        use.is_read = use.is_read || inner[id].is_read;
        use.as_data = use.as_data || inner[id].as_data;
        use.as_quantized = use.as_quantized || inner[id].as_quantized;
      }
    }
  }
  for (const TensorId output : graph.outputs()) uses[output].is_read = uses[output].as_data = true;
  return uses;
}

bool is_parameter(const Tensor& tensor, const Use& use) {
  if (tensor.origin != TensorOrigin::weight || tensor.is_absorbed) return false;
  if (is_floating(tensor.type.dtype)) return use.as_data || use.as_quantized || !use.is_read;
  if (use.as_quantized) return is_quantized(tensor.type.dtype) || tensor.type.dtype == DType::int32;
  return use.as_data && is_quantized(tensor.type.dtype);
}

}  // namespace

std::vector<std::int64_t> parameter_elements(const Graph& graph) {
  const std::vector<Use> uses = uses_of(graph);
  std::vector<std::int64_t> elements(graph.tensors().size(), 0);
  for (TensorId id = 0; id < elements.size(); ++id) {
    const Tensor& tensor = graph.tensor(id);
    if (is_parameter(tensor, uses[id])) elements[id] = tensor.type.shape.elements();
  }
  return elements;
}

Parameters count_parameters(const Graph& graph) {
  Parameters parameters;
  for (const std::int64_t elements : parameter_elements(graph)) {
    parameters.total = saturating_add(parameters.total, elements);
  }
  for (const Tensor& tensor : graph.tensors()) {
    const bool is_stored = tensor.origin == TensorOrigin::weight || tensor.origin == TensorOrigin::literal;
    if (is_stored && !tensor.is_absorbed) parameters.model_bytes += bytes_of(tensor.type);
  }
  for (const Operator& op : graph.operators()) {
    for (const Body& body : op.bodies) {
      const Parameters inner = count_parameters(*body.graph);
      parameters.total = saturating_add(parameters.total, inner.total);
      parameters.model_bytes += inner.model_bytes;
    }
  }
  return parameters;
}

}  // namespace chipcast
