// validate/energy_fit.hpp: what devices of a kind take in energy, fitted to measured energies and powers.
//
//   Result<EnergyProblemPointer> problem = make_energy_problem(rows, DeviceKind::cpu, machines, workload_of);
//   EnergySolution fit = solve(*problem);
//   residuals(*problem, fit, Left::network, estimated_times(times))     // ln(estimate / measured), by row
//   energy_calibration_of(*problem, fit, date)
//
// A row is fitted at the time that was measured beside it, so that errors of times do not end up in energies. It is
// estimated at the time that a fit of times estimates for it, which had not seen the row's network, family or device
// either: errors stated are those of times and energies together.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hardware/energy_calibration.hpp"
#include "validate/fit.hpp"

namespace chipcast {

class EnergyProblem;
struct EnergyProblemDeleter {
  void operator()(EnergyProblem* problem) const;
};
using EnergyProblemPointer = std::unique_ptr<EnergyProblem, EnergyProblemDeleter>;

// Rows of energy and power on this kind of device that a time was measured beside; what cannot be estimated is passed
// over. Refused where too few may be fitted to.
Result<EnergyProblemPointer> make_energy_problem(std::span<const Measurement> rows, DeviceKind kind,
                                                 Machines& machines, const WorkloadOf& workload_of);

std::vector<std::string> runtimes_of(const EnergyProblem& problem);  // of all its rows

using Times = std::map<std::string, double>;  // in seconds, by timing_key
Times estimated_times(std::span<const Residual> residuals);

struct EnergySolution {
  std::vector<double> parameters, deviations;  // logarithms, as the problem orders them
};

EnergySolution solve(const EnergyProblem& problem);
// Of every row, also those that may not be fitted to. A row without an estimated time takes that of the data sheet.
std::vector<Residual> residuals(const EnergyProblem& problem, const EnergySolution& fit, Left left,
                                const Times& times);
EnergyCalibration energy_calibration_of(const EnergyProblem& problem, const EnergySolution& fit,
                                        const std::string& date);

}  // namespace chipcast
