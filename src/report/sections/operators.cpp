#include <algorithm>
#include <map>

#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

constexpr double shown_from = 0.01;  // of any network's FLOPs; classes that never reach it are one column

// The classes in the order in which they weigh over all networks.
std::vector<OperatorClass> heavy_classes(const Characterization& c) {
  struct Weight {
    double sum = 0, most = 0;
  };
  std::map<OperatorClass, Weight> weights;
  for (const Network& network : c.networks()) {
    for (const ClassTotal& total : class_totals(network.complexity)) {
      const double share = total.flops / network.complexity.flops;
      Weight& weight = weights[total.operator_class];
      weight.sum += share;
      weight.most = std::max(weight.most, share);
    }
  }
  std::vector<OperatorClass> classes;
  for (const auto& [operator_class, weight] : weights) {
    if (weight.most >= shown_from) classes.push_back(operator_class);
  }
  std::ranges::stable_sort(classes,
                           [&](OperatorClass a, OperatorClass b) { return weights[a].sum > weights[b].sum; });
  return classes;
}

}  // namespace

Report operators_section(const Characterization& c) {
  const std::vector<OperatorClass> classes = heavy_classes(c);
  Table table{.key = "classes", .title = "Share of the FLOPs", .columns = {{"model", "network"}}, .rows = {}};
  Chart chart{.kind = Chart::Kind::bars, .title = "Share of the FLOPs by operator class", .label = "model"};
  for (const OperatorClass operator_class : classes) {
    const std::string key(name(operator_class));
    table.columns.push_back({key, key, Unit::share});
    chart.series.push_back(key);
  }
  table.columns.push_back({"all else", "all else", Unit::share});
  chart.series.emplace_back("all else");
  for (const Network& network : c.networks()) {
    std::vector<double> shares(classes.size() + 1);
    for (const ClassTotal& total : class_totals(network.complexity)) {
      const auto column = std::ranges::find(classes, total.operator_class) - classes.begin();
      shares[static_cast<std::size_t>(column)] += total.flops / network.complexity.flops;
    }
    std::vector<Value> row = {network.name};
    for (const double share : shares) row.emplace_back(share);
    table.rows.push_back(std::move(row));
  }
  table.charts.push_back(std::move(chart));
  Report report;
  report.parts.emplace_back(std::move(table));
  report.notes = {"Batch normalization behind a convolution is folded into it and costs nothing."};
  return report;
}

}  // namespace chipcast::report
