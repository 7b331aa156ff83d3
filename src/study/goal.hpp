// study/goal.hpp: what a design is to reach, and what it reaches.
//
//   Result<std::vector<Goal>> goals = parse_goals(std::vector<std::string>{"latency<33ms", "power<2W"});
//   reached((*goals)[0].metric, outcome)          // seconds; is_met((*goals)[0], that)
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/battery.hpp"
#include "schema/reading.hpp"

namespace chipcast {

enum class GoalMetric : std::uint8_t { latency, throughput, energy, power, battery };
inline constexpr std::size_t goal_metric_count = 5;
std::string_view name(GoalMetric metric);
bool is_better_low(GoalMetric metric);  // what is set is the most, not the least

// Of a batch, as estimated; in base units.
struct Goal {
  GoalMetric metric = GoalMetric::latency;
  double limit = 0;
};

// "latency<33ms", "throughput>30/s", "energy<5mJ", "power<2W", "battery>10h"; "<=" and ">=" mean the same.
Result<std::vector<Goal>> parse_goals(std::span<const std::string> texts);

std::optional<GoalMetric> goal_metric_named(std::string_view name);
// In base units; 30/s is a rate, too. Complains of other units.
double limit_of(GoalMetric metric, const Value& value);

// Nothing where the device does not say what it takes.
std::optional<double> reached(GoalMetric metric, const Estimate& estimate, const Endurance& endurance);
bool is_met(const Goal& goal, std::optional<double> reached);

}  // namespace chipcast
