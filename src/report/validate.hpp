// report/validate.hpp: estimates against measurements, and the measurements there are, as reports.
//
//   Report report = report::validation(validate(rows, machines, workload_of), left_out, {.worst = 5});
//   render(report, Format::json, {}, text);            // "targets", "rows" and "unused"
#pragma once

#include <cstddef>
#include <span>

#include "report/report.hpp"
#include "validate/validation.hpp"

namespace chipcast::report {

struct ValidateOptions {
  std::size_t worst = 5;  // rows of each target that people see
};

// `left_out`: rows that their file lists as unusable. CSV has a line for every row, used or not.
Report validation(const Validation& validation, std::span<const LeftOut> left_out,
                  const ValidateOptions& options = {});

// One row for each set and source.
Report list_measurements(std::span<const MeasurementSet> sets, std::span<const MeasurementSource> sources);

}  // namespace chipcast::report
