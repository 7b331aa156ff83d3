#include <fmt/format.h>

#include <algorithm>

#include "report/sections/views.hpp"
#include "report/validate.hpp"

namespace chipcast::report {
namespace {

Unit unit_of(Metric metric) {
  switch (metric) {
    case Metric::latency:
      return Unit::seconds;
    case Metric::throughput:
      return Unit::hertz;
    case Metric::energy:
      return Unit::joules;
    case Metric::power:
      return Unit::watts;
  }
  return Unit::none;
}

// Estimates over measurements of one metric: on the line they agree.
Table metric_table(const Validation& validation, Metric metric) {
  const Unit unit = unit_of(metric);
  Table table{.key = std::string(name(metric)),
              .title = fmt::format("The {} that was measured, and its estimate", name(metric)),
              .columns = {{"model", "network"},
                          {"device", "device"},
                          {"runtime", "runtime"},
                          {"precision", "precision"},
                          {"batch", "batch", Unit::count},
                          {"measured", "measured", unit, 0, Audience::everybody, true},
                          {"estimate", "estimate", unit, 0, Audience::everybody, true},
                          {"ratio", "ratio", Unit::ratio},
                          {"is_covered", "in range"},
                          {"bound", "bound"},
                          {"source", "row"}},
              .rows = {}};
  double low = 0, high = 0;
  for (const Compared& row : validation.compared) {
    const Measurement& m = *row.measured;
    if (m.metric != metric) continue;
    low = low == 0 ? m.value : std::min({low, m.value, row.estimate});
    high = std::max({high, m.value, row.estimate});
    table.rows.push_back({m.model, m.device, m.runtime, name(m.precision), m.batch, m.value, row.estimate,
                          row.estimate / m.value, row.low ? Value(row.is_covered()) : Value(),
                          name(row.bound), fmt::format("{}:{}", m.set, m.line)});
  }
  table.charts = {{.kind = Chart::Kind::points,
                   .title = fmt::format("Estimate over measurement, {}", name(metric)),
                   .label = "device",
                   .series = {"estimate"},
                   .x = "measured",
                   .log_x = true,
                   .log_y = true,
                   .guides = {{"equal", low, low, high, high}}}};
  return table;
}

}  // namespace

Report measured_section(const Characterization& c) {
  const Measured& measured = c.measured();
  Report report;
  if (measured.validation.compared.empty()) {
    report.lead = {
        "None of the report's networks was measured on any of its devices in the sets that it names."};
    return report;
  }
  report.lead = {
      "What others measured with their runtime, precision and batch, and the estimate of just that; ratio = "
      "estimate / measured. Nothing is fitted to these rows."};
  for (const Metric metric : metrics) {
    Table table = metric_table(measured.validation, metric);
    if (!table.rows.empty()) report.parts.emplace_back(std::move(table));
  }
  report.parts.push_back(validation(measured.validation, {}).parts.front());
  for (const MeasurementSource& source : measured.sources) {
    if (std::ranges::find(measured.rows, source.key, &Measurement::source) == measured.rows.end()) continue;
    report.notes.push_back(fmt::format("{}: {}, {}. {}", source.key, source.title, source.page, source.how));
  }
  for (const Skipped& row : measured.validation.skipped)
    report.notes.push_back(
        fmt::format("{}:{} could not be estimated: {}", row.measured->set, row.measured->line, row.reason));
  return report;
}

}  // namespace chipcast::report
