// import/onnx_node.hpp: the operators of a graph or function, in two passes since they may stand in any order.
//
//   NodeReader nodes(model, site, messages);
//   nodes.define_outputs();      // every name that a node yields now stands for a tensor
//   nodes.add_operators();       // literals, calls of functions, bodies and all
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "import/onnx_attribute.hpp"
#include "import/onnx_scope.hpp"

namespace chipcast::onnx {

struct NodeMessage {
  std::string_view name, kind, domain, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<std::string_view> attributes;  // messages
};

class NodeReader {
 public:
  NodeReader(Model& model, const Site& site, std::span<const std::string_view> messages)
      : model_(model), import_(model.import), site_(site), graph_(*site.names->graph), messages_(messages) {}

  void define_outputs();
  void add_operators();

 private:
  void define(std::string_view output, std::size_t index);
  void add_operator(std::size_t index);
  void read_header(Operator& op, std::size_t index);
  void read_inputs(Operator& op);
  void read_outputs(Operator& op);
  void read_attributes(Operator& op);
  // The message of an attribute and the site it belongs to, references followed. Nothing where there is none.
  std::optional<BoundAttribute> bound(const AttributeMessage& attribute, std::string_view message,
                                      const Operator& op);
  void read_bodies(Operator& op, const Site& site, const AttributeMessage& attribute);

  void add_literal(const Operator& op);
  void add_call(const Function& function, const Operator& op);
  bool may_call(const Function& function, const Operator& op);
  void keep_promises(const Function& function, Names& names, const Operator& op);

  std::string describe_node(std::size_t index);  // for complaints only
  std::string suggest_name(std::string_view wanted) const;

  Model& model_;
  Import& import_;
  const Site& site_;
  Graph& graph_;
  std::span<const std::string_view> messages_;
  NodeMessage node_;  // the one that is being read
};

}  // namespace chipcast::onnx
