// A call of a function that the file defines is replaced by the function's operators, under "call/inner".
#include <fmt/format.h>

#include "import/onnx_node.hpp"

namespace chipcast::onnx {
namespace {

std::string name_of(const Function& function) {
  return function.domain.empty() ? std::string(function.name)
                                 : fmt::format("{}.{}", function.domain, function.name);
}

}  // namespace

bool NodeReader::may_call(const Function& function, const Operator& op) {
  std::string path = name_of(function);
  for (const Call* call = site_.call; call != nullptr; call = call->caller) {
    path.insert(0, name_of(*call->function) + " -> ");
    if (call->function == &function) {
      import_.complain(describe(op), "the function calls itself: " + path,
                       "ONNX functions must not be recursive");
      return false;
    }
  }
  if (site_.depth >= deepest) {
    import_.complain(describe(op), fmt::format("calls are nested more than {} deep", deepest));
    return false;
  }
  if (node_.inputs.size() > function.inputs.size() || node_.outputs.size() > function.outputs.size()) {
    import_.complain(
        describe(op),
        fmt::format("it has {} inputs and {} outputs, at most {} and {} are possible", node_.inputs.size(),
                    node_.outputs.size(), function.inputs.size(), function.outputs.size()));
    return false;
  }
  return true;
}

void NodeReader::add_call(const Function& function, const Operator& op) {
  if (!may_call(function, op)) return;
  Operator ends;  // only its inputs and outputs count
  ends.name = op.name;
  ends.kind = op.kind;
  ends.domain = op.domain;
  read_inputs(ends);
  read_outputs(ends);

  Names names{.graph = &graph_};
  for (std::size_t i = 0; i < function.inputs.size(); ++i) {
    names.ids.emplace(function.inputs[i], i < ends.inputs.size() ? ends.inputs[i] : none);
  }
  for (std::size_t i = 0; i < ends.outputs.size(); ++i) {
    if (ends.outputs[i] != none) names.promised.emplace(function.outputs[i], ends.outputs[i]);
  }
  const std::string prefix = op.name + "/";
  Call call{.function = &function, .caller = site_.call};
  const Site site{.names = &names, .call = &call, .prefix = prefix, .depth = site_.depth + 1};
  for (const std::string_view message : node_.attributes) {
    const AttributeMessage attribute = read_attribute(import_, message);
    if (const auto given = bound(attribute, message, op)) call.attributes.emplace(attribute.name, *given);
  }
  for (const std::string_view message : function.attribute_defaults) {
    call.attributes.emplace(read_attribute(import_, message).name, BoundAttribute{message, &site});
  }
  NodeReader nodes(model_, site, function.nodes);
  nodes.define_outputs();
  nodes.keep_promises(function, names, op);
  nodes.add_operators();
}

// An output that is an input of the function, handed through, needs an operator to be another tensor.
void NodeReader::keep_promises(const Function& function, Names& names, const Operator& op) {
  for (const std::string_view name : function.outputs) {
    const auto promised = names.promised.find(name);
    if (promised == names.promised.end()) continue;
    const auto input = names.ids.find(name);
    if (input == names.ids.end() || input->second == none) {
      import_.complain(describe(op), fmt::format("the function defines its output {} nowhere", quoted(name)));
      continue;
    }
    Operator copy;
    copy.name = op.name + "/" + import_.text(name);
    copy.kind = "Identity";
    copy.type = find_operator("", copy.kind);
    copy.opset = 1;
    copy.inputs = {input->second};
    copy.outputs = {promised->second};
    graph_.add_operator_on(std::move(copy));
  }
}

}  // namespace chipcast::onnx
