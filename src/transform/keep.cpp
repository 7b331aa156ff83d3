#include "transform/keep.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.hpp"

namespace chipcast {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

// "Layer_Normalization" and "layer normalization" -> "layernormalization"
std::string plain(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '_' || c == ' ') continue;
    plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

bool has_weights(const OperatorComplexity& row) {
  return row.cost.macs > Macs() && row.cost.read_weights > Bytes();
}

// The rows that a pattern names.
std::vector<std::size_t> rows_named(const Complexity& complexity, const std::string& pattern) {
  const std::vector<OperatorComplexity>& rows = complexity.operators;
  std::vector<std::size_t> named;
  const std::string of_kind = plain(pattern);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_end = (pattern == "first" || pattern == "last") && has_weights(rows[i]);
    if (is_end || matches(pattern, rows[i].name) || matches(of_kind, plain(rows[i].kind)) ||
        matches(of_kind, plain(name(rows[i].operator_class))))
      named.push_back(i);
  }
  if (named.empty()) return named;
  if (pattern == "first") return {named.front()};
  if (pattern == "last") return {named.back()};
  return named;
}

}  // namespace

std::vector<Precision> precisions_of(std::span<const Keep> rules) {
  std::vector<Precision> all;
  for (const Keep& rule : rules) {
    if (std::ranges::find(all, rule.precision) == all.end()) all.push_back(rule.precision);
  }
  return all;
}

Result<KeptOperators> keep(const Complexity& complexity, std::span<const Keep> rules) {
  KeptOperators kept;
  if (rules.empty()) return kept;
  kept.precisions.resize(complexity.operators.size());
  std::vector<const Keep*> by(complexity.operators.size(), nullptr);
  for (const Keep& rule : rules) {
    const std::vector<std::size_t> named = rows_named(complexity, rule.pattern);
    kept.is_used.push_back(!named.empty());
    for (const std::size_t row : named) {
      if (by[row] != nullptr && by[row]->precision != rule.precision) {
        return Diagnostic{.message = fmt::format("operator '{}' is kept at {} by '{}' and at {} by '{}'",
                                                 complexity.operators[row].name, name(by[row]->precision),
                                                 printable(by[row]->pattern), name(rule.precision),
                                                 printable(rule.pattern)),
                          .hint = "name each operator at one precision only"};
      }
      by[row] = &rule;
      kept.precisions[row] = rule.precision;
    }
  }
  return kept;
}

Diagnostic names_nothing(const Complexity& complexity, const Keep& rule) {
  std::set<std::string> names = {"first", "last"};
  std::set<std::string> classes;
  for (const OperatorComplexity& row : complexity.operators) {
    std::string of_class(name(row.operator_class));
    std::ranges::replace(of_class, ' ', '_');
    classes.insert(of_class);
    names.insert({row.name, row.kind, std::move(of_class)});
  }
  const std::string hint = suggest(rule.pattern, std::vector<std::string>(names.begin(), names.end()));
  return {.message = fmt::format("nothing is called '{}', to be kept at {}", printable(rule.pattern),
                                 name(rule.precision)),
          .hint = hint.empty() ? fmt::format("there are {}, first, last, and kinds and names of operators",
                                             fmt::join(classes, ", "))
                               : hint};
}

}  // namespace chipcast
