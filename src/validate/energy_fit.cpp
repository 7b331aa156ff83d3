#include "validate/energy_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "model/likeness.hpp"
#include "validate/fit_parameters.hpp"
#include "validate/least_squares.hpp"

namespace chipcast {
namespace {

// What energies of one device scatter by between runs, as a logarithm; single operators count less, as they do in times.
constexpr double row_scatter = 0.08;
constexpr double operator_scatter = 0.3;
constexpr std::size_t least_rows = 4;

// How far device files are believed to be off, nine times in ten: twofold in an energy per operation or byte and in what
// a board takes, less in idle power, more in busy power, which nobody states.
const double twofold = std::log(2.0) / normal_90;
const std::array<double, energy_scales.size()> scale_deviations = {
    twofold, twofold, std::log(1.5) / normal_90, std::log(2.5) / normal_90, twofold};
const double runtime_deviation = std::log(1.5) / normal_90;
const double device_deviation = std::log(1.5) / normal_90;

struct Row {
  const Measurement* measured = nullptr;
  Target target;
  Amounts amounts;
  Traits traits = {};
  Seconds by_datasheet, measured_time;
  std::size_t runtime = 0, device = 0;  // parameters, behind the scales
};

bool is_of_energy(const Measurement& m) { return m.metric == Metric::energy || m.metric == Metric::power; }

}  // namespace

class EnergyProblem {
 public:
  explicit EnergyProblem(DeviceKind kind) : kind_(kind) {}

  Result<Done> collect(std::span<const Measurement> rows, Machines& machines, const WorkloadOf& workload_of);
  EnergySolution solve(const std::function<bool(const Measurement&)>& is_seen,
                       std::span<const double> start) const;
  std::vector<Residual> residuals(const EnergySolution& fit, Left left, const Times& times) const;
  EnergyCalibration calibration(const EnergySolution& fit, const std::string& date) const;
  std::vector<std::string> runtimes() const;

 private:
  void choose_parameters();
  std::size_t first_device() const { return energy_scales.size() + runtimes_.size(); }
  double residual(const Row& row, Seconds time, std::span<const double> parameters) const;

