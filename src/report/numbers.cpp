#include "report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"

namespace chipcast::report {
namespace {

// `takes_prefix`: whether people write it with k, M, G, m, u.
struct UnitText {
  std::string_view symbol;
  std::string_view in_heading;  // "MACs (M)", not "MACs (MMAC)"
  bool takes_prefix;
};

UnitText unit_text(Unit unit) {
  switch (unit) {
    case Unit::bytes:
      return {"B", "B", true};
    case Unit::flops:
      return {"FLOP", "", true};
    case Unit::macs:
      return {"MAC", "", true};
    case Unit::seconds:
      return {"s", "s", true};
    case Unit::joules:
      return {"J", "J", true};
    case Unit::watts:
      return {"W", "W", true};
    case Unit::hertz:
      return {"/s", "/s", false};
    case Unit::bytes_per_second:
      return {"B/s", "B/s", true};
    case Unit::flops_per_second:
      return {"FLOP/s", "FLOP/s", true};
    case Unit::flops_per_byte:
      return {"FLOP/B", "FLOP/B", false};
    case Unit::ratio:
      return {"x", "", false};
    case Unit::share:
      return {"%", "", false};
    case Unit::none:
    case Unit::count:
      break;
  }
  return {"", "", false};
}

const double* real_of(const Value& value, double& storage) {
  if (const auto* real = value.as<double>()) return real;
  if (const auto* count = value.as<std::int64_t>()) {
    storage = static_cast<double>(*count);
    return &storage;
  }
  return nullptr;
}

std::string joined(const Value::Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

std::string joined(const Value::Shapes& shapes) {
  std::string all;
  for (const Shape& shape : shapes) {
    if (!all.empty()) all += ", ";
    all += format(shape);
  }
  return all;
}

// What is no number; empty where it is one.
std::string words(const Value& value) {
  if (!value.is_known()) return "-";
  if (const auto* answer = value.as<bool>()) return *answer ? "yes" : "no";
  if (const auto* words = value.as<std::string>()) return printable(*words);
  if (const auto* list = value.as<Value::Texts>()) return printable(joined(*list));
  if (const auto* shape = value.as<Shape>()) return format(*shape);
  if (const auto* shapes = value.as<Value::Shapes>()) return joined(*shapes);
  return {};
}

std::string with_separators(const Value& value) {
  if (const auto* count = value.as<std::int64_t>()) return format_count(*count);
  const double real = *value.as<double>();
  constexpr double four_digits = 1e4, most_exact = 1e15;
  const bool is_long = std::abs(real) >= four_digits && std::abs(real) < most_exact;
  return is_long ? format_count(std::llround(real)) : fmt::format("{:.4g}", real);
}

// Decimals that give `magnitude` so many significant digits.
int decimals_for(double magnitude, int digits) {
  return magnitude <= 0 ? 0 : digits - 1 - static_cast<int>(std::floor(std::log10(magnitude) + 1e-9));
}

constexpr int most_decimals = 3;

}  // namespace

std::string text(const Value& value, Unit unit) {
  double storage = 0;
  const double* number = real_of(value, storage);
  if (number == nullptr) return words(value);
  switch (unit) {
    case Unit::none:
    case Unit::count:
      return with_separators(value);
    case Unit::share:
      return fmt::format("{:.1f}%", *number * 100);
    case Unit::ratio:
      return fmt::format("{:.{}f}x", *number, std::clamp(decimals_for(*number, 3), 1, 3));
    default:
      break;
  }
  const UnitText unit_name = unit_text(unit);
  const bool is_long_time = unit == Unit::seconds && *number >= 1000;  // nobody reads kiloseconds
  if (unit_name.takes_prefix && !is_long_time) return format_scaled(*number, unit_name.symbol);
  return fmt::format("{:.4g} {}", *number, unit_name.symbol);
}

std::string_view symbol_of(Unit unit) {
  return unit == Unit::share || unit == Unit::ratio ? "" : unit_text(unit).symbol;
}

std::string short_text(const Value& value, Unit unit) {
  double storage = 0;
  const double* number = real_of(value, storage);
  if (number == nullptr || *number <= 0) return text(value, unit);
  const double rounding = std::pow(10.0, decimals_for(*number, 3));
  const double rounded = std::round(*number * rounding) / rounding;
  if (unit == Unit::hertz) {
    return rounded < 1000 ? fmt::format("{:.3g}", rounded) : format_count(std::llround(rounded));
  }
  if (unit == Unit::seconds && *number >= 1000) {
    constexpr double minute = 60, hour_s = 3600, day_s = 86400;
    if (*number < 2 * hour_s) return fmt::format("{:.3g} min", *number / minute);
    if (*number < 3 * day_s) return fmt::format("{:.3g} h", *number / hour_s);
    const double days = *number / day_s;
    return days < 1000 || days >= 1e15 ? fmt::format("{:.3g} days", days)
                                       : format_count(std::llround(days)) + " days";
  }
  return text(Value(rounded), unit);
}

std::string exact(const Value& value) {
  if (!value.is_known()) return {};
  if (const auto* count = value.as<std::int64_t>()) return fmt::format("{}", *count);
  if (const auto* real = value.as<double>()) return fmt::format("{}", *real);
  if (const auto* answer = value.as<bool>()) return *answer ? "true" : "false";
  if (const auto* words = value.as<std::string>()) return *words;
  if (const auto* list = value.as<Value::Texts>()) return joined(*list);
  return words(value);
}

ColumnNumbers fit(std::span<const Value* const> values, Unit unit) {
  double largest = 0;
  double smallest = 0;
  bool all_whole = true;
  for (const Value* value : values) {
    double storage = 0;
    const double* number = real_of(*value, storage);
    if (number == nullptr || *number == 0) continue;
    const double magnitude = std::abs(*number);
    all_whole = all_whole && value->as<std::int64_t>() != nullptr;
    largest = std::max(largest, magnitude);
    smallest = smallest == 0 ? magnitude : std::min(smallest, magnitude);
  }
  ColumnNumbers column{.unit = unit};
  const UnitText unit_name = unit_text(unit);
  std::string_view prefix;
  if (unit_name.takes_prefix && largest > 0) {
    constexpr std::array<std::string_view, 10> prefixes = {"p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
    constexpr int unscaled = 4;
    const int steps = static_cast<int>(std::floor(std::log10(largest) / 3 + 1e-12));
    const int highest = unit == Unit::seconds ? unscaled : static_cast<int>(prefixes.size()) - 1;
    const int chosen = std::clamp(unscaled + steps, 0, highest);
    prefix = prefixes[static_cast<std::size_t>(chosen)];
    column.scale = std::pow(1000.0, chosen - unscaled);
  } else if (unit == Unit::share) {
    column.scale = 0.01;
  }
  column.symbol = std::string(prefix) + std::string(unit_name.in_heading);
  if (unit == Unit::share) {
    column.decimals = 1;
  } else if (unit != Unit::count && (!all_whole || column.scale != 1)) {
    const int digits = unit == Unit::ratio ? 3 : 4;  // of the largest; the smallest gets one less
    const int wanted = std::max(decimals_for(largest / column.scale, digits),
                                decimals_for(smallest / column.scale, digits - 1));
    column.decimals = std::clamp(wanted, unit == Unit::ratio ? 2 : 0, most_decimals);
  }
  return column;
}

std::string ColumnNumbers::heading(std::string_view label) const {
  return symbol.empty() ? std::string(label) : fmt::format("{} ({})", label, symbol);
}

std::string ColumnNumbers::text(const Value& value) const {
  double storage = 0;
  const double* number = real_of(value, storage);
  if (number == nullptr) return words(value);
  if (unit == Unit::count || (scale == 1 && decimals == 0)) return with_separators(value);
  const std::string_view suffix = unit == Unit::share ? "%" : unit == Unit::ratio ? "x" : "";
  if (*number == 0) return fmt::format("0{}", suffix);
  const double scaled = *number / scale;
  const double least = std::pow(10.0, -decimals);
  if (std::abs(scaled) < least / 2) return fmt::format("<{:.{}f}{}", least, decimals, suffix);
  return fmt::format("{:.{}f}{}", scaled, decimals, suffix);
}

}  // namespace chipcast::report
