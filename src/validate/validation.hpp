// validate/validation.hpp: estimates held against what was measured, row by row and by target.
//
//   Validation v = validate(rows, machines, workload_of);
//   v.targets[0].mape, v.targets[0].median_log_ratio      // how far off a device with a runtime and a precision is
//   v.compared[v.targets[0].worst[0]]                     // its worst row
//   v.skipped                                             // rows that could not be estimated, each with its reason
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/estimate.hpp"
#include "validate/machines.hpp"
#include "validate/measurement.hpp"

namespace chipcast {

// What a row was measured on; a diagnostic where that cannot be had.
Result<Target> target_of(const Measurement& measurement, Machines& machines);

struct Compared {
  const Measurement* measured = nullptr;
  double estimate = 0;                        // in base units, as `measured->value`
  std::optional<double> low = {}, high = {};  // the interval, where the estimate states one
  double error = 0;                           // |estimate - measured| / measured
  double flops = 0;                           // of one sample
  double flops_per_value = 0;                 // of all that operators read and write
  Bound bound = Bound::compute;               // what most of the estimated time is spent at
  double share_at_bound = 0;                  // of the estimated time
  std::vector<std::string> reasons = {};      // of the target, and what else the estimate says

  bool is_covered() const { return low && *low <= measured->value && measured->value <= *high; }
};

struct Skipped {
  const Measurement* measured = nullptr;
  std::string reason;     // the same text for rows that fail alike
  std::string hint = {};  // what to do about it
};

// How estimates were made: from data sheets and priors alone, or with figures that were fitted to other rows
// (held-out) or to the same rows (in-sample).
enum class Mode : std::uint8_t { datasheet, held_out, in_sample };
std::string_view name(Mode mode);

struct TargetError {
  std::string device, runtime;
  Precision precision = Precision::fp32;
  Metric metric = Metric::latency;
  PowerBoundary boundary = PowerBoundary::absent;
  bool of_operators = false;  // single ones: they are never averaged with whole networks
  Mode mode = Mode::datasheet;
  double mape = 0;
  double median_log_ratio = 0;
  double p90 = 0;                       // of the relative errors
  std::optional<double> spearman = {};  // nothing where there is no order to compare
  std::optional<double> coverage =
      {};  // share of the rows within their interval; nothing where none is stated
  std::vector<std::size_t> worst = {};  // all its rows in Validation::compared, the worst first
};

struct Validation {
  Mode mode = Mode::datasheet;
  std::vector<Compared> compared;
  std::vector<Skipped> skipped;
  std::vector<TargetError> targets;  // by device, runtime, precision, metric
};

// The workload of a network under a runtime, valid until the next call; a network that cannot be had is a diagnostic.
using WorkloadOf = std::function<Result<const Workload*>(const std::string& model, const Runtime& runtime)>;

// A row as a fit estimates it: in sample, or fitted without what the row belongs to.
struct FittedRow {
  const Measurement* measured = nullptr;
  double log_ratio = 0;  // ln(estimated / measured time)
  double margin = 0;     // of its interval, likewise
};
Validation validate(std::span<const FittedRow> rows, Machines& machines, const WorkloadOf& workload_of,
                    Mode mode);

// What it returns points into `rows`.
Validation validate(std::span<const Measurement> rows, Machines& machines, const WorkloadOf& workload_of);

}  // namespace chipcast
