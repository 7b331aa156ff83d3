#include "hardware/fit_record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast {
namespace {

constexpr Bounds<double> not_negative = {0, 1e15};

}  // namespace

Coefficient read_coefficient(const Value& item) {
  Fields fields = item.fields("a coefficient");
  Coefficient c;
  c.path = fields.get("path").text();
  c.value = fields.get("value").real(not_negative);
  c.low = fields.get("low").real({0, c.value});
  c.high = fields.get("high").real({c.value, 1e15});
  fields.close();
  return c;
}

FitError read_fit_error(const Value& item) {
  Fields fields = item.fields("an error");
  FitError error;
  error.left_out = fields.get("left_out").text();
  error.rows = static_cast<std::size_t>(fields.get("rows").integer({0, 1'000'000'000}));
  error.mape = fields.get("mape").real(not_negative);
  error.median_log_ratio = fields.get("median_log_ratio").real();
  error.margin = fields.get("margin").real(not_negative);
  fields.close();
  return error;
}

const FitError* find_error(std::span<const FitError> errors, std::string_view left_out) {
  const auto found = std::ranges::find(errors, left_out, &FitError::left_out);
  return found == errors.end() ? nullptr : &*found;
}

std::string to_yaml(std::span<const Coefficient> coefficients) {
  std::string text = "coefficients:\n";
  for (const Coefficient& c : coefficients) {
    text += fmt::format("  - {{path: {}, value: {:.4g}, low: {:.4g}, high: {:.4g}}}\n", c.path, c.value,
                        c.low, c.high);
  }
  return text;
}

std::string to_yaml_map(const FitError& e) {
  return fmt::format("{{left_out: {}, rows: {}, mape: {:.4g}, median_log_ratio: {:.4g}, margin: {:.4g}}}",
                     e.left_out, e.rows, e.mape, e.median_log_ratio, e.margin);
}

std::string to_yaml(std::span<const FitError> errors) {
  std::string text = "errors:\n";
  for (const FitError& e : errors) text += fmt::format("  - {}\n", to_yaml_map(e));
  return text;
}

}  // namespace chipcast
