// import/zoo_program.hpp: a family of networks as parsed: parameters, blocks, steps, expressions; nothing evaluated.
//
//   - conv1 = conv(64, 7, 2) -> bn1 = bn -> relu      # a Statement: a chain of three Steps, two with a Label
//   - let c = make_divisible(32 * width, 8)           # a Statement that sets a variable
//   - for: i in range(depths[0])                      # a Statement with a body
//
// Names are resolved here: a variable or a tensor is a slot, a layer or a block a pointer or an index.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ops/dtype.hpp"
#include "schema/document.hpp"

namespace chipcast::zoo {

// ---- values -----------------------------------------------------------------------------------------------------

// What an expression yields. Texts and lists live in a Pool that outlives the datum. Truth is 0 or 1.
struct Datum;
using List = std::vector<Datum>;
struct Datum {
  std::variant<std::monostate, std::int64_t, double, const std::string*, const List*> value = {};

  bool is_set() const { return value.index() != 0; }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value); }
  const double* real() const { return std::get_if<double>(&value); }
  const std::string* text() const {
    const auto* found = std::get_if<const std::string*>(&value);
    return found == nullptr ? nullptr : *found;
  }
  const List* list() const {
    const auto* found = std::get_if<const List*>(&value);
    return found == nullptr ? nullptr : *found;
  }
};
std::string format(const Datum& datum);     // "64", "[1, 2]", "'relu'"
std::string kind_name(const Datum& datum);  // "an integer", "a list", ...

class Pool {
 public:
  Datum text(std::string value) { return {&texts_.emplace_back(std::move(value))}; }
  Datum list(List value) { return {&lists_.emplace_back(std::move(value))}; }

 private:
  std::deque<std::string> texts_;
  std::deque<List> lists_;
};

// ---- where things stand -----------------------------------------------------------------------------------------

// A piece of the text of one scalar of the document.
struct Origin {
  std::uint32_t line = 0;  // of Family::lines
  std::uint16_t offset = 0;
  std::uint16_t length = 1;
};

// ---- expressions ------------------------------------------------------------------------------------------------

using ExpressionId = std::uint32_t;
inline constexpr ExpressionId no_expression = ~ExpressionId{0};

struct Function;  // zoo_functions.hpp

struct Expression {
  enum class Kind : std::uint8_t {
    literal,
    variable,
    list,
    index,
    conditional,
    negate,
    logical_not,
    logical_and,
    logical_or,
    add,
    subtract,
    multiply,
    divide,
    floor_divide,
    modulo,
    power,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    call,    // of `function`
    extent,  // of tensor `slot`, along the axis that its one operand gives
  };
  Kind kind = Kind::literal;
  bool is_global = false;  // variable, extent: a slot of the network's frame
  std::uint32_t slot = 0;
  std::uint32_t first = 0;  // of Family::operands
  std::uint32_t count = 0;
  const Function* function = nullptr;
  Datum literal = {};
  Origin origin = {};
};

// ---- statements -------------------------------------------------------------------------------------------------

struct Layer;  // zoo_layers.hpp

struct TensorSlot {
  enum class Kind : std::uint8_t { none, current, input, local, global };
  Kind kind = Kind::none;
  std::uint32_t slot = 0;
};

// "layer{i + 1}[]": texts and expressions by turns; `appends` numbers what bears the same name.
struct Label {
  struct Piece {
    std::string text;
    ExpressionId expression = no_expression;
  };
  std::vector<Piece> pieces;
  bool appends = false;
  TensorSlot tensor;  // what the name is bound to, where it is a plain one
  Origin origin;
};

struct Argument {
  ExpressionId expression = no_expression;
  std::vector<TensorSlot> tensors;
  Origin origin;
  bool is_given() const { return expression != no_expression || !tensors.empty(); }
};

struct Step {
  enum class Kind : std::uint8_t { tensor, layer, block, dynamic, group };
  Kind kind = Kind::layer;
  TensorSlot tensor;
  const Layer* layer = nullptr;
  std::uint32_t block = 0;
  std::vector<Argument> arguments;      // layer, block: one a parameter, in their order
  ExpressionId target = no_expression;  // dynamic: which block or layer
  std::vector<Step> group;
  std::vector<Label> labels;
  Origin origin;
};

struct Statement {
  enum class Kind : std::uint8_t { chain, let, condition, loop };
  Kind kind = Kind::chain;
  std::vector<Step> chain;
  std::vector<Step> otherwise;
  ExpressionId expression = no_expression;  // the condition, the value, or what the loop runs over
  std::vector<std::uint32_t> slots;         // of the variable, or of the loop's
  std::vector<Statement> body;
  std::vector<Statement> else_body;
  Origin origin;
};

// ---- blocks and families ----------------------------------------------------------------------------------------

struct Parameter {
  enum class Kind : std::uint8_t { integer, real, truth, text, list };
  std::string name;
  Kind kind = Kind::integer;
  Datum preset;
  std::int64_t least = 1;  // of an integer
  std::int64_t most = 1 << 20;
  double least_real = 0;
  double most_real = 0;
  std::vector<std::string> choices;  // of a text; empty: any
  std::string about;
};

struct BlockParameter {
  std::string name;
  ExpressionId preset = no_expression;
};

struct Block {
  std::string name;
  std::vector<BlockParameter> parameters;  // slots 0, 1, ...
  std::vector<Statement> body;
  std::vector<std::string> variables;  // names of all slots
  std::vector<std::string> tensors;
  Origin origin;
};

struct Input {
  std::string name;
  DType dtype = DType::float32;
  ExpressionId shape = no_expression;
  std::uint32_t slot = 0;
};

struct Variant {
  std::string name;
  std::vector<std::pair<std::size_t, Datum>> overrides;  // parameter index, value
  Mark mark;
};

struct Family {
  // Where a scalar's text stands; offsets count only where the source has it verbatim.
  struct Line {
    Mark mark;
    bool is_verbatim = false;
  };

  std::string name;
  std::string about;
  std::string source;
  Document document;
  std::vector<Parameter> parameters;  // slots 0, 1, ... of the network's frame
  std::vector<Block> blocks;
  std::vector<Input> inputs;
  Block network;
  std::vector<Variant> variants;
  std::vector<Expression> expressions;
  std::vector<ExpressionId> operands;
  std::vector<Line> lines;
  Pool pool;

  Mark mark(Origin origin) const;
  Place place(Origin origin) const { return document.place(mark(origin)); }
};

}  // namespace chipcast::zoo
