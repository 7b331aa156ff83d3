#include "study/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include "hardware/figures.hpp"
#include "model/estimate_block.hpp"
#include "study/change.hpp"

namespace chipcast {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// A figure and what a value of an axis makes of it.
template <class Q>
struct ChangeOf {
  Figure<Q>* figure;
  Q value;
  std::optional<double> factor;  // goes before `value`: of a figure that moves with others

  void make() const { figure->value = factor ? scaled(figure->value, *factor) : value; }
};
template <class Q>
struct KeptOf {
  Figure<Q>* figure;
  Q value;

  void restore() const { figure->value = value; }
};
template <template <class> class Of>
using Any = std::variant<Of<double>, Of<Hertz>, Of<Bytes>, Of<BytesPerSecond>, Of<JoulesPerByte>,
                         Of<JoulesPerFlop>, Of<Watts>, Of<Seconds>, Of<Joules>, Of<FlopsPerSecond>>;
using Change = Any<ChangeOf>;
using Kept = Any<KeptOf>;

double base_units(double amount) { return amount; }
template <Dimension D, Representation Rep>
double base_units(Quantity<D, Rep> amount) {
  return static_cast<double>(amount.in_base_units());
}

// Calls `visit` with the figure of that path, in the device or the runtime.
template <class Visit>
bool visit_figure(Design& design, std::string_view path, Visit visit) {
  bool is_found = false;
  const auto if_meant = [&](const std::string& visited, auto& figure) {
    if (visited != path) return;
    is_found = true;
    visit(figure);
  };
  visit_figures(design.device, if_meant);
  visit_figures(design.runtime, if_meant);
  return is_found;
}

// As --set would take it; of any one axis and value.
Result<Settings> settings_of(const Axis& axis, std::size_t value) {
  std::vector<std::string> texts;
  for (const std::string& path : axis.paths) texts.push_back(path + "=" + axis.values[value]);
  return parse_settings(texts);
}

// All that the axes of figures set, at their first values: what the check of a device complains at.
Settings all_settings(const Problem& problem) {
  std::vector<std::string> texts;
  for (std::size_t axis = 0; axis < problem.axes.size(); ++axis) {
    if (problem.is_variant_axis[axis]) continue;
    for (const std::string& path : problem.axes[axis].paths)
      texts.push_back(path + "=" + problem.axes[axis].values.front());
  }
  const Result<Settings> settings = parse_settings(texts);
  return settings ? *settings : Settings();
}

bool is_pace(std::string_view path) {
  return path.starts_with("engines.") && (path.ends_with(".clock") || path.ends_with(".count"));
}

// Whether a device may be impossible for that figure: not for what work costs, nor for what its software does.
bool may_be_impossible(const Design& design, std::string_view path) {
  bool is_of_device = false;
  visit_figures(design.device, [&](const std::string& visited, const auto&) {
    is_of_device = is_of_device || visited == path;
  });
  return is_of_device && path.find(".energy") == std::string_view::npos;
}

struct Term {
  double each;
  std::vector<std::function<double()>> factors;
};

}  // namespace

struct Judge::State {
  State(const Problem& p, const Variant& v)
      : problem(p),
        variant(v),
        design(v.design),
        engines(v.design.device.engines),
        check(v.design.device, all_settings(p)) {
    for (const auto& network : v.networks) estimators.emplace_back(*network);
    estimated.resize(estimators.size());
    const Result<Target> first = target_of(design);
    for (Target& target : targets) {
      target = *first;
      pointers.push_back(&target);
    }
    const auto is_battery = [](const auto& asked) {
      return asked.measure.index == static_cast<std::size_t>(GoalMetric::battery);
    };
    needs_battery =
        std::ranges::any_of(p.constraints, is_battery) || std::ranges::any_of(p.objectives, is_battery);
    learn_changes();
    learn_costs();
  }

  // ---- what the axes mean, once

