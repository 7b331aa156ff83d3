#include "report/parity_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast::report {

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

Table parity_table(const std::string& key, std::span<const Compared* const> rows, Metric metric) {
  const Unit unit = unit_of(metric);
  Table table{.key = key,
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
  for (const Compared* row : rows) {
    const Measurement& m = *row->measured;
    low = low == 0 ? std::min(m.value, row->estimate) : std::min({low, m.value, row->estimate});
    high = std::max({high, m.value, row->estimate});
    table.rows.push_back({m.model, m.device, m.runtime, name(m.precision), m.batch, m.value, row->estimate,
                          row->estimate / m.value, row->low ? Value(row->is_covered()) : Value(),
                          name(row->bound), fmt::format("{}:{}", m.set, m.line)});
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

}  // namespace chipcast::report
