#include "validate/formula.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "schema/number.hpp"

namespace chipcast {
namespace {

constexpr std::size_t most_factors = 16;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_name(std::string_view text) {
  const auto is_letter = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::ranges::all_of(text, is_letter);
}

// "10 Wh", "latency" or "latency[resnet18]"; a diagnostic without a place.
Result<Factor> parse_factor(std::string_view text) {
  const Number number = parse_number(text);
  if (number.complaint.empty()) {
    const std::string_view unit_text = trimmed(number.rest);
    const std::optional<Unit> unit = unit_text.empty() ? Unit{} : parse_table_unit(unit_text);
    if (!unit) return Diagnostic{.message = fmt::format("unknown unit '{}'", unit_text)};
    if (number.real <= 0) return Diagnostic{.message = "a factor must be above zero"};
    return Factor{.number = number.real * unit->factor, .dimension = unit->dimension};
  }
  const std::size_t bracket = text.find('[');
  Factor factor{.metric = std::string(trimmed(text.substr(0, bracket)))};
  if (bracket != std::string_view::npos && text.ends_with(']')) {
    factor.of = std::string(text.substr(bracket + 1, text.size() - bracket - 2));
  }
  const bool is_whole = bracket == std::string_view::npos || !factor.of.empty();
  if (!is_name(factor.metric) || !is_whole) {
    return Diagnostic{.message = fmt::format("'{}' is neither a metric nor a number", text),
                      .hint = "write 'latency', 'latency[resnet18]' or '10 Wh', joined by * and /"};
  }
  return factor;
}

}  // namespace

Result<Formula> parse_formula(const std::string& text) {
  Formula formula{.text = text, .factors = {}};
  bool divides = false;
  for (std::size_t begin = 0; begin <= text.size();) {
    // The model in brackets may be a path or hold a width such as 'x1*5'.
    std::size_t end = begin;
    for (bool is_inside = false; end < text.size(); ++end) {
      if (text[end] == '[' || text[end] == ']') is_inside = text[end] == '[';
      if (!is_inside && (text[end] == '*' || text[end] == '/')) break;
    }
    const std::string_view part = trimmed(std::string_view(text).substr(begin, end - begin));
    Result<Factor> factor = parse_factor(part);
    if (!factor || formula.factors.size() == most_factors) {
      Diagnostic wrong = factor ? Diagnostic{.message = fmt::format("more than {} factors", most_factors)}
                                : factor.diagnostics().front();
      const std::size_t at = part.empty() ? begin : static_cast<std::size_t>(part.data() - text.data());
      wrong.place.column = static_cast<int>(at) + 1;
      wrong.place.length = static_cast<int>(std::max<std::size_t>(part.size(), 1));
      return wrong;
    }
    factor->divides = divides;
    formula.factors.push_back(*std::move(factor));
    divides = end < text.size() && text[end] == '/';
    begin = end + 1;
  }
  return formula;
}

std::optional<Unit> parse_table_unit(std::string_view text) {
  if (text == "1") return Unit{};
  if (text == "%") return Unit{.factor = 0.01, .dimension = {}};
  if (!text.starts_with("1/")) return parse_unit(text);
  const std::optional<Unit> below = parse_unit(text.substr(2));
  if (!below) return std::nullopt;
  return Unit{.factor = 1 / below->factor, .dimension = Dimension{} - below->dimension};
}

}  // namespace chipcast
