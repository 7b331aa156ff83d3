// validate/fits.hpp: fits of all targets that measurements concern, each made once, when it is first asked for.
//
//   Fits fits(rows, groups, machines, workload_of);
//   if (const Residuals* found = fits.times("ncnn", DeviceKind::cpu, Left::network)) ...
//   fits.energies(DeviceKind::cpu, Left::network)           // at the times that those fits estimate
//   fits.refusal("ncnn", DeviceKind::cpu)                   // why there is none
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "validate/energy_fit.hpp"
#include "validate/fit.hpp"

namespace chipcast {

using Residuals = std::vector<Residual>;

// A problem of times or energies with its solution, and what it leaves of its rows.
template <class Problem, class Solution>
struct Solved {
  Problem problem;
  std::optional<Solution> solution = {};  // made when it is first needed
  std::map<Left, Residuals> residuals = {}, estimated = {};
};

class Fits {
 public:
  // What they are made from outlives them.
  Fits(std::span<const Measurement> rows, std::span<const GroupMeasurement> groups, Machines& machines,
       WorkloadOf workload_of);

  // What fits leave of times. Null: refused, or nothing to fit; an unknown runtime has none.
  const Residuals* times(const std::string& runtime, DeviceKind kind, Left left);
  // What is left by whichever 'estimate' would go by, the fit or data sheets alone. Null likewise.
  const Residuals* times_as_estimated(const std::string& runtime, DeviceKind kind, Left left);
  const Residuals* energies_as_estimated(DeviceKind kind, Left left);
  // Of groups of operators; none where none was measured.
  std::vector<GroupResidual> groups(const std::string& runtime, DeviceKind kind, Left left);
  const Residuals* energies(DeviceKind kind, Left left);
  std::string refusal(const std::string& runtime, DeviceKind kind);
  std::string energy_refusal(DeviceKind kind);

  // With the error of everything that can be left out; null as above.
  std::optional<Calibration> calibration(const std::string& runtime, DeviceKind kind,
                                         const std::string& date);
  // Over all runtimes that were measured on such devices.
  std::optional<FitError> datasheet_error(DeviceKind kind);
  std::optional<EnergyCalibration> energy_calibration(DeviceKind kind, const std::string& date);

 private:
  using TimeFit = Result<Solved<FitProblemPointer, Fit>>;
  using EnergyFitResult = Result<Solved<EnergyProblemPointer, EnergySolution>>;

  TimeFit& time_fit(const std::string& runtime, DeviceKind kind);
  EnergyFitResult& energy_fit(DeviceKind kind);

  std::span<const Measurement> rows_;
  std::span<const GroupMeasurement> groups_;
  Machines& machines_;
  WorkloadOf workload_of_;
  std::map<std::pair<std::string, DeviceKind>, TimeFit> time_fits_;
  std::map<DeviceKind, EnergyFitResult> energy_fits_;
};

}  // namespace chipcast
