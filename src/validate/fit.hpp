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
// Whether a fit that estimates what has this label has seen the row.
bool is_seen_without(const Measurement& row, Left left, const std::string& label);

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
  double distance = 0;  // of its network to the nearest that the fit had seen (model/likeness.hpp)
};

// The same of a group of operators that was measured by itself.
struct GroupResidual {
  std::string device;
  Precision precision = Precision::fp32;
  WorkKind kind = WorkKind::other;  // of the first kernel in it
  double measured = 0;              // seconds
  double value = 0;
};

Fit solve(const FitProblem& problem);
// Data sheets and priors alone, nothing fitted.
Fit unfitted(const FitProblem& problem);
// Of every row, also those that may not be fitted to.
std::vector<Residual> residuals(const FitProblem& problem, const Fit& fit, Left left);
std::vector<GroupResidual> group_residuals(const FitProblem& problem, const Fit& fit, Left left);
// What 'estimate' goes by (`helps` of hardware/calibration.hpp): data sheets where those were nearer to the rows of other
// labels than fits that had not seen these; to other devices, for a row of a device that no fit has seen. `elsewhere` is
// what a fit without the device leaves, `datasheet` what data sheets alone do; all three of the same rows.
std::vector<Residual> as_estimated(std::span<const Residual> residuals, Left left,
                                   std::span<const Residual> elsewhere, std::span<const Residual> datasheet);
// With intervals that hold nine in ten of the rows that may be fitted to, each row's own label left out, and wider the
// farther its network lies from those that were seen. A row whose device and precision no other label has goes by
// `elsewhere`, what a fit without the device leaves; empty where there is one device.
std::vector<FittedRow> with_margins(std::span<const Residual> residuals, Left left,
                                    std::span<const Residual> elsewhere);
FitError error_of(std::span<const Residual> residuals, Left left);
Calibration calibration_of(const FitProblem& problem, const Fit& fit, const std::string& date);

}  // namespace chipcast
