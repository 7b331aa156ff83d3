#include <fmt/format.h>

#include "report/numbers.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Table ranking(const Characterization& c, std::size_t t) {
  Table table{.key = {},
              .title = "Ranking",
              .columns = {{"rank", "rank", Unit::count},
                          {"model", "network"},
                          {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
                          {"latency_low_s", "at best", Unit::seconds, 0, Audience::everybody, true},
                          {"latency_high_s", "at worst", Unit::seconds, 0, Audience::everybody, true},
                          {"throughput_per_s", "per second", Unit::hertz, 0, Audience::everybody, true},
                          {"latency_ratio", "to " + c.baseline().name, Unit::ratio},
                          {"bound", "bound"},
                          {"bound_share", "of the time", Unit::share},
                          {"basis", "basis"}},
              .rows = {}};
  const Seconds base = c.at(c.baseline_index(), t).latency;
  for (const std::size_t n : ranked(c, [&](std::size_t i) { return in(c.at(i, t).latency, second); })) {
    const Estimate& e = c.at(n, t);
    Seconds total;
    for (const Seconds time : e.time_at) total += time;
    table.rows.push_back({table.rows.size() + 1, c.networks()[n].name, e.latency, e.latency_low,
                          e.latency_high, e.throughput, e.latency / base, name(e.bound),
                          e.time_at[static_cast<std::size_t>(e.bound)] / total, basis_of(c.targets()[t])});
    derive(
        table, n, t,
        {"latency_s", "latency_low_s", "latency_high_s", "throughput_per_s", "latency_ratio", "bound_share"});
  }
  table.charts = {{.kind = Chart::Kind::bars,
                   .title = "Latency",
                   .label = "model",
                   .series = {"latency_s"},
                   .low = "latency_low_s",
                   .high = "latency_high_s",
                   .log_x = true}};
  return table;
}

}  // namespace

Report latency_section(const Characterization& c) {
  const auto batch = c.plan().batches.front();
  Report report{.lead = {fmt::format(
                    "Batch {}. Latency is that of the whole batch; throughput = batch / latency.", batch)}};
  const std::vector<std::size_t> targets = all_targets(c);
  report.parts.emplace_back(matrix(c, "latency_by_device_s", "Latency by network and device", Unit::seconds,
                                   targets,
                                   [&](std::size_t n, std::size_t t) { return c.at(n, t).latency; }));
  add_by_device(report, c, "", [&](std::size_t t) { return ranking(c, t); });
  report.notes = {
      "At best, at worst: where it is calibrated, the interval that held nine in ten networks which the fit "
      "had not seen; else the latency with all assumed figures of device and runtime at the good and at the "
      "bad end of their ranges. Bound: the limit that most of the time is spent at, with its share of the "
      "time: compute, memory (off the chip), cache (on the chip) or dispatch."};
  return report;
}

}  // namespace chipcast::report
