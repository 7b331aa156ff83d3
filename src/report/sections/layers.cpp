#include <algorithm>
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
                          {"bound", "bound"}},
              .rows = {}};
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
      table.rows.push_back({c.networks()[n].name, work.name, words(name(work.kind)), groups[g].total,
                            groups[g].total / total, (groups[g].products + groups[g].rest) / operations,
                            name(groups[g].bound)});
    }
  }
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
