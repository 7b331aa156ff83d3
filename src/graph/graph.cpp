#include "graph/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast {

std::int64_t Graph::add_symbol(std::string name) {
  const auto [entry, is_new] = symbol_indices_.try_emplace(name, static_cast<std::int64_t>(symbols_.size()));
  if (is_new) symbols_.push_back(std::move(name));
  return entry->second;
}

TensorId Graph::add_tensor(std::string name) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensors_.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors_.size() - 1);
}

TensorId Graph::add_input(std::string name, TensorType type) {
  const TensorId id = add_tensor(std::move(name));
  tensors_[id].type = std::move(type);
  tensors_[id].origin = TensorOrigin::input;
  inputs_.push_back(id);
  return id;
}

TensorId Graph::add_weight(std::string name, TensorType type, ConstantPointer value) {
  const TensorId id = add_literal(std::move(name), std::move(type), std::move(value));
  tensors_[id].origin = TensorOrigin::weight;
  return id;
}

TensorId Graph::add_literal(std::string name, TensorType type, ConstantPointer value) {
  const TensorId id = add_tensor(std::move(name));
  tensors_[id].type = std::move(type);
  tensors_[id].origin = TensorOrigin::literal;
  tensors_[id].is_constant = true;
  tensors_[id].value = std::move(value);
  return id;
}

TensorId Graph::add_captured(std::string name, TensorId outer) {
  const TensorId id = add_tensor(std::move(name));
  tensors_[id].origin = TensorOrigin::captured;
  tensors_[id].outer = outer;
  return id;
}

OperatorId Graph::add_operator_on(Operator op) {
  const auto id = static_cast<OperatorId>(operators_.size());
  for (const TensorId output : op.outputs) {
    if (output != none) tensors_[output].producer = id;
  }
  operators_.push_back(std::move(op));
  return id;
}

std::vector<TensorId> Graph::add_operator(std::string name, std::string domain, std::string kind, int opset,
                                          Attributes attributes, std::vector<TensorId> inputs,
                                          const std::vector<std::string>& outputs) {
  Operator op;
  op.type = find_operator(domain, kind);
  op.name = std::move(name);
  op.domain = std::move(domain);
  op.kind = std::move(kind);
  op.opset = opset;
  op.attributes = std::move(attributes);
  op.inputs = std::move(inputs);
  for (const std::string& output : outputs) op.outputs.push_back(output.empty() ? none : add_tensor(output));
  std::vector<TensorId> ids = op.outputs;
  add_operator_on(std::move(op));
  return ids;
}

std::vector<InputView> input_views(const Graph& graph, const Operator& op) {
  std::vector<InputView> views;
  views.reserve(op.inputs.size());
  for (const TensorId id : op.inputs) {
    if (id == none) {
      views.emplace_back();
    } else {
      const Tensor& tensor = graph.tensor(id);
      views.push_back({&tensor.type, tensor.value.get(), tensor.is_constant});
    }
  }
  return views;
}

Inference shaped_inference(const Graph& graph, const Operator& op) {
  Inference inference(*op.type, op.opset, op.attributes, input_views(graph, op),
                      static_cast<int>(op.outputs.size()));
  // An output that nobody reads has no tensor to remember its type.
  if (std::ranges::find(op.outputs, none) != op.outputs.end()) op.type->rule(inference);
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    if (op.outputs[i] != none) inference.assume_output(static_cast<int>(i), graph.tensor(op.outputs[i]).type);
  }
  return inference;
}

std::string describe(const Operator& op) {
  const std::string kind = op.domain.empty() ? op.kind : op.domain + "." + op.kind;
  return op.name.empty() ? fmt::format("unnamed node ({})", kind)
                         : fmt::format("node '{}' ({})", op.name, kind);
}

}  // namespace chipcast
