#include "report/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/numbers.hpp"
#include "report/solve.hpp"
#include "study/study_file.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t most_shown = 16;  // of the front, to people

Column column_of(const Problem& problem, const Measure& measure) {
  const std::string name = measure_name(measure, problem.costs);
  if (measure.is_cost()) {
    const std::string& unit = problem.costs[measure.cost()].unit;
    return {.key = fmt::format("{}_{}", name, unit), .label = fmt::format("{} ({})", name, unit)};
  }
  const auto metric = static_cast<GoalMetric>(measure.index);
  return {.key = std::string(key_of(metric)), .label = name, .unit = unit_of(metric), .scales_alone = true};
}

Value value_of(double number) { return std::isnan(number) ? Value() : Value(number); }

// A path without its first `count` parts: "memory.dram.bandwidth" is "bandwidth" without two.
std::string without_first(std::string path, int count) {
  for (; count > 0 && path.find('.') != std::string::npos; --count) path.erase(0, path.find('.') + 1);
  return path;
}

std::string shortened(const chipcast::Axis& axis, int count) {
  std::string text;
  for (const std::string& path : axis.paths) {
    const bool has_folder = path.starts_with("engines.") || path.starts_with("memory.");
    text += (text.empty() ? "" : " + ") + without_first(path, has_folder ? count : 0);
  }
  return text;
}

// What tells an axis from the others: "bandwidth", or "dram.bandwidth".
std::string short_label(const Problem& problem, const chipcast::Axis& axis) {
  const std::string shortest = shortened(axis, 2);
  const auto alike = std::ranges::count_if(
      problem.axes, [&](const chipcast::Axis& other) { return shortened(other, 2) == shortest; });
  return alike == 1 ? shortest : shortened(axis, 1);
}

// A column a path, so that a spreadsheet can sort by it; the values as the study gives them.
std::vector<Column> axis_columns(const Problem& problem) {
  std::vector<Column> columns;
  for (const chipcast::Axis& axis : problem.axes)
    columns.push_back({.key = label(axis), .label = short_label(problem, axis)});
  return columns;
}

std::vector<std::uint32_t> choice_of(const Sweep& sweep, std::uint64_t design) {
  std::vector<std::uint32_t> choice(sweep.space().axes());
  sweep.space().choose(design, choice);
  return choice;
}

class View {
 public:
  explicit View(const SweepView& view)
      : view_(view), sweep_(*view.sweep), problem_(sweep_.problem()), findings_(*view.findings) {}

  Report show() const {
    Report report{.title = view_.title, .csv = "front"};
    const std::uint64_t estimated = findings_.designs();
    if (estimated < sweep_.designs())
      report.caveat =
          fmt::format("{} of {} designs", format_count(estimated), format_count(sweep_.designs()));
    Group counts{.key = "designs", .label = "designs", .fields = {}};
    counts.fields.push_back(
        {"estimated", "estimated", Value(static_cast<std::int64_t>(estimated)), Unit::count});
    for (std::size_t i = 0; i < standing_count; ++i) {
      const std::string standing(name(static_cast<Standing>(i)));
      std::string key = standing;
      std::ranges::replace(key, ' ', '_');
      counts.fields.push_back(
          {std::move(key), standing, Value(static_cast<std::int64_t>(findings_.counts[i])), Unit::count});
    }
    report.parts.emplace_back(std::move(counts));
    report.parts.emplace_back(front());
    report.parts.emplace_back(effects());
    report.notes = view_.notes;
    return report;
  }

 private:
  static std::string format_count(std::uint64_t count) {
    return text(Value(static_cast<std::int64_t>(count)), Unit::count);
  }

  std::string objective_text() const {
    std::vector<std::string> all;
    for (const Objective& objective : problem_.objectives)
      all.push_back(fmt::format("{} {}", objective.is_least ? "least" : "most",
                                measure_name(objective.measure, problem_.costs)));
    return fmt::format("{}", fmt::join(all, ", "));
  }

