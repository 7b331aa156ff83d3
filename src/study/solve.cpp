#include "study/solve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "hardware/figures.hpp"

namespace chipcast {
namespace {

constexpr double reach = 1000;  // of the range, to both sides
constexpr double steps_per_octave = 4;
constexpr double worthwhile = 1.01;  // what more of the first figure must save of the second
constexpr double precise = 1 + 1e-9;

double base_units(double amount) { return amount; }
template <Dimension D, Representation Rep>
double base_units(Quantity<D, Rep> amount) {
  return static_cast<double>(amount.in_base_units());
}

// The values that a figure may take, as factors of what it is.
class Axis {
 public:
  Axis(const Design& design, const std::string& path) : design_(design), path_(path) {
    const auto find = [&](const std::string& visited, const auto& figure) {
      if (visited == path) present_ = base_units(figure.value);
    };
    visit_figures(design.device, find);
    visit_figures(design.runtime, find);
    is_counted_ =
        (path.ends_with(".count") || path.ends_with(".instances")) && present_ == std::floor(present_);
  }

  Design at(double factor) const {
    Design design = design_;
    scale(design, path_, factor);
    return design;
  }

  // The factor nearest to `wanted` that makes a whole number where one is needed.
  double allowed(double wanted) const {
    return is_counted_ ? std::max(1.0, std::round(present_ * wanted)) / present_ : wanted;
  }
  double a_little_less(double factor) const {
    return is_counted_ ? allowed(factor - 1 / present_) : 0.99 * factor;
  }

  std::vector<double> grid(double from, double to, double per_octave) const {
    const double octaves = std::log2(to / from);
    const int steps = std::max(1, static_cast<int>(std::ceil(octaves * per_octave)));
    std::vector<double> factors;
    for (int i = 0; i <= steps; ++i) {
      const double factor = allowed(i == steps ? to : from * std::exp2(octaves * i / steps));
      if (factors.empty() || factor > factors.back()) factors.push_back(factor);
    }
    return factors;
  }

  // Narrows the factors `yes`, for which `is` holds, and `no`, for which it does not.
  template <class Predicate>
  void bisect(double& yes, double& no, Predicate is) const {
    while (!are_next(yes, no)) {
      const double middle = allowed(std::sqrt(yes * no));
      // The geometric mean of whole numbers may round to an end.
      const double between = middle == yes || middle == no ? allowed((yes + no) / 2) : middle;
      (is(between) ? yes : no) = between;
    }
  }

  // The factor nearest to `end` at which the device is possible, and what it is beyond.
  double edge(double end, std::string& fault) const {
    end = allowed(end);
    fault = fault_at(end);
    if (fault.empty()) return end;
    double possible = 1, impossible = end;
    bisect(possible, impossible, [&](double factor) { return fault_at(factor).empty(); });
    // A little further, so that the figures in the message differ.
    fault = fault_at(is_counted_             ? impossible
                     : impossible > possible ? 1.01 * impossible
                                             : 0.99 * impossible);
    return possible;
  }

 private:
  bool are_next(double a, double b) const {
    if (is_counted_) return std::abs(a - b) * present_ < 1.5;
    return std::max(a, b) < precise * std::min(a, b);
  }
  std::string fault_at(double factor) const {
    const std::vector<std::string> faults = new_faults(design_.device, at(factor).device);
    return faults.empty() ? "" : faults.front();
  }

  const Design& design_;
  const std::string& path_;
  double present_ = 0;
  bool is_counted_ = false;
};

// What most of the time or of the energy goes to.
std::string limit_on(GoalMetric metric, const Outcome& outcome) {
  const Estimate& e = outcome.estimate;
  if (!e.fits) return "the memory, which is too small for it";
  if (metric == GoalMetric::latency || metric == GoalMetric::throughput) {
    if (e.is_throttled) return "power, which the device has no more of";
    const Seconds all = std::accumulate(e.time_at.begin(), e.time_at.end(), Seconds());
    return fmt::format("{}, {:.0f}% of the time", name(e.bound),
                       100 * (e.time_at[static_cast<std::size_t>(e.bound)] / all));
  }
  if (metric == GoalMetric::battery && !outcome.endurance.keeps_up)
    return "the rate, which it cannot keep up with";
  if (!e.energy) return "nothing that is known";
  const std::array<Joules, 5> parts = {e.energy->compute, e.energy->off_chip, e.energy->on_chip,
                                       e.energy->idle, e.energy->busy};
  constexpr std::array<std::string_view, 5> names = {"compute", "memory", "cache", "idle power",
                                                     "busy power"};
  const auto most = static_cast<std::size_t>(std::ranges::max_element(parts) - parts.begin());
  return fmt::format("{}, {:.0f}% of the energy", names[most], 100 * (parts[most] / e.energy->total()));
}

class Solver {
 public:
  explicit Solver(const Question& question) : question_(question), axis_(*question.design, question.path) {}

  Solution run() {
    solution_.range_from = axis_.edge(1 / reach, solution_.fault_below);
    solution_.range_to = axis_.edge(reach, solution_.fault_above);
    for (const double factor : axis_.grid(solution_.range_from, solution_.range_to, steps_per_octave))
      trials_.push_back(trial(factor));
    const auto first = std::ranges::find_if(trials_, [&](const Trial& trial) { return meets_all(trial); });
    if (first == trials_.end()) {
      explain_failure();
      return std::move(solution_);
    }
    answer_from(first);
    return std::move(solution_);
  }