  void learn_changes() {
    paces.resize(problem.axes.size());
    others.resize(problem.axes.size());
    is_checked.resize(problem.axes.size());
    checked.assign(problem.axes.size(), nothing_yet);
    for (std::size_t axis = 0; axis < problem.axes.size(); ++axis) {
      if (problem.is_variant_axis[axis]) continue;
      for (const std::string& path : problem.axes[axis].paths) {
        visit_figure(design, path, [&](auto& figure) {
          using Q = std::remove_cvref_t<decltype(figure.value)>;
          kept.push_back(KeptOf<Q>{&figure, figure.value});
        });
        moves_engines = moves_engines || is_pace(path);
        is_checked[axis] = is_checked[axis] || may_be_impossible(design, path);
      }
      const std::size_t values = problem.axes[axis].values.size();
      paces[axis].resize(values);
      others[axis].resize(values);
      for (std::size_t value = 0; value < values; ++value) learn_value(axis, value);
    }
    if (!moves_engines) {
      forget_factors();
      return;
    }
    for (MemoryLevel& level : design.device.memory) {
      if (level.clocked_by) kept.push_back(KeptOf<BytesPerSecond>{&level.bandwidth, level.bandwidth.value});
    }
  }

  // Where nothing moves with anything else, each figure hangs on one axis: a value of it is known once and for all.
  void forget_factors() {
    for (std::vector<std::vector<Change>>& values : others) {
      for (std::vector<Change>& changes : values) {
        for (Change& change : changes) std::visit([](auto& c) { c.factor.reset(); }, change);
      }
    }
    present.assign(problem.axes.size(), nothing_yet);
  }

