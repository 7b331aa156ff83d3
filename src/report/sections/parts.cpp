#include "report/sections/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "report/numbers.hpp"

namespace chipcast::report {

std::vector<std::size_t> all_targets(const Characterization& c) {
  std::vector<std::size_t> all(c.targets().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

void derive(Table& table, std::size_t network, std::size_t target,
            std::initializer_list<std::string_view> columns) {
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (std::ranges::find(columns, table.columns[column].key) != columns.end())
      table.derived[{table.rows.size() - 1, column}] = derivation_key(network, target);
  }
}

Table plain_matrix(const Characterization& c, const std::string& key, const std::string& title, Unit unit,
                   std::span<const std::size_t> targets, const Cell& value) {
  Table table{.key = key, .title = title, .columns = {{"model", "network"}}, .rows = {}};
  Chart chart{.kind = Chart::Kind::heat, .title = title, .label = "model"};
  for (const std::size_t t : targets) {
    const std::string device = device_text(c.targets()[t]);
    table.columns.push_back(
        {device, device, unit, 0, Audience::everybody, unit != Unit::count && unit != Unit::ratio});
    chart.series.push_back(device);
  }
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    std::vector<Value> row = {c.networks()[n].name};
    for (const std::size_t t : targets) row.push_back(value(n, t));
    table.rows.push_back(std::move(row));
  }
  if (targets.size() > 1) table.charts.push_back(std::move(chart));
  return table;
}

Table matrix(const Characterization& c, const std::string& key, const std::string& title, Unit unit,
             std::span<const std::size_t> targets, const Cell& value) {
  Table table = plain_matrix(c, key, title, unit, targets, value);
  for (std::size_t n = 0; n < table.rows.size(); ++n) {
    for (std::size_t i = 0; i < targets.size(); ++i)
      table.derived[{n, i + 1}] = derivation_key(n, targets[i]);
  }
  return table;
}

std::vector<std::size_t> ranked(const Characterization& c, const std::function<double(std::size_t)>& number) {
  std::vector<std::size_t> order(c.networks().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, number);
  return order;
}

std::vector<Guide> roofs(const Target& target, double least, double most) {
  const double peak =
      joint_peak_rate(*target.device, target.product_engine, target.product_runs_as, *target.point)
          .in_base_units();
  std::vector<Guide> guides;
  double furthest = most;
  for (std::size_t level = target.device->memory.size(); level-- > 0;) {
    const MemoryLevel& memory = target.device->memory[level];
    const double rate = bandwidth(*target.device, level, *target.point).in_base_units();
    const double ridge = peak / rate;
    if (ridge < 2 * least) continue;  // no network comes near it
    guides.push_back({fmt::format("{} {}", memory.name, short_text(rate, Unit::bytes_per_second)), least,
                      least * rate, ridge, peak});
    furthest = std::max(furthest, ridge);
  }
  guides.push_back(
      {fmt::format("peak {} {}", name(target.product_runs_as), short_text(peak, Unit::flops_per_second)),
       least, peak, furthest, peak});
  return guides;
}

std::string words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::optional<Joules> energy_per_inference(const Estimate& estimate) {
  if (!estimate.energy) return {};
  return estimate.energy->total() / estimate.batch;
}

std::vector<bool> pareto_front(std::span<const std::optional<double>> accuracy,
                               std::span<const std::optional<double>> cost) {
  std::vector<bool> front(accuracy.size());
  for (std::size_t i = 0; i < accuracy.size(); ++i) {
    if (!accuracy[i] || !cost[i]) continue;
    bool is_beaten = false;
    for (std::size_t j = 0; j < accuracy.size() && !is_beaten; ++j) {
      if (!accuracy[j] || !cost[j]) continue;
      const bool no_worse = *accuracy[j] >= *accuracy[i] && *cost[j] <= *cost[i];
      is_beaten = no_worse && (*accuracy[j] > *accuracy[i] || *cost[j] < *cost[i]);
    }
    front[i] = !is_beaten;
  }
  return front;
}

}  // namespace chipcast::report
