#include "validate/fit.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/likeness.hpp"
#include "validate/fit_parameters.hpp"
#include "validate/least_squares.hpp"

namespace chipcast {
namespace {

using Vector = Eigen::VectorXd;

// What a whole network and a group of operators scatter by between runs and machines of one kind, as logarithms.
constexpr double row_scatter = 0.08;
constexpr double group_scatter = 0.2;
// All groups of one run of a network, and all single operators of one device, together weigh as much as this many rows.
constexpr double rows_per_run = 4;
constexpr std::size_t least_rows = 4;

struct Row {
  const Measurement* measured = nullptr;
  const Device* device = nullptr;
  const OperatingPoint* point = nullptr;
  const Workload* workload = nullptr;
  Traits traits = {};
  double latency = 0;  // of the batch
  double scatter = row_scatter;
};

struct Run {  // the groups of one network that were measured one by one
  const Device* device = nullptr;
  const Workload* workload = nullptr;
  Measurement of;  // what its rows have in common
  std::vector<double> latencies;
  std::vector<std::vector<std::size_t>> groups;  // of the workload, by row
  double total = 0;
};

}  // namespace

class FitProblem {
 public:
  FitProblem(Runtime runtime, DeviceKind kind) : runtime_(std::move(runtime)), kind_(kind) {
    execution().fitted.emplace();
  }
  FitProblem(const FitProblem&) = delete;
  FitProblem& operator=(const FitProblem&) = delete;

  Result<Done> collect(std::span<const Measurement> rows, std::span<const GroupMeasurement> groups,
                       Machines& machines, const WorkloadOf& workload_of);

  Fit solve(const std::function<bool(const Measurement&)>& is_seen, const Vector* start) const;
  Fit unfitted() const;
  std::vector<Residual> residuals(const Fit& fit, Left left) const;
  std::vector<GroupResidual> group_residuals(const Fit& fit, Left left) const;
  Calibration calibration(const Fit& fit, const std::string& date) const;

 private:
  Execution& execution() const { return *runtime_.executions[static_cast<std::size_t>(kind_)]; }
  const Workload* keep(const std::string& model, const WorkloadOf& workload_of);
  void add_run(std::span<const GroupMeasurement> groups, const Device& device, const Workload& workload,
               const Measurement& of);
  void choose_parameters();
  void apply(const Vector& parameters) const;
  Result<Target> target_of(const Device& device, const OperatingPoint& point, const Measurement& m) const;
  // Those of a fit that has not seen what has this label.
  Vector parameters_without(const Fit& fit, Left left, const std::string& label) const;
  double row_residual(const Row& row) const;
  std::vector<double> group_log_ratios(const Run& run) const;
  // Residuals in units of their scatter, weighed; rows first, then groups.
  std::vector<double> evaluate(const Vector& parameters, const std::vector<bool>& rows,
                               const std::vector<bool>& runs) const;

