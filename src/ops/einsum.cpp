// Einsum: any product of any number of tensors, as an equation over labelled axes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// A label is a letter; the axes that "..." stands for are labelled from the last one back: -1, -2, ...
using Label = int;
using Labels = std::vector<Label>;

struct Equation {
  std::vector<Labels> operands;
  Labels output;
  std::map<Label, std::int64_t> extent;
  Shape shape_of(const Labels& labels) const {
    Shape shape;
    for (const Label label : labels) shape.push_back(extent.at(label));
    return shape;
  }
};

// One side of a term: letters and at most one "...".
struct Term {
  std::string before, after;
  bool has_ellipsis = false;
};

std::optional<Term> read_term(Inference& op, std::string_view text) {
  Term term;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      (term.has_ellipsis ? term.after : term.before) += c;
    } else if (text.substr(i, 3) == "..." && !term.has_ellipsis) {
      term.has_ellipsis = true;
      i += 2;
    } else {
      op.fail(fmt::format("the equation's term '{}' is not letters with at most one '...'", text));
      return std::nullopt;
    }
  }
  return term;
}

Labels labels_of(const Term& term, std::int64_t ellipsis_axes) {
  Labels labels(term.before.begin(), term.before.end());
  for (std::int64_t i = ellipsis_axes; i > 0; --i) labels.push_back(static_cast<Label>(-i));
  labels.insert(labels.end(), term.after.begin(), term.after.end());
  return labels;
}

// Gives the labels of one operand their extents; extents of one broadcast, under a letter as under "...".
void assign_extents(Inference& op, Equation& equation, int input) {
  const Labels& labels = equation.operands[static_cast<std::size_t>(input)];
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::int64_t extent = op.shape(input)[static_cast<std::int64_t>(i)];
    const auto [known, is_new] = equation.extent.emplace(labels[i], extent);
    if (is_new || known->second == extent || extent == 1) continue;
    if (known->second == 1) {
      known->second = extent;
    } else {
      op.fail(fmt::format("{} is {} in one operand and {} in input {} of shape {}",
                          labels[i] < 0 ? std::string("an axis of '...'")
                                        : fmt::format("label '{}'", static_cast<char>(labels[i])),
                          known->second, extent, input, format(op.shape(input))));
    }
  }
}

// Without "->": the axes of "...", then every letter that occurs once, in alphabetical order.
Labels implicit_output(const std::vector<Labels>& operands, std::int64_t ellipsis_axes) {
  std::map<Label, int> times;
  for (const Labels& labels : operands) {
    for (const Label label : labels) ++times[label];
  }
  Labels output = labels_of({}, ellipsis_axes);
  for (const auto& [label, count] : times) {
    if (label >= 0 && count == 1) output.push_back(label);
  }
  return output;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Equation read_equation(Inference& op) {
  Equation equation;
  if (op.attribute("equation") == nullptr) op.fail("attribute 'equation' is missing");
  std::string text = op.text_or("equation", "");
  std::erase(text, ' ');
  const auto arrow = text.find("->");
  const std::vector<std::string_view> terms = split(std::string_view(text).substr(0, arrow), ',');
  if (static_cast<int>(terms.size()) != op.input_count()) {
    op.fail(fmt::format("equation '{}' has {} operands, the operator has {}", text, terms.size(),
                        op.input_count()));
    return equation;
  }
  std::int64_t ellipsis_axes = 0;
  for (int input = 0; input < op.input_count(); ++input) {
    const auto term = read_term(op, terms[static_cast<std::size_t>(input)]);
    if (!term) return equation;
    const auto letters = static_cast<std::int64_t>(term->before.size() + term->after.size());
    const std::int64_t rest = op.rank(input) - letters;
    if (rest < 0 || (rest > 0 && !term->has_ellipsis)) {
      op.fail(fmt::format("equation '{}' gives input {} {} axes, but its shape is {}", text, input, letters,
                          format(op.shape(input))));
      return equation;
    }
    equation.operands.push_back(labels_of(*term, rest));
    ellipsis_axes = std::max(ellipsis_axes, rest);
  }
  for (int input = 0; input < op.input_count(); ++input) assign_extents(op, equation, input);
  if (arrow == std::string::npos) {
    equation.output = implicit_output(equation.operands, ellipsis_axes);
  } else {
    const auto term = read_term(op, std::string_view(text).substr(arrow + 2));
    if (!term) return equation;
    equation.output = labels_of(*term, term->has_ellipsis ? ellipsis_axes : 0);
  }
  for (std::size_t i = 0; i < equation.output.size(); ++i) {
    const Label label = equation.output[i];
    if (!equation.extent.contains(label)) {
      op.fail(fmt::format("equation '{}' has label '{}' in its output only", text, static_cast<char>(label)));
      equation.extent.emplace(label, 1);
    }
    if (std::find(equation.output.begin(), equation.output.begin() + static_cast<std::ptrdiff_t>(i), label) !=
        equation.output.begin() + static_cast<std::ptrdiff_t>(i)) {
      op.fail(
          fmt::format("equation '{}' has label '{}' twice in its output", text, static_cast<char>(label)));
    }
  }
  return equation;
}

void einsum_rule(Inference& op) {
  const Equation equation = read_equation(op);
  if (op.failed()) return;
  op.output(0, op.dtype(0), equation.shape_of(equation.output));
}

// A nest with one loop per label, in the order of their first use.
struct LabelledNest {
  LoopNest nest;
  std::map<Label, Affine> at;

  void add(const Equation& equation, const Labels& labels) {
    for (const Label label : labels) {
      if (at.contains(label)) continue;
      const Affine loop = nest.loop(label < 0 ? "b" : "i", equation.extent.at(label));
      at.emplace(label, loop);
    }
  }
  std::vector<Affine> axes(const Labels& labels, const Shape& shape) const {
    std::vector<Affine> index;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      index.push_back(shape[static_cast<std::int64_t>(i)] == 1 ? Affine(0) : at.at(labels[i]));
    }
    return index;
  }
};

