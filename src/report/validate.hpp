// report/validate.hpp: estimates against measurements, and the measurements there are, as reports.
//
//   Report report = report::validation(validate(rows, machines, workload_of), left_out, {.worst = 5});
//   render(report, Format::json, {}, text);            // "targets", "rows" and "unused"
#pragma once

#include <cstddef>
#include <span>

#include "report/report.hpp"
#include "validate/bars.hpp"
#include "validate/kernels.hpp"
#include "validate/validation.hpp"

namespace chipcast::report {

struct ValidateOptions {
  std::size_t worst = 5;      // rows of each target that people see
  bool shows_slices = false;  // people see errors by intensity, size, batch and family, too
  bool has_points = false;    // with a table of all rows that is drawn over these
};

// `left_out`: rows that their file lists as unusable. CSV has a line for every row, used or not.
Report validation(const Validation& validation, std::span<const LeftOut> left_out,
                  const ValidateOptions& options = {}, std::span<const KernelError> kernels = {});

// How far each network is off over its intensity, size and batch: a table with a drawing for each.
Table residual_points(const Validation& validation);

// What was asked of estimates, and whether they are that near.
Report bars(std::span<const BarOutcome> outcomes);

// One row for each set and source.
Report list_measurements(std::span<const MeasurementSet> sets, std::span<const MeasurementSource> sources);

}  // namespace chipcast::report
