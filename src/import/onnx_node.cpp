#include "import/onnx_node.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "import/onnx_graph.hpp"

namespace chipcast::onnx {
namespace {

constexpr std::size_t most_attributes = 256;  // of one node; they are searched one by one

// Into a message that is used again and again, since its lists keep their memory.
void read_node(Import& import, std::string_view bytes, NodeMessage& node) {
  node.name = node.kind = node.domain = node.overload = {};
  node.inputs.clear();
  node.outputs.clear();
  node.attributes.clear();
  for (Fields fields(import.reading, bytes); fields.next();) {
    switch (fields.field()) {
      case node_field::input:
        node.inputs.push_back(fields.bytes());
        break;
      case node_field::output:
        node.outputs.push_back(fields.bytes());
        break;
      case node_field::name:
        node.name = fields.bytes();
        break;
      case node_field::op_type:
        node.kind = fields.bytes();
        break;
      case node_field::attribute:
        node.attributes.push_back(fields.bytes());
        break;
      case node_field::domain:
        node.domain = fields.bytes();
        break;
      case node_field::overload:
        node.overload = fields.bytes();
        break;
      default:
        fields.skip();
    }
  }
}

// An optional value left out at the end is the same as none at all.
void drop_trailing_none(std::vector<TensorId>& ids) {
  while (!ids.empty() && ids.back() == none) ids.pop_back();
}

}  // namespace

// ---- first pass

void NodeReader::define_outputs() {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    for (Fields fields(import_.reading, messages_[i]); fields.next();) {
      if (fields.field() == node_field::output) {
        define(fields.bytes(), i);
      } else {
        fields.skip();
      }
    }
  }
}

void NodeReader::define(std::string_view output, std::size_t index) {
  if (output.empty()) return;
  Names& names = *site_.names;
  const auto [entry, is_new] = names.ids.try_emplace(output, none);
  if (!is_new) {
    import_.complain(describe_node(index),
                     fmt::format("it yields {}, which the file defines already", quoted(output)),
                     "every value of an ONNX graph has one origin");
    return;
  }
  const auto promised = names.promised.find(output);
  if (promised == names.promised.end()) {
    entry->second = graph_.add_tensor(std::string(site_.prefix) + import_.text(output));
  } else {
    entry->second = promised->second;
    names.promised.erase(promised);
  }
}

// ---- second pass

void NodeReader::add_operators() {
  for (std::size_t i = 0; i < messages_.size(); ++i) add_operator(i);
}

void NodeReader::add_operator(std::size_t index) {
  read_node(import_, messages_[index], node_);
  Operator op;
  read_header(op, index);
  if (node_.kind.empty()) return import_.complain(describe(op), "it does not say which operator it is");
  if (const Function* function = model_.find_function(node_.domain, node_.kind, node_.overload)) {
    return add_call(*function, op);
  }
  if (op.domain.empty() && op.kind == "Constant") return add_literal(op);
  op.type = find_operator(op.domain, op.kind);
  op.opset = model_.opset_of(site_, op);
  read_inputs(op);
  read_outputs(op);
  read_attributes(op);
  graph_.add_operator_on(std::move(op));
}

void NodeReader::read_header(Operator& op, std::size_t index) {
  op.kind = import_.text(node_.kind);
  op.domain = import_.text(without_alias(node_.domain));
  op.name = site_.prefix;
  charge(import_.reading, op.name.size());
  op.name += node_.name.empty() ? fmt::format("{}_{}", op.kind, index) : import_.text(node_.name);
}

void NodeReader::read_inputs(Operator& op) {
  op.inputs.reserve(node_.inputs.size());
  for (const std::string_view name : node_.inputs) {
    if (name.empty()) {
      op.inputs.push_back(none);
      continue;
    }
    const std::optional<TensorId> id = site_.names->find(import_, name);
    if (!id) {
      import_.complain(describe(op),
                       fmt::format("it reads {}, which nothing in the file defines", quoted(name)),
                       suggest_name(name));
    }
    op.inputs.push_back(id.value_or(none));
  }
  drop_trailing_none(op.inputs);
}

void NodeReader::read_outputs(Operator& op) {
  op.outputs.reserve(node_.outputs.size());
  for (const std::string_view name : node_.outputs) {
    op.outputs.push_back(name.empty() ? none : site_.names->ids.at(name));
  }
  drop_trailing_none(op.outputs);
}

void NodeReader::read_attributes(Operator& op) {
  for (const std::string_view message : node_.attributes) {
    AttributeMessage attribute = read_attribute(import_, message);
    const std::optional<BoundAttribute> given = bound(attribute, message, op);
    if (!given) continue;
    if (given->message.data() != message.data()) {
      const std::string_view name = attribute.name;
      attribute = read_attribute(import_, given->message);
      attribute.name = name;
    }
    const bool is_known =
        op.attributes.find(attribute.name) != nullptr ||
        std::ranges::any_of(op.bodies, [&](const Body& body) { return body.role == attribute.name; });
    if (is_known) {
      import_.complain(describe(op), fmt::format("attribute {} is given twice", quoted(attribute.name)));
    }
    if (op.attributes.list().size() + op.bodies.size() >= most_attributes) {
      return import_.complain(describe(op), fmt::format("it has more than {} attributes", most_attributes));
    }
    read_bodies(op, *given->site, attribute);
    if (auto value = value_of(import_, attribute, op)) {
      op.attributes.set(import_.text(attribute.name), *std::move(value));
    }
  }
}

std::optional<BoundAttribute> NodeReader::bound(const AttributeMessage& attribute, std::string_view message,
                                                const Operator& op) {
  if (attribute.reference.empty()) return BoundAttribute{message, &site_};
  if (site_.call == nullptr) {
    import_.complain(describe(op), fmt::format("attribute {} refers to one of a function, but stands in none",
                                               quoted(attribute.name)));
    return std::nullopt;
  }
  const auto found = site_.call->attributes.find(attribute.reference);
  return found == site_.call->attributes.end() ? std::nullopt : std::optional(found->second);
}

void NodeReader::read_bodies(Operator& op, const Site& site, const AttributeMessage& attribute) {
  for (const std::string_view message : attribute.graphs) {
    if (site.depth >= deepest || site_.depth >= deepest) {
      return import_.complain(describe(op), fmt::format("graphs are nested more than {} deep", deepest));
    }
    Body body{.role = import_.text(attribute.name), .graph = nullptr};
    body.graph = read_body(model_, site, message);
    op.bodies.push_back(std::move(body));
  }
}

// ---- for complaints

std::string NodeReader::describe_node(std::size_t index) {
  read_node(import_, messages_[index], node_);
  Operator op;
  read_header(op, index);
  return describe(op);
}

std::string NodeReader::suggest_name(std::string_view wanted) const {
  constexpr std::size_t most_compared = 5'000;
  if (site_.names->ids.size() > most_compared) return {};
  std::vector<std::string> names;
  for (const auto& [name, id] : site_.names->ids) names.emplace_back(name);
  std::ranges::sort(names);
  return suggest(wanted, names);
}

}  // namespace chipcast::onnx