bool contains(const Labels& labels, Label label) { return std::ranges::find(labels, label) != labels.end(); }

// What is left of a product of the first operands: the labels that a later operand or the output needs.
Labels surviving(const Equation& equation, const Labels& left, const Labels& right, std::size_t next) {
  Labels kept;
  const auto is_needed = [&](Label label) {
    if (contains(equation.output, label)) return true;
    for (std::size_t i = next; i < equation.operands.size(); ++i) {
      if (contains(equation.operands[i], label)) return true;
    }
    return false;
  };
  for (const Labels* labels : {&left, &right}) {
    for (const Label label : *labels) {
      if (!contains(kept, label) && is_needed(label)) kept.push_back(label);
    }
  }
  return kept;
}

// Two operands: a MAC for every combination of all labels' values. One operand: no product, an addition per element
// where something is summed. More: from left to right, each product keeping only the labels still needed; the results
// between are the operator's own business and no traffic.
Work einsum_work(Inference& op) {
  const Equation equation = read_equation(op);
  Work work;
  Labels left = equation.operands[0];
  for (std::size_t i = 1; i <= std::max<std::size_t>(1, equation.operands.size() - 1); ++i) {
    const bool is_product = i < equation.operands.size();
    const bool is_last = i + 1 >= equation.operands.size();
    LabelledNest step;
    step.add(equation, left);
    if (i == 1) step.nest.read(input_operand(0), op.shape(0), step.axes(left, op.shape(0)));
    if (is_product) {
      const int input = static_cast<int>(i);
      step.add(equation, equation.operands[i]);
      step.nest.read(input_operand(input), op.shape(input), step.axes(equation.operands[i], op.shape(input)));
    }
    if (is_last) {
      const Shape& shape = op.output_type(0).shape;
      step.nest.write(output_operand(0), shape, step.axes(equation.output, shape));
    }
    const bool sums = step.at.size() > equation.output.size();
    step.nest.each_point(is_product ? PointWork{.macs = 1} : PointWork{.flops = sums ? 1 : 0});
    work.nests.push_back(std::move(step.nest));
    if (is_product) left = surviving(equation, left, equation.operands[i], i + 1);
  }
  return work;
}

OperatorClass einsum_class(Inference& op) {
  if (op.input_count() < 2) return OperatorClass::reduction;
  for (int input = 0; input < op.input_count(); ++input) {
    if (op.is_weight(input) || op.rank(input) < 3) return OperatorClass::dense;
  }
  return OperatorClass::attention;
}

constexpr OperatorType operators[] = {
    {.name = "Einsum",
     .operator_class = OperatorClass::dense,
     .most_inputs = any_number,
     .rule = einsum_rule,
     .work = einsum_work,
     .classify = einsum_class},
};

}  // namespace

std::span<const OperatorType> einsum_operators() { return operators; }

}  // namespace chipcast
