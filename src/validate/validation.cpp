#include "validate/validation.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "model/likeness.hpp"
#include "validate/statistics.hpp"

namespace chipcast {
namespace {

struct Range {
  double value = 0;
  std::optional<double> low = {}, high = {};
};

// Nothing where the device's file gives no energies.
std::optional<Range> estimated(Metric metric, const Estimate& e) {
  switch (metric) {
    case Metric::latency:
      return Range{in(e.latency, second), in(e.latency_low, second), in(e.latency_high, second)};
    case Metric::throughput:
      return Range{in(e.throughput, hertz), e.batch / in(e.latency_high, second),
                   e.batch / in(e.latency_low, second)};
    case Metric::energy:
      if (!e.energy) return std::nullopt;
      return Range{in(e.energy->total(), joule)};
    case Metric::power:
      if (!e.power) return std::nullopt;
      return Range{in(*e.power, watt)};
  }
  return std::nullopt;
}

bool is_of(const TargetError& target, const Measurement& m) {
  return target.device == m.device && target.runtime == m.runtime && target.precision == m.precision &&
         target.metric == m.metric && target.boundary == m.boundary &&
         target.of_operators == is_of_operator(m);
}

// Far beyond what Winograd's algorithm or a clock above the sustained one explain: a slip of a unit.
bool is_absurd(const Measurement& m, const Estimate& e, const Target& target) {
  if (m.metric != Metric::latency && m.metric != Metric::throughput) return false;
  const Seconds time = (m.metric == Metric::latency ? m.value : m.batch / m.value) * second;
  const FlopsPerSecond peak =
      joint_peak_rate(*target.device, target.product_engine, target.product_runs_as, *target.point);
  return e.amounts.products * flop / time > 10.0 * peak;
}

class Validator {
 public:
  Validator(Machines& machines, const WorkloadOf& workload_of)
      : machines_(&machines), workload_of_(&workload_of) {}

  void add(const Measurement& m) {
    const Result<Target> target = target_of(m, *machines_);
    if (!target) return skip(m, target.diagnostics().front());
    const Result<const Workload*> workload = (*workload_of_)(m.model, *target->runtime);
    if (!workload) return skip(m, workload.diagnostics().front());
    const Estimate e =
        estimate(**workload, *target, {.batch = m.batch, .keep_groups = false, .boundary = m.boundary});
    if (is_absurd(m, e, *target))
      return skip(m, {.message = "more than ten times faster than the device's peak",
                      .hint = "look at the unit, the batch and the precision of the row"});
    const std::optional<Range> range = estimated(m.metric, e);
    if (!range)
      return skip(m, {.message = "no energy is estimated: the device's file gives no " +
                                 missing_for(*target, m.boundary)});
    if (!(range->value > 0)) return skip(m, {.message = "nothing to compare: the estimate is zero"});
    const Traits traits = traits_of(**workload);
    Compared row{.measured = &m,
                 .estimate = range->value,
                 .low = range->low,
                 .high = range->high,
                 .error = relative_error({range->value, m.value}),
                 .flops = std::pow(10, traits[0]),
                 .flops_per_value = std::exp(traits[1]),
                 .bound = e.bound,
                 .share_at_bound = e.time_at[static_cast<std::size_t>(e.bound)] / e.latency,
                 .reasons = target->reasons};
    if (e.is_throttled) row.reasons.emplace_back("throttled by the power limit");
    if (!e.fits) row.reasons.emplace_back("does not fit the memory");
    result_.compared.push_back(std::move(row));
  }

  // The estimate is the fit's; what bounds it and why is that of the data sheet.
  void add(const FittedRow& fitted) {
    const Measurement& m = *fitted.measured;
    const std::size_t before = result_.compared.size();
    add(m);
    if (result_.compared.size() == before) return;
    Compared& row = result_.compared.back();
    // A throughput is off the other way round.
    const double sign = m.metric == Metric::throughput ? -1 : 1;
    row.estimate = m.value * std::exp(sign * fitted.log_ratio);
    row.low = row.estimate * std::exp(-fitted.margin);
    row.high = row.estimate * std::exp(fitted.margin);
    row.error = relative_error({row.estimate, m.value});
  }

  Validation finish(Mode mode) {
    result_.mode = mode;
    for (std::size_t i = 0; i < result_.compared.size(); ++i) {
      const Measurement& m = *result_.compared[i].measured;
      auto target =
          std::ranges::find_if(result_.targets, [&](const TargetError& known) { return is_of(known, m); });
      if (target == result_.targets.end()) {
        target = result_.targets.insert(target, {.device = m.device,
                                                 .runtime = m.runtime,
                                                 .precision = m.precision,
                                                 .metric = m.metric,
                                                 .boundary = m.boundary,
                                                 .of_operators = is_of_operator(m),
                                                 .mode = mode});
      }
      target->worst.push_back(i);
    }
    std::ranges::sort(result_.targets, {}, [](const TargetError& t) {
      return std::tie(t.device, t.runtime, t.precision, t.metric, t.boundary, t.of_operators);
    });
    for (TargetError& target : result_.targets) count(target);
    return std::move(result_);
  }

 private:
  void skip(const Measurement& m, const Diagnostic& why) {
    result_.skipped.push_back({.measured = &m, .reason = why.message, .hint = why.hint});
  }

  void count(TargetError& target) const {
    std::vector<Pair> pairs;
    std::vector<double> errors;
    double stated = 0, covered = 0;
    for (const std::size_t i : target.worst) {
      const Compared& row = result_.compared[i];
      pairs.push_back({row.estimate, row.measured->value});
      errors.push_back(row.error);
      stated += row.low ? 1 : 0;
      covered += row.is_covered() ? 1 : 0;
    }
    target.mape = mean_absolute_percentage_error(pairs);
    target.median_log_ratio = median_log_ratio(pairs);
    target.p90 = percentile(std::move(errors), 0.9);
    target.spearman = spearman(pairs);
    if (stated > 0) target.coverage = covered / stated;
    std::ranges::stable_sort(target.worst, std::ranges::greater(),
                             [&](std::size_t i) { return result_.compared[i].error; });
  }

  Machines* machines_;
  const WorkloadOf* workload_of_;
  Validation result_;
};

}  // namespace

Result<Target> target_of(const Measurement& m, Machines& machines) {
  const Device* device = machines.device(m.device);
  const Runtime* runtime = machines.runtime(m.runtime);
  if (device == nullptr || runtime == nullptr)
    return Diagnostic{.message = "the file of its device or runtime is wrong"};
  const OperatingPoint* point = m.operating_point.empty() ? &device->operating_points.front()
                                                          : device->operating_point(m.operating_point);
  return make_target(*device, *point, *runtime, {.precision = m.precision, .threads = m.threads});
}

std::string_view name(Mode mode) {
  switch (mode) {
    case Mode::datasheet:
      return "datasheet";
    case Mode::held_out:
      return "held-out";
    case Mode::in_sample:
      return "in-sample";
  }
  return "";
}

Validation validate(std::span<const Measurement> rows, Machines& machines, const WorkloadOf& workload_of) {
  Validator validator(machines, workload_of);
  for (const Measurement& m : rows) validator.add(m);
  return validator.finish(Mode::datasheet);
}

Validation validate(std::span<const FittedRow> rows, Machines& machines, const WorkloadOf& workload_of,
                    Mode mode) {
  Validator validator(machines, workload_of);
  for (const FittedRow& row : rows) validator.add(row);
  return validator.finish(mode);
}

}  // namespace chipcast
