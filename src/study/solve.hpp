// study/solve.hpp: the least value of a figure with which networks meet goals, or what stands in the way.
//
//   const Solution solution = solve({.design = design, .networks = {{"mobilenet_v2", &workload}},
//                                    .path = "memory.dram.bandwidth", .goals = goals});
//   solution.answer->factor          // of the present value; a percent less misses a goal
//
// The range from a thousandth of the present value to a thousand times it, as far as the device stays a possible one, is
// walked in steps of a fifth; where goals come to be met, the edge is bisected. So the answer is the least there is
// unless goals are met and missed again within one such step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/design.hpp"
#include "study/goal.hpp"

namespace chipcast {

struct Subject {
  std::string name;
  const Workload* workload = nullptr;
};

struct Question {
  const Design* design = nullptr;  // which has the figure, and runs the precision
  std::vector<Subject> networks;
  std::string path;  // of a figure above zero
  std::vector<Goal> goals;
  BatteryQuestion battery = {};
};

struct Outcome {
  Estimate estimate;  // without groups
  Endurance endurance;
};

// What all networks come to at one value.
struct Trial {
  double factor = 1;              // of the present value
  std::vector<Outcome> outcomes;  // by network
};

// A goal that a network meets nowhere.
struct Obstacle {
  std::size_t goal = 0, network = 0;
  Trial best;         // where it comes nearest
  std::string limit;  // what stands in the way: "compute, 93% of the time"
};

// Where one goal of one network is met, of those that are met somewhere.
struct MetRange {
  std::size_t goal = 0, network = 0;
  double from = 0, to = 0;  // factors
};

struct Solution {
  std::optional<Trial> answer;
  std::optional<Trial>
      less;  // a percent less, or one less of what is counted; absent at the end of the range
  std::optional<double> met_to;  // the factor beyond which goals are missed again
  double range_from = 0, range_to = 0;
  std::string fault_below, fault_above;  // what ends the range before its thousandth or its thousandfold
  // Where there is no answer: the goals that cannot be met; if each can be on its own, where.
  std::vector<Obstacle> obstacles;
  std::vector<MetRange> met;
};

Solution solve(const Question& question);

// Least values of two figures that trade against each other: with less of the first, more of the second is needed.
struct FrontPoint {
  double first = 1, second = 1;  // factors
};
struct Front {
  std::vector<FrontPoint>
      points;             // by `first`; each needs at least a percent less of the second than the one before
  Solution last;          // with the most of the first figure: where there are no points, why
  double last_first = 1;  // that most
};
// `question.path` is the second figure; the first is tried in steps of a fifth, or in whole numbers.
Front front(const Question& question, const std::string& first);

// Whether a network meets a goal, and has room.
bool meets(const Goal& goal, const Outcome& outcome);

}  // namespace chipcast
