#include <fmt/format.h>

#include <cmath>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {

Report realtime_section(const Characterization& c) {
  Report report{
      .lead = {"Margin = deadline / latency: above 1 the deadline is met. Streams = throughput / rate of a "
               "stream, rounded down."}};
  for (const Scenario& scenario : c.plan().scenarios) {
    const std::vector<std::size_t> targets = c.targets_of(scenario);
    if (scenario.deadline) {
      Table table = matrix(
          c, "margin " + scenario.name,
          fmt::format("Margin, {}: within {}", scenario.name, short_text(*scenario.deadline, Unit::seconds)),
          Unit::ratio, targets,
          [&](std::size_t n, std::size_t t) { return *scenario.deadline / c.at(n, t).latency; });
      table.axis = "scenario";
      table.alternative = scenario.name;
      report.parts.emplace_back(std::move(table));
    }
    if (scenario.rate) {
      Table table = matrix(
          c, "streams " + scenario.name,
          fmt::format("Streams, {}: {}/s each", scenario.name, short_text(*scenario.rate, Unit::hertz)),
          Unit::count, targets, [&](std::size_t n, std::size_t t) {
            return static_cast<std::int64_t>(std::floor(c.at(n, t).throughput / *scenario.rate));
          });
      table.axis = "scenario";
      table.alternative = scenario.name;
      report.parts.emplace_back(std::move(table));
    }
  }
  return report;
}

}  // namespace chipcast::report