 private:
  Trial trial(double factor) const {
    const Design design = axis_.at(factor);
    const Result<Target> target = target_of(design);
    Trial result{.factor = factor, .outcomes = {}};
    for (const Subject& network : question_.networks) {
      Outcome outcome{
          .estimate = estimate(*network.workload, *target, {.batch = design.batch, .keep_groups = false}),
          .endurance = {}};
      outcome.endurance = endurance_of(outcome.estimate, *target, question_.battery);
      result.outcomes.push_back(std::move(outcome));
    }
    return result;
  }

  bool meets_all(const Trial& trial) const {
    return std::ranges::all_of(question_.goals, [&](const Goal& goal) {
      return std::ranges::all_of(trial.outcomes,
                                 [&](const Outcome& outcome) { return meets(goal, outcome); });
    });
  }

  // ---- the answer

  void answer_from(std::vector<Trial>::const_iterator first) {
    const auto is_met = [&](double factor) { return meets_all(trial(factor)); };
    double yes = first->factor;
    if (first != trials_.begin()) {
      const double missed = std::prev(first)->factor;
      double no = missed;
      axis_.bisect(yes, no, is_met);
      // Should a percent less do after all, the edge is further down.
      for (double less = axis_.a_little_less(yes); less > missed && is_met(less);
           less = axis_.a_little_less(yes)) {
        yes = less;
        no = missed;
        axis_.bisect(yes, no, is_met);
      }
      solution_.less = trial(axis_.a_little_less(yes));
    }
    solution_.answer = trial(yes);
    const auto missed = std::find_if(first, trials_.cend(), [&](const Trial& t) { return !meets_all(t); });
    if (missed == trials_.cend()) return;
    double to = std::prev(missed)->factor, beyond = missed->factor;
    axis_.bisect(to, beyond, is_met);
    solution_.met_to = to;
  }

  // ---- no answer

  void explain_failure() {
    for (std::size_t network = 0; network < question_.networks.size(); ++network) {
      for (std::size_t goal = 0; goal < question_.goals.size(); ++goal) explain(goal, network);
    }
    if (!solution_.obstacles.empty()) solution_.met.clear();
  }

  void explain(std::size_t goal_index, std::size_t network) {
    const Goal& goal = question_.goals[goal_index];
    const auto value = [&](const Trial& trial) {
      const Outcome& outcome = trial.outcomes[network];
      const std::optional<double> real = reached(goal.metric, outcome.estimate, outcome.endurance);
      const double worst = std::numeric_limits<double>::infinity();
      return real ? (is_better_low(goal.metric) ? *real : -*real) : worst;
    };
    const auto is_met = [&](const Trial& trial) { return meets(goal, trial.outcomes[network]); };
    const auto from = std::ranges::find_if(trials_, is_met);
    if (from != trials_.end()) {
      const auto to = std::prev(std::find_if(trials_.rbegin(), trials_.rend(), is_met).base());
      const auto is_met_at = [&](double factor) { return is_met(trial(factor)); };
      MetRange range{.goal = goal_index, .network = network, .from = from->factor, .to = to->factor};
      if (from != trials_.begin()) {
        double missed = std::prev(from)->factor;
        axis_.bisect(range.from, missed, is_met_at);
      }
      if (std::next(to) != trials_.end()) {
        double missed = std::next(to)->factor;
        axis_.bisect(range.to, missed, is_met_at);
      }
      solution_.met.push_back(range);
      return;
    }
    const auto best = std::ranges::min_element(trials_, {}, value);
    std::string limit = limit_on(goal.metric, best->outcomes[network]);
    // Where the device ends the range although more of it would help, that is what holds it back.
    constexpr double helps = 1e-3;
    const auto gains = [&](const Trial& inside) {
      return std::abs(value(inside) - value(*best)) > helps * std::abs(value(*best));
    };
    const bool is_first = best == trials_.begin(), is_last = best == std::prev(trials_.end());
    if (is_last && !is_first && !solution_.fault_above.empty() && gains(*std::prev(best)))
      limit = solution_.fault_above;
    if (is_first && !is_last && !solution_.fault_below.empty() && gains(*std::next(best)))
      limit = solution_.fault_below;
    solution_.obstacles.push_back(
        {.goal = goal_index, .network = network, .best = *best, .limit = std::move(limit)});
  }

  const Question& question_;
  Axis axis_;
  std::vector<Trial> trials_;  // by factor
  Solution solution_;
};

}  // namespace

Solution solve(const Question& question) { return Solver(question).run(); }

Front front(const Question& question, const std::string& first) {
  const Axis axis(*question.design, first);
  std::string fault;
  Front result;
  for (const double factor :
       axis.grid(axis.edge(1 / reach, fault), axis.edge(reach, fault), steps_per_octave)) {
    const Design design = axis.at(factor);
    Question rest = question;
    rest.design = &design;
    result.last = solve(rest);
    result.last_first = factor;
    if (!result.last.answer) continue;
    const double least = result.last.answer->factor;
    if (result.points.empty() || least * worthwhile < result.points.back().second)
      result.points.push_back({.first = factor, .second = least});
  }
  return result;
}

bool meets(const Goal& goal, const Outcome& outcome) {
  return outcome.estimate.fits && is_met(goal, reached(goal.metric, outcome.estimate, outcome.endurance));
}

}  // namespace chipcast
