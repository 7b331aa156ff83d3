#include <fmt/format.h>

#include <algorithm>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {

Report precision_section(const Characterization& c) {
  Report report{
      .lead = {
          "Latency with weights and activations in each precision. Where the device or the runtime lacks "
          "one, it computes in another, which the heading names."}};
  const std::vector<Precision>& wanted = c.plan().precisions;
  add_by_device(report, c, "", [&](std::size_t t) {
    Table table{.key = {}, .title = "Latency by precision", .columns = {{"model", "network"}}, .rows = {}};
    Chart chart{.kind = Chart::Kind::heat, .title = "Latency by precision", .label = "model"};
    for (const Network& network : c.networks()) table.rows.emplace_back(1, network.name);
    for (const Precision precision : wanted) {
      const auto variant = c.with_precision(t, precision);
      const std::string key(name(precision));
      std::string label = key;
      if (!variant) {
        label += ", not run";
      } else if (variant->product_runs_as != precision) {
        label += fmt::format(" as {}", name(variant->product_runs_as));
      }
      table.columns.push_back({key + "_s", label, Unit::seconds, 0, Audience::everybody, true});
      chart.series.push_back(key + "_s");
      for (std::size_t n = 0; n < c.networks().size(); ++n)
        table.rows[n].push_back(variant ? Value(c.on(n, t, *variant).latency) : Value());
    }
    table.charts.push_back(std::move(chart));
    return table;
  });
  for (const Precision precision : wanted) {
    const std::string text(name(precision));
    Table table = plain_matrix(c, "latency_in_" + text + "_s", "Latency in " + text, Unit::seconds,
                               all_targets(c), [&](std::size_t n, std::size_t t) {
                                 const auto variant = c.with_precision(t, precision);
                                 return variant ? Value(c.on(n, t, *variant).latency) : Value();
                               });
    table.axis = "precision";
    table.alternative = text;
    report.parts.emplace_back(std::move(table));
  }
  report.notes = {"What quantization does to accuracy is not modelled."};
  return report;
}

}  // namespace chipcast::report
