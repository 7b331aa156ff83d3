// Tokens and expressions; statements are in zoo_statements.cpp.
#include "import/zoo_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "import/zoo_functions.hpp"
#include "schema/number.hpp"

namespace chipcast::zoo {
namespace {

constexpr int deepest_nesting = 50;

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool continues_word(char c) { return starts_word(c) || is_digit(c); }

constexpr std::array<std::string_view, 10> reserved = {"if", "else", "and", "or",   "not",
                                                       "in", "let",  "use", "true", "false"};

using Kind = Expression::Kind;
struct Operator {
  std::string_view symbol;
  Kind kind;
  int level;  // binds the tighter the higher
};
constexpr std::array operators = {
    Operator{"or", Kind::logical_or, 0},   Operator{"and", Kind::logical_and, 1},
    Operator{"==", Kind::equal, 2},        Operator{"!=", Kind::not_equal, 2},
    Operator{"<", Kind::less, 2},          Operator{"<=", Kind::less_equal, 2},
    Operator{">", Kind::greater, 2},       Operator{">=", Kind::greater_equal, 2},
    Operator{"+", Kind::add, 3},           Operator{"-", Kind::subtract, 3},
    Operator{"*", Kind::multiply, 4},      Operator{"/", Kind::divide, 4},
    Operator{"//", Kind::floor_divide, 4}, Operator{"%", Kind::modulo, 4},
};
constexpr int tightest_level = 4;

std::uint32_t slot_of(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
  names.emplace_back(name);
  return static_cast<std::uint32_t>(names.size() - 1);
}

}  // namespace

bool is_reserved(std::string_view word) { return std::ranges::find(reserved, word) != reserved.end(); }

bool is_identifier(std::string_view text) {
  return !text.empty() && starts_word(text[0]) && std::ranges::all_of(text, continues_word);
}

std::uint32_t Scope::variable(std::string_view name) { return slot_of(variables, name); }
std::uint32_t Scope::tensor(std::string_view name) { return slot_of(tensors, name); }

Parser::Parser(Family& family, Scope& scope, const Value& value)
    : family_(family), scope_(scope), value_(value) {
  if (!value.is(Node::Kind::text)) {
    failed_ = true;
    if (value) value.fail(fmt::format("{} must be a line of text", value.name()));
    return;
  }
  const Node& node = *value.node();
  text_ = node.text;
  line_ = static_cast<std::uint32_t>(family.lines.size());
  family.lines.push_back({node.mark, family.document.is_verbatim(node)});
  constexpr std::size_t longest_text = 4000;
  if (text_.size() > longest_text) {
    text_ = {};
    fail(fmt::format("the text is longer than {} characters", longest_text));
  }
  next();
}

// ---- tokens

void Parser::next() {
  last_end_ = at_;
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  start_ = at_;
  token_ = Token::end;
  spelled_ = {};
  if (at_ >= text_.size()) return;
  const char first = text_[at_];
  std::size_t end = at_ + 1;
  if (starts_word(first)) {
    token_ = Token::word;
    while (end < text_.size() && continues_word(text_[end])) ++end;
  } else if (is_digit(first)) {
    token_ = Token::number;
    const auto is_exponent_sign = [&] {
      return (text_[end] == '-' || text_[end] == '+') && (text_[end - 1] == 'e' || text_[end - 1] == 'E');
    };
    while (end < text_.size() && (continues_word(text_[end]) || text_[end] == '.' || is_exponent_sign()))
      ++end;
  } else if (first == '\'') {
    token_ = Token::text;
    while (end < text_.size() && text_[end] != '\'') ++end;
    if (end == text_.size()) {
      spelled_ = text_.substr(start_);
      fail("the text is not closed by a quote");
      at_ = text_.size();
      return;
    }
    ++end;
  } else {
    token_ = Token::symbol;
    constexpr std::array<std::string_view, 7> pairs = {"->", "==", "!=", "<=", ">=", "//", "**"};
    const auto is_here = [&](std::string_view pair) { return text_.substr(at_).starts_with(pair); };
    if (std::ranges::any_of(pairs, is_here)) ++end;
    // One character may take several bytes.
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
  }
  spelled_ = text_.substr(start_, end - start_);
  at_ = end;
}

bool Parser::accept(std::string_view symbol) {
  if (!at(symbol)) return false;
  next();
  return true;
}

bool Parser::expect(std::string_view symbol) {
  if (accept(symbol)) return true;
  std::string hint;
  if (token_ == Token::end && symbol == ")") {
    hint = "inside [ ] YAML splits at commas: write steps as a list of lines";
  }
  fail(token_ == Token::end ? fmt::format("'{}' is missing at the end", symbol)
                            : fmt::format("'{}' where '{}' is expected", spelled_, symbol),
       std::move(hint));
  return false;
}

void Parser::expect_end() {
  if (token_ != Token::end) fail(fmt::format("'{}' after the end", spelled_));
}

void Parser::fail(std::string message, std::string hint) {
  fail_at(start_, spelled_.size(), std::move(message), std::move(hint));
}

// After the first complaint the rest of the text is skipped: what follows is rarely what was meant.
void Parser::fail_at(std::size_t offset, std::size_t length, std::string message, std::string hint) {
  if (!failed_) value_.fail_at(offset, length, std::move(message), std::move(hint));
  failed_ = true;
  at_ = start_ = text_.size();
  token_ = Token::end;
  spelled_ = {};
}

Origin Parser::origin_of(std::size_t begin, std::size_t end) const {
  const std::size_t length = end > begin ? end - begin : 1;
  return {line_, static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(length)};
}

// ---- expressions

ExpressionId Parser::add(Expression expression, std::vector<ExpressionId> operands, std::size_t begin) {
  expression.first = static_cast<std::uint32_t>(family_.operands.size());
  expression.count = static_cast<std::uint32_t>(operands.size());
  family_.operands.insert(family_.operands.end(), operands.begin(), operands.end());
  expression.origin = origin_of(begin, std::max(begin, last_end_));
  family_.expressions.push_back(expression);
  return static_cast<ExpressionId>(family_.expressions.size() - 1);
}

ExpressionId Parser::literal(Datum datum, std::size_t begin) {
  return add({.kind = Kind::literal, .literal = datum}, {}, begin);
}

ExpressionId Parser::expression() {
  const ExpressionId whole = conditional();
  expect_end();
  return whole;
}

ExpressionId Parser::conditional() {
  const std::size_t begin = start_;
  if (++depth_ > deepest_nesting) fail(fmt::format("nested deeper than {} levels", deepest_nesting));
  ExpressionId value = binary(0);
  if (accept("if")) {
    const ExpressionId condition = binary(0);
    expect("else");
    const ExpressionId otherwise = conditional();
    value = add({.kind = Kind::conditional}, {condition, value, otherwise}, begin);
  }
  --depth_;
  return value;
}

ExpressionId Parser::binary(int level) {
  if (level > tightest_level) return unary();
  const std::size_t begin = start_;
  if (level == 2 && at("not")) {
    int negations = 0;
    while (accept("not")) ++negations;
    ExpressionId value = binary(level);
    if (negations % 2 == 0) value = add({.kind = Kind::logical_not}, {value}, begin);
    return add({.kind = Kind::logical_not}, {value}, begin);
  }
  ExpressionId left = binary(level + 1);
  while (!failed_) {
    const auto found =
        std::ranges::find_if(operators, [&](const Operator& o) { return o.level == level && at(o.symbol); });
    if (found == operators.end()) break;
    next();
    const ExpressionId right = binary(level + 1);
    left = add({.kind = found->kind}, {left, right}, begin);
    if (level == 2) break;  // comparisons do not chain
  }
  return left;
}

ExpressionId Parser::unary() {
  const std::size_t begin = start_;
  bool is_negative = false;
  while (accept("-")) is_negative = !is_negative;
  const ExpressionId value = power();
  return is_negative ? add({.kind = Kind::negate}, {value}, begin) : value;
}

ExpressionId Parser::power() {
  const std::size_t begin = start_;
  const ExpressionId base = postfix();
  if (!accept("**")) return base;
  if (++depth_ > deepest_nesting) fail(fmt::format("nested deeper than {} levels", deepest_nesting));
  const ExpressionId exponent = unary();
  --depth_;
  return add({.kind = Kind::power}, {base, exponent}, begin);
}

ExpressionId Parser::postfix() {
  const std::size_t begin = start_;
  ExpressionId value = atom();
  while (accept("[")) {
    const ExpressionId index = conditional();
    expect("]");
    value = add({.kind = Kind::index}, {value, index}, begin);
  }
  return value;
}

ExpressionId Parser::atom() {
  const std::size_t begin = start_;
  const std::string spelled(spelled_);
  if (token_ == Token::number) {
    const Number number = parse_number(spelled);
    if (!number.complaint.empty() || !number.rest.empty()) {
      fail(number.complaint.empty() ? fmt::format("'{}' is not a number", spelled) : number.complaint,
           number.hint);
      return literal({}, begin);
    }
    next();
    return literal(number.integer ? Datum{*number.integer} : Datum{number.real}, begin);
  }
  if (token_ == Token::text) {
    next();
    return literal(family_.pool.text(spelled.substr(1, spelled.size() - 2)), begin);
  }
  if (accept("(")) {
    const ExpressionId inner = conditional();
    expect(")");
    return inner;
  }
  if (accept("[")) {
    std::vector<ExpressionId> items;
    while (!failed_ && !at("]")) {
      items.push_back(conditional());
      if (!accept(",")) break;
    }
    expect("]");
    return add({.kind = Kind::list}, std::move(items), begin);
  }
  if (accept("true")) return literal({std::int64_t{1}}, begin);
  if (accept("false")) return literal({std::int64_t{0}}, begin);
  if (token_ != Token::word || is_reserved(spelled)) {
    fail(token_ == Token::end ? "an expression is missing"
                              : fmt::format("'{}' where an expression is expected", spelled));
    return literal({}, begin);
  }
  next();
  return at("(") ? call(spelled, begin) : variable(spelled, begin);
}

ExpressionId Parser::variable(const std::string& name, std::size_t begin) {
  const Scope* scopes[] = {&scope_, scope_.global};
  for (const Scope* scope : scopes) {
    if (scope == nullptr) break;
    const auto found = std::ranges::find(scope->variables, name);
    if (found == scope->variables.end()) continue;
    return add({.kind = Kind::variable,
                .is_global = scope->global == nullptr,
                .slot = static_cast<std::uint32_t>(found - scope->variables.begin())},
               {}, begin);
  }
  std::vector<std::string> known = scope_.variables;
  if (scope_.global != nullptr)
    known.insert(known.end(), scope_.global->variables.begin(), scope_.global->variables.end());
  fail_at(begin, name.size(), fmt::format("unknown name '{}'", name), suggest(name, known));
  return no_expression;
}

// channels, channels(t), size(t, axis): of tensors; all others are functions of values.
ExpressionId Parser::call(const std::string& name, std::size_t begin) {
  const bool is_channels = name == "channels";
  if (is_channels || name == "size") {
    expect("(");
    TensorSlot tensor{TensorSlot::Kind::current, 0};
    if (!at(")")) tensor = tensor_argument();
    ExpressionId axis = no_expression;
    if (is_channels) {
      axis = literal({std::int64_t{1}}, begin);
    } else if (expect(",")) {
      axis = conditional();
    }
    expect(")");
    Expression extent{
        .kind = Kind::extent, .is_global = tensor.kind == TensorSlot::Kind::global, .slot = tensor.slot};
    extent.literal.value = static_cast<std::int64_t>(tensor.kind);
    return add(extent, {axis}, begin);
  }
  const Function* function = find_function(name);
  if (function == nullptr) {
    fail_at(begin, name.size(), fmt::format("unknown function '{}'", name), suggest(name, function_names()));
    return no_expression;
  }
  expect("(");
  std::vector<ExpressionId> operands;
  while (!failed_ && !at(")")) {
    operands.push_back(conditional());
    if (!accept(",")) break;
  }
  expect(")");
  const auto count = static_cast<int>(operands.size());
  if (!failed_ && (count < function->least_arguments || count > function->most_arguments)) {
    fail_at(begin, name.size(),
            fmt::format("'{}' takes {} argument(s), not {}", name,
                        function->least_arguments == function->most_arguments
                            ? fmt::format("{}", function->least_arguments)
                            : fmt::format("{} to {}", function->least_arguments, function->most_arguments),
                        count));
  }
  return add({.kind = Kind::call, .function = function}, std::move(operands), begin);
}

}  // namespace chipcast::zoo
