#include "report/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"

namespace chipcast::report {
namespace {

bool is_in_time(const Scenario& scenario, const Estimate& e, Seconds latency) {
  const auto rate = scenario.total_rate();
  return (!scenario.deadline || latency <= *scenario.deadline) && (!rate || *rate <= e.batch / latency);
}

class Judge {
 public:
  Judge(const Characterization& c, const Scenario& scenario, std::size_t network, std::size_t target)
      : c_(c),
        scenario_(scenario),
        network_(network),
        target_(c.targets()[target]),
        e_(c.at(network, target)) {}

  Verdict run() {
    check_memory();
    check_time();
    check_power();
    check_battery();
    check_accuracy();
    return std::move(verdict_);
  }

 private:
  template <class... T>
  void miss(fmt::format_string<T...> format, T&&... arguments) {
    verdict_.missed.push_back(fmt::format(format, std::forward<T>(arguments)...));
  }

  void check_memory() {
    const Bytes needed = e_.weights + e_.activations;
    if (!e_.fits) miss("does not fit the device's memory");
    if (scenario_.memory && needed > *scenario_.memory)
      miss("memory {} > {}", short_text(needed, Unit::bytes), short_text(*scenario_.memory, Unit::bytes));
  }

  void check_time() {
    if (scenario_.deadline && e_.latency > *scenario_.deadline)
      miss("latency {} > {}", short_text(e_.latency, Unit::seconds),
           short_text(*scenario_.deadline, Unit::seconds));
    const auto rate = scenario_.total_rate();
    if (rate && *rate > e_.throughput)
      miss("{} a second < {}", short_text(e_.throughput, Unit::hertz), short_text(*rate, Unit::hertz));
    verdict_.holds_at_worst = is_in_time(scenario_, e_, e_.latency_high);
  }

  void check_power() {
    const auto rate = scenario_.total_rate();
    if (e_.energy && rate) {
      const Joules dynamic = e_.energy->active() / e_.batch;
      verdict_.power = target_.idle_power + dynamic * std::min(*rate, e_.throughput);
    }
    if (!scenario_.max_power) return;
    if (!verdict_.power) return miss("power is not known");
    if (*verdict_.power > *scenario_.max_power)
      miss("power {} > {}", short_text(*verdict_.power, Unit::watts),
           short_text(*scenario_.max_power, Unit::watts));
  }

  void check_battery() {
    if (!scenario_.battery) return;
    const Endurance endurance = endurance_of(e_, target_,
                                             {.capacity = scenario_.battery,
                                              .rate = scenario_.total_rate(),
                                              .other_loads = scenario_.other_loads});
    if (endurance.battery) verdict_.life = endurance.battery->life;
    if (!scenario_.lifetime) return;
    if (!verdict_.life) return miss("battery life is not known");
    if (*verdict_.life < *scenario_.lifetime)
      miss("battery life {} < {}", short_text(*verdict_.life, Unit::seconds),
           short_text(*scenario_.lifetime, Unit::seconds));
  }

  void check_accuracy() {
    if (!scenario_.accuracy) return;
    const auto accuracy = c_.accuracy(network_);
    if (!accuracy) return miss("accuracy is not known");
    if (*accuracy < *scenario_.accuracy)
      miss("accuracy {} < {}", text(*accuracy, Unit::share), text(*scenario_.accuracy, Unit::share));
  }

  const Characterization& c_;
  const Scenario& scenario_;
  std::size_t network_;
  const Target& target_;
  const Estimate& e_;
  Verdict verdict_;
};

// Smaller is better.
std::tuple<double, double, double> badness(const Characterization& c, const Candidate& candidate) {
  const Estimate& e = c.at(candidate.network, candidate.target);
  const auto energy = energy_per_inference(e);
  return {-c.accuracy(candidate.network).value_or(0),
          energy ? in(*energy, joule) : std::numeric_limits<double>::infinity(), in(e.latency, second)};
}

}  // namespace

Verdict judge(const Characterization& c, const Scenario& scenario, std::size_t network, std::size_t target) {
  return Judge(c, scenario, network, target).run();
}

std::vector<Candidate> candidates(const Characterization& c, const Scenario& scenario) {
  std::vector<Candidate> all;
  for (const std::size_t t : c.targets_of(scenario)) {
    for (std::size_t n = 0; n < c.networks().size(); ++n) {
      Verdict verdict = judge(c, scenario, n, t);
      if (verdict.missed.empty()) all.push_back({n, t, std::move(verdict)});
    }
  }
  std::ranges::stable_sort(all, {}, [&](const Candidate& candidate) { return badness(c, candidate); });
  return all;
}

std::string advantage(const Characterization& c, const Candidate& first, const Candidate& second) {
  const double points =
      100 * (c.accuracy(first.network).value_or(0) - c.accuracy(second.network).value_or(0));
  if (points > 0) return fmt::format("{:.1f} points more accurate", points);
  const Estimate &a = c.at(first.network, first.target), &b = c.at(second.network, second.target);
  const auto energy_a = energy_per_inference(a), energy_b = energy_per_inference(b);
  if (energy_a && energy_b) return fmt::format("{:.3g} times less energy", *energy_b / *energy_a);
  if (energy_a) return "its energy is known";
  return fmt::format("{:.3g} times faster", b.latency / a.latency);
}

}  // namespace chipcast::report
