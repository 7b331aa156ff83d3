// validate/fit.hpp: coefficients of a runtime on a kind of device, fitted to measurements.
//
//   Result<FitProblem> problem = make_fit_problem(rows, groups, runtime, kind, machines, workload_of);
//   Fit fit = solve(*problem, {});                          // all rows
//   std::vector<double> held_out = leave_out(*problem, fit, Left::network);   // ln(estimate / measured), by row
//   Calibration calibration = calibration_of(*problem, fit, ...);
//
// Every assumed figure of the execution is a coefficient; the range it is believed to lie in is its prior (a normal
// distribution of its logarithm), so that a coefficient which the data says nothing about stays where it was. Each
// device has scales of its own near 1. Residuals are logarithms of ratios, and large ones count in proportion rather
// than squared.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hardware/calibration.hpp"
#include "validate/validation.hpp"

namespace chipcast {

enum class Left : std::uint8_t { nothing, network, family, device, everything };
inline constexpr std::array lefts = {Left::nothing, Left::network, Left::family, Left::device,
                                     Left::everything};
std::string_view name(Left left);

// What a fit left out: its rows are estimated by the others.
std::string label_of(const Measurement& row, Left left);

class FitProblem;  // rows with their workloads, coefficients with their priors

struct FitProblemDeleter {
  void operator()(FitProblem* problem) const;
};
using FitProblemPointer = std::unique_ptr<FitProblem, FitProblemDeleter>;

// Rows of latency or throughput of this runtime on this kind of device; rows that cannot be estimated are passed over.
// Refused where the rows that may be fitted to do not determine anything.
Result<FitProblemPointer> make_fit_problem(std::span<const Measurement> rows,
                                           std::span<const GroupMeasurement> groups, const Runtime& runtime,
                                           DeviceKind kind, Machines& machines,
                                           const WorkloadOf& workload_of);

struct Fit {
  std::vector<double> parameters;  // as the problem orders them
  std::vector<double> deviations;  // of each, from the curvature
};

// ln(estimate / measured) of a row, estimated by a fit that had not seen what was left out.
struct Residual {
  const Measurement* row = nullptr;
  double value = 0;
};

Fit solve(const FitProblem& problem);
// Of every row, also those that may not be fitted to.
std::vector<Residual> residuals(const FitProblem& problem, const Fit& fit, Left left);
// With intervals: nine residuals in ten of the rows that were left out apart from it lie within.
std::vector<FittedRow> with_margins(std::span<const Residual> residuals, Left left);
FitError error_of(std::span<const Residual> residuals, Left left);
Calibration calibration_of(const FitProblem& problem, const Fit& fit, const std::string& date);

}  // namespace chipcast
