#include <algorithm>
#include <array>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

using Shares = std::vector<double>;

// A row a network, a share a column; columns without any are left out.
Table shares_table(const Characterization& c, const std::string& title,
                   const std::vector<std::string>& labels,
                   const std::function<Shares(std::size_t)>& shares_of) {
  std::vector<Shares> all;
  for (std::size_t n = 0; n < c.networks().size(); ++n) all.push_back(shares_of(n));
  Table table{.key = {}, .title = title, .columns = {{"model", "network"}}, .rows = {}};
  for (const Network& network : c.networks()) table.rows.emplace_back(1, network.name);
  Chart chart{.kind = Chart::Kind::bars, .title = title, .label = "model"};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::ranges::all_of(all, [&](const Shares& shares) { return shares[i] == 0; })) continue;
    table.columns.push_back({labels[i], labels[i], Unit::share});
    chart.series.push_back(labels[i]);
    for (std::size_t n = 0; n < all.size(); ++n) table.rows[n].emplace_back(all[n][i]);
  }
  table.charts.push_back(std::move(chart));
  return table;
}

Shares normalized(Shares shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  for (double& share : shares) share /= sum;
  return shares;
}

Table by_kind(const Characterization& c, std::size_t t) {
  std::vector<std::string> kinds;
  for (std::size_t kind = 0; kind < work_kind_count; ++kind)
    kinds.push_back(words(name(static_cast<WorkKind>(kind))));
  return shares_table(c, "Share of the time by kind of kernel", kinds, [&](std::size_t n) {
    Shares shares(work_kind_count);
    const Workload& workload = c.workload(n, t);
    const std::vector<GroupEstimate>& groups = c.at(n, t).groups;
    for (std::size_t g = 0; g < groups.size(); ++g)
      shares[static_cast<std::size_t>(workload.groups[g].kind)] += in(groups[g].total, second);
    return normalized(std::move(shares));
  });
}

Table by_limit(const Characterization& c, std::size_t t) {
  std::vector<std::string> limits;
  for (std::size_t bound = 0; bound < std::tuple_size_v<decltype(Estimate::time_at)>; ++bound)
    limits.emplace_back(name(static_cast<Bound>(bound)));
  return shares_table(c, "Share of the time by what limits the kernel", limits, [&](std::size_t n) {
    Shares shares;
    for (const Seconds time : c.at(n, t).time_at) shares.push_back(in(time, second));
    return normalized(std::move(shares));
  });
}

}  // namespace

Report time_section(const Characterization& c) {
  Report report;
  add_by_device(report, c, " kinds", [&](std::size_t t) { return by_kind(c, t); });
  add_by_device(report, c, " limits", [&](std::size_t t) { return by_limit(c, t); });
  report.notes = {
      "Shares of the sum of all kernels' times. A kernel counts to the largest of its terms: arithmetic, "
      "memory off the chip, memory on the chip (cache), dispatch."};
  return report;
}

}  // namespace chipcast::report
