#include <fmt/format.h>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {

Report batch_section(const Characterization& c) {
  Report report{.lead = {"Throughput over the batch: what a device wins from more samples at once."}};
  add_by_device(report, c, "", [&](std::size_t t) {
    Table table{.key = {}, .title = "Throughput", .columns = {{"batch", "batch", Unit::count}}, .rows = {}};
    Chart chart{.kind = Chart::Kind::lines,
                .title = "Throughput over the batch",
                .x = "batch",
                .log_x = true,
                .log_y = true};
    for (const Network& network : c.networks()) {
      table.columns.push_back({network.name, network.name, Unit::hertz, 0, Audience::everybody, true});
      chart.series.push_back(network.name);
    }
    for (const std::int64_t batch : c.plan().batches) {
      std::vector<Value> row = {batch};
      for (std::size_t n = 0; n < c.networks().size(); ++n) {
        const Estimate e = c.at_batch(n, t, batch);
        row.push_back(e.fits ? Value(e.throughput) : Value());
      }
      table.rows.push_back(std::move(row));
    }
    table.charts.push_back(std::move(chart));
    return table;
  });
  for (const std::int64_t batch : c.plan().batches) {
    Table table = plain_matrix(c, fmt::format("latency_at_batch_{}_s", batch),
                               fmt::format("Latency of a batch of {}", batch), Unit::seconds, all_targets(c),
                               [&](std::size_t n, std::size_t t) {
                                 const Estimate e = c.at_batch(n, t, batch);
                                 return e.fits ? Value(e.latency) : Value();
                               });
    table.axis = "batch";
    table.alternative = fmt::format("batch {}", batch);
    report.parts.emplace_back(std::move(table));
  }
  report.notes = {
      "Inferences a second = batch / latency of the batch. \"-\": weights and activations do not fit."};
  return report;
}

}  // namespace chipcast::report
