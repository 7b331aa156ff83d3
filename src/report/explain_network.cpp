// The estimate of a whole network: how its kernels add up, what the slowest of them are, and one of them step by step.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "base/text.hpp"
#include "report/estimate.hpp"
#include "report/explain.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t shown = 5;  // kernels

template <class Q>
std::string amount(Q quantity) {
  return text(Value(quantity), unit_of<Q::dimension>());
}

// What all kernels do and take together.
struct Sums {
  Seconds total, dispatch, compute, ramp, off_chip, on_chip;
  double products = 0, rest = 0, bytes_off_chip = 0, bytes_on_chip = 0;

  explicit Sums(const Estimate& estimate) {
    for (const GroupEstimate& group : estimate.groups) {
      total += group.total;
      dispatch += group.dispatch;
      compute += group.compute;
      ramp += group.ramp;
      off_chip += group.memory_off_chip;
      on_chip += group.memory_on_chip;
      products += group.products;
      rest += group.rest;
      bytes_off_chip += group.bytes_off_chip;
      bytes_on_chip += group.bytes_on_chip;
    }
  }
};

class NetworkExplainer {
 public:
  explicit NetworkExplainer(const ExplainInput& input)
      : input_(input), target_(input.target), is_(input.estimate), sums_(input.estimate) {
    order_.resize(is_.groups.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(
        order_, [&](std::size_t a, std::size_t b) { return is_.groups[a].total > is_.groups[b].total; });
  }

  Explained run() {
    add_latency();
    add_interval();
    add_energy();
    Report report{
        .title = fmt::format("{} on {}, {}, {}, batch {}", input_.network.name, device_text(target_),
                             target_.runtime->id, precision_text(target_), is_.batch),
        .caveat = std::string(basis_of(target_)),
        .csv = "steps"};
    report.parts.emplace_back(std::move(steps_));
    report.parts.emplace_back(kernels());
    const Estimated row{.model = input_.network.name, .target = &target_, .estimate = is_, .endurance = {}};
    if (std::optional<Table> precisions = precision_table({&row, 1}))
      report.parts.emplace_back(*std::move(precisions));
    std::set<std::string> figures = add_slowest(report);
    report.notes = target_.reasons;
    report.notes.insert(report.notes.end(), input_.workload.notes.begin(), input_.workload.notes.end());
    return {std::move(report), std::move(figures)};
  }

 private:
  void step(const std::string& term, const std::string& formula, const std::string& numbers,
            const Value& result, Unit unit) {
    add_step(steps_, term, formula, numbers, result, unit);
  }

  void add_latency() {
    Seconds before_limit = sums_.total;
    step("all kernels", "sum of dispatch + (compute^4 + (off chip + on chip)^4)^(1/4)",
         fmt::format("{} kernels; their terms sum to {} of dispatch, {} of compute, {} off chip, {} on chip, "
                     "which overlap",
                     is_.groups.size(), amount(sums_.dispatch), amount(sums_.compute), amount(sums_.off_chip),
                     amount(sums_.on_chip)),
         sums_.total, Unit::seconds);
    if (target_.execution->runs_branches_side_by_side) {
      const Seconds engines = sums_.compute - sums_.ramp, memories = sums_.off_chip + sums_.on_chip;
      const Seconds path = is_.is_throttled ? path_before_limit() : is_.critical_path;
      before_limit = std::max({path, engines, memories, sums_.dispatch});
      step("side by side", "the most of: longest path, engines, memories, dispatch",
           fmt::format("{}, {}, {}, {}", amount(path), amount(engines), amount(memories),
                       amount(sums_.dispatch)),
           before_limit, Unit::seconds);
    }
    if (is_.is_throttled) {
      step("held to its power",
           "energy of operations and bytes, as the device's file has it / (most power - idle power)",
           fmt::format("/ ({} - {}); unheld it would be {}", amount(target_.max_power),
                       amount(target_.idle_power), amount(before_limit)),
           is_.latency, Unit::seconds);
    }
    step("latency", "of the whole batch", fmt::format("batch {}", is_.batch), is_.latency, Unit::seconds);
    step("throughput", "batch / latency", fmt::format("{} / {}", is_.batch, amount(is_.latency)),
         is_.throughput, Unit::hertz);
  }

  // What the power limit stretches, it stretches everywhere alike.
  Seconds path_before_limit() const {
    const Joules above_idle = is_.energy->total() - is_.energy->idle;
    const Seconds stretched = above_idle / (target_.max_power - target_.idle_power);
    return is_.latency / stretched * is_.critical_path;
  }

  void add_interval() {
    if (target_.margin) {
      const double factor = std::exp(*target_.margin);
      step("at best", "latency / what nine in ten networks that a fit had not seen were within",
           fmt::format("{} / {:.4g}", amount(is_.latency), factor), is_.latency_low, Unit::seconds);
      step("at worst", "latency x the same", fmt::format("{} x {:.4g}", amount(is_.latency), factor),
           is_.latency_high, Unit::seconds);
      return;
    }
    step("at best", "all kernels with assumed figures at the good ends of their ranges",
         "the ranges stand with the figures", is_.latency_low, Unit::seconds);
    step("at worst", "all kernels with assumed figures at the bad ends of their ranges",
         "the ranges stand with the figures", is_.latency_high, Unit::seconds);
  }

  void add_energy() {
    if (!is_.energy) {
      step("energy", "unknown", fmt::format("no {}", target_.energy_unknown), Value(), Unit::joules);
      return;
    }
    // As energies were found to be, where a calibration says so.
    const EnergyScale& found = target_.energy_scale;
    const auto per = [](auto quantity, double scale, std::string_view unit) {
      return quantity ? format_scaled(scale * quantity->in_base_units(), unit) : "0 J";
    };
    const Energy& e = *is_.energy;
    const auto arithmetic = [&](double products, double rest, const Target& target) {
      return fmt::format("{} x {} + {} x {}", format_scaled(products, "FLOP"),
                         per(target.product_energy, found.per_flop, "J/FLOP"), format_scaled(rest, "FLOP"),
                         per(target.vector_energy, found.per_flop, "J/FLOP"));
    };
    std::string numbers = is_.parts.empty() ? arithmetic(sums_.products, sums_.rest, target_) : "";
    for (std::size_t i = 0; i < is_.parts.size(); ++i) {
      const Amounts& amounts = is_.parts[i].amounts;
      numbers +=
          fmt::format("{}{}", i == 0 ? "" : " + ", arithmetic(amounts.products, amounts.rest, target_.at(i)));
    }
    step("arithmetic", "products x energy a FLOP + others x energy a FLOP", numbers, e.compute, Unit::joules);
    step("memory", "bytes off chip x energy a byte",
         fmt::format("{} x {}", format_scaled(sums_.bytes_off_chip, "B"),
                     per(target_.off_chip_energy, found.per_byte, "J/B")),
         e.off_chip, Unit::joules);
    step("on the chip", "bytes on chip x energy a byte",
         fmt::format("{} x {}", format_scaled(sums_.bytes_on_chip, "B"),
                     per(target_.on_chip_energy, found.per_byte, "J/B")),
         e.on_chip, Unit::joules);
    step("idle power", "idle power x latency",
         fmt::format("{} x {}", amount(found.idle * target_.idle_power), amount(is_.latency)), e.idle,
         Unit::joules);
    step("busy power",
         "what is taken while busy, beside all these x latency; at most what is left of the power",
         fmt::format("{} x {}", amount(found.busy * target_.busy_power), amount(is_.latency)), e.busy,
         Unit::joules);
    step("energy", "arithmetic + memory + on the chip + idle power + busy power",
         fmt::format("{} + {} + {} + {} + {}", amount(e.compute), amount(e.off_chip), amount(e.on_chip),
                     amount(e.idle), amount(e.busy)),
         e.total(), Unit::joules);
    if (is_.batch != 1) {
      step("energy of an inference", "energy / batch", fmt::format("{} / {}", amount(e.total()), is_.batch),
           e.total() / is_.batch, Unit::joules);
    }
    step("power", "energy / latency", fmt::format("{} / {}", amount(e.total()), amount(is_.latency)),
         *is_.power, Unit::watts);
  }

  Table kernels() const {
    const auto seconds = [](std::string key, std::string label) {
      return Column{std::move(key), std::move(label), Unit::seconds, 0, Audience::everybody, true};
    };
    Table table{.key = "kernels",
                .title = "The slowest kernels",
                .columns = {{"name", "kernel"},
                            seconds("dispatch_s", "dispatch"),
                            seconds("compute_s", "compute"),
                            seconds("off_chip_s", "off chip"),
                            seconds("on_chip_s", "on chip"),
                            seconds("time_s", "time"),
                            {"share", "of all kernels", Unit::share},
                            {"bound", "bound"}},
                .rows = {}};
    for (std::size_t i = 0; i < std::min(shown, order_.size()); ++i) {
      const GroupEstimate& group = is_.groups[order_[i]];
      table.rows.push_back({input_.workload.groups[order_[i]].name, group.dispatch, group.compute,
                            group.memory_off_chip, group.memory_on_chip, group.total,
                            group.total / sums_.total, name(group.bound)});
    }
    return table;
  }

  // Figures depend on a kernel's kind alone: one of each kind names them all.
  std::set<std::string> add_slowest(Report& report) {
    std::set<std::string> figures = {"idle_power", "max_power"};
    std::set<WorkKind> kinds;
    for (const std::size_t group : order_) {
      if (!kinds.insert(input_.workload.groups[group].kind).second) continue;
      Steps steps = steps_of(input_, group);
      figures.merge(steps.figures);
      if (group != order_.front()) continue;
      steps.table.key = "slowest";
      steps.table.title = fmt::format("The slowest, {}, step by step", input_.workload.groups[group].name);
      report.parts.emplace_back(std::move(steps.table));
    }
    return figures;
  }

  const ExplainInput& input_;
  const Target& target_;
  const Estimate& is_;
  Sums sums_;
  std::vector<std::size_t> order_;  // of the groups, slowest first
  Table steps_ = steps_table("Step by step");
};

}  // namespace

Explained explain_network(const ExplainInput& input) { return NetworkExplainer(input).run(); }

Report explain(const ExplainInput& input) {
  Explained explained = explain_network(input);
  explained.report.parts.emplace_back(figures_table(input.target, explained.figures));
  return std::move(explained.report);
}

}  // namespace chipcast::report
