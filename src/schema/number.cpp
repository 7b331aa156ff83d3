#include "schema/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "schema/reading.hpp"
#include "schema/unit.hpp"

namespace chipcast {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

Number refused(std::string complaint, std::string hint = {}) {
  Number number;
  number.complaint = std::move(complaint);
  number.hint = std::move(hint);
  return number;
}

bool is_not_finite(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view word = lower;
  if (!word.empty() && (word[0] == '+' || word[0] == '-')) word.remove_prefix(1);
  if (!word.empty() && word[0] == '.') word.remove_prefix(1);
  return word == "nan" || word == "inf" || word == "infinity";
}

}  // namespace

Number parse_number(std::string_view text) {
  if (is_not_finite(text)) return refused(fmt::format("'{}' is not a finite number", text));
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t first = at;
  const std::size_t whole = digits_at(text, at);
  at += whole;
  bool is_integer = true;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (whole == 0 || fraction == 0) {
      return refused(fmt::format("'{}' is not a number", text), "write digits on both sides of the point");
    }
    at += 1 + fraction;
    is_integer = false;
  }
  if (whole == 0) return refused(fmt::format("'{}' is not a number", text));
  if (at + 1 < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = text[at + 1] == '-' || text[at + 1] == '+' ? 1 : 0;
    const std::size_t exponent = digits_at(text, at + 1 + sign);
    if (exponent > 0) {
      at += 1 + sign + exponent;
      is_integer = false;
    }
  }
  if (at < text.size() && text[at] == '_') {
    return refused(fmt::format("'{}' is not a number", text), "write the digits without '_'");
  }
  if (whole > 1 && text[first] == '0') {
    return refused(fmt::format("'{}' has a leading zero", text),
                   "some readers take it for an octal number: leave it out");
  }
  if (text[first] == '0' && at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0 &&
      at + 1 < text.size() && std::isxdigit(static_cast<unsigned char>(text[at + 1])) != 0 &&
      (text[at] == 'x' || text[at] == 'o' || text[at] == 'b')) {
    return refused(fmt::format("'{}' is not a decimal number", text), "write it in decimal digits");
  }
  Number number;
  number.rest = text.substr(at);
  const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
  const char* end = text.data() + at;
  if (std::from_chars(begin, end, number.real).ec != std::errc() || !std::isfinite(number.real)) {
    return refused(fmt::format("'{}' is out of range", text.substr(0, at)));
  }
  if (is_integer) {
    std::int64_t integer = 0;
    if (std::from_chars(begin, end, integer).ec != std::errc()) {
      return refused(fmt::format("'{}' is out of range", text.substr(0, at)),
                     "an integer has at most 63 bits");
    }
    number.integer = integer;
  }
  return number;
}

// ---- the readers of schema/reading.hpp that take numbers

namespace {

template <class T>
void check_bounds(const Value& value, T number, Bounds<T> bounds) {
  if (number >= bounds.least && number <= bounds.most) return;
  const bool has_least = bounds.least != Bounds<T>().least;
  const bool has_most = bounds.most != Bounds<T>().most;
  const std::string wanted = has_least && has_most
                                 ? fmt::format("between {} and {}", bounds.least, bounds.most)
                             : has_least ? fmt::format("at least {}", bounds.least)
                                         : fmt::format("at most {}", bounds.most);
  value.fail(fmt::format("{} must be {}, not {}", value.name(), wanted, number));
}

// A plain text that is a number up to `rest`; nothing after a complaint.
std::optional<Number> number_in(const Value& value, std::string_view wanted) {
  if (!value) return std::nullopt;
  const Node& node = *value.node();
  if (node.kind != Node::Kind::text || node.is_quoted) {
    value.fail(fmt::format("{} must be {}, not {}", value.name(), wanted,
                           node.kind == Node::Kind::null   ? "nothing"
                           : node.kind == Node::Kind::text ? "a text in quotes"
                           : node.kind == Node::Kind::list ? "a list"
                                                           : "a map"));
    return std::nullopt;
  }
  Number number = parse_number(node.text);
  if (number.complaint.empty()) return number;
  const bool starts_like_one =
      !node.text.empty() && (is_digit(node.text[0]) || is_not_finite(node.text) ||
                             std::string_view("+-.").find(node.text[0]) != std::string_view::npos);
  if (starts_like_one) {
    value.fail(fmt::format("{}: {}", value.name(), number.complaint), number.hint);
  } else {
    value.fail(fmt::format("{} must be {}, not '{}'", value.name(), wanted, node.text));
  }
  return std::nullopt;
}

}  // namespace

