// import/zoo_parser.hpp: one line of the zoo language into expressions and statements, its names resolved.
//
//   Parser parser(family, scope, blocks, value);        // value: a scalar of the document
//   Statement statement = parser.statement();           // complains through `value`
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/zoo_program.hpp"
#include "schema/reading.hpp"

namespace chipcast::zoo {

// The names that a text may use. A name's slot is its position.
struct Scope {
  std::vector<std::string> variables;
  std::vector<std::string> tensors;
  const Scope* global = nullptr;  // null: this is the network's own scope

  std::uint32_t variable(std::string_view name);  // new or known
  std::uint32_t tensor(std::string_view name);
};

class Parser {
 public:
  Parser(Family& family, Scope& scope, const Value& value);

  ExpressionId expression();      // the whole text
  Statement statement();          // "let c = ..." or a chain
  Statement loop();               // "i, c in zip(a, b)"; without its body
  Block block_header();           // "bottleneck(c, stride=1)"; its parameters become variables of the scope
  Input input(std::string name);  // "float32[batch, 3, resolution, resolution]"

 private:
  enum class Token : std::uint8_t { end, number, text, word, symbol };

  // ---- tokens
  void next();
  bool at(std::string_view symbol) const {
    return token_ != Token::end && token_ != Token::text && spelled_ == symbol;
  }
  bool accept(std::string_view symbol);
  bool expect(std::string_view symbol);
  void expect_end();
  void fail(std::string message, std::string hint = {});  // at the token
  void fail_at(std::size_t offset, std::size_t length, std::string message, std::string hint = {});
  Origin origin() const { return origin_of(start_, start_ + spelled_.size()); }
  Origin origin_of(std::size_t begin, std::size_t end) const;

  // ---- expressions
  ExpressionId add(Expression expression, std::vector<ExpressionId> operands, std::size_t begin);
  ExpressionId conditional();
  ExpressionId binary(int level);
  ExpressionId unary();
  ExpressionId power();
  ExpressionId postfix();
  ExpressionId atom();
  ExpressionId call(const std::string& name, std::size_t begin);
  ExpressionId variable(const std::string& name, std::size_t begin);
  ExpressionId literal(Datum datum, std::size_t begin);

  // ---- statements
  std::vector<Step> chain();
  Step step();
  std::vector<Label> labels();
  bool label(Label& label, std::string& plain_name);
  void bind(Label& label, const std::string& plain_name);
  Step called(const std::string& name, std::size_t begin);
  Step dynamic_call(std::size_t begin);
  void arguments(Step& step);
  TensorSlot tensor_named(const std::string& name) const;
  TensorSlot tensor_argument();

  Family& family_;
  Scope& scope_;
  const Value& value_;
  std::string_view text_;
  std::uint32_t line_ = 0;
  std::size_t at_ = 0;        // behind the token
  std::size_t start_ = 0;     // of the token
  std::size_t last_end_ = 0;  // of the token before it
  Token token_ = Token::end;
  std::string_view spelled_;
  int depth_ = 0;
  bool failed_ = false;
};

bool is_reserved(std::string_view word);
bool is_identifier(std::string_view text);

}  // namespace chipcast::zoo