  mutable Runtime runtime_;  // the one whose figures the parameters set
  DeviceKind kind_;
  std::map<std::string, Workload> workloads_;
  std::vector<Row> rows_;
  std::vector<Run> runs_;
  std::vector<FitParameter> parameters_;
  std::set<std::string> devices_, sources_;
  std::vector<Precision> precisions_;
};

void FitProblemDeleter::operator()(FitProblem* problem) const { delete problem; }

const Workload* FitProblem::keep(const std::string& model, const WorkloadOf& workload_of) {
  const auto known = workloads_.find(model);
  if (known != workloads_.end()) return &known->second;
  const Result<const Workload*> workload = workload_of(model, runtime_);
  return workload ? &workloads_.emplace(model, **workload).first->second : nullptr;
}

Result<Done> FitProblem::collect(std::span<const Measurement> rows, std::span<const GroupMeasurement> groups,
                                 Machines& machines, const WorkloadOf& workload_of) {
  const auto device_for = [&](const std::string& id) {
    const Device* device = machines.device(id);
    return device != nullptr && device->kind == kind_ ? device : nullptr;
  };
  std::size_t to_fit = 0;
  for (const Measurement& m : rows) {
    if (m.runtime != runtime_.id || (m.metric != Metric::latency && m.metric != Metric::throughput)) continue;
    const Device* device = device_for(m.device);
    if (device == nullptr) continue;
    const OperatingPoint* point = m.operating_point.empty() ? &device->operating_points.front()
                                                            : device->operating_point(m.operating_point);
    const Workload* workload = keep(m.model, workload_of);
    if (point == nullptr || workload == nullptr || !target_of(*device, *point, m)) continue;
    rows_.push_back({.measured = &m,
                     .device = device,
                     .point = point,
                     .workload = workload,
                     .traits = traits_of(*workload),
                     .latency = m.metric == Metric::latency ? m.value : m.batch / m.value});
    if (m.use == Use::fit) ++to_fit;
  }
  for (std::size_t begin = 0; begin < groups.size();) {
    const GroupMeasurement& first = groups[begin];
    std::size_t end = begin;
    while (end < groups.size() && groups[end].device == first.device && groups[end].run == first.run &&
           groups[end].model == first.model && groups[end].batch == first.batch) {
      ++end;
    }
    const std::span<const GroupMeasurement> run = groups.subspan(begin, end - begin);
    begin = end;
    const Device* device = device_for(first.device);
    if (first.runtime != runtime_.id || device == nullptr) continue;
    const Workload* workload = keep(first.model, workload_of);
    if (workload == nullptr) continue;
    Measurement of;
    of.source = first.source;
    of.device = first.device;
    of.runtime = first.runtime;
    of.model = first.model;
    of.precision = first.precision;
    of.batch = first.batch;
    of.use = first.use;
    const auto alike = std::ranges::find_if(rows_, [&](const Row& row) {
      return row.measured->model == of.model && row.measured->device == of.device;
    });
    if (alike == rows_.end()) continue;
    of.family = alike->measured->family;
    add_run(run, *device, *workload, of);
  }
  std::map<std::string, double> operators;  // by device
  for (const Row& row : rows_) {
    if (is_of_operator(*row.measured) && row.measured->use == Use::fit) ++operators[row.measured->device];
  }
  for (Row& row : rows_) {
    if (!is_of_operator(*row.measured)) continue;
    row.scatter = group_scatter * std::sqrt(std::max(1.0, operators[row.measured->device] / rows_per_run));
  }
  if (to_fit < least_rows) {
    return Diagnostic{
        .message = fmt::format("only {} rows of '{}' on {} devices may be fitted to: {} are needed", to_fit,
                               runtime_.id, name(kind_), least_rows),
        .hint =
            "rows with use=fit of networks that the zoo has; 'chipcast list measurements' says what there "
            "is"};
  }
  choose_parameters();
  return Done{};
}

// An operator that several groups name belongs to the first of them.
void FitProblem::add_run(std::span<const GroupMeasurement> groups, const Device& device,
                         const Workload& workload, const Measurement& of) {
  std::map<std::string, std::size_t> group_of;
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    for (const std::string& member : workload.groups[i].members) group_of.emplace(member, i);
  }
  Run run{.device = &device, .workload = &workload, .of = of, .latencies = {}, .groups = {}};
  for (const GroupMeasurement& measured : groups) {
    std::vector<std::size_t> found;
    for (const std::string& op : measured.operators) {
      const auto at = group_of.find(op);
      if (at == group_of.end() || std::ranges::find(found, at->second) != found.end()) continue;
      found.push_back(at->second);
    }
    for (const std::size_t group : found) {
      std::erase_if(group_of, [&](const auto& entry) { return entry.second == group; });
    }
    if (found.empty()) continue;
    run.latencies.push_back(measured.latency);
    run.groups.push_back(std::move(found));
    run.total += measured.latency;
  }
  runs_.push_back(std::move(run));
}

void FitProblem::choose_parameters() {
  for (const Row& row : rows_) {
    if (row.measured->use != Use::fit) continue;
    devices_.insert(row.measured->device);
    sources_.insert(row.measured->source);
    const Result<Target> target = target_of(*row.device, *row.point, *row.measured);
    if (std::ranges::find(precisions_, target->product_runs_as) == precisions_.end())
      precisions_.push_back(target->product_runs_as);
  }
  std::ranges::sort(precisions_);
  parameters_ = parameters_of(runtime_, kind_, devices_, precisions_);
}

