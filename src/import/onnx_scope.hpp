// import/onnx_scope.hpp: where a name of the file stands for what: the values of a graph, of the graphs around it, and
// of the call of a function.
//
//   Names names{.graph = &body, .outer = &surroundings};
//   names.find(import, "x")            // captures x from the surroundings if need be
//   site.call->attributes              // what the caller gave for the attributes of the function
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/graph.hpp"
#include "import/onnx_import.hpp"

namespace chipcast::onnx {

// The values that a name can mean in one graph, or in one call of a function (whose operators stand in the caller's
// graph, while its names are its own).
struct Names {
  Graph* graph = nullptr;
  Names* outer = nullptr;  // of the graph around a body
  std::unordered_map<std::string_view, TensorId> ids = {};
  std::unordered_map<std::string_view, TensorId> promised =
      {};  // a function's outputs, which its caller made already

  // Nothing if no graph around knows it either; `none` for a function's input that the caller left out.
  std::optional<TensorId> find(Import& import, std::string_view name);
};

// Versions of operator sets by domain; "" and "ai.onnx" are the same.
class Opsets {
 public:
  void add(std::string_view domain, int version) { versions_.emplace_back(domain, version); }
  std::optional<int> find(std::string_view domain) const;

 private:
  std::vector<std::pair<std::string_view, int>> versions_;
};
std::string_view without_alias(std::string_view domain);  // "ai.onnx" -> ""

struct Function {
  std::string_view domain, name, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<std::string_view> nodes;               // messages
  std::vector<std::string_view> attribute_defaults;  // messages
  Opsets opsets;
};

struct Call;

// Where an operator stands: what decides the meaning of all it says.
struct Site {
  Names* names = nullptr;
  const Call* call = nullptr;    // null outside of functions
  std::string_view prefix = "";  // of the names inside a call: "encoder/layer_0/"
  int depth = 0;                 // of bodies and calls around it
};

// An attribute's message, and where its names and references are to be looked up.
struct BoundAttribute {
  std::string_view message;
  const Site* site = nullptr;
};

struct Call {
  const Function* function = nullptr;
  const Call* caller = nullptr;  // null for a call outside of functions
  std::unordered_map<std::string_view, BoundAttribute> attributes = {};
};

// What one file says beside its graph.
class Model {
 public:
  explicit Model(Import& i) : import(i) {}

  Import& import;
  Opsets opsets;
  std::int64_t ir_version = 0;

  void add_function(Function function);
  const Function* find_function(std::string_view domain, std::string_view name,
                                std::string_view overload) const;
  // The version of the operator's domain that holds where it stands. Complains where the file does not say.
  int opset_of(const Site& site, const Operator& op);

 private:
  std::unordered_map<std::string, Function> functions_;
  bool complained_of_opset_ = false;
};

inline constexpr int deepest = 64;  // bodies in bodies and calls in calls; beyond lies an attack on the stack

}  // namespace chipcast::onnx
