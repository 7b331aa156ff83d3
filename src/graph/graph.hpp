// graph/graph.hpp: the operator DAG: operators are vertices, tensors are edges.
//
//   Graph graph("net");
//   TensorId x = graph.add_input("x", {DType::float32, {symbol(graph.add_symbol("batch")), 3, 224, 224}});
//   TensorId w = graph.add_weight("w", {DType::float32, {64, 3, 7, 7}});
//   TensorId y = graph.add_operator("conv1", "", "Conv", 17, attributes, {x, w}, {"y"})[0];
//   graph.add_output(y);
//
// A graph is built unshaped; `shape_graph` (graph/shaping.hpp) binds its symbols and gives every tensor its type.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

using TensorId = std::uint32_t;
using OperatorId = std::uint32_t;
inline constexpr std::uint32_t none = ~std::uint32_t{0};  // an optional tensor left out; no producer

enum class TensorOrigin : std::uint8_t {
  input,     // given at run time
  weight,    // stored in the model
  literal,   // written into the graph (a Constant node): stored, but no parameter
  computed,  // an operator's output
  captured,  // of an enclosing graph (only in the body of an If, Loop or Scan)
};

// A value that is a list of tensors.
struct Sequence {
  struct Run {
    TensorType type;
    std::int64_t count = 1;  // negative in an input that is not bound yet
    friend bool operator==(const Run&, const Run&) = default;
  };
  std::vector<Run> runs;  // in order; neighbours differ in type
  std::int64_t length() const;
};

struct Tensor {
  std::string name;
  TensorType type;  // of a computed tensor: set by shaping
  TensorOrigin origin = TensorOrigin::computed;
  bool is_constant = false;  // does not depend on any input of the network
  bool is_absorbed = false;  // a weight that folding absorbs into others: neither stored nor counted
  bool is_guessed = false;   // its shape follows from an extent that only data decides, taken at its most
  OperatorId producer = none;
  TensorId outer = none;                       // captured: the tensor of the enclosing graph
  std::shared_ptr<const Sequence> sequence;    // of a list of tensors, whose own `type` then says nothing
  ConstantPointer value;                       // the elements, where they are few and known
  std::shared_ptr<const TensorType> declared;  // what the file says of a computed tensor, symbols included
};

class Graph;

// A graph that an operator holds: a branch or a loop's body.
struct Body {
  std::string role;  // the attribute's name: "then_branch", "body"
  std::shared_ptr<Graph> graph;
};

struct Operator {
  std::string name;
  std::string domain;                  // "" is ONNX's own
  std::string kind;                    // "Conv"
  const OperatorType* type = nullptr;  // null: control flow, or an operator chipcast does not know
  int opset = 0;
  Attributes attributes;
  std::vector<TensorId> inputs;   // `none`: an optional input left out
  std::vector<TensorId> outputs;  // `none`: an optional output left out
  std::vector<Body> bodies;
  std::int64_t trips = 1;  // how often a Loop's or Scan's body runs; set by shaping
  int taken = -1;          // the branch of an If whose condition is known; set by shaping
};

class Graph {
 public:
  explicit Graph(std::string name = {}) : name_(std::move(name)) {}

  // ---- building
  std::int64_t add_symbol(std::string name);  // the index of the symbol of that name, new or known
  TensorId add_input(std::string name, TensorType type);
  TensorId add_weight(std::string name, TensorType type, ConstantPointer value = nullptr);
  TensorId add_literal(std::string name, TensorType type, ConstantPointer value = nullptr);
  TensorId add_captured(std::string name, TensorId outer);
  // An output of no operator yet: for files whose operators stand in any order. `add_operator_on` makes its producer.
  TensorId add_tensor(std::string name);
  // Creates the outputs; an empty name leaves an optional output out.
  std::vector<TensorId> add_operator(std::string name, std::string domain, std::string kind, int opset,
                                     Attributes attributes, std::vector<TensorId> inputs,
                                     const std::vector<std::string>& outputs);
  OperatorId add_operator_on(Operator op);
  void add_output(TensorId tensor) { outputs_.push_back(tensor); }

  // ---- reading
  const std::string& name() const { return name_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const std::vector<Operator>& operators() const { return operators_; }
  const std::vector<TensorId>& inputs() const { return inputs_; }
  const std::vector<TensorId>& outputs() const { return outputs_; }
  const std::vector<std::string>& symbols() const { return symbols_; }
  const Tensor& tensor(TensorId id) const { return tensors_[id]; }
  const Operator& op(OperatorId id) const { return operators_[id]; }
  Tensor& tensor(TensorId id) { return tensors_[id]; }
  Operator& op(OperatorId id) { return operators_[id]; }

 private:
  std::string name_;
  std::vector<Tensor> tensors_;
  std::vector<Operator> operators_;
  std::vector<TensorId> inputs_, outputs_;
  std::vector<std::string> symbols_;
  std::unordered_map<std::string, std::int64_t> symbol_indices_;
};

// What an operator's rule sees of the graph's tensors.
std::vector<InputView> input_views(const Graph& graph, const Operator& op);

// An operator of a shaped graph with the types of its outputs, ready to be asked for its work. `op.type` is known.
Inference shaped_inference(const Graph& graph, const Operator& op);

// "node 'conv1' (Conv)", for messages.
std::string describe(const Operator& op);

}  // namespace chipcast
