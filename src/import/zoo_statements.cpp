// Chains, steps, labels and their arguments.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "import/zoo_layers.hpp"
#include "import/zoo_parser.hpp"

namespace chipcast::zoo {
namespace {

constexpr int deepest_group = 8;

std::size_t block_index(const Family& family, std::string_view name) {
  const auto found = std::ranges::find(family.blocks, name, &Block::name);
  return static_cast<std::size_t>(found - family.blocks.begin());
}

}  // namespace

Statement Parser::statement() {
  Statement statement;
  statement.origin = origin();
  if (accept("let")) {
    statement.kind = Statement::Kind::let;
    const std::string name(spelled_);
    const std::size_t begin = start_;
    if (token_ != Token::word || is_reserved(name) || name == "x" || name == "input") {
      fail(fmt::format("'{}' cannot name a variable", name));
    }
    next();
    expect("=");
    statement.expression = expression();
    if (failed_) return statement;
    const bool is_parameter =
        std::ranges::find(family_.parameters, name, &zoo::Parameter::name) != family_.parameters.end();
    if (is_parameter) fail_at(begin, name.size(), fmt::format("'{}' is a parameter already", name));
    statement.slots = {scope_.variable(name)};
    return statement;
  }
  statement.chain = chain();
  if (accept("if")) {
    statement.expression = binary(0);
    if (accept("else")) statement.otherwise = chain();
  }
  expect_end();
  return statement;
}

Statement Parser::loop() {
  Statement statement;
  statement.kind = Statement::Kind::loop;
  statement.origin = origin();
  std::vector<std::string> names;
  do {
    if (token_ != Token::word || is_reserved(spelled_)) {
      fail(fmt::format("'{}' cannot name a variable", spelled_), "write for example 'i in range(3)'");
    }
    names.emplace_back(spelled_);
    next();
  } while (accept(","));
  expect("in");
  statement.expression = expression();
  if (failed_) return statement;
  for (const std::string& name : names) statement.slots.push_back(scope_.variable(name));
  return statement;
}

Block Parser::block_header() {
  Block block;
  block.origin = origin();
  block.name = std::string(spelled_);
  if (token_ != Token::word || is_reserved(block.name))
    fail(fmt::format("'{}' cannot name a block", block.name));
  if (find_layer(block.name) != nullptr) fail(fmt::format("'{}' is the name of a layer", block.name));
  next();
  if (accept("(")) {
    while (!failed_ && !at(")")) {
      BlockParameter parameter{.name = std::string(spelled_)};
      if (token_ != Token::word || is_reserved(parameter.name)) {
        fail(fmt::format("'{}' cannot name a parameter", parameter.name));
      }
      const bool is_known = std::ranges::find(scope_.variables, parameter.name) != scope_.variables.end();
      if (is_known) fail(fmt::format("the parameter '{}' is given twice", parameter.name));
      next();
      if (accept("=")) parameter.preset = conditional();
      if (failed_) break;
      scope_.variable(parameter.name);
      block.parameters.push_back(std::move(parameter));
      if (!accept(",")) break;
    }
    expect(")");
  }
  expect_end();
  return block;
}

Input Parser::input(std::string name) {
  Input input;
  input.name = std::move(name);
  const std::string dtype(spelled_);
  if (const std::optional<DType> found = dtype_named(dtype)) {
    input.dtype = *found;
  } else {
    fail(fmt::format("'{}' is not an element type", dtype), "write for example float32[batch, 3, 224, 224]");
  }
  next();
  if (!at("[")) fail("the shape is missing", "write for example float32[batch, 3, 224, 224]");
  input.shape = expression();
  input.slot = scope_.tensor(input.name);
  return input;
}

// ---- chains

std::vector<Step> Parser::chain() {
  std::vector<Step> steps;
  if (++depth_ > deepest_group) fail("groups are nested too deep");
  do {
    steps.push_back(step());
  } while (!failed_ && accept("->"));
  --depth_;
  return steps;
}

Step Parser::step() {
  std::vector<std::string> plain_names;
  std::vector<Label> names;
  // A step that is labelled looks like NAME = ..., NAME being more than a word, so it is looked for in the characters.
  while (!failed_) {
    Label label_here;
    std::string plain;
    if (!label(label_here, plain)) break;
    names.push_back(std::move(label_here));
    plain_names.push_back(std::move(plain));
    if (at("=")) {
      next();
      break;
    }
    next();  // ','
  }
  const std::size_t begin = start_;
  Step step;
  if (accept("(")) {
    step.kind = Step::Kind::group;
    step.group = chain();
    expect(")");
  } else {
    const std::string name(spelled_);
    const TensorSlot tensor = token_ == Token::word ? tensor_named(name) : TensorSlot{};
    if (token_ == Token::word && name == "use") {
      next();
      step = dynamic_call(begin);
    } else if (tensor.kind != TensorSlot::Kind::none) {
      next();
      step.kind = Step::Kind::tensor;
      step.tensor = tensor;
    } else {
      step = called(name, begin);
    }
  }
  step.origin = origin_of(begin, std::max(begin, last_end_));
  for (std::size_t i = 0; i < names.size() && !failed_; ++i) bind(names[i], plain_names[i]);
  const bool yields_many = step.kind == Step::Kind::layer && step.layer != nullptr && step.layer->yields_many;
  if (!failed_ && names.size() > 1 && !yields_many)
    fail_at(begin, 1, "the step yields one tensor, but several are named");
  if (!failed_ && names.empty() && yields_many) {
    fail_at(begin, step.layer->name.size(),
            fmt::format("'{}' yields several tensors: name each", step.layer->name), "a, b = split(2)");
  }
  step.labels = std::move(names);
  return step;
}

// Reads one label if the characters here are one: words, dots and {expressions}, perhaps [], then '=' or ','.
bool Parser::label(Label& label, std::string& plain_name) {
  const auto is_label_character = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  std::size_t end = start_;
  while (end < text_.size() && (is_label_character(text_[end]) || text_[end] == '{')) {
    if (text_[end] == '{') {
      const std::size_t close = text_.find('}', end);
      if (close == std::string_view::npos) return false;
      end = close;
    }
    ++end;
  }
  const std::size_t name_end = end;
  if (end == start_ || std::isdigit(static_cast<unsigned char>(text_[start_])) != 0) return false;
  const bool appends = text_.substr(end).starts_with("[]");
  if (appends) end += 2;
  while (end < text_.size() && text_[end] == ' ') ++end;
  const bool is_assigned =
      end < text_.size() && (text_[end] == '=' || text_[end] == ',') && text_.substr(end, 2) != "==";
  if (!is_assigned) return false;
  label.appends = appends;
  label.origin = origin_of(start_, name_end);
  const std::size_t begin = start_;
  std::size_t from = begin;
  while (from < name_end) {
    const std::size_t brace = std::min(text_.find('{', from), name_end);
    if (brace > from) label.pieces.push_back({std::string(text_.substr(from, brace - from)), no_expression});
    if (brace == name_end) break;
    at_ = brace + 1;
    next();
    const ExpressionId inner = conditional();
    if (!at("}")) {
      expect("}");
      return true;
    }
    label.pieces.push_back({{}, inner});
    from = at_;
  }
  if (!appends && label.pieces.size() == 1 && label.pieces[0].expression == no_expression) {
    plain_name = label.pieces[0].text;
  }
  at_ = end;
  next();
  return true;
}

// A plain name becomes a tensor that later steps can read.
void Parser::bind(Label& label, const std::string& plain_name) {
  if (!is_identifier(plain_name)) return;
  if (plain_name == "x" || plain_name == "input" || is_reserved(plain_name)) {
    fail_at(label.origin.offset, plain_name.size(), fmt::format("'{}' cannot name a tensor", plain_name));
    return;
  }
  // `bn1 = bn` names a tensor; `bn = bn` only an operator, or a later `bn` would be read as the tensor.
  if (find_layer(plain_name) != nullptr || block_index(family_, plain_name) < family_.blocks.size()) return;
  label.tensor = {scope_.global == nullptr ? TensorSlot::Kind::global : TensorSlot::Kind::local,
                  scope_.tensor(plain_name)};
}

TensorSlot Parser::tensor_named(const std::string& name) const {
  if (name == "x") return {TensorSlot::Kind::current, 0};
  if (name == "input") return {TensorSlot::Kind::input, 0};
  const Scope* scopes[] = {&scope_, scope_.global};
  for (const Scope* scope : scopes) {
    if (scope == nullptr) break;
    const auto found = std::ranges::find(scope->tensors, name);
    if (found == scope->tensors.end()) continue;
    return {scope->global == nullptr ? TensorSlot::Kind::global : TensorSlot::Kind::local,
            static_cast<std::uint32_t>(found - scope->tensors.begin())};
  }
  return {};
}

TensorSlot Parser::tensor_argument() {
  const std::string name(spelled_);
  const TensorSlot tensor = token_ == Token::word ? tensor_named(name) : TensorSlot{};
  if (tensor.kind == TensorSlot::Kind::none) {
    std::vector<std::string> known = scope_.tensors;
    known.insert(known.end(), {"x", "input"});
    const bool is_taken = find_layer(name) != nullptr || block_index(family_, name) < family_.blocks.size();
    fail(token_ == Token::word ? fmt::format("no tensor is called '{}'", name)
                               : "the name of a tensor is expected",
         is_taken ? "a layer or block of that name keeps steps from being read as tensors"
                  : suggest(name, known));
  }
  next();
  return tensor;
}

// ---- calls

Step Parser::called(const std::string& name, std::size_t begin) {
  Step step;
  if (token_ != Token::word || is_reserved(name)) {
    fail(token_ == Token::end ? "a step is missing" : fmt::format("'{}' where a step is expected", name));
    return step;
  }
  const std::size_t block = block_index(family_, name);
  step.layer = find_layer(name);
  if (block < family_.blocks.size()) {
    step.kind = Step::Kind::block;
    step.block = static_cast<std::uint32_t>(block);
    step.layer = nullptr;
  } else if (step.layer == nullptr) {
    std::vector<std::string> known = layer_names();
    for (const Block& b : family_.blocks) known.push_back(b.name);
    known.insert(known.end(), scope_.tensors.begin(), scope_.tensors.end());
    fail(fmt::format("no layer, block or tensor is called '{}'", name), suggest(name, known));
    return step;
  }
  next();
  arguments(step);
  std::string missing;
  if (step.kind == Step::Kind::block) {
    const std::vector<BlockParameter>& parameters = family_.blocks[block].parameters;
    for (std::size_t i = 0; i < parameters.size() && missing.empty(); ++i) {
      if (parameters[i].preset == no_expression && !step.arguments[i].is_given())
        missing = parameters[i].name;
    }
  } else {
    for (std::size_t i = 0; i < step.layer->parameters.size() && missing.empty(); ++i) {
      const LayerParameter& parameter = step.layer->parameters[i];
      if (parameter.is_required && !step.arguments[i].is_given()) missing = parameter.name;
    }
  }
  if (!failed_ && !missing.empty())
    fail_at(begin, name.size(), fmt::format("'{}' lacks '{}'", name, missing));
  return step;
}

Step Parser::dynamic_call(std::size_t begin) {
  Step step;
  step.kind = Step::Kind::dynamic;
  if (!expect("(")) return step;
  step.target = conditional();
  while (!failed_ && accept(",")) {
    Argument argument;
    argument.origin = origin();
    argument.expression = conditional();
    step.arguments.push_back(std::move(argument));
  }
  expect(")");
  step.origin = origin_of(begin, std::max(begin, last_end_));
  return step;
}

// By position first, by name after; each lands at its parameter's place.
void Parser::arguments(Step& step) {
  std::vector<std::string> names;
  if (step.kind == Step::Kind::block) {
    for (const BlockParameter& parameter : family_.blocks[step.block].parameters)
      names.push_back(parameter.name);
  } else {
    for (const LayerParameter& parameter : step.layer->parameters) names.emplace_back(parameter.name);
  }
  const auto kind_of = [&](std::size_t i) {
    return step.kind == Step::Kind::block ? LayerParameter::Kind::value : step.layer->parameters[i].kind;
  };
  step.arguments.resize(names.size());
  if (!accept("(")) return;
  std::size_t position = 0;
  bool is_named = false;
  while (!failed_ && !at(")")) {
    const std::size_t begin = start_;
    std::size_t index = position;
    // NAME = value, but not NAME == value
    const std::size_t behind = std::min(text_.find_first_not_of(' ', at_), text_.size());
    if (token_ == Token::word && text_.substr(behind).starts_with('=') &&
        !text_.substr(behind).starts_with("==")) {
      const std::string name(spelled_);
      index = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
      if (index == names.size()) {
        fail(fmt::format("no argument is called '{}'", name), suggest(name, names));
        return;
      }
      if (step.arguments[index].is_given()) fail(fmt::format("the argument '{}' is given twice", name));
      next();
      expect("=");
      is_named = true;
    } else if (is_named) {
      fail("an argument by position after one by name");
    } else if (index >= names.size()) {
      fail(fmt::format("at most {} argument(s) here", names.size()));
    }
    if (failed_) return;
    Argument& argument = step.arguments[index];
    if (kind_of(index) == LayerParameter::Kind::value) {
      argument.expression = conditional();
    } else {
      argument.tensors.push_back(tensor_argument());
    }
    argument.origin = origin_of(begin, std::max(begin, last_end_));
    if (!is_named && kind_of(index) != LayerParameter::Kind::tensors) ++position;
    if (!accept(",")) break;
  }
  expect(")");
}

}  // namespace chipcast::zoo
