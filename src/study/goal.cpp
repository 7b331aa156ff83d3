#include "study/goal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "schema/number.hpp"
#include "study/settings.hpp"

namespace chipcast {
namespace {

constexpr std::array<std::string_view, goal_metric_count> names = {"latency", "throughput", "energy", "power",
                                                                   "battery"};

// "30", "30/s" or "30 Hz".
double rate(const Value& value) {
  const Number number = parse_number(value.node()->text);
  if (number.complaint.empty() && (number.rest.empty() || number.rest == "/s")) return number.real;
  return in(value.quantity<Hertz>(), hertz);
}

}  // namespace

double limit_of(GoalMetric metric, const Value& value) {
  switch (metric) {
    case GoalMetric::latency:
    case GoalMetric::battery:
      return in(value.quantity<Seconds>(), second);
    case GoalMetric::throughput:
      return rate(value);
    case GoalMetric::energy:
      return in(value.quantity<Joules>(), joule);
    case GoalMetric::power:
      return in(value.quantity<Watts>(), watt);
  }
  return 0;
}

std::optional<GoalMetric> goal_metric_named(std::string_view name) {
  const auto* found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<GoalMetric>(found - names.begin()));
}

std::string_view name(GoalMetric metric) { return names[static_cast<std::size_t>(metric)]; }

bool is_better_low(GoalMetric metric) {
  return metric != GoalMetric::throughput && metric != GoalMetric::battery;
}

Result<std::vector<Goal>> parse_goals(std::span<const std::string> texts) {
  const Result<Settings> settings = parse_settings(
      texts, {.option = "--goal",
              .relations = {"<=", ">=", "<", ">"},
              .example = "write a metric and its limit, as in 'latency<33ms' or 'throughput>30/s'"});
  if (!settings) return settings.diagnostics();
  Reading reading(settings->document);
  std::vector<Goal> goals;
  for (const Setting& setting : settings->all) {
    const std::optional<GoalMetric> metric = goal_metric_named(setting.path);
    if (!metric) {
      const std::vector<std::string> known(names.begin(), names.end());
      const std::string hint = suggest(setting.path, known);
      reading.fail(setting.path_mark, fmt::format("no goal is called '{}'", setting.path),
                   hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint);
      continue;
    }
    const Value value(reading, setting.value, fmt::format("'{}'", setting.path));
    const double limit = limit_of(*metric, value);
    if (setting.relation.starts_with('<') != is_better_low(*metric)) {
      reading.fail(
          setting.path_mark,
          fmt::format("less {0} is {1}, so a goal is the {2} of it", setting.path,
                      is_better_low(*metric) ? "better" : "worse", is_better_low(*metric) ? "most" : "least"),
          fmt::format("write {}{}{}", setting.path, is_better_low(*metric) ? '<' : '>', setting.value.text));
    }
    if (limit <= 0 && !reading.failed()) value.fail(fmt::format("{} must be above zero", value.name()));
    goals.push_back({.metric = *metric, .limit = limit});
  }
  if (reading.failed()) return reading.diagnostics();
  return goals;
}

std::optional<double> reached(GoalMetric metric, const Estimate& estimate, const Endurance& endurance) {
  switch (metric) {
    case GoalMetric::latency:
      return in(estimate.latency, second);
    case GoalMetric::throughput:
      return in(estimate.throughput, hertz);
    case GoalMetric::energy:
      return estimate.energy ? std::optional(in(estimate.energy->total(), joule)) : std::nullopt;
    case GoalMetric::power:
      return estimate.power ? std::optional(in(*estimate.power, watt)) : std::nullopt;
    case GoalMetric::battery:
      return endurance.battery ? std::optional(in(endurance.battery->life, second)) : std::nullopt;
  }
  return std::nullopt;
}

bool is_met(const Goal& goal, std::optional<double> reached) {
  if (!reached) return false;
  return is_better_low(goal.metric) ? *reached <= goal.limit : *reached >= goal.limit;
}

}  // namespace chipcast
