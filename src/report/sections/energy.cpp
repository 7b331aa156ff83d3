#include <cmath>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Table breakdown(const Characterization& c, std::size_t t) {
  const auto joules = [](std::string key, std::string label) {
    return Column{std::move(key), std::move(label), Unit::joules, 0, Audience::everybody, true};
  };
  Table table{.key = {},
              .title = "Energy of an inference",
              .columns = {{"model", "network"},
                          joules("energy_j", "energy"),
                          joules("compute_j", "arithmetic"),
                          joules("off_chip_j", "memory"),
                          joules("on_chip_j", "on the chip"),
                          joules("idle_j", "idle power"),
                          joules("busy_j", "busy power"),
                          {"power_w", "power", Unit::watts, 0, Audience::everybody, true},
                          {"inferences_per_wh", "per Wh", Unit::count},
                          {"energy_ratio", "to " + c.baseline().name, Unit::ratio}},
              .rows = {}};
  const auto base = energy_per_inference(c.at(c.baseline_index(), t));
  const auto total_of = [&](std::size_t n) {
    const auto energy = energy_per_inference(c.at(n, t));
    return energy ? in(*energy, joule) : 0.0;
  };
  for (const std::size_t n : ranked(c, total_of)) {
    const Estimate& e = c.at(n, t);
    const std::string& model = c.networks()[n].name;
    if (!e.energy) {
      table.rows.push_back({model, {}, {}, {}, {}, {}, {}, {}, {}, {}});
      continue;
    }
    const Joules energy = *energy_per_inference(e);
    table.rows.push_back({model, energy, e.energy->compute / e.batch, e.energy->off_chip / e.batch,
                          e.energy->on_chip / e.batch, e.energy->idle / e.batch, e.energy->busy / e.batch,
                          *e.power, std::llround(1.0 * watt_hour / energy), energy / *base});
    derive(table, n, t,
           {"energy_j", "compute_j", "off_chip_j", "on_chip_j", "idle_j", "busy_j", "power_w",
            "inferences_per_wh", "energy_ratio"});
  }
  table.charts = {{.kind = Chart::Kind::bars,
                   .title = "Energy of an inference",
                   .label = "model",
                   .series = {"compute_j", "off_chip_j", "on_chip_j", "idle_j", "busy_j"}}};
  return table;
}

}  // namespace

Report energy_section(const Characterization& c) {
  Report report{
      .lead = {
          "Energy of the device itself, from the battery's or the supply's side nothing is added. Idle "
          "power, and what the device takes while it is busy beside operations and bytes, count for as long "
          "as the inference takes; power = energy / latency."}};
  const std::vector<std::size_t> targets = all_targets(c);
  report.parts.emplace_back(matrix(c, "energy_by_device_j", "Energy of an inference by network and device",
                                   Unit::joules, targets, [&](std::size_t n, std::size_t t) {
                                     const auto energy = energy_per_inference(c.at(n, t));
                                     return energy ? Value(*energy) : Value();
                                   }));
  add_by_device(report, c, "", [&](std::size_t t) { return breakdown(c, t); });
  return report;
}

}  // namespace chipcast::report
