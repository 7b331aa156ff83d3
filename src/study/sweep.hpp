// study/sweep.hpp: every design of a space estimated, and what is worth keeping of millions of them.
//
//   Result<Sweep> sweep = make_sweep(problem);
//   Findings findings = sweep->empty();
//   sweep->run({0, sweep->designs()}, findings, {.threads = 2});
//   findings.front.points()                        // the designs that no other is better than
//
// Findings are the same to the bit for any number of threads, and whether they were found at once or in parts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "study/design.hpp"
#include "study/goal.hpp"
#include "study/pareto.hpp"
#include "study/space.hpp"

namespace chipcast {

// What moves together: each value is set at all paths at once, as `whatif --set` would.
struct Axis {
  std::vector<std::string> paths;
  std::vector<std::string> values;
  // Where a file gives them, for complaints; a range is one place for all its values.
  std::vector<Place> path_places = {};
  std::vector<Place> value_places = {};
};
std::string label(const Axis& axis);  // "engines.a.clock + engines.b.clock"

// The sum of each x product of figures / per, in a unit of its own: a stated formula, for areas and prices.
struct CostFormula {
  struct Term {
    double each = 0;
    std::vector<std::string> figures = {};  // none: the term is a constant
    double per = 1;                         // base units of the product that `each` is for
  };
  std::string name, unit;  // "area", "mm2"
  std::vector<Term> terms;
};

// A goal's metric, or a cost.
struct Measure {
  std::size_t index = 0;  // below goal_metric_count: a GoalMetric; beyond: of the costs
  bool is_cost() const { return index >= goal_metric_count; }
  std::size_t cost() const { return index - goal_metric_count; }
};
struct Constraint {
  Measure measure;
  bool is_most = true;
  double limit = 0;  // in base units, or in the cost's
};
struct Objective {
  Measure measure;
  bool is_least = true;
};

// One choice on all axes that are no figures (device, precision, batch, fusion, what a network is built with).
struct Variant {
  Design design;
  std::vector<std::shared_ptr<const Workload>> networks;
};

struct Problem {
  std::vector<Axis> axes;  // of a variant: those of `variant_axes`; the rest are of figures
  std::vector<bool> is_variant_axis;
  std::vector<Variant> variants;         // all combinations of the variant axes, the last moves fastest
  std::vector<std::string> other_names;  // that may be set beside figures, for suggestions
  std::vector<double> weights;           // of the networks: shares of the inferences
  std::vector<CostFormula> costs;
  std::vector<Constraint> constraints;  // each network must meet them
  std::vector<Objective> objectives;    // of the mix of networks; one to four
  BatteryQuestion battery;
  Sampling sampling;
};

inline constexpr std::size_t most_costs = 4, most_networks = 16;
inline constexpr std::size_t measure_count = goal_metric_count + most_costs;

enum class Standing : std::uint8_t {
  impossible,   // no such device can be
  too_large,    // a network does not fit the memory
  constrained,  // misses a constraint
  good,
};
inline constexpr std::size_t standing_count = 4;

// Of the mix of networks: latency and energy are means over the inferences; NaN where it is not known.
struct Judged {
  Standing standing = Standing::impossible;
  std::array<double, measure_count> measures = {};
};

struct DesignRange {
  std::uint64_t from = 0, to = 0;
  friend bool operator==(const DesignRange&, const DesignRange&) = default;
};
// What is left of a range; `done` in order.
std::vector<DesignRange> missing(DesignRange range, std::span<const DesignRange> done);
std::string text_of(std::span<const DesignRange> ranges);  // "0-4096, 8192-9000"

// What the good designs with one value of an axis come to.
struct Effect {
  static constexpr double scale = 65536;  // of logarithms to base 2: sums of whole numbers hang on no order
  std::uint64_t good = 0;
  std::array<std::int64_t, most_objectives> logarithms = {};  // sums
  std::array<double, most_objectives> best = {};              // the less the better, as ParetoPoint::goods
  friend bool operator==(const Effect&, const Effect&) = default;
};

struct Findings {
  std::vector<DesignRange> done;  // in order, none touches another
  std::array<std::uint64_t, standing_count> counts = {};
  std::vector<std::vector<Effect>> effects;  // by axis and value
  ParetoFront front{1};

  std::uint64_t designs() const;
  // Of other designs of the same problem.
  void add(const Findings& other);
};

struct SweepOptions {
  std::size_t threads = 0;                        // 0: as many as there are cores
  const std::atomic<bool>* is_stopped = nullptr;  // ends the run early; what is done is in the findings
  // Text of a block of designs, made on any thread, and what is done with it, in the order of the designs.
  std::function<std::string(std::uint64_t first, std::span<const Judged>)> write = {};
  std::function<bool(const Findings&, std::string_view)> on_block = {};  // false: stop
};

class Sweep {
 public:
  ~Sweep();
  Sweep(Sweep&&) noexcept;
  Sweep& operator=(Sweep&&) = delete;
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  std::uint64_t designs() const;
  const Problem& problem() const;
  const Space& space() const;
  Findings empty() const;

  // Designs that the findings do not have yet. What it learns of the axes is kept for the next run.
  void run(DesignRange range, Findings& findings, const SweepOptions& options = {}) const;
  ParetoPoint point(std::uint64_t design, const Judged& judged) const;
  // The designs one wants to see again.
  std::vector<Judged> judge(std::span<const std::uint64_t> designs) const;

 private:
  friend Result<Sweep> make_sweep(Problem problem);
  struct Impl;
  explicit Sweep(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What is wrong with an axis's values is said of each.
Result<Sweep> make_sweep(Problem problem);

}  // namespace chipcast