void FitProblem::apply(const Vector& parameters) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i].set(parameters[static_cast<Eigen::Index>(i)]);
}

Result<Target> FitProblem::target_of(const Device& device, const OperatingPoint& point,
                                     const Measurement& m) const {
  return make_target(device, point, runtime_, {.precision = m.precision, .threads = m.threads});
}

double FitProblem::row_residual(const Row& row) const {
  const Result<Target> target = target_of(*row.device, *row.point, *row.measured);
  const Estimate e = estimate(*row.workload, *target,
                              {.batch = row.measured->batch, .keep_groups = false, .has_interval = false});
  return std::log(in(e.latency, second) / row.latency);
}

std::vector<double> FitProblem::group_log_ratios(const Run& run) const {
  const Result<Target> target = target_of(*run.device, run.device->operating_points.front(), run.of);
  const std::vector<Seconds> estimated = group_latencies(*run.workload, *target, run.of.batch);
  std::vector<double> ratios;
  for (std::size_t g = 0; g < run.groups.size(); ++g) {
    double sum = 0;
    for (const std::size_t group : run.groups[g]) sum += in(estimated[group], second);
    ratios.push_back(std::log(sum / run.latencies[g]));
  }
  return ratios;
}

std::vector<double> FitProblem::evaluate(const Vector& parameters, const std::vector<bool>& rows,
                                         const std::vector<bool>& runs) const {
  apply(parameters);
  std::vector<double> all;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows[i]) all.push_back(row_residual(rows_[i]) / rows_[i].scatter);
  }
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (!runs[i]) continue;
    const Run& run = runs_[i];
    const std::vector<double> ratios = group_log_ratios(run);
    for (std::size_t g = 0; g < run.groups.size(); ++g)
      all.push_back(std::sqrt(rows_per_run * run.latencies[g] / run.total) * ratios[g] / group_scatter);
  }
  return all;
}

Fit FitProblem::solve(const std::function<bool(const Measurement&)>& is_seen, const Vector* start) const {
  std::vector<bool> rows, runs;
  for (const Row& row : rows_) rows.push_back(row.measured->use == Use::fit && is_seen(*row.measured));
  for (const Run& run : runs_) runs.push_back(run.of.use == Use::fit && is_seen(run.of));
  Priors priors;
  for (const FitParameter& p : parameters_) {
    priors.means.push_back(p.prior);
    priors.deviations.push_back(p.deviation);
    priors.alike.push_back(p.alike);
  }
  const auto residuals_of = [&](std::span<const double> x) {
    return evaluate(Eigen::Map<const Vector>(x.data(), static_cast<Eigen::Index>(x.size())), rows, runs);
  };
  const std::span<const double> from =
      start == nullptr ? std::span<const double>()
                       : std::span(start->data(), static_cast<std::size_t>(start->size()));
  Solution solution = least_squares(residuals_of, priors, from);
  return {.parameters = std::move(solution.parameters), .deviations = std::move(solution.deviations)};
}

Fit FitProblem::unfitted() const {
  Fit fit;
  for (const FitParameter& p : parameters_) {
    fit.parameters.push_back(p.prior);
    fit.deviations.push_back(p.deviation);
  }
  return fit;
}

Vector FitProblem::parameters_without(const Fit& fit, Left left, const std::string& label) const {
  const auto vector_of = [](const Fit& some) -> Vector {
    return Eigen::Map<const Vector>(some.parameters.data(),
                                    static_cast<Eigen::Index>(some.parameters.size()));
  };
  if (left == Left::everything) return vector_of(unfitted());
  if (left == Left::nothing) return vector_of(fit);
  const Vector full = vector_of(fit);
  return vector_of(solve([&](const Measurement& m) { return label_of(m, left) != label; }, &full));
}

