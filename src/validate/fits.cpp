#include "validate/fits.hpp"

#include <algorithm>
#include <iterator>

namespace chipcast {
namespace {

template <class Problem, class Solution>
const Solution& solution_of(Solved<Problem, Solution>& fit) {
  if (!fit.solution) fit.solution = solve(*fit.problem);
  return *fit.solution;
}

// Where a fit has seen one device, none is left when that is left out.
bool can_leave(Left left, std::size_t devices) { return left != Left::device || devices > 1; }

}  // namespace

Fits::Fits(std::span<const Measurement> rows, std::span<const GroupMeasurement> groups, Machines& machines,
           WorkloadOf workload_of)
    : rows_(rows), groups_(groups), machines_(machines), workload_of_(std::move(workload_of)) {}

Fits::TimeFit& Fits::time_fit(const std::string& runtime, DeviceKind kind) {
  const auto known = time_fits_.find({runtime, kind});
  if (known != time_fits_.end()) return known->second;
  const auto keep = [&](TimeFit fit) -> TimeFit& {
    return time_fits_.emplace(std::pair(runtime, kind), std::move(fit)).first->second;
  };
  const Runtime* software = machines_.runtime(runtime);
  if (software == nullptr || software->on(kind) == nullptr)
    return keep(Diagnostic{.message = "its runtime does not run there"});
  Result<FitProblemPointer> problem =
      make_fit_problem(rows_, groups_, *software, kind, machines_, workload_of_);
  if (!problem) return keep(problem.diagnostics());
  return keep(Solved<FitProblemPointer, Fit>{*std::move(problem)});
}

Fits::EnergyFitResult& Fits::energy_fit(DeviceKind kind) {
  const auto known = energy_fits_.find(kind);
  if (known != energy_fits_.end()) return known->second;
  Result<EnergyProblemPointer> problem = make_energy_problem(rows_, kind, machines_, workload_of_);
  if (!problem) return energy_fits_.emplace(kind, problem.diagnostics()).first->second;
  return energy_fits_.emplace(kind, Solved<EnergyProblemPointer, EnergySolution>{*std::move(problem)})
      .first->second;
}

const Residuals* Fits::times(const std::string& runtime, DeviceKind kind, Left left) {
  TimeFit& fit = time_fit(runtime, kind);
  if (!fit) return nullptr;
  const auto [place, is_new] = fit->residuals.try_emplace(left);
  if (is_new) place->second = residuals(*fit->problem, solution_of(*fit), left);
  return &place->second;
}

std::vector<GroupResidual> Fits::groups(const std::string& runtime, DeviceKind kind, Left left) {
  TimeFit& fit = time_fit(runtime, kind);
  if (!fit) return {};
  return group_residuals(*fit->problem,
                         left == Left::everything ? unfitted(*fit->problem) : solution_of(*fit), left);
}

const Residuals* Fits::times_as_estimated(const std::string& runtime, DeviceKind kind, Left left) {
  const Residuals* found = times(runtime, kind, left);
  if (found == nullptr || left == Left::nothing || left == Left::everything) return found;
  const auto [place, is_new] = time_fit(runtime, kind)->estimated.try_emplace(left);
  if (is_new)
    place->second = as_estimated(*found, left, *times(runtime, kind, Left::device),
                                 *times(runtime, kind, Left::everything));
  return &place->second;
}

const Residuals* Fits::energies_as_estimated(DeviceKind kind, Left left) {
  const Residuals* found = energies(kind, left);
  if (found == nullptr || left == Left::nothing || left == Left::everything) return found;
  const auto [place, is_new] = energy_fit(kind)->estimated.try_emplace(left);
  if (is_new)
    place->second =
        as_estimated(*found, left, *energies(kind, Left::device), *energies(kind, Left::everything));
  return &place->second;
}

const Residuals* Fits::energies(DeviceKind kind, Left left) {
  EnergyFitResult& fit = energy_fit(kind);
  if (!fit) return nullptr;
  const auto [place, is_new] = fit->residuals.try_emplace(left);
  if (!is_new) return &place->second;
  Times all;
  for (const std::string& runtime : runtimes_of(*fit->problem)) {
    if (const Residuals* estimated = times_as_estimated(runtime, kind, left))
      all.merge(estimated_times(*estimated));
  }
  place->second = residuals(*fit->problem, solution_of(*fit), left, all);
  return &place->second;
}

std::string Fits::refusal(const std::string& runtime, DeviceKind kind) {
  const TimeFit& fit = time_fit(runtime, kind);
  return fit ? "" : fit.diagnostics().front().message;
}

std::string Fits::energy_refusal(DeviceKind kind) {
  const EnergyFitResult& fit = energy_fit(kind);
  return fit ? "" : fit.diagnostics().front().message;
}

std::optional<Calibration> Fits::calibration(const std::string& runtime, DeviceKind kind,
                                             const std::string& date) {
  TimeFit& fit = time_fit(runtime, kind);
  if (!fit) return std::nullopt;
  Calibration calibration = calibration_of(*fit->problem, solution_of(*fit), date);
  for (const Left left : lefts) {
    if (can_leave(left, calibration.devices.size()))
      calibration.errors.push_back(error_of(*times(runtime, kind, left), left));
  }
  return calibration;
}

std::optional<FitError> Fits::datasheet_error(DeviceKind kind) {
  Residuals all;
  for (const std::string& runtime : machines_.runtime_ids()) {
    if (const Residuals* of_runtime = times(runtime, kind, Left::everything))
      std::ranges::copy_if(*of_runtime, std::back_inserter(all),
                           [](const Residual& r) { return !is_of_operator(*r.row); });
  }
  const bool has_any = std::ranges::any_of(all, [](const Residual& r) { return r.row->use == Use::fit; });
  return has_any ? std::optional(error_of(all, Left::everything)) : std::nullopt;
}

std::optional<EnergyCalibration> Fits::energy_calibration(DeviceKind kind, const std::string& date) {
  EnergyFitResult& fit = energy_fit(kind);
  if (!fit) return std::nullopt;
  EnergyCalibration calibration = energy_calibration_of(*fit->problem, solution_of(*fit), date);
  for (const Left left : lefts) {
    if (can_leave(left, calibration.devices.size()))
      calibration.errors.push_back(error_of(*energies(kind, left), left));
  }
  return calibration;
}

}  // namespace chipcast
