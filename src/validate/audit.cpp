#include "validate/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "validate/rules.hpp"

namespace chipcast {
namespace {

constexpr Rule rules[] = {check_formulas, check_scores,  check_peak,        check_bandwidth,
                          check_power,    check_counts,  check_activations, check_size,
                          check_siblings, check_kernels, check_repeats,     check_one_rate};

struct FaultText {
  std::string_view name, about;
};

constexpr std::array<FaultText, fault_count> fault_texts = {{
    {"above_peak", "rate above the device's peak"},
    {"above_bandwidth", "bytes above the device's bandwidth"},
    {"above_power", "power above the device's maximum"},
    {"below_idle", "power below the device's idle"},
    {"not_its_formula", "not what its own formula gives"},
    {"mixed_formulas", "rows that follow different formulas"},
    {"not_the_network", "not the network's own count"},
    {"not_the_activations", "not the network's activations"},
    {"not_the_precision", "size does not fit the precision"},
    {"faster_than_smaller", "faster than a smaller sibling"},
    {"no_kernel", "far slower than at fp32"},
    {"contradicts_itself", "two figures for one thing"},
    {"one_rate", "FLOPs over a constant"},
    {"off_the_one_rate", "off the constant of the other rows"},
}};

std::string_view symbol_of(Dimension dimension) {
  constexpr std::array symbols = {std::pair{byte_dimension, "B"},
                                  std::pair{flop_dimension, "FLOP"},
                                  std::pair{mac_dimension, "MAC"},
                                  std::pair{second_dimension, "s"},
                                  std::pair{joule_dimension, "J"},
                                  std::pair{Watts::dimension, "W"},
                                  std::pair{BytesPerSecond::dimension, "B/s"},
                                  std::pair{FlopsPerSecond::dimension, "FLOP/s"},
                                  std::pair{JoulesPerFlop::dimension, "J/FLOP"}};
  for (const auto& [known, symbol] : symbols) {
    if (known == dimension) return symbol;
  }
  return "";
}

}  // namespace

std::string_view name(Fault fault) { return fault_texts[static_cast<std::size_t>(fault)].name; }
std::string_view about(Fault fault) { return fault_texts[static_cast<std::size_t>(fault)].about; }

std::string_view name(Gravity gravity) {
  constexpr std::array<std::string_view, 3> names = {"error", "warning", "note"};
  return names[static_cast<std::size_t>(gravity)];
}

std::vector<Finding> audit(std::span<const Claim> claims, const Reference& reference) {
  const Book book(claims, reference);
  Findings findings;
  for (const Rule rule : rules) rule(book, findings);
  std::ranges::stable_sort(findings, {}, &Finding::claim);
  return findings;
}

std::string written(double amount, Dimension dimension) {
  constexpr double days_from = 2 * 86400;
  if (dimension == second_dimension && amount >= days_from) return fmt::format("{:.4g} days", amount / 86400);
  if (dimension == second_dimension && amount >= 1000) return fmt::format("{:.4g} s", amount);
  const bool is_rate = dimension == Dimension{} - second_dimension;
  if (dimension == Dimension{} || is_rate) {
    const std::string number =
        amount >= 1000 && amount < 1e15 ? format_count(std::llround(amount)) : fmt::format("{:.4g}", amount);
    return is_rate ? number + "/s" : number;
  }
  return format_scaled(amount, symbol_of(dimension));
}

std::string cause_of_factor(double factor) {
  constexpr double tolerance = 0.03;
  const auto is_near = [factor](double wanted) { return std::abs(factor / wanted - 1) < tolerance; };
  for (const int thousands : {1, 2, 3}) {
    const double power = std::pow(1000.0, thousands);
    if (is_near(power) || is_near(1 / power))
      return fmt::format("off by 10^{}: a unit prefix", 3 * thousands);
  }
  if (is_near(100) || is_near(0.01)) return "off by 100: a percentage taken for a number, or the reverse";
  if (is_near(60) || is_near(1.0 / 60)) return "off by 60: minutes and seconds";
  if (is_near(3600) || is_near(1.0 / 3600)) return "off by 3600: Wh and J, or hours and seconds";
  return {};
}

}  // namespace chipcast