  Table front() const {
    const std::vector<ParetoPoint>& points = findings_.front.points();
    Table table{.key = "front",
                .title = points.size() == 1 ? fmt::format("The best design: {}", objective_text())
                                            : fmt::format("The {} designs that no other is better than: {}",
                                                          points.size(), objective_text()),
                .columns = {{.key = "design", .label = "design", .unit = Unit::count}},
                .rows = {}};
    for (Column& column : axis_columns(problem_)) table.columns.push_back(std::move(column));
    const std::vector<Measure> measures = design_measures(problem_);
    for (std::size_t i = 0; i < measures.size(); ++i) {
      table.columns.push_back(column_of(problem_, measures[i]));
      if (i >= problem_.objectives.size()) table.columns.back().dispensable = static_cast<int>(i);
    }
    table.columns.push_back({.key = "knee", .label = "knee"});
    const std::vector<std::size_t> knees =
        points.empty() ? std::vector<std::size_t>() : findings_.front.knees();
    std::vector<std::uint64_t> designs;
    for (const ParetoPoint& point : points) designs.push_back(point.design);
    const std::vector<Judged> judged = sweep_.judge(designs);
    for (std::size_t i = 0; i < designs.size(); ++i) {
      std::vector<Value> row = {static_cast<std::int64_t>(designs[i])};
      const std::vector<std::uint32_t> choice = choice_of(sweep_, designs[i]);
      for (std::size_t axis = 0; axis < choice.size(); ++axis)
        row.emplace_back(problem_.axes[axis].values[choice[axis]]);
      for (const Measure& measure : measures) row.push_back(value_of(judged[i].measures[measure.index]));
      row.emplace_back(std::ranges::find(knees, i) != knees.end());
      table.rows.push_back(std::move(row));
    }
    if (points.size() > most_shown) table.excerpt = excerpt(points.size(), knees);
    add_charts(table, measures);
    return table;
  }

  // Evenly along the front, with both ends and the knees.
  static Table::Excerpt excerpt(std::size_t count, const std::vector<std::size_t>& knees) {
    Table::Excerpt some;
    for (std::size_t i = 0; i < most_shown; ++i) some.rows.push_back(i * (count - 1) / (most_shown - 1));
    some.rows.insert(some.rows.end(), knees.begin(), knees.end());
    std::ranges::sort(some.rows);
    const auto repeated = std::unique(some.rows.begin(), some.rows.end());
    some.rows.erase(repeated, some.rows.end());
    some.remark = fmt::format("{} more between them (--format csv has all)", count - some.rows.size());
    return some;
  }

  void add_charts(Table& table, const std::vector<Measure>& measures) const {
    if (table.rows.size() < 2) return;
    if (problem_.objectives.size() >= 2) {
      table.charts.push_back({.kind = Chart::Kind::points,
                              .title = "The front",
                              .label = "design",
                              .series = {column_of(problem_, measures[1]).key},
                              .x = column_of(problem_, measures[0]).key,
                              .marked = "knee",
                              .is_joined = false,
                              .log_x = true,
                              .log_y = true});
    }
    Chart parallel{.kind = Chart::Kind::parallel,
                   .title = "Designs of the front across all axes",
                   .label = "design",
                   .series = {},
                   .marked = "knee"};
    for (const Column& column : axis_columns(problem_)) parallel.series.push_back(column.key);
    for (std::size_t i = 0; i < problem_.objectives.size(); ++i)
      parallel.series.push_back(column_of(problem_, measures[i]).key);
    table.charts.push_back(std::move(parallel));
  }

