// import/zoo_evaluator.hpp: the values of expressions and tensors while a network is built.
//
//   Evaluator evaluator(family, graph);
//   const Datum c = evaluator.evaluate(expression);      // unset after a complaint
//   if (evaluator.failed()) return evaluator.error();
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"
#include "import/zoo_functions.hpp"
#include "import/zoo_program.hpp"

namespace chipcast::zoo {

// What operators and weights are called: "layer1.0" and below it "conv1", or 0, 1, 2 in a group.
struct NameScope {
  std::string prefix;
  bool is_numbered = false;
  std::int64_t position = 0;
  std::map<std::string, std::int64_t, std::less<>> uses = {};      // to tell repeated names apart
  std::map<std::string, std::int64_t, std::less<>> appended = {};  // next number of NAME[]

  std::string within(const std::string& name) const;
  std::string unique(std::string name);
};

// One entry into a block: its variables, its named tensors, and the tensor that steps read and replace.
struct Frame {
  Frame(const Block& of, NameScope& scope);

  std::vector<Datum> variables;
  std::vector<TensorId> tensors;
  TensorId current = none;
  TensorId input = none;
  const Block* block;
  NameScope* names;
};

// The first complaint sticks; everything after it answers something harmless.
class Evaluator {
 public:
  Evaluator(const Family& family, const Graph& graph) : family_(family), graph_(graph) {}

  Frame* global = nullptr;  // the network's
  Frame* frame = nullptr;   // the innermost

  Datum evaluate(ExpressionId id);
  bool is_true(ExpressionId id);
  TensorId tensor(TensorSlot slot, Origin origin);
  void bind(const Label& label, TensorId tensor);
  std::string name_of(const Label& label);

  // Counts one step; complains when a network takes too many.
  bool charge(Origin origin);

  void fail(Origin origin, std::string message, std::string hint = {});
  bool failed() const { return error_.has_value(); }
  Diagnostic& error() { return *error_; }

 private:
  Datum failed(const Expression& expression, std::string message);
  Datum taken(const Expression& expression, Computed computed);
  Datum variable(const Expression& expression);
  Datum extent(const Expression& expression, const Datum& axis);

  const Family& family_;
  const Graph& graph_;
  Pool pool_;
  std::optional<Diagnostic> error_;
  std::int64_t steps_ = 0;
};

}  // namespace chipcast::zoo
