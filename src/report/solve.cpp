#include "report/solve.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/estimate.hpp"
#include "report/figures.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {

Unit unit_of(GoalMetric metric) {
  switch (metric) {
    case GoalMetric::latency:
    case GoalMetric::battery:
      return Unit::seconds;
    case GoalMetric::throughput:
      return Unit::hertz;
    case GoalMetric::energy:
      return Unit::joules;
    case GoalMetric::power:
      return Unit::watts;
  }
  return Unit::none;
}

std::string_view key_of(GoalMetric metric) {
  switch (metric) {
    case GoalMetric::latency:
      return "latency_s";
    case GoalMetric::battery:
      return "battery_life_s";
    case GoalMetric::throughput:
      return "throughput_per_s";
    case GoalMetric::energy:
      return "energy_j";
    case GoalMetric::power:
      return "power_w";
  }
  return "";
}

namespace {

std::string goal_text(const Goal& goal) {
  return fmt::format("{} {} {}", name(goal.metric), is_better_low(goal.metric) ? "<" : ">",
                     short_text(goal.limit, unit_of(goal.metric)));
}

Value reached_by(const Trial& trial, std::size_t network, const Goal& goal) {
  const Outcome& outcome = trial.outcomes[network];
  const std::optional<double> value = reached(goal.metric, outcome.estimate, outcome.endurance);
  return value ? Value(*value) : Value();
}

ListedFigure figure_at(Design design, const std::string& path, double factor) {
  scale(design, path, factor);
  for (const std::vector<ListedFigure>& figures : {figures_of(design.device), figures_of(design.runtime)}) {
    const auto found = std::ranges::find(figures, path, &ListedFigure::path);
    if (found != figures.end()) return *found;
  }
  return {};
}

std::string title_of(const Question& question, const std::string& on) {
  const std::vector<Subject>& networks = question.networks;
  return fmt::format(
      "{} on {}", networks.size() == 1 ? networks[0].name : fmt::format("{} networks", networks.size()), on);
}

Table front_table(const Question& question, const std::string& first, const Front& front) {
  Table table{.key = "front",
              .title = "Least values that meet all goals: less of one needs more of the other",
              .columns = {{"", "first", Unit::none, 0, Audience::people},
                          {"", "second", Unit::none, 0, Audience::people},
                          {"first", "", Unit::none, 0, Audience::machines},
                          {"second", "", Unit::none, 0, Audience::machines}},
              .rows = {}};
  for (const FrontPoint& point : front.points) {
    const ListedFigure a = figure_at(*question.design, first, point.first);
    const ListedFigure b = figure_at(*question.design, question.path, point.second);
    table.rows.push_back({a.text, b.text, a.value, b.value});
  }
  return table;
}

// What the device's rates rest on beside its data sheet.
std::string basis_text(const Design& design) {
  const Result<Target> target = target_of(design);
  return std::string(target ? basis_of(*target) : datasheet_only);
}

class View {
 public:
  View(const Question& question, const Solution& solution) : question_(question), solution_(solution) {}

  Report show(const std::string& on) {
    Report report{.title = title_of(question_, on),
                  .caveat = basis_text(*question_.design),
                  .csv = solution_.answer              ? "goals"
                         : solution_.obstacles.empty() ? "met"
                                                       : "obstacles"};
    const ListedFigure present = figure_at(1);
    report.parts.push_back(Field{"figure", "figure", question_.path});
    report.parts.push_back(Field{"unit", "unit", present.unit, Unit::none, Audience::machines});
    report.parts.push_back(Field{"present", "now", present.value, Unit::none, Audience::machines});
    report.parts.push_back(Field{"", "now", present.text, Unit::none, Audience::people});
    report.parts.push_back(Field{"answer", "least", answer_value(), Unit::none, Audience::machines});
    report.parts.push_back(Field{"", "least", answer_text(), Unit::none, Audience::people});
    if (solution_.answer) {
      report.parts.emplace_back(goal_table());
    } else if (!solution_.obstacles.empty()) {
      report.parts.emplace_back(obstacle_table());
    } else {
      report.parts.emplace_back(met_table());
    }
    add_notes(report.notes);
    return report;
  }

 private:
  ListedFigure figure_at(double factor) const {
    return chipcast::report::figure_at(*question_.design, question_.path, factor);
  }
  std::string text_at(double factor) const { return figure_at(factor).text; }

  Value answer_value() const {
    return solution_.answer ? Value(figure_at(solution_.answer->factor).value) : Value();
  }
  std::string answer_text() const {
    if (!solution_.answer) {
      return fmt::format("no value from {} to {} meets {}", text_at(solution_.range_from),
                         text_at(solution_.range_to), question_.goals.size() == 1 ? "the goal" : "all goals");
    }
    const double factor = solution_.answer->factor;
    std::string text = fmt::format("{}, {:.4g}x", text_at(factor), factor);
    if (!solution_.less) text += ", the least that was tried";
    return text;
  }