  DeviceKind kind_;
  std::vector<Row> rows_;
  std::vector<std::string> runtimes_, devices_;  // of rows to fit, sorted
  Priors priors_;
};

void EnergyProblemDeleter::operator()(EnergyProblem* problem) const { delete problem; }

Result<Done> EnergyProblem::collect(std::span<const Measurement> rows, Machines& machines,
                                    const WorkloadOf& workload_of) {
  std::map<std::string, Seconds> times;
  for (const Measurement& m : rows) {
    if (m.metric == Metric::latency) times[timing_key(m)] = m.value * second;
    if (m.metric == Metric::throughput) times[timing_key(m)] = m.batch / m.value * second;
  }
  std::size_t to_fit = 0;
  for (const Measurement& m : rows) {
    const auto time = times.find(timing_key(m));
    if (!is_of_energy(m) || time == times.end()) continue;
    const Device* device = machines.device(m.device);
    if (device == nullptr || device->kind != kind_) continue;
    Result<Target> target = target_of(m, machines);
    if (!target || !missing_for(*target, m.boundary).empty()) continue;
    const Result<const Workload*> workload = workload_of(m.model, *target->runtime);
    if (!workload) continue;
    const Estimate e = estimate(**workload, *target, {.batch = m.batch, .keep_groups = false});
    rows_.push_back({.measured = &m,
                     .target = *std::move(target),
                     .amounts = e.amounts,
                     .traits = traits_of(**workload),
                     .by_datasheet = e.latency,
                     .measured_time = time->second});
    if (m.use == Use::fit) ++to_fit;
  }
  if (to_fit < least_rows) {
    return Diagnostic{.message = fmt::format(
                          "only {} rows of energy or power on {} devices may be fitted to: {} are needed",
                          to_fit, name(kind_), least_rows),
                      .hint = "rows with use=fit, each with a row of the time beside it"};
  }
  choose_parameters();
  return Done{};
}

void EnergyProblem::choose_parameters() {
  std::set<std::string> runtimes, devices;
  for (const Row& row : rows_) {
    if (row.measured->use != Use::fit) continue;
    runtimes.insert(row.measured->runtime);
    devices.insert(row.measured->device);
  }
  runtimes_.assign(runtimes.begin(), runtimes.end());
  devices_.assign(devices.begin(), devices.end());
  // What was never fitted to is taken for a runtime or a device like any: one parameter more, which stays where it is.
  const auto index_in = [](const std::vector<std::string>& names, const std::string& id) {
    return static_cast<std::size_t>(std::ranges::find(names, id) - names.begin());
  };
  const std::size_t unknown = energy_scales.size() + runtimes_.size() + devices_.size();
  for (Row& row : rows_) {
    const std::size_t runtime = index_in(runtimes_, row.measured->runtime);
    const std::size_t device = index_in(devices_, row.measured->device);
    row.runtime = runtime < runtimes_.size() ? energy_scales.size() + runtime : unknown;
    row.device = device < devices_.size() ? first_device() + device : unknown;
  }
  priors_.means.assign(unknown + 1, 0);
  priors_.deviations.assign(scale_deviations.begin(), scale_deviations.end());
  priors_.deviations.resize(first_device(), runtime_deviation);
  priors_.deviations.resize(unknown + 1, device_deviation);
}

double EnergyProblem::residual(const Row& row, Seconds time, std::span<const double> parameters) const {
  const auto scale = [&](std::size_t i) { return std::exp(parameters[i]); };
  const double device = scale(row.device);
  Target target = row.target;
  target.energy_scale = {.per_flop = scale(0),
                         .per_byte = scale(1),
                         .idle = scale(2) * device,
                         .busy = scale(3) * scale(row.runtime) * device,
                         .board = scale(4) * device};
  const Joules energy = energy_of(row.amounts, target, time, row.measured->boundary).total();
  const double estimated =
      row.measured->metric == Metric::energy ? in(energy, joule) : in(energy / time, watt);
  return std::log(estimated / row.measured->value);
}

EnergySolution EnergyProblem::solve(const std::function<bool(const Measurement&)>& is_seen,
                                    std::span<const double> start) const {
  std::vector<const Row*> seen;
  for (const Row& row : rows_) {
    if (row.measured->use == Use::fit && is_seen(*row.measured)) seen.push_back(&row);
  }
  const auto residuals_of = [&](std::span<const double> x) {
    std::vector<double> all;
    for (const Row* row : seen) {
      const double scatter = is_of_operator(*row->measured) ? operator_scatter : row_scatter;
      all.push_back(residual(*row, row->measured_time, x) / scatter);
    }
    return all;
  };
  Solution solution = least_squares(residuals_of, priors_, start);
  return {.parameters = std::move(solution.parameters), .deviations = std::move(solution.deviations)};
}

std::vector<Residual> EnergyProblem::residuals(const EnergySolution& fit, Left left,
                                               const Times& times) const {
  std::set<std::string> labels;
  for (const Row& row : rows_) labels.insert(label_of(*row.measured, left));
  std::vector<Residual> all(rows_.size());
  for (const std::string& label : labels) {
    std::vector<double> parameters = fit.parameters;
    if (left == Left::everything) {
      parameters = priors_.means;
    } else if (left != Left::nothing) {
      parameters =
          solve([&](const Measurement& m) { return label_of(m, left) != label; }, fit.parameters).parameters;
    }
    std::vector<Traits> seen;
    for (const Row& row : rows_) {
      if (row.measured->use == Use::fit && is_seen_without(*row.measured, left, label))
        seen.push_back(row.traits);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (label_of(*rows_[i].measured, left) != label) continue;
      const auto time = times.find(timing_key(*rows_[i].measured));
      const Seconds estimated = time == times.end() ? rows_[i].by_datasheet : time->second * second;
      all[i] = {rows_[i].measured, residual(rows_[i], estimated, parameters),
                distance_to_nearest(rows_[i].traits, seen)};
    }
  }
  return all;
}

std::vector<std::string> EnergyProblem::runtimes() const {
  std::set<std::string> ids;
  for (const Row& row : rows_) ids.insert(row.measured->runtime);
  return {ids.begin(), ids.end()};
}

EnergyCalibration EnergyProblem::calibration(const EnergySolution& fit, const std::string& date) const {
  EnergyCalibration c;
  c.kind = kind_;
  c.date = date;
  std::set<std::string> sources;
  for (const Row& row : rows_) {
    if (row.measured->use != Use::fit) continue;
    sources.insert(row.measured->source);
    ++c.rows;
  }
  c.sources.assign(sources.begin(), sources.end());
  for (std::size_t i = 0; i < energy_scales.size(); ++i) {
    const double reach = normal_90 * fit.deviations[i];
    c.coefficients.push_back({std::string(energy_scales[i]), std::exp(fit.parameters[i]),
                              std::exp(fit.parameters[i] - reach), std::exp(fit.parameters[i] + reach)});
  }
  for (std::size_t i = 0; i < runtimes_.size(); ++i)
    c.runtimes.emplace_back(runtimes_[i], std::exp(fit.parameters[energy_scales.size() + i]));
  for (std::size_t i = 0; i < devices_.size(); ++i)
    c.devices.emplace_back(devices_[i], std::exp(fit.parameters[first_device() + i]));
  return c;
}

Result<EnergyProblemPointer> make_energy_problem(std::span<const Measurement> rows, DeviceKind kind,
                                                 Machines& machines, const WorkloadOf& workload_of) {
  EnergyProblemPointer problem(new EnergyProblem(kind));
  const Result<Done> collected = problem->collect(rows, machines, workload_of);
  if (!collected) return collected.diagnostics();
  return problem;
}

std::vector<std::string> runtimes_of(const EnergyProblem& problem) { return problem.runtimes(); }

Times estimated_times(std::span<const Residual> residuals) {
  Times times;
  for (const Residual& r : residuals) {
    const Measurement& m = *r.row;
    const double measured = m.metric == Metric::latency ? m.value : m.batch / m.value;
    times[timing_key(m)] = std::exp(r.value) * measured;
  }
  return times;
}

EnergySolution solve(const EnergyProblem& problem) {
  return problem.solve([](const Measurement&) { return true; }, {});
}

std::vector<Residual> residuals(const EnergyProblem& problem, const EnergySolution& fit, Left left,
                                const Times& times) {
  return problem.residuals(fit, left, times);
}

EnergyCalibration energy_calibration_of(const EnergyProblem& problem, const EnergySolution& fit,
                                        const std::string& date) {
  return problem.calibration(fit, date);
}

}  // namespace chipcast
