#include "cli/amount.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string_view>

#include "base/text.hpp"
#include "cli/usage_error.hpp"
#include "schema/number.hpp"
#include "schema/unit.hpp"

namespace chipcast::cli {
namespace {

[[noreturn]] void complain(const std::string& option, const std::string& text, std::string_view example) {
  throw UsageError{fmt::format("{} cannot be '{}'", option, printable(text)),
                   fmt::format("write it as in {} {}", option, example)};
}

struct Parts {
  double number;
  std::string_view unit;
};

Parts parts_of(const std::string& option, const std::string& text, std::string_view example) {
  const Number number = parse_number(text);
  if (!number.complaint.empty() || number.real <= 0) complain(option, text, example);
  std::string_view unit = number.rest;
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  return {number.real, unit};
}

}  // namespace

double amount_in(const std::string& option, const std::string& text, Dimension dimension) {
  std::string example(describe(dimension).example);
  std::erase(example, ' ');
  const Parts parts = parts_of(option, text, example);
  const std::optional<Unit> unit = parse_unit(parts.unit);
  if (!unit || unit->dimension != dimension) complain(option, text, example);
  return parts.number * unit->factor;
}

Hertz rate_of(const std::string& option, const std::string& text) {
  const Parts parts = parts_of(option, text, "2/s, 10/min or 100/day");
  const bool is_per = parts.unit.starts_with('/');
  const std::optional<Unit> unit = parse_unit(is_per ? parts.unit.substr(1) : parts.unit);
  if (!unit || unit->dimension != (is_per ? second_dimension : Hertz::dimension)) {
    complain(option, text, "2/s, 10/min or 100/day");
  }
  return (is_per ? parts.number / unit->factor : parts.number * unit->factor) * hertz;
}

double share_of(const std::string& option, const std::string& text) {
  const Parts parts = parts_of(option, text, "12%");
  if (!parts.unit.empty() && parts.unit != "%") complain(option, text, "12%");
  return parts.unit.empty() ? parts.number : parts.number / 100;
}

double grid_intensity(const std::string& option, const std::string& text) {
  const Parts parts = parts_of(option, text, "400g/kWh");
  if (parts.unit != "g/kWh") complain(option, text, "400g/kWh");
  return parts.number / in(1000.0 * watt_hour, joule);
}

std::size_t count_or_all(const std::string& option, const std::string& text) {
  if (text == "all") return std::numeric_limits<std::size_t>::max();
  if (text == "none") return 0;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  throw UsageError{fmt::format("{} takes a number, 'all' or 'none', not '{}'", option, printable(text))};
}

}  // namespace chipcast::cli
