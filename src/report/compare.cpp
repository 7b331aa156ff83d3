#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/describe.hpp"

namespace chipcast::report {
namespace {

Value ratio(std::int64_t a, std::int64_t b) {
  return b == 0 ? Value() : Value(static_cast<double>(a) / static_cast<double>(b));
}

Table totals_table(std::span<const Network> networks) {
  Table table{
      .key = "networks",
      .title = networks.size() == 1 ? "Totals" : fmt::format("Totals, and ratios to {}", networks[0].name),
      .columns = {{"model", "model"},
                  {"parameters", "parameters", Unit::count},
                  {"parameters_ratio", "ratio", Unit::ratio, 2},
                  {"model_bytes", "size", Unit::bytes, 1},
                  {"model_bytes_ratio", "ratio", Unit::ratio, 8},
                  {"macs", "MACs", Unit::macs},
                  {"macs_ratio", "ratio", Unit::ratio},
                  {"flops", "FLOPs", Unit::flops, 3},
                  {"flops_ratio", "ratio", Unit::ratio, 4},
                  {"activation_sum_bytes", "sum", Unit::bytes, 9},
                  {"activation_peak_bytes", "peak", Unit::bytes, 5},
                  {"activation_peak_ratio", "ratio", Unit::ratio, 6},
                  {"activation_arena_bytes", "arena", Unit::bytes, 10},
                  {"intensity_flops_per_byte", "intensity", Unit::flops_per_byte, 7},
                  {"operators", "operators", Unit::count, 11},
                  {"depth", "depth", Unit::count, 12},
                  {"most_concurrent", "side by side", Unit::count, 13},
                  {"not_modelled_share", "not modelled", Unit::share, 14}},
      .rows = {}};
  if (networks.empty()) return table;
  const auto is_complete = [](const Network& network) { return network.complexity.not_modelled.empty(); };
  if (std::ranges::all_of(networks, is_complete)) table.columns.back().audience = Audience::machines;
  const Complexity& base = networks[0].complexity;
  for (const Network& network : networks) {
    const Complexity& c = network.complexity;
    const GraphFacts facts = facts_of(network);
    table.rows.push_back({network.name, c.parameters, ratio(c.parameters, base.parameters), c.model_bytes,
                          ratio(count_of(c.model_bytes), count_of(base.model_bytes)), c.macs,
                          ratio(count_of(c.macs), count_of(base.macs)), c.flops,
                          ratio(count_of(c.flops), count_of(base.flops)), c.activation.sum, c.activation.peak,
                          ratio(count_of(c.activation.peak), count_of(base.activation.peak)),
                          c.activation.arena, c.bytes == Bytes() ? Value() : Value(c.flops / c.bytes),
                          facts.operators, facts.depth, facts.most_concurrent, not_modelled_share(c)});
  }
  return table;
}

// Rows: classes, in the order in which they weigh in the first network that has them; a column a network.
Table class_shares(std::span<const Network> networks) {
  Table table{.key = "classes",
              .title = "Share of the FLOPs by operator class",
              .columns = {{"class", "class"}},
              .rows = {}};
  table.audience = Audience::people;
  std::map<OperatorClass, std::size_t> row_of;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    table.columns.push_back({networks[n].name, networks[n].name, Unit::share, static_cast<int>(n)});
    const Complexity& c = networks[n].complexity;
    for (const ClassTotal& total : class_totals(c)) {
      if (total.flops == Flops()) continue;
      const auto [entry, is_new] = row_of.try_emplace(total.operator_class, table.rows.size());
      if (is_new) {
        table.rows.emplace_back(networks.size() + 1, Value(0.0));
        table.rows.back()[0] = name(total.operator_class);
      }
      table.rows[entry->second][n + 1] = total.flops / c.flops;
    }
  }
  return table;
}

}  // namespace

Report compare(std::span<const Network> networks) {
  Report report{.title = fmt::format("{} networks side by side", networks.size()), .csv = "networks"};
  std::string caveats;
  for (const Network& network : networks) {
    const std::string caveat = not_modelled_caveat(network.complexity);
    if (caveat.empty()) continue;
    caveats += fmt::format("{}{}: {}", caveats.empty() ? "" : "; ", network.name, caveat);
  }
  report.caveat = caveats;
  report.parts.emplace_back(totals_table(networks));
  report.parts.emplace_back(class_shares(networks));
  return report;
}

}  // namespace chipcast::report