  Table goal_table() const {
    const bool has_less = solution_.less.has_value();
    Table table{
        .key = "goals",
        .title = "What it comes to",
        .columns = {{"model", "network"},
                    {"metric", "", Unit::none, 0, Audience::machines},
                    {"limit", "", Unit::none, 0, Audience::machines},
                    {"", "goal", Unit::none, 0, Audience::people},
                    {"", "with " + text_at(solution_.answer->factor), Unit::none, 0, Audience::people},
                    {"reached", "", Unit::none, 0, Audience::machines},
                    {"", has_less ? "with " + text_at(solution_.less->factor) : "", Unit::none, 0,
                     has_less ? Audience::people : Audience::machines},
                    {"reached_below", "", Unit::none, 0, Audience::machines}},
        .rows = {}};
    for (std::size_t n = 0; n < question_.networks.size(); ++n) {
      for (const Goal& goal : question_.goals) {
        const Value value = reached_by(*solution_.answer, n, goal);
        const Value below = has_less ? reached_by(*solution_.less, n, goal) : Value();
        const Unit unit = unit_of(goal.metric);
        std::string less = text(below, unit);
        if (has_less && !meets(goal, solution_.less->outcomes[n])) less += ", missed";
        table.rows.push_back({question_.networks[n].name, key_of(goal.metric), goal.limit, goal_text(goal),
                              text(value, unit), value, less, below});
      }
    }
    return table;
  }

  Table obstacle_table() const {
    Table table{.key = "obstacles",
                .title = "What stands in the way",
                .columns = {{"model", "network"},
                            {"metric", "", Unit::none, 0, Audience::machines},
                            {"limit", "", Unit::none, 0, Audience::machines},
                            {"", "goal", Unit::none, 0, Audience::people},
                            {"", "at best", Unit::none, 0, Audience::people},
                            {"reached", "", Unit::none, 0, Audience::machines},
                            {"", "with", Unit::none, 1, Audience::people},
                            {"at", "", Unit::none, 0, Audience::machines},
                            {"obstacle", "limit", Unit::none, 0, Audience::everybody, false, true}},
                .rows = {}};
    for (const Obstacle& obstacle : solution_.obstacles) {
      const Goal& goal = question_.goals[obstacle.goal];
      const Value best = reached_by(obstacle.best, obstacle.network, goal);
      const ListedFigure at = figure_at(obstacle.best.factor);
      table.rows.push_back({question_.networks[obstacle.network].name, key_of(goal.metric), goal.limit,
                            goal_text(goal), short_text(best, unit_of(goal.metric)), best, at.text, at.value,
                            obstacle.limit});
    }
    return table;
  }

  Table met_table() const {
    Table table{.key = "met",
                .title = "Where each goal is met on its own",
                .columns = {{"model", "network"},
                            {"metric", "", Unit::none, 0, Audience::machines},
                            {"limit", "", Unit::none, 0, Audience::machines},
                            {"", "goal", Unit::none, 0, Audience::people},
                            {"", "from", Unit::none, 0, Audience::people},
                            {"from", "", Unit::none, 0, Audience::machines},
                            {"", "to", Unit::none, 0, Audience::people},
                            {"to", "", Unit::none, 0, Audience::machines}},
                .rows = {}};
    for (const MetRange& range : solution_.met) {
      const Goal& goal = question_.goals[range.goal];
      const ListedFigure from = figure_at(range.from), to = figure_at(range.to);
      table.rows.push_back({question_.networks[range.network].name, key_of(goal.metric), goal.limit,
                            goal_text(goal), from.text, from.value, to.text, to.value});
    }
    return table;
  }

  void add_notes(std::vector<std::string>& notes) const {
    if (solution_.met_to)
      notes.push_back(fmt::format("Beyond {} a goal is missed again.", text_at(*solution_.met_to)));
    if (!solution_.fault_above.empty())
      notes.push_back(fmt::format("The range ends at {}; beyond, {}.", text_at(solution_.range_to),
                                  solution_.fault_above));
    if (!solution_.fault_below.empty())
      notes.push_back(fmt::format("The range begins at {}; below, {}.", text_at(solution_.range_from),
                                  solution_.fault_below));
  }

  const Question& question_;
  const Solution& solution_;
};

}  // namespace

Report solution(const Question& question, const Solution& solution, const std::string& on) {
  return View(question, solution).show(on);
}

Report solution(const Question& question, const std::string& first, const Front& front,
                const std::string& on) {
  if (front.points.empty()) {
    Report report = solution(question, front.last, on);
    report.notes.push_back(fmt::format("With {} at {}, the most that was tried.", first,
                                       figure_at(*question.design, first, front.last_first).text));
    return report;
  }
  Report report{.title = title_of(question, on), .caveat = basis_text(*question.design), .csv = "front"};
  for (const auto& [key, path] : {std::pair{"first", &first}, std::pair{"second", &question.path}}) {
    const ListedFigure now = figure_at(*question.design, *path, 1);
    report.parts.push_back(
        Group{key,
              key,
              {Field{"figure", "", *path}, Field{"present", "", now.value, Unit::none, Audience::machines},
               Field{"unit", "", now.unit, Unit::none, Audience::machines},
               Field{"", "now", now.text, Unit::none, Audience::people}}});
  }
  for (const Goal& goal : question.goals)
    report.parts.push_back(Field{"", "goal", goal_text(goal), Unit::none, Audience::people});
  report.parts.emplace_back(front_table(question, first, front));
  return report;
}

}  // namespace chipcast::report