std::int64_t Value::integer(Bounds<std::int64_t> bounds) const {
  const std::optional<Number> number = number_in(*this, "an integer");
  std::int64_t result = 0;
  if (number && number->rest.empty() && number->integer) {
    result = *number->integer;
    check_bounds(*this, result, bounds);
  } else if (number) {
    fail(fmt::format("{} must be an integer, not '{}'", name_, node_->text));
  }
  return std::clamp(result, bounds.least, bounds.most);
}

double Value::real(Bounds<double> bounds) const {
  const std::optional<Number> number = number_in(*this, "a number");
  double result = 0;
  if (number && number->rest.empty()) {
    result = number->real;
    check_bounds(*this, result, bounds);
  } else if (number) {
    fail(fmt::format("{} must be a plain number, not '{}'", name_, node_->text));
  }
  return std::clamp(result, bounds.least, bounds.most);
}

namespace {

// The number and its unit's factor, of the dimension wanted; nothing after a complaint.
std::optional<std::pair<Number, double>> measured(const Value& value, Dimension dimension, Sign sign) {
  const DimensionName wanted = describe(dimension);
  const std::string what = fmt::format("{} such as '{}'", wanted.name, wanted.example);
  const std::optional<Number> number = number_in(value, what);
  if (!number) return std::nullopt;
  std::string_view unit_text = number->rest;
  while (unit_text.starts_with(' ')) unit_text.remove_prefix(1);
  const auto offset = static_cast<std::size_t>(unit_text.data() - value.node()->text.data());
  if (unit_text.empty()) {
    value.fail(fmt::format("{} has no unit", value.name()), fmt::format("write {}", what));
    return std::nullopt;
  }
  const std::optional<Unit> unit = parse_unit(unit_text);
  if (!unit) {
    const std::optional<UnitAdvice> advice = advice_on_unit(unit_text);
    value.fail_at(offset, unit_text.size(),
                  advice ? advice->message : fmt::format("unknown unit '{}'", unit_text),
                  advice ? advice->hint : fmt::format("write {}", what));
    return std::nullopt;
  }
  if (unit->dimension != dimension) {
    value.fail_at(offset, unit_text.size(),
                  fmt::format("{} must be {}, but '{}' is {}", value.name(), wanted.name, unit_text,
                              describe(unit->dimension).name),
                  fmt::format("write for example '{}'", wanted.example));
    return std::nullopt;
  }
  if (number->real < 0 && sign != Sign::any) {
    value.fail(fmt::format("{} must not be negative", value.name()));
    return std::nullopt;
  }
  if (number->real == 0 && sign == Sign::positive) {
    value.fail(fmt::format("{} must be above zero", value.name()));
    return std::nullopt;
  }
  return std::pair(*number, unit->factor);
}

}  // namespace

double Value::real_in_base_units(Dimension dimension, Sign sign) const {
  const auto found = measured(*this, dimension, sign);
  if (!found) return 0;
  const double amount = found->first.real * found->second;
  if (!std::isfinite(amount)) fail(fmt::format("{} is out of range", name_));
  return std::isfinite(amount) ? amount : 0;
}

std::int64_t Value::count_in_base_units(Dimension dimension, Sign sign) const {
  const auto found = measured(*this, dimension, sign);
  if (!found) return 0;
  const auto& [number, factor] = *found;
  constexpr double beyond = 0x1p63;
  const double amount = number.real * factor;
  if (std::abs(amount) >= beyond) {
    fail(fmt::format("{} is out of range", name_));
    return 0;
  }
  if (number.integer) return saturating_multiply(*number.integer, std::llround(factor));
  // 1.2 GB is whole although 1.2 is no binary fraction.
  const double whole = std::round(amount);
  if (std::abs(amount - whole) > 1e-6 * std::max(1.0, std::abs(amount)) * 1e-6) {
    fail(fmt::format("{} is not a whole number of {}", name_,
                     dimension == Bytes::dimension ? "bytes" : "operations"));
  }
  return std::llround(whole);
}

}  // namespace chipcast
