#include <algorithm>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Table points_table(const Characterization& c, std::size_t t) {
  const Target& target = c.targets()[t];
  Table table{
      .key = {},
      .title = "Roofline",
      .columns = {{"model", "network"},
                  {"intensity_flops_per_byte", "FLOPs per byte that the kernels touch", Unit::flops_per_byte},
                  {"rate_flops_per_s", "FLOPs a second", Unit::flops_per_second, 0, Audience::everybody,
                   true},
                  {"peak_share", "of the peak", Unit::share},
                  {"bound", "bound"}},
      .rows = {}};
  const FlopsPerSecond peak =
      joint_peak_rate(*target.device, target.product_engine, target.product_runs_as, *target.point);
  double least = 0, most = 0;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const Estimate& e = c.at(n, t);
    double bytes = 0;
    for (const GroupEstimate& group : e.groups) bytes += group.weight_bytes + group.activation_bytes;
    const double flops = e.batch * in(c.networks()[n].complexity.flops, flop);
    const double intensity = flops / bytes;
    const FlopsPerSecond rate = flops * flop / e.latency;
    least = n == 0 ? intensity : std::min(least, intensity);
    most = std::max(most, intensity);
    table.rows.push_back({c.networks()[n].name, intensity, rate, rate / peak, name(e.bound)});
    derive(table, n, t, {"rate_flops_per_s", "peak_share"});
  }
  table.charts = {{.kind = Chart::Kind::points,
                   .title = "Roofline",
                   .label = "model",
                   .series = {"rate_flops_per_s"},
                   .x = "intensity_flops_per_byte",
                   .log_x = true,
                   .log_y = true,
                   .guides = roofs(target, least / 2, most * 2)}};
  return table;
}

}  // namespace

Report roofline_section(const Characterization& c) {
  Report report{
      .lead = {
          "Each network as one point: the FLOPs it gets done a second over its FLOPs per byte. The lines "
          "are what the engines and each memory of the device's data sheet allow."}};
  add_by_device(report, c, "", [&](std::size_t t) { return points_table(c, t); });
  report.notes = {
      "Bytes: weights and activations that the fused kernels read and write, each kernel on its own, at the "
      "device's precision. A network may stand above the line of the outermost memory: what stays on the "
      "chip need not come from there."};
  return report;
}

}  // namespace chipcast::report