  void learn_value(std::size_t axis, std::size_t value) {
    const Result<Settings> settings = settings_of(problem.axes[axis], value);
    const Result<Design> changed = with_settings_unchecked(variant.design, *settings, problem.other_names);
    Design after = *changed;
    Reading reading(settings->document);
    for (const Setting& setting : settings->all) {
      const std::optional<double> factor = factor_in(Value(reading, setting.value, setting.path));
      std::vector<Change>& changes = is_pace(setting.path) ? paces[axis][value] : others[axis][value];
      visit_figure(design, setting.path, [&](auto& figure) {
        using Figure = std::remove_cvref_t<decltype(figure)>;
        visit_figure(after, setting.path, [&](auto& other) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(other)>, Figure>)
            changes.push_back(
                ChangeOf<std::remove_cvref_t<decltype(figure.value)>>{&figure, other.value, factor});
        });
      });
    }
  }

  void learn_costs() {
    for (const CostFormula& formula : problem.costs) {
      std::vector<Term>& terms = costs.emplace_back();
      for (const CostFormula::Term& term : formula.terms) {
        Term& known = terms.emplace_back(Term{.each = term.each / term.per, .factors = {}});
        for (const std::string& path : term.figures) {
          visit_figure(design, path, [&](auto& figure) {
            known.factors.emplace_back([&figure] { return base_units(figure.value); });
          });
        }
      }
    }
  }

  // ---- one design

  // As with_settings does it.
  void set(std::span<const std::uint32_t> choice) {
    if (moves_engines) {
      set_anew(choice);
    } else {
      set_what_differs(choice);
    }
  }

  static void make(std::span<const Change> changes) {
    for (const Change& change : changes) std::visit([](const auto& c) { c.make(); }, change);
  }

  void set_what_differs(std::span<const std::uint32_t> choice) {
    for (std::size_t axis = 0; axis < choice.size(); ++axis) {
      if (others[axis].empty() || present[axis] == choice[axis]) continue;
      make(others[axis][choice[axis]]);
      present[axis] = choice[axis];
    }
  }

  // Clocks and counts, what moves with them, then the rest.
  void set_anew(std::span<const std::uint32_t> choice) {
    for (const Kept& figure : kept) std::visit([](const auto& f) { f.restore(); }, figure);
    const auto make_all = [&](const std::vector<std::vector<std::vector<Change>>>& all) {
      for (std::size_t axis = 0; axis < all.size(); ++axis) {
        if (!all[axis].empty()) make(all[axis][choice[axis]]);
      }
    };
    make_all(paces);
    carry_bandwidths(engines, design.device);
    make_all(others);
  }

  // As the check had it last time, where nothing that it looks at is another.
  bool is_possible(std::span<const std::uint32_t> choice) {
    bool is_new = false;
    for (std::size_t axis = 0; axis < choice.size(); ++axis) {
      if (is_checked[axis]) is_new = (std::exchange(checked[axis], choice[axis]) != choice[axis]) || is_new;
    }
    if (is_new || !was_checked) was_possible = check(design.device).empty();
    was_checked = true;
    return was_possible;
  }

  double cost(std::size_t index) const {
    double sum = 0;
    for (const Term& term : costs[index]) {
      double product = term.each;
      for (const auto& factor : term.factors) product *= factor();
      sum += product;
    }
    return sum;
  }

  // ---- many designs

  struct Lane {
    Judged* judged;
    std::span<const std::uint32_t> choice;
  };

  void flush() {
    if (lanes.empty()) return;
    const auto used = std::span(pointers).first(lanes.size());
    for (std::size_t network = 0; network < estimators.size(); ++network)
      estimators[network].estimate(used, design.batch, estimated[network]);
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      if (needs_battery) set(lanes[lane].choice);
      Mix mix(*this, *lanes[lane].judged, targets[lane]);
      for (std::size_t network = 0; network < estimators.size(); ++network)
        mix.add(estimated[network][lane], problem.weights[network]);
      mix.finish();
    }
    lanes.clear();
  }

  // The networks' totals on one design, joined.
  class Mix {
   public:
    Mix(const State& state, Judged& judged, const Target& target)
        : state_(state), judged_(judged), target_(target), knows_energy_(target.energy_unknown.empty()) {
      judged_.standing = Standing::good;
      for (std::size_t i = 0; i < state.costs.size(); ++i) {
        if (!meets(goal_metric_count + i, judged_.measures[goal_metric_count + i]))
          judged_.standing = Standing::constrained;
      }
    }

    void add(const Totals& totals, double weight) {
      const double batch = state_.design.batch;
      const double latency = in(totals.latency, second);
      const double energy = knows_energy_ ? in(totals.energy.total(), joule) : unknown;
      const double life = state_.needs_battery ? battery_life(totals) : unknown;
      const std::array<double, goal_metric_count> one = {
          latency, batch / latency, energy, knows_energy_ ? in(totals.power, watt) : unknown, life};
      if (!totals.fits) {
        judged_.standing = Standing::too_large;
      } else if (judged_.standing == Standing::good) {
        for (std::size_t i = 0; i < goal_metric_count; ++i) {
          if (!meets(i, one[i])) judged_.standing = Standing::constrained;
        }
      }
      latency_ += weight * latency;
      energy_ += weight * energy;
      if (!(life >= life_)) life_ = life;  // what is not known stays so
      weights_ += weight;
    }

    void finish() {
      auto& measures = judged_.measures;
      measures[index(GoalMetric::latency)] = latency_ / weights_;
      measures[index(GoalMetric::throughput)] = state_.design.batch * weights_ / latency_;
      measures[index(GoalMetric::energy)] = energy_ / weights_;
      measures[index(GoalMetric::power)] = energy_ / latency_;
      measures[index(GoalMetric::battery)] = state_.needs_battery ? life_ : unknown;
      // A battery that cannot keep up has no life to compare.
      const bool is_known = std::ranges::all_of(state_.problem.objectives, [&](const Objective& objective) {
        return !std::isnan(measures[objective.measure.index]);
      });
      if (!is_known && judged_.standing == Standing::good) judged_.standing = Standing::constrained;
    }

   private:
    static std::size_t index(GoalMetric metric) { return static_cast<std::size_t>(metric); }

    bool meets(std::size_t measure, double value) const {
      return std::ranges::all_of(state_.problem.constraints, [&](const Constraint& constraint) {
        if (constraint.measure.index != measure) return true;
        return constraint.is_most ? value <= constraint.limit : value >= constraint.limit;  // NaN meets none
      });
    }

    double battery_life(const Totals& totals) const {
      Estimate estimate;
      estimate.batch = state_.design.batch;
      estimate.throughput = state_.design.batch / totals.latency;
      if (knows_energy_) estimate.energy = totals.energy;
      const Endurance endurance = endurance_of(estimate, target_, state_.problem.battery);
      return endurance.battery ? in(endurance.battery->life, second) : unknown;
    }

    const State& state_;
    Judged& judged_;
    const Target& target_;
    bool knows_energy_;
    double latency_ = 0, energy_ = 0, weights_ = 0;
    double life_ = std::numeric_limits<double>::infinity();
  };

  void add(std::span<const std::uint32_t> choice, Judged& judged) {
    set(choice);
    if (!is_possible(choice)) return;  // stays impossible
    for (std::size_t i = 0; i < costs.size(); ++i) judged.measures[goal_metric_count + i] = cost(i);
    update(targets[lanes.size()]);
    lanes.push_back({&judged, choice});
    if (lanes.size() == block_width) flush();
  }

  const Problem& problem;
  const Variant& variant;
  Design design;                      // written to
  const std::vector<Engine> engines;  // before any change
  DeviceCheck check;
  std::vector<BlockEstimator> estimators;  // by network
  std::array<Target, block_width> targets;
  std::vector<const Target*> pointers;
  std::vector<std::vector<std::vector<Change>>> paces, others;  // by axis and value
  std::vector<Kept> kept;
  static constexpr std::uint32_t nothing_yet = std::numeric_limits<std::uint32_t>::max();
  std::vector<bool> is_checked;        // by axis
  std::vector<std::uint32_t> checked;  // by axis: the value at the last check
  bool was_checked = false, was_possible = false;
  std::vector<std::uint32_t> present;  // by axis: the value that is set, where no figure moves with others
  bool moves_engines = false, needs_battery = false;
  std::vector<std::vector<Term>> costs;
  std::vector<Lane> lanes;
  std::vector<std::array<Totals, block_width>> estimated;  // by network, of the lanes
};

