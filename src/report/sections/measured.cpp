#include <fmt/format.h>

#include <algorithm>

#include "report/parity_table.hpp"
#include "report/sections/views.hpp"
#include "report/validate.hpp"

namespace chipcast::report {
Report measured_section(const Characterization& c) {
  const Measured& measured = c.measured();
  Report report;
  if (measured.validation.compared.empty()) {
    report.lead = {
        "None of the report's networks was measured on any of its devices in the sets that it names."};
    return report;
  }
  report.lead = {
      "What others measured with their runtime, precision and batch, and the estimate of just that from data "
      "sheets alone; ratio = estimate / measured. Other sections take calibrations where their basis says "
      "so, and differ from these estimates there."};
  for (const Metric metric : metrics) {
    std::vector<const Compared*> rows;
    for (const Compared& row : measured.validation.compared) {
      if (row.measured->metric == metric) rows.push_back(&row);
    }
    if (!rows.empty()) report.parts.emplace_back(parity_table(std::string(name(metric)), rows, metric));
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