  Table effects() const {
    Table table{
        .key = "effects",
        .title = "What each value of an axis comes to: the mean (geometric) and the best of its good designs",
        .columns = {{.key = "axis", .label = "axis"},
                    {.key = "value", .label = "value"},
                    {.key = "good", .label = "good", .unit = Unit::count}},
        .rows = {}};
    for (const Objective& objective : problem_.objectives) {
      Column column = column_of(problem_, objective.measure);
      table.columns.push_back({.key = "mean_" + column.key,
                               .label = "mean " + column.label,
                               .unit = column.unit,
                               .scales_alone = true});
      table.columns.push_back({.key = "best_" + column.key,
                               .label = "best " + column.label,
                               .unit = column.unit,
                               .dispensable = 1,
                               .scales_alone = true});
    }
    for (std::size_t axis = 0; axis < findings_.effects.size(); ++axis) {
      for (std::size_t value = 0; value < findings_.effects[axis].size(); ++value) {
        const Effect& effect = findings_.effects[axis][value];
        std::vector<Value> row = {short_label(problem_, problem_.axes[axis]),
                                  problem_.axes[axis].values[value], static_cast<std::int64_t>(effect.good)};
        for (std::size_t i = 0; i < problem_.objectives.size(); ++i) {
          row.push_back(effect.good == 0 ? Value() : Value(mean(effect, i)));
          row.push_back(effect.good == 0
                            ? Value()
                            : Value(problem_.objectives[i].is_least ? effect.best[i] : -effect.best[i]));
        }
        table.rows.push_back(std::move(row));
      }
    }
    return table;
  }

  static double mean(const Effect& effect, std::size_t objective) {
    return std::exp2(static_cast<double>(effect.logarithms[objective]) / Effect::scale /
                     static_cast<double>(effect.good));
  }

  const SweepView& view_;
  const Sweep& sweep_;
  const Problem& problem_;
  const Findings& findings_;
};

// A field of a CSV file; what the study writes may hold commas.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace

// What is judged by comes first, then the rest.
std::vector<Measure> design_measures(const Problem& problem) {
  std::vector<Measure> all;
  const auto add = [&](const Measure& measure) {
    const auto is_same = [&](const Measure& other) { return other.index == measure.index; };
    if (std::ranges::none_of(all, is_same)) all.push_back(measure);
  };
  for (const Objective& objective : problem.objectives) add(objective.measure);
  for (const Constraint& constraint : problem.constraints) add(constraint.measure);
  for (const GoalMetric metric : {GoalMetric::latency, GoalMetric::energy, GoalMetric::power})
    add({static_cast<std::size_t>(metric)});
  return all;
}

std::string design_key(const Problem& problem, const Measure& measure) {
  return column_of(problem, measure).key;
}

Report sweep(const SweepView& view) { return View(view).show(); }

std::string_view name(Standing standing) {
  constexpr std::array<std::string_view, standing_count> names = {"impossible", "too large", "constrained",
                                                                  "good"};
  return names[static_cast<std::size_t>(standing)];
}

std::string design_heading(const Sweep& sweep) {
  std::string text = "design";
  for (const chipcast::Axis& axis : sweep.problem().axes) text += "," + quoted(label(axis));
  for (const Measure& measure : design_measures(sweep.problem()))
    text += "," + quoted(design_key(sweep.problem(), measure));
  return text + ",standing\n";
}

std::string design_rows(const Sweep& sweep, std::uint64_t first, std::span<const Judged> judged) {
  const std::vector<Measure> measures = design_measures(sweep.problem());
  std::vector<std::uint32_t> choice(sweep.space().axes());
  std::string text;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    sweep.space().choose(first + i, choice);
    fmt::format_to(std::back_inserter(text), "{}", first + i);
    for (std::size_t axis = 0; axis < choice.size(); ++axis)
      text += "," + quoted(sweep.problem().axes[axis].values[choice[axis]]);
    const bool is_known = judged[i].standing != Standing::impossible;
    for (const Measure& measure : measures) {
      text += ',';
      if (is_known && !std::isnan(judged[i].measures[measure.index]))
        fmt::format_to(std::back_inserter(text), "{}", judged[i].measures[measure.index]);
    }
    fmt::format_to(std::back_inserter(text), ",{}\n", name(judged[i].standing));
  }
  return text;
}

}  // namespace chipcast::report
