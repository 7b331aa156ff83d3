#include "report/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "report/numbers.hpp"
#include "report/parity_table.hpp"
#include "validate/slices.hpp"

namespace chipcast::report {
namespace {

// "energy (wall)"
std::string metric_text(const TargetError& target) {
  std::string text(name(target.metric));
  if (target.boundary != PowerBoundary::absent) text += fmt::format(" ({})", name(target.boundary));
  return target.of_operators ? "operator " + text : text;
}

template <class T>
Value value_of(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Table target_table(const Validation& validation) {
  Table table{.key = "targets",
              .title = "Error by target",
              .columns = {{"device", "device"},
                          {"runtime", "runtime"},
                          {"precision", "precision"},
                          {"metric", "metric", Unit::none, 0, Audience::machines},
                          {"boundary", "boundary", Unit::none, 0, Audience::machines},
                          {"scope", "scope", Unit::none, 0, Audience::machines},
                          {"", "metric", Unit::none, 0, Audience::people},
                          {"mode", "mode", Unit::none, 0, Audience::machines},
                          {"count", "rows", Unit::count},
                          {"mape", "error", Unit::share},
                          {"median_log_ratio", "log ratio", Unit::none, 0, Audience::machines},
                          {"", "bias", Unit::ratio, 0, Audience::people, true},
                          {"p90", "p90", Unit::share, 1},
                          {"spearman", "rank", Unit::none, 2},
                          {"coverage", "in range", Unit::share, 3}},
              .rows = {}};
  for (const TargetError& t : validation.targets) {
    table.rows.push_back({t.device, t.runtime, name(t.precision), name(t.metric),
                          t.boundary == PowerBoundary::absent ? Value() : Value(name(t.boundary)),
                          t.of_operators ? "operators" : "networks", metric_text(t), name(t.mode),
                          t.worst.size(), t.mape, t.median_log_ratio, std::exp(t.median_log_ratio), t.p90,
                          value_of(t.spearman), value_of(t.coverage)});
  }
  return table;
}

std::string place_of(const Measurement& m) { return fmt::format("{}:{}", m.set, m.line); }

Table worst_table(const Validation& validation, std::size_t most) {
  Table table{.key = "worst",
              .title = "The worst rows of each target",
              .columns = {{"device", "device"},
                          {"runtime", "runtime"},
                          {"precision", "precision", Unit::none, 1},
                          {"metric", "metric", Unit::none, 2},
                          {"row", "row", Unit::none, 5},
                          {"model", "model"},
                          {"batch", "batch", Unit::count, 4},
                          {"measured", "measured", Unit::none, 3},
                          {"estimate", "estimate", Unit::none, 3},
                          {"ratio", "ratio", Unit::ratio, 0, Audience::everybody, true},
                          {"bound", "bound"},
                          {"reasons", "remarks", Unit::none, 6, Audience::everybody, false, true}},
              .rows = {},
              .excerpt = {},
              .audience = Audience::people};
  for (const TargetError& target : validation.targets) {
    for (std::size_t i = 0; i < std::min(most, target.worst.size()); ++i) {
      const Compared& row = validation.compared[target.worst[i]];
      const Measurement& m = *row.measured;
      const Unit unit = unit_of(m.metric);
      table.rows.push_back({m.device, m.runtime, name(m.precision), metric_text(target), place_of(m), m.model,
                            static_cast<std::int64_t>(m.batch), short_text(m.value, unit),
                            short_text(row.estimate, unit), row.estimate / m.value,
                            fmt::format("{} {:.0f}%", name(row.bound), 100 * row.share_at_bound),
                            Value::Texts(row.reasons)});
    }
  }
  return table;
}

// Every row for machines; what was not estimated has a reason in place of an estimate.
Table row_table(const Validation& validation) {
  Table table{.key = "rows",
              .title = "",
              .columns = {{"set", "set"},
                          {"line", "line", Unit::count},
                          {"source", "source"},
                          {"run", "run"},
                          {"use", "use"},
                          {"family", "family"},
                          {"device", "device"},
                          {"operating_point", "point"},
                          {"runtime", "runtime"},
                          {"threads", "threads", Unit::count},
                          {"model", "model"},
                          {"precision", "precision"},
                          {"batch", "batch", Unit::count},
                          {"metric", "metric"},
                          {"boundary", "boundary"},
                          {"unit", "unit"},
                          {"measured", "measured"},
                          {"estimate", "estimate"},
                          {"low", "low"},
                          {"high", "high"},
                          {"error", "error", Unit::share},
                          {"flops", "FLOP of a sample"},
                          {"flops_per_value", "FLOP a value"},
                          {"bound", "bound"},
                          {"bound_share", "share at bound", Unit::share},
                          {"reasons", "reasons"},
                          {"unused", "unused because"}},
              .rows = {},
              .excerpt = {},
              .audience = Audience::machines};
  const auto known = [](const std::string& text) { return text.empty() ? Value() : Value(text); };
  const auto start = [&](const Measurement& m) {
    return std::vector<Value>{m.set,
                              m.line,
                              m.source,
                              known(m.run),
                              name(m.use),
                              known(m.family),
                              m.device,
                              known(m.operating_point),
                              m.runtime,
                              m.threads > 0 ? Value(static_cast<std::int64_t>(m.threads)) : Value(),
                              m.model,
                              name(m.precision),
                              static_cast<std::int64_t>(m.batch),
                              name(m.metric),
                              known(std::string(name(m.boundary))),
                              m.metric == Metric::throughput ? "1/s" : symbol_of(unit_of(m.metric)),
                              m.value};
  };
  for (const Compared& row : validation.compared) {
    std::vector<Value> values = start(*row.measured);
    values.insert(values.end(), {row.estimate, value_of(row.low), value_of(row.high), row.error, row.flops,
                                 row.flops_per_value, name(row.bound), row.share_at_bound,
                                 Value::Texts(row.reasons), Value()});
    table.rows.push_back(std::move(values));
  }
  for (const Skipped& row : validation.skipped) {
    std::vector<Value> values = start(*row.measured);
    values.insert(values.end(), {Value(), Value(), Value(), Value(), Value(), Value(), Value(), Value(),
                                 Value(), row.reason});
    table.rows.push_back(std::move(values));
  }
  return table;
}

Table unused_table(const Validation& validation, std::span<const LeftOut> left_out) {
  struct Count {
    std::int64_t rows = 0;
    std::set<std::string> models;
  };
  std::map<std::pair<std::string, std::string>, Count> counts;
  const auto add = [&](const std::string& reason, std::string kind, const std::string& model) {
    Count& count = counts[{reason, std::move(kind)}];
    ++count.rows;
    count.models.insert(model.substr(0, model.find('?')));
  };
  for (const Skipped& row : validation.skipped) add(row.reason, "not estimated", row.measured->model);
  for (const LeftOut& row : left_out) add(row.reason, "listed as unusable", row.model);
  Table table{.key = "unused",
              .title = "Rows that were not used",
              .columns = {{"count", "rows", Unit::count},
                          {"kind", "kind", Unit::none, 1},
                          {"reason", "reason", Unit::none, 0, Audience::everybody, false, true},
                          {"models", "networks", Unit::none, 2, Audience::everybody, false, true}},
              .rows = {}};
  for (const auto& [reason, count] : counts)
    table.rows.push_back(
        {count.rows, reason.second, reason.first, Value::Texts(count.models.begin(), count.models.end())});
  std::ranges::stable_sort(table.rows, std::ranges::greater(),
                           [](const std::vector<Value>& row) { return *row[0].as<std::int64_t>(); });
  return table;
}

Table kernel_table(std::span<const KernelError> kernels) {
  Table table{.key = "kernels",
              .title = "Error of single kernels by kind of work",
              .columns = {{"device", "device"},
                          {"runtime", "runtime", Unit::none, 2},
                          {"precision", "precision", Unit::none, 1},
                          {"kind", "kind"},
                          {"count", "kernels", Unit::count},
                          {"time_share", "of time", Unit::share},
                          {"total_ratio", "total", Unit::ratio, 0, Audience::everybody, true},
                          {"mape", "error", Unit::share},
                          {"median_log_ratio", "log ratio", Unit::none, 0, Audience::machines},
                          {"", "bias", Unit::ratio, 0, Audience::people, true}},
              .rows = {}};
  for (const KernelError& k : kernels) {
    table.rows.push_back({k.device, k.runtime, name(k.precision), name(k.kind), k.groups, k.share, k.total,
                          k.mape, k.median_log_ratio, std::exp(k.median_log_ratio)});
  }
  return table;
}

Table slice_table(const Validation& validation, bool is_for_people) {
  Table table{.key = "slices",
              .title = "Error by what networks are like",
              .columns = {{"measure", "of"},
                          {"by", "by"},
                          {"slice", "networks"},
                          {"count", "rows", Unit::count},
                          {"mape", "error", Unit::share},
                          {"median_log_ratio", "log ratio", Unit::none, 0, Audience::machines},
                          {"", "bias", Unit::ratio, 0, Audience::people, true}},
              .rows = {},
              .excerpt = {},
              .audience = is_for_people ? Audience::everybody : Audience::machines};
  for (const Slice& slice : slices(validation)) {
    table.rows.push_back({slice.measure, slice.by, slice.of, slice.rows, slice.mape, slice.median_log_ratio,
                          std::exp(slice.median_log_ratio)});
  }
  return table;
}

std::string_view basis_of(Mode mode) {
  switch (mode) {
    case Mode::datasheet:
      return "the ends of the ranges of assumed figures. Data sheets and priors alone, nothing is fitted.";
    case Mode::held_out:
      return "which held nine in ten of the other rows. Each row's fit had not seen what was left out.";
    case Mode::in_sample:
      return "which held nine in ten of the rows. Fitted to these very rows: a description, no prediction.";
  }
  return "";
}

}  // namespace

Table residual_points(const Validation& validation) {
  Table table{.key = "points",
              .title = "How far each network is off",
              .columns = {{"model", "network"},
                          {"family", "family"},
                          {"device", "device"},
                          {"runtime", "runtime"},
                          {"measure", "of"},
                          {"flops_per_value", "FLOP a value"},
                          {"flops", "FLOP of a sample"},
                          {"batch", "batch"},
                          {"log_ratio", "ln(estimate / measured)"}},
              .rows = {}};
  for (const Compared& row : validation.compared) {
    const Measurement& m = *row.measured;
    if (is_of_operator(m)) continue;
    const double ratio = m.metric == Metric::throughput ? m.value / row.estimate : row.estimate / m.value;
    table.rows.push_back({m.model, m.family.empty() ? "other" : m.family, m.device, m.runtime,
                          measure_of(m.metric), row.flops_per_value, row.flops, m.batch, std::log(ratio)});
  }
  if (table.rows.empty()) return table;
  for (const std::string x : {"flops_per_value", "flops", "batch"}) {
    const auto column =
        static_cast<std::size_t>(std::ranges::find(table.columns, x, &Column::key) - table.columns.begin());
    const auto value = [&](const std::vector<Value>& row) { return *row[column].as<double>(); };
    const auto [least, most] = std::ranges::minmax(table.rows, {}, value);
    table.charts.push_back({.kind = Chart::Kind::points,
                            .title = "How far off, by " + table.columns[column].label,
                            .label = "family",
                            .series = {"log_ratio"},
                            .x = x,
                            .log_x = true,
                            .guides = {{.label = "as measured", .x1 = value(least), .x2 = value(most)}}});
  }
  return table;
}

Report validation(const Validation& validation, std::span<const LeftOut> left_out,
                  const ValidateOptions& options, std::span<const KernelError> kernels) {
  Report report{
      .title = fmt::format("{} of {} measured figures estimated, {} target{}", validation.compared.size(),
                           validation.compared.size() + validation.skipped.size() + left_out.size(),
                           validation.targets.size(), validation.targets.size() == 1 ? "" : "s"),
      .csv = "rows"};
  report.parts.emplace_back(target_table(validation));
  if (options.worst > 0) report.parts.emplace_back(worst_table(validation, options.worst));
  if (!kernels.empty()) report.parts.emplace_back(kernel_table(kernels));
  report.parts.emplace_back(slice_table(validation, options.shows_slices));
  if (options.has_points) report.parts.emplace_back(residual_points(validation));
  report.parts.emplace_back(row_table(validation));
  report.parts.emplace_back(unused_table(validation, left_out));
  report.notes.push_back(
      fmt::format("error: mean of |estimate - measured| / measured; bias: median of estimate / measured; "
                  "p90: nine rows in ten are nearer; rank: Spearman's correlation; "
                  "in range: share of the rows within the estimate's interval, {}",
                  basis_of(validation.mode)));
  if (!kernels.empty())
    report.notes.emplace_back(
        "of time: of all measured kernels; total: estimated time of all kernels of a kind / measured.");
  return report;
}

Report bars(std::span<const BarOutcome> outcomes) {
  const auto met = std::ranges::count_if(outcomes, &BarOutcome::is_met);
  Report report{.title = fmt::format("{} of {} bars met", met, outcomes.size()), .csv = "bars"};
  Table table{.key = "bars",
              .title = "What was asked of estimates",
              .columns = {{"name", "of"},
                          {"left_out", "left out"},
                          {"rows", "rows", Unit::count},
                          {"least", "least", Unit::share, 0, Audience::machines},
                          {"most", "most", Unit::share, 0, Audience::machines},
                          {"", "asked", Unit::none, 0, Audience::people},
                          {"value", "found", Unit::share},
                          {"is_met", "met", Unit::none, 0, Audience::machines},
                          {"missed_by", "missed by", Unit::share, 0, Audience::machines},
                          {"", "missed by", Unit::none, 0, Audience::people}},
              .rows = {}};
  for (const BarOutcome& o : outcomes) {
    const double least = 100 * o.least, most = 100 * o.most;
    const std::string asked = o.least <= 0  ? fmt::format("<= {:.3g}%", most)
                              : o.most >= 1 ? fmt::format(">= {:.3g}%", least)
                                            : fmt::format("{:.3g} to {:.3g}%", least, most);
    table.rows.push_back({o.name, name(o.left), o.rows, o.least, o.most, asked, o.value, o.is_met(),
                          o.missed_by(), o.is_met() ? "met" : fmt::format("{:.1f}", 100 * o.missed_by())});
  }
  report.parts.emplace_back(std::move(table));
  report.notes.emplace_back(
      "Of all rows, also those that may not be fitted to, each estimated by a fit that had not seen what is "
      "left "
      "out: errors, and shares of rows and targets. Bars are in hardware_specs/measurements/bars.yaml; "
      "missed by "
      "points of a hundred.");
  return report;
}

Report list_measurements(std::span<const MeasurementSet> sets, std::span<const MeasurementSource> sources) {
  Report report;
  report.csv = "measurements";
  Table table{.key = "measurements",
              .title = "Measurements",
              .columns = {{"set", "set"},
                          {"source", "source"},
                          {"rows", "rows", Unit::count},
                          {"fit", "to fit", Unit::count, 1},
                          {"groups", "groups", Unit::count, 1},
                          {"left_out", "unusable", Unit::count, 1},
                          {"trust", "trust"},
                          {"title", "title", Unit::none, 0, Audience::everybody, false, true},
                          {"page", "page", Unit::none, 0, Audience::machines},
                          {"commit", "commit", Unit::none, 0, Audience::machines},
                          {"date", "date", Unit::none, 0, Audience::machines},
                          {"how", "how", Unit::none, 0, Audience::machines},
                          {"faults", "faults", Unit::none, 0, Audience::machines}},
              .rows = {}};
  const auto known = [](const std::string& text) { return text.empty() ? Value() : Value(text); };
  std::size_t all = 0;
  for (const MeasurementSet& set : sets) {
    for (const MeasurementSource& source : sources) {
      const auto is_its = [&](const auto& row) { return row.source == source.key; };
      const auto rows = std::ranges::count_if(set.rows, is_its);
      const auto left_out = std::ranges::count_if(set.left_out, is_its);
      const auto fit = std::ranges::count_if(
          set.rows, [&](const Measurement& m) { return is_its(m) && m.use == Use::fit; });
      const auto groups = std::ranges::count_if(set.groups, is_its);
      if (rows == 0 && left_out == 0 && groups == 0) continue;
      all += static_cast<std::size_t>(rows);
      table.rows.push_back({set.name, source.key, rows, fit, groups, left_out, source.trust, source.title,
                            source.page, known(source.commit), known(source.date), source.how,
                            source.faults});
    }
  }
  report.title =
      fmt::format("{} measured figures in {} set{}", all, sets.size(), sets.size() == 1 ? "" : "s");
  report.parts.emplace_back(std::move(table));
  return report;
}

}  // namespace chipcast::report
