#include "import/zoo_evaluator.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace chipcast::zoo {
namespace {

constexpr std::int64_t most_steps = 1'000'000;
constexpr std::size_t longest_name = 300;  // with all its prefixes: names multiply with the operators

}  // namespace

std::string NameScope::within(const std::string& name) const {
  std::string full = prefix.empty() ? name : prefix + "." + name;
  if (full.size() > longest_name) full.resize(longest_name);
  return full;
}

std::string NameScope::unique(std::string name) {
  const std::int64_t use = ++uses[name];
  if (use > 1) name += fmt::format("_{}", use);
  return within(name);
}

Frame::Frame(const Block& of, NameScope& scope)
    : variables(of.variables.size()), tensors(of.tensors.size(), none), block(&of), names(&scope) {}

bool Evaluator::charge(Origin origin) {
  if (++steps_ <= most_steps) return true;
  fail(origin, fmt::format("the network takes more than {} steps", format_count(most_steps)));
  return false;
}

// ---- names and tensors

std::string Evaluator::name_of(const Label& label) {
  std::string name;
  for (const Label::Piece& piece : label.pieces) {
    if (piece.expression == no_expression) {
      name += piece.text;
    } else {
      const Datum datum = evaluate(piece.expression);
      name += datum.text() != nullptr ? *datum.text() : format(datum);
    }
  }
  if (name.size() > longest_name) name.resize(longest_name);
  if (label.appends) name += fmt::format(".{}", frame->names->appended[name]++);
  return name;
}

void Evaluator::bind(const Label& label, TensorId tensor) {
  if (label.tensor.kind == TensorSlot::Kind::none) return;
  Frame& of = label.tensor.kind == TensorSlot::Kind::global ? *global : *frame;
  of.tensors[label.tensor.slot] = tensor;
}

TensorId Evaluator::tensor(TensorSlot slot, Origin origin) {
  TensorId id = none;
  switch (slot.kind) {
    case TensorSlot::Kind::current:
      id = frame->current;
      break;
    case TensorSlot::Kind::input:
      id = frame->input;
      break;
    case TensorSlot::Kind::local:
      id = frame->tensors[slot.slot];
      break;
    case TensorSlot::Kind::global:
      id = global->tensors[slot.slot];
      break;
    case TensorSlot::Kind::none:
      break;
  }
  if (id == none) fail(origin, "the tensor has not been computed yet");
  return id == none ? 0 : id;
}

// ---- expressions

Datum Evaluator::failed(const Expression& expression, std::string message) {
  fail(expression.origin, std::move(message));
  return {};
}

Datum Evaluator::taken(const Expression& expression, Computed computed) {
  if (!computed.complaint.empty()) return failed(expression, std::move(computed.complaint));
  return computed.datum;
}

bool Evaluator::is_true(ExpressionId id) {
  const Datum datum = evaluate(id);
  const std::optional<bool> value = truth(datum);
  if (!error_ && !value)
    failed(family_.expressions[id], fmt::format("a condition cannot be {}", kind_name(datum)));
  return value.value_or(false);
}

Datum Evaluator::evaluate(ExpressionId id) {
  const Expression& expression = family_.expressions[id];
  if (error_) return {};
  if (!charge(expression.origin)) return {};
  const auto operand = [&](std::size_t i) { return family_.operands[expression.first + i]; };
  using Kind = Expression::Kind;
  switch (expression.kind) {
    case Kind::literal:
      return expression.literal;
    case Kind::variable:
      return variable(expression);
    case Kind::conditional: {
      const bool holds = is_true(operand(0));
      return evaluate(operand(holds ? 1 : 2));
    }
    case Kind::logical_not:
      return {std::int64_t{!is_true(operand(0))}};
    case Kind::logical_and:
      return {std::int64_t{is_true(operand(0)) && is_true(operand(1))}};
    case Kind::logical_or:
      return {std::int64_t{is_true(operand(0)) || is_true(operand(1))}};
    case Kind::extent:
      return extent(expression, evaluate(operand(0)));
    case Kind::list:
    case Kind::call: {
      List items;
      for (std::size_t i = 0; i < expression.count; ++i) items.push_back(evaluate(operand(i)));
      if (error_) return {};
      const Datum result = expression.kind == Kind::list
                               ? pool_.list(std::move(items))
                               : taken(expression, expression.function->compute(items, pool_));
      // What a list holds is paid for, so that memory is bounded too.
      if (result.list() != nullptr) steps_ += 2 * static_cast<std::int64_t>(result.list()->size());
      return result;
    }
    case Kind::negate: {
      const Datum value = evaluate(operand(0));
      return error_ ? Datum{} : taken(expression, compute_negation(value));
    }
    default: {
      const Datum a = evaluate(operand(0));
      const Datum b = evaluate(operand(1));
      if (error_) return {};
      return taken(expression, expression.kind == Kind::index ? compute_index(a, b)
                                                              : compute_binary(expression.kind, a, b));
    }
  }
}

Datum Evaluator::variable(const Expression& expression) {
  const Frame& of = expression.is_global ? *global : *frame;
  const Datum& datum = of.variables[expression.slot];
  if (!datum.is_set()) {
    return failed(expression, fmt::format("'{}' has no value yet", of.block->variables[expression.slot]));
  }
  return datum;
}

Datum Evaluator::extent(const Expression& expression, const Datum& axis) {
  if (error_) return {};
  const auto kind = static_cast<TensorSlot::Kind>(*expression.literal.integer());
  const TensorId id = tensor({kind, expression.slot}, expression.origin);
  if (error_) return {};
  const Shape& shape = graph_.tensor(id).type.shape;
  if (axis.integer() == nullptr)
    return failed(expression, fmt::format("an axis is an integer, not {}", kind_name(axis)));
  const std::int64_t at = *axis.integer() < 0 ? *axis.integer() + shape.rank() : *axis.integer();
  if (at < 0 || at >= shape.rank()) {
    return failed(expression, fmt::format("a tensor of shape {} has no axis {}", chipcast::format(shape),
                                          *axis.integer()));
  }
  return {shape[at]};
}

void Evaluator::fail(Origin origin, std::string message, std::string hint) {
  if (!error_)
    error_ =
        Diagnostic{.place = family_.place(origin), .message = std::move(message), .hint = std::move(hint)};
}

}  // namespace chipcast::zoo
