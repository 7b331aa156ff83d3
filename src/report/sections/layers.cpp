#include <algorithm>
#include <limits>
#include <numeric>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t shown = 3;  // of each network

Table slowest(const Characterization& c, std::size_t t) {
  Table table{.key = {},
              .title = "The slowest kernels",
              .columns = {{"model", "network"},
                          {"name", "kernel"},
                          {"kind", "kind"},
                          {"time_s", "time", Unit::seconds, 0, Audience::everybody, true},
                          {"share", "of the network", Unit::share},
                          {"flops_share", "of its FLOPs", Unit::share},
                          {"intensity_flops_per_byte", "FLOPs per byte", Unit::flops_per_byte},
                          {"rate_flops_per_s", "FLOPs a second", Unit::flops_per_second, 0,
                           Audience::everybody, true},
                          {"bound", "bound"}},
              .rows = {}};
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const std::vector<GroupEstimate>& groups = c.at(n, t).groups;
    Seconds total;
    double operations = 0;
    for (const GroupEstimate& group : groups) {
      total += group.total;
      operations += group.products + group.rest;
    }
    std::vector<std::size_t> order(groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order,
                             [&](std::size_t a, std::size_t b) { return groups[a].total > groups[b].total; });
    order.resize(std::min(shown, order.size()));
    for (const std::size_t g : order) {
      const GroupWork& work = c.workload(n, t).groups[g];
      const double flops = groups[g].products + groups[g].rest;
      const double bytes = std::max(groups[g].weight_bytes + groups[g].activation_bytes, 1.0);
      least = std::min(least, flops / bytes);
      most = std::max(most, flops / bytes);
      table.rows.push_back({c.networks()[n].name, work.name, words(name(work.kind)), groups[g].total,
                            groups[g].total / total, flops / operations, flops / bytes,
                            flops * flop / groups[g].total, name(groups[g].bound)});
    }
  }
  table.charts = {{.kind = Chart::Kind::points,
                   .title = "The slowest kernels and what the device allows",
                   .label = "model",
                   .series = {"rate_flops_per_s"},
                   .x = "intensity_flops_per_byte",
                   .log_x = true,
                   .log_y = true,
                   .guides = roofs(c.targets()[t], least / 2, most * 2)}};
  return table;
}

}  // namespace

Report layers_section(const Characterization& c) {
  Report report{
      .lead = {"The three kernels of each network that take longest, named after their main operator. "
               "'chipcast explain NETWORK --on DEVICE --op KERNEL' derives any of these numbers."}};
  add_by_device(report, c, "", [&](std::size_t t) { return slowest(c, t); });
  return report;
}

}  // namespace chipcast::report
