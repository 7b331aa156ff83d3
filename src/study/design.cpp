#include "study/design.hpp"

#include <algorithm>

#include "study/change.hpp"

namespace chipcast {
namespace {

template <class Q>
void fix(Figure<Q>& figure, Q value) {
  if (figure.value != value) figure = {.value = value, .source = figure.source};
}

}  // namespace

Design design_of(const Target& target, double batch) {
  Design design{
      .device = *target.device, .runtime = *target.runtime, .options = target.options, .batch = batch};
  Device& device = design.device;
  const OperatingPoint& point = *target.point;
  for (std::size_t i = 0; i < device.memory.size(); ++i)
    fix(device.memory[i].bandwidth, bandwidth(*target.device, i, point));
  for (std::size_t i = 0; i < device.engines.size(); ++i) {
    fix(device.engines[i].clock, clock(*target.device, i, point));
    fix(device.engines[i].count, unit_count(*target.device, i, point));
  }
  fix(device.max_power, max_power(*target.device, point));
  fix(device.idle_power, idle_power(*target.device, point));
  if (device.busy_power) fix(*device.busy_power, busy_power(*target.device, target.product_engine, point));
  OperatingPoint only;
  only.name = point.name;
  device.operating_points = {std::move(only)};
  device.published_peaks.clear();
  for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
    if (static_cast<DeviceKind>(kind) != device.kind) design.runtime.executions[kind].reset();
  }
  return design;
}

bool has_figure(const Design& design, std::string_view path) {
  bool is_found = false;
  const auto compare = [&](const std::string& visited, const auto&) {
    is_found = is_found || visited == path;
  };
  visit_figures(design.device, compare);
  visit_figures(design.runtime, compare);
  return is_found;
}

Result<Target> target_of(const Design& design) {
  return make_target(design.device, design.device.operating_points.front(), design.runtime, design.options);
}

std::vector<std::string> scalable_figures(const Design& design) {
  std::vector<std::string> paths;
  const auto add = [&](const std::string& path, const auto& figure) {
    if (figure.value > std::remove_cvref_t<decltype(figure.value)>{}) paths.push_back(path);
  };
  visit_figures(design.device, add);
  visit_figures(design.runtime, add);
  return paths;
}

void scale(Design& design, const std::string& path, double factor) {
  const std::vector<Engine> before = design.device.engines;
  const auto change = [&](const std::string& visited, auto& figure) {
    if (visited == path) scale(figure, factor);
  };
  visit_figures(design.device, change);
  visit_figures(design.runtime, change);
  carry_bandwidths(before, design.device);
}

}  // namespace chipcast
