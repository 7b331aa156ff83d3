#include <fmt/format.h>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {

Report battery_section(const Characterization& c) {
  Report report{
      .lead = {"Life = capacity / (energy of an inference above idle x rate + idle power + other loads); the "
               "whole capacity counts, without losses."}};
  for (const Scenario& scenario : c.plan().scenarios) {
    if (!scenario.battery) continue;
    const std::vector<std::size_t> targets = c.targets_of(scenario);
    const BatteryQuestion question{
        .capacity = scenario.battery, .rate = scenario.total_rate(), .other_loads = scenario.other_loads};
    Table table = matrix(c, "battery_life_s " + scenario.name,
                         fmt::format("{}: {:.3g} Wh at {}/s", scenario.name, in(*scenario.battery, watt_hour),
                                     short_text(*question.rate, Unit::hertz)),
                         Unit::seconds, targets, [&](std::size_t n, std::size_t t) {
                           const Endurance e = endurance_of(c.at(n, t), c.targets()[t], question);
                           return e.battery ? Value(e.battery->life) : Value();
                         });
    table.axis = "scenario";
    table.alternative = scenario.name;
    report.parts.emplace_back(std::move(table));
  }
  report.notes = {"\"-\": the energy is not known, or the device cannot keep up with the rate."};
  return report;
}

}  // namespace chipcast::report