Judge::Judge(const Problem& problem, const Variant& variant)
    : state_(std::make_unique<State>(problem, variant)) {}
Judge::~Judge() = default;

Diagnostics Judge::complaints(const Problem& problem, const Variant& variant) {
  Diagnostics all;
  for (std::size_t axis = 0; axis < problem.axes.size(); ++axis) {
    if (problem.is_variant_axis[axis]) continue;
    for (std::size_t value = 0; value < problem.axes[axis].values.size(); ++value) {
      const Result<Settings> settings = settings_of(problem.axes[axis], value);
      if (!settings) return settings.diagnostics();
      const Result<Design> changed = with_settings_unchecked(variant.design, *settings, problem.other_names);
      if (!changed) return changed.diagnostics();  // the other values would be wrong in the same way
    }
  }
  for (const CostFormula& formula : problem.costs) {
    for (const CostFormula::Term& term : formula.terms) {
      for (const std::string& path : term.figures) {
        Design copy = variant.design;
        if (!visit_figure(copy, path, [](auto&) {}))
          all.push_back({.message = fmt::format("cost '{}': '{}' has no figure '{}'", formula.name,
                                                variant.design.device.id, path),
                         .hint = "'chipcast lint --show FILE' lists what a file gives"});
      }
    }
  }
  return all;
}

void Judge::judge(std::span<const std::uint32_t> places, std::span<const std::uint32_t> choices,
                  std::size_t axes, std::span<Judged> judged) {
  for (const std::uint32_t place : places) state_->add(choices.subspan(place * axes, axes), judged[place]);
  state_->flush();
}

}  // namespace chipcast
