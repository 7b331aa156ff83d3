#include "report/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

std::string conditions(const Characterization& c, const Scenario& s) {
  std::vector<std::string> all;
  const auto add = [&](std::string_view what, const auto& amount, Unit unit) {
    if (amount) all.push_back(fmt::format("{} {}", what, short_text(*amount, unit)));
  };
  add("within", s.deadline, Unit::seconds);
  if (s.rate) {
    all.push_back(fmt::format("{}{}/s", s.streams > 1 ? fmt::format("{} streams of ", s.streams) : "",
                              short_text(*s.rate, Unit::hertz)));
  }
  if (s.battery) all.push_back(fmt::format("from {:.3g} Wh", in(*s.battery, watt_hour)));
  if (s.other_loads > Watts())
    all.push_back(fmt::format("beside {}", short_text(s.other_loads, Unit::watts)));
  add("for", s.lifetime, Unit::seconds);
  add("power at most", s.max_power, Unit::watts);
  add("memory at most", s.memory, Unit::bytes);
  add("accuracy at least", s.accuracy, Unit::share);
  if (!s.devices.empty()) {
    std::vector<std::string> names;
    for (const std::size_t t : c.targets_of(s)) names.push_back(device_text(c.targets()[t]));
    all.push_back(fmt::format("on {}", fmt::join(names, " or ")));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

Value known(const auto& optional) { return optional ? Value(*optional) : Value(); }

Table recommendations(const Characterization& c) {
  Table table{
      .key = "recommendations",
      .title = "Recommendations",
      .columns = {{"scenario", "scenario"},
                  {"model", "network"},
                  {"device", "device"},
                  {"accuracy", "accuracy", Unit::share},
                  {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
                  {"energy_j", "energy", Unit::joules, 0, Audience::everybody, true},
                  {"power_at_rate_w", "power at that rate", Unit::watts, 0, Audience::everybody, true},
                  {"battery_life_s", "battery", Unit::seconds, 0, Audience::everybody, true},
                  {"holds_at_worst", "also at worst"},
                  {"runner_up", "runner-up"},
                  {"advantage", "which it beats by"}},
      .rows = {}};
  for (const Scenario& scenario : c.plan().scenarios) {
    const std::vector<Candidate> all = candidates(c, scenario);
    std::vector<Value> row(table.columns.size());
    row[0] = scenario.name;
    if (all.empty()) {
      row[1] = "none meets all conditions";
    } else {
      const Candidate& best = all.front();
      const Estimate& e = c.at(best.network, best.target);
      row = {scenario.name,
             c.networks()[best.network].name,
             device_text(c.targets()[best.target]),
             known(c.accuracy(best.network)),
             e.latency,
             e.energy ? Value(e.energy->total() / e.batch) : Value(),
             known(best.verdict.power),
             known(best.verdict.life),
             best.verdict.holds_at_worst,
             {},
             {}};
      if (all.size() > 1) {
        row[9] = fmt::format("{} on {}", c.networks()[all[1].network].name,
                             device_text(c.targets()[all[1].target]));
        row[10] = advantage(c, best, all[1]);
      }
    }
    table.rows.push_back(std::move(row));
    if (!all.empty())
      derive(table, all.front().network, all.front().target,
             {"latency_s", "energy_j", "power_at_rate_w", "battery_life_s"});
  }
  return table;
}

// The best network on each device; where there is none, what the one that misses least misses.
Table by_device(const Characterization& c) {
  Table table{.key = "best_by_device",
              .title = "The best network on each device",
              .columns = {{"scenario", "scenario"}},
              .rows = {}};
  for (const Target& target : c.targets())
    table.columns.push_back({device_text(target), device_text(target)});
  for (const Scenario& scenario : c.plan().scenarios) {
    std::vector<Value> row(c.targets().size() + 1);
    row[0] = scenario.name;
    const std::vector<Candidate> all = candidates(c, scenario);
    for (const std::size_t t : c.targets_of(scenario)) {
      const auto best = std::ranges::find(all, t, &Candidate::target);
      if (best != all.end()) {
        row[t + 1] = c.networks()[best->network].name;
        continue;
      }
      Verdict nearest = judge(c, scenario, 0, t);
      for (std::size_t n = 1; n < c.networks().size(); ++n) {
        Verdict other = judge(c, scenario, n, t);
        if (other.missed.size() < nearest.missed.size()) nearest = std::move(other);
      }
      row[t + 1] = "none: " + nearest.missed.front();
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table by_network(const Characterization& c) {
  Table table{.key = "matrix",
              .title = "On how many devices a network meets each scenario",
              .columns = {{"model", "network"}},
              .rows = {}};
  for (const Scenario& scenario : c.plan().scenarios)
    table.columns.push_back({scenario.name,
                             fmt::format("{} (of {})", scenario.name, c.targets_of(scenario).size()),
                             Unit::count});
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    std::vector<Value> row = {c.networks()[n].name};
    for (const Scenario& scenario : c.plan().scenarios) {
      row.emplace_back(std::ranges::count_if(
          c.targets_of(scenario), [&](std::size_t t) { return judge(c, scenario, n, t).missed.empty(); }));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Report selection_section(const Characterization& c) {
  Report report{
      .lead = {
          "The rule: of all networks on all devices that meet every condition of a scenario, the most "
          "accurate; of equally accurate ones that with the least energy an inference, then the fastest. "
          "Conditions are held against the estimate itself; \"also at worst\" says whether those on "
          "time hold at the slow end of its interval, too."}};
  if (c.plan().accuracies.empty())
    report.lead.emplace_back("This report gives no accuracies: all count as equal.");
  Table wanted{.key = "scenarios",
               .title = "The scenarios",
               .columns = {{"scenario", "scenario"}, {"conditions", "what it asks for"}},
               .rows = {}};
  for (const Scenario& scenario : c.plan().scenarios)
    wanted.rows.push_back({scenario.name, conditions(c, scenario)});
  report.parts = {std::move(wanted), recommendations(c), by_device(c), by_network(c)};
  return report;
}

}  // namespace chipcast::report
