#include <fmt/format.h>

#include <cmath>

#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Value ratio(double a, double b) { return b == 0 ? Value() : Value(a / b); }

}  // namespace

Report complexity_section(const Characterization& c) {
  const Complexity& base = c.baseline().complexity;
  Table table{.key = "networks",
              .title = "What each network computes, and ratios to " + c.baseline().name,
              .columns = {{"model", "network"},
                          {"parameters", "parameters", Unit::count},
                          {"parameters_ratio", "ratio", Unit::ratio},
                          {"macs", "MACs", Unit::macs},
                          {"flops", "FLOPs", Unit::flops},
                          {"flops_ratio", "ratio", Unit::ratio},
                          {"efficiency_score", "score", Unit::none},
                          {"accuracy", c.plan().accuracy_of, Unit::share},
                          {"intensity_flops_per_byte", "intensity", Unit::flops_per_byte},
                          {"operators", "operators", Unit::count},
                          {"depth", "depth", Unit::count}},
              .rows = {}};
  if (c.plan().accuracies.empty()) table.columns[7].audience = Audience::machines;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const Network& network = c.networks()[n];
    const Complexity& own = network.complexity;
    const GraphFacts facts = facts_of(network);
    const double parameters = static_cast<double>(own.parameters) / static_cast<double>(base.parameters);
    const double flops = own.flops / base.flops;
    const auto accuracy = c.accuracy(n);
    table.rows.push_back(
        {network.name, own.parameters, ratio(parameters, 1), own.macs, own.flops, ratio(flops, 1),
         1 / std::sqrt(parameters * flops), accuracy ? Value(*accuracy) : Value(),
         own.bytes == Bytes() ? Value() : Value(own.flops / own.bytes), facts.operators, facts.depth});
  }
  table.charts = {{.kind = Chart::Kind::points,
                   .title = "Parameters and FLOPs",
                   .label = "model",
                   .series = {"parameters"},
                   .x = "flops",
                   .log_x = true,
                   .log_y = true}};
  Report report{
      .lead = {fmt::format("Score = 1 / sqrt(parameter ratio x FLOP ratio): how many times less than {0} a "
                           "network is, as the geometric mean over parameters and FLOPs; {0} has 1.",
                           c.baseline().name)}};
  report.parts.emplace_back(std::move(table));
  report.notes = {
      "1 MAC = 2 FLOPs; intensity: FLOPs per byte of compulsory traffic, every tensor an operator touches "
      "once; depth: operators on the longest path."};
  return report;
}

}  // namespace chipcast::report
