#include "report/figures.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Table targets_table(const Characterization& c) {
  Table table{
      .key = "targets",
      .title = "What was estimated on",
      .columns = {{"device", "device"},
                  {"title", "what it is"},
                  {"runtime", "runtime"},
                  {"precision", "precision"},
                  {"runs_as", "computes in"},
                  {"peak_flops_per_s", "peak", Unit::flops_per_second, 0, Audience::everybody, true},
                  {"bandwidth_bytes_per_s", "memory", Unit::bytes_per_second, 0, Audience::everybody, true},
                  {"idle_power_w", "idle", Unit::watts, 0, Audience::everybody, true},
                  {"max_power_w", "at most", Unit::watts, 0, Audience::everybody, true},
                  {"basis", "basis"}},
      .rows = {}};
  for (const Target& t : c.targets()) {
    table.rows.push_back({device_text(t), t.device->title, t.runtime->id, precision_text(t),
                          name(t.product_runs_as),
                          joint_peak_rate(*t.device, t.product_engine, t.product_runs_as, *t.point),
                          bandwidth(*t.device, t.device->memory.size() - 1, *t.point), t.idle_power,
                          t.max_power, basis_of(t)});
  }
  return table;
}

Table figures_table(const Characterization& c, std::size_t t) {
  Table table{
      .key = {},
      .title = "Every figure",
      .columns = {{"figure", "figure"}, {"value", "value"}, {"range", "range"}, {"source", "where from"}},
      .rows = {}};
  for (const ListedFigure& figure : figures_of(*c.targets()[t].device)) {
    table.rows.push_back({figure.path, figure.text, figure.range.empty() ? Value() : Value(figure.range),
                          figure.inherited_from.empty()
                              ? figure.source
                              : figure.source + "; inherited from " + figure.inherited_from});
  }
  return table;
}

}  // namespace

Report assumptions_section(const Characterization& c) {
  Report report{
      .lead = {
          "1 MAC = 2 FLOPs; FLOPs are 2 x MACs and one for every other arithmetic operation. kB, MB and GB "
          "are powers of ten.",
          "A kernel takes dispatch + (compute^4 + memory^4)^(1/4); each term follows from the device's "
          "and the runtime's figures and from the network's graph. Where the basis is a calibration, "
          "coefficients of the runtime are those that were fitted to measurements of other networks and "
          "devices, too; datasheet only: nothing is fitted.",
          "Where a figure is assumed, its range is given; intervals of latency that is not calibrated come "
          "from these ranges."}};
  for (const std::string& note : c.plan().notes) report.lead.push_back(note);
  report.parts.emplace_back(targets_table(c));
  add_by_device(report, c, "", [&](std::size_t t) { return figures_table(c, t); });
  return report;
}

}  // namespace chipcast::report
