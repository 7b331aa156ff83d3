// report/sections/parts.hpp: what sections have in common: a table a device, a matrix of networks and devices.
//
//   Report report = by_device(c, [&](std::size_t t) { return ranking(c, t); });
//   report.parts.emplace_back(matrix(c, "latency_s", "Latency", Unit::seconds, targets, latency_of));
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/characterization.hpp"

namespace chipcast::report {

// The tables that `table_of` makes for each target, told apart by the device's name.
template <class TableOf>
void add_by_device(Report& report, const Characterization& c, std::string_view suffix, TableOf table_of) {
  for (std::size_t t = 0; t < c.targets().size(); ++t) {
    Table table = table_of(t);
    table.axis = "device";
    table.alternative = device_text(c.targets()[t]);
    table.key = table.alternative + std::string(suffix);
    for (Chart& chart : table.charts) chart.title += " on " + table.alternative;
    table.title += " on " + table.alternative;
    report.parts.emplace_back(std::move(table));
  }
}

// Says of the last row's cells in these columns that they follow from the estimate of a network on a target.
void derive(Table& table, std::size_t network, std::size_t target,
            std::initializer_list<std::string_view> columns);

// A row a network, a column a target, and the same as a heat map.
using Cell = std::function<Value(std::size_t network, std::size_t target)>;
Table matrix(const Characterization& c, const std::string& key, const std::string& title, Unit unit,
             std::span<const std::size_t> targets, const Cell& value);
// The same for something else than the estimates at the plan's own batch and precision.
Table plain_matrix(const Characterization& c, const std::string& key, const std::string& title, Unit unit,
                   std::span<const std::size_t> targets, const Cell& value);
std::vector<std::size_t> all_targets(const Characterization& c);

// The networks, the one with the least first; those without a number last.
std::vector<std::size_t> ranked(const Characterization& c, const std::function<double(std::size_t)>& number);

// What the engines and the memories allow at any intensity, over the range that the networks span.
std::vector<Guide> roofs(const Target& target, double least, double most);

// "standard_convolution" as people write it.
std::string words(std::string_view name);

// Nothing where the energy is unknown.
std::optional<Joules> energy_per_inference(const Estimate& estimate);

// Networks that no other beats in both: at least as accurate and less of the other. Those without either are none.
std::vector<bool> pareto_front(std::span<const std::optional<double>> accuracy,
                               std::span<const std::optional<double>> cost);

}  // namespace chipcast::report