std::vector<Residual> FitProblem::residuals(const Fit& fit, Left left) const {
  std::set<std::string> labels;
  for (const Row& row : rows_) labels.insert(label_of(*row.measured, left));
  std::vector<Residual> all(rows_.size());
  for (const std::string& label : labels) {
    apply(parameters_without(fit, left, label));
    std::vector<Traits> seen;
    for (const Row& row : rows_) {
      if (row.measured->use == Use::fit && is_seen_without(*row.measured, left, label))
        seen.push_back(row.traits);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (label_of(*rows_[i].measured, left) != label) continue;
      all[i] = {rows_[i].measured, row_residual(rows_[i]), distance_to_nearest(rows_[i].traits, seen)};
    }
  }
  return all;
}

std::vector<GroupResidual> FitProblem::group_residuals(const Fit& fit, Left left) const {
  std::set<std::string> labels;
  for (const Run& run : runs_) labels.insert(label_of(run.of, left));
  std::vector<GroupResidual> all;
  for (const std::string& label : labels) {
    apply(parameters_without(fit, left, label));
    for (const Run& run : runs_) {
      if (label_of(run.of, left) != label) continue;
      const std::vector<double> ratios = group_log_ratios(run);
      for (std::size_t g = 0; g < run.groups.size(); ++g) {
        all.push_back({.device = run.of.device,
                       .precision = run.of.precision,
                       .kind = run.workload->groups[run.groups[g].front()].kind,
                       .measured = run.latencies[g],
                       .value = ratios[g]});
      }
    }
  }
  return all;
}

Calibration FitProblem::calibration(const Fit& fit, const std::string& date) const {
  Calibration c;
  c.runtime = runtime_.id;
  c.kind = kind_;
  c.date = date;
  c.sources = {sources_.begin(), sources_.end()};
  for (const Row& row : rows_) c.rows += row.measured->use == Use::fit ? 1 : 0;
  for (const Run& run : runs_) c.groups += run.of.use == Use::fit ? run.groups.size() : 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const FitParameter& p = parameters_[i];
    if (p.path.empty()) continue;
    // What the data says nothing of stays the runtime's own figure.
    const bool is_moved = std::abs(fit.parameters[i] - p.prior) > 0.1 * p.deviation;
    if (fit.deviations[i] > 0.95 * p.deviation && !is_moved) continue;
    const double reach = normal_90 * fit.deviations[i];
    const double a = p.amount(fit.parameters[i] - reach), b = p.amount(fit.parameters[i] + reach);
    c.coefficients.push_back({p.path, p.amount(fit.parameters[i]), std::min(a, b), std::max(a, b)});
  }
  apply(Eigen::Map<const Vector>(fit.parameters.data(), static_cast<Eigen::Index>(fit.parameters.size())));
  const Fitted& fitted = *execution().fitted;
  c.devices.assign(fitted.devices.begin(), fitted.devices.end());
  for (const Precision precision : precisions_) {
    const double scale = fitted.precisions[static_cast<std::size_t>(precision)];
    if (scale > 0) c.precisions.emplace_back(precision, scale);
  }
  std::set<Traits> networks;
  for (const Row& row : rows_) {
    if (row.measured->use == Use::fit) networks.insert(row.traits);
  }
  c.networks.assign(networks.begin(), networks.end());
  return c;
}

Result<FitProblemPointer> make_fit_problem(std::span<const Measurement> rows,
                                           std::span<const GroupMeasurement> groups, const Runtime& runtime,
                                           DeviceKind kind, Machines& machines,
                                           const WorkloadOf& workload_of) {
  FitProblemPointer problem(new FitProblem(runtime, kind));
  const Result<Done> collected = problem->collect(rows, groups, machines, workload_of);
  if (!collected) return collected.diagnostics();
  return problem;
}

Fit solve(const FitProblem& problem) {
  return problem.solve([](const Measurement&) { return true; }, nullptr);
}

Fit unfitted(const FitProblem& problem) { return problem.unfitted(); }

std::vector<GroupResidual> group_residuals(const FitProblem& problem, const Fit& fit, Left left) {
  return problem.group_residuals(fit, left);
}

std::vector<Residual> residuals(const FitProblem& problem, const Fit& fit, Left left) {
  return problem.residuals(fit, left);
}

Calibration calibration_of(const FitProblem& problem, const Fit& fit, const std::string& date) {
  return problem.calibration(fit, date);
}

}  // namespace chipcast
