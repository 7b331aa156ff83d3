// Sentences, each computed: none is written down anywhere.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"
#include "report/selection.hpp"

namespace chipcast::report {
namespace {

std::string times(double ratio) { return fmt::format("{:.3g} times", ratio); }

std::string least_work(const Characterization& c) {
  const Complexity& base = c.baseline().complexity;
  const auto order = ranked(c, [&](std::size_t n) {
    const Complexity& own = c.networks()[n].complexity;
    return (own.flops / base.flops) * static_cast<double>(own.parameters);
  });
  const Network& network = c.networks()[order.front()];
  if (&network == &c.baseline()) return fmt::format("{} itself is the least complex of all.", network.name);
  const Complexity& own = network.complexity;
  const double parameters = static_cast<double>(own.parameters) / static_cast<double>(base.parameters);
  return fmt::format("{} is the least complex: {} of {}'s FLOPs ({}) and {} of its parameters ({}).",
                     network.name, text(own.flops / base.flops, Unit::share), c.baseline().name,
                     text(own.flops, Unit::flops), text(parameters, Unit::share),
                     text(own.parameters, Unit::count));
}

std::string on_device(const Characterization& c, std::size_t t) {
  std::array<std::size_t, 4> bounds = {};
  for (std::size_t n = 0; n < c.networks().size(); ++n) ++bounds[static_cast<std::size_t>(c.at(n, t).bound)];
  const auto most = std::ranges::max_element(bounds);
  const auto order = ranked(c, [&](std::size_t n) { return in(c.at(n, t).latency, second); });
  const auto described = [&](std::size_t n) {
    return fmt::format("{} ({})", c.networks()[n].name, short_text(c.at(n, t).latency, Unit::seconds));
  };
  return fmt::format("On {}, {} is fastest, {} slowest; {} bound by {}.", device_text(c.targets()[t]),
                     described(order.front()), described(order.back()),
                     *most == c.networks().size()
                         ? "all networks are"
                         : fmt::format("{} of {} networks are", *most, c.networks().size()),
                     name(static_cast<Bound>(most - bounds.begin())));
}

// The network that takes longest for its FLOPs, held against the baseline on the same device.
std::string surprise(const Characterization& c) {
  double largest = 1;
  std::pair<std::size_t, std::size_t> found;
  const std::size_t base = c.baseline_index();
  const auto work = [&](std::size_t n) {
    return c.networks()[n].complexity.flops / c.baseline().complexity.flops;
  };
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    for (std::size_t t = 0; t < c.targets().size(); ++t) {
      const double excess = c.at(n, t).latency / c.at(base, t).latency / work(n);
      if (excess <= largest) continue;
      largest = excess;
      found = {n, t};
    }
  }
  if (largest == 1) return {};
  const auto [n, t] = found;
  return fmt::format(
      "FLOPs mislead most for {} on {}: it has {} of {}'s FLOPs and takes {} its time; what limits it "
      "is {}.",
      c.networks()[n].name, device_text(c.targets()[t]), text(work(n), Unit::share), c.baseline().name,
      times(c.at(n, t).latency / c.at(base, t).latency), name(c.at(n, t).bound));
}

std::string least_energy(const Characterization& c) {
  std::optional<Joules> least;
  std::pair<std::size_t, std::size_t> found;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    for (std::size_t t = 0; t < c.targets().size(); ++t) {
      const auto energy = energy_per_inference(c.at(n, t));
      if (!energy || (least && *energy >= *least)) continue;
      least = energy;
      found = {n, t};
    }
  }
  if (!least) return "No device's file gives what energies need.";
  return fmt::format("The least energy is {} an inference, {} on {}: {} inferences per Wh.",
                     short_text(*least, Unit::joules), c.networks()[found.first].name,
                     device_text(c.targets()[found.second]),
                     text(std::llround(1.0 * watt_hour / *least), Unit::count));
}

std::string recommended(const Characterization& c, const Scenario& scenario) {
  const std::vector<Candidate> all = candidates(c, scenario);
  if (all.empty()) return fmt::format("For {}: nothing here meets all conditions.", scenario.name);
  const Candidate& best = all.front();
  return fmt::format("For {}: {} on {}{}.", scenario.name, c.networks()[best.network].name,
                     device_text(c.targets()[best.target]),
                     best.verdict.holds_at_worst ? "" : " (not at the slow end of the interval)");
}

std::string certainty(const Characterization& c) {
  double widest = 1;
  std::pair<std::size_t, std::size_t> found;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    for (std::size_t t = 0; t < c.targets().size(); ++t) {
      const Estimate& e = c.at(n, t);
      if (e.latency_high / e.latency_low <= widest) continue;
      widest = e.latency_high / e.latency_low;
      found = {n, t};
    }
  }
  return fmt::format(
      "All figures are estimates: {}. The least certain is {} on {}: the ends of its latency are a factor of "
      "{:.3g} apart.",
      bases(c), c.networks()[found.first].name, device_text(c.targets()[found.second]), widest);
}

}  // namespace

Report summary_section(const Characterization& c) {
  Report report;
  report.notes.push_back(least_work(c));
  for (std::size_t t = 0; t < c.targets().size(); ++t) report.notes.push_back(on_device(c, t));
  if (std::string sentence = surprise(c); !sentence.empty()) report.notes.push_back(std::move(sentence));
  report.notes.push_back(least_energy(c));
  for (const Scenario& scenario : c.plan().scenarios) report.notes.push_back(recommended(c, scenario));
  report.notes.push_back(certainty(c));
  return report;
}

}  // namespace chipcast::report
