// hardware/figures.hpp: every figure of a device or a runtime with its path, in the order of the file.
//
//   visit_figures(device, [](const std::string& path, auto& figure) { ... });
//   // "engines.P-core.clock", "engines.P-core.flops_per_cycle.fp32", "memory.DRAM.bandwidth", "max_power", ...
//
// Works on const values (listing, checks) and on others (what-if, sensitivity).
#pragma once

#include <string>

#include "hardware/runtime.hpp"

namespace chipcast {

namespace detail {

template <class Optional, class Visit>
void visit_if_set(Optional& figure, const std::string& path, Visit& visit) {
  if (figure) visit(path, *figure);
}

template <class E, class Visit>
void visit_engine(E& engine, Visit& visit) {
  const std::string path = "engines." + engine.name + ".";
  visit(path + "count", engine.count);
  visit(path + "clock", engine.clock);
  for (const Precision precision : precisions) {
    visit_if_set(engine.flops_per_cycle[static_cast<std::size_t>(precision)],
                 path + "flops_per_cycle." + std::string(name(precision)), visit);
  }
  for (const Precision precision : precisions) {
    visit_if_set(engine.energy_per_flop[static_cast<std::size_t>(precision)],
                 path + "energy_per_flop." + std::string(name(precision)), visit);
  }
}

template <class M, class Visit>
void visit_level(M& level, Visit& visit) {
  const std::string path = "memory." + level.name + ".";
  visit(path + "instances", level.instances);
  visit(path + "capacity", level.capacity);
  visit(path + "bandwidth", level.bandwidth);
  visit_if_set(level.energy, path + "energy", visit);
}

template <class D, class P, class Visit>
void visit_point(D& device, P& point, Visit& visit) {
  const std::string path = "operating_points." + point.name + ".";
  for (std::size_t i = 0; i < point.clocks.size(); ++i)
    visit_if_set(point.clocks[i], path + "clocks." + device.engines[i].name, visit);
  for (std::size_t i = 0; i < point.counts.size(); ++i)
    visit_if_set(point.counts[i], path + "counts." + device.engines[i].name, visit);
  for (std::size_t i = 0; i < point.bandwidths.size(); ++i)
    visit_if_set(point.bandwidths[i], path + "bandwidths." + device.memory[i].name, visit);
  visit_if_set(point.max_power, path + "max_power", visit);
  visit_if_set(point.idle_power, path + "idle_power", visit);
}

template <class D, class Visit>
void visit_device(D& device, Visit& visit) {
  for (auto& engine : device.engines) visit_engine(engine, visit);
  for (auto& level : device.memory) visit_level(level, visit);
  visit("max_power", device.max_power);
  visit("idle_power", device.idle_power);
  visit_if_set(device.busy_power, "busy_power", visit);
  visit_if_set(device.board_power, "board_power", visit);
  visit_if_set(device.supply_efficiency, "supply_efficiency", visit);
  visit_if_set(device.host_speed, "host_speed", visit);
  visit_if_set(device.process_nm, "process_nm", visit);
  visit_if_set(device.price_usd, "price_usd", visit);
  visit_if_set(device.lifetime_years, "lifetime_years", visit);
  if (device.battery) {
    visit("battery.capacity", device.battery->capacity);
    visit("battery.usable", device.battery->usable);
    visit("battery.conversion", device.battery->conversion);
    visit("battery.self_discharge", device.battery->self_discharge);
  }
  for (auto& point : device.operating_points) visit_point(device, point, visit);
  for (auto& peak : device.published_peaks) {
    visit("published_peak." + std::string(name(peak.precision)), peak.rate);
  }
}

template <class R, class Visit>
void visit_runtime(R& runtime, Visit& visit) {
  for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
    auto& execution = runtime.executions[kind];
    if (!execution) continue;
    const std::string path = "on." + std::string(name(static_cast<DeviceKind>(kind))) + ".";
    visit(path + "dispatch", execution->dispatch);
    visit(path + "bandwidth_efficiency", execution->bandwidth_efficiency);
    visit(path + "cache_efficiency", execution->cache_efficiency);
    visit(path + "half_rows", execution->half_rows);
    visit(path + "half_columns", execution->half_columns);
    visit(path + "half_depth", execution->half_depth);
    visit(path + "half_outputs", execution->half_outputs);
    visit(path + "activation_passes", execution->activation_passes);
    visit(path + "weight_passes", execution->weight_passes);
    visit(path + "parallel_fraction", execution->parallel_fraction);
    for (std::size_t work = 0; work < work_kind_count; ++work) {
      const std::string prior = path + "priors." + std::string(name(static_cast<WorkKind>(work))) + ".";
      visit(prior + "efficiency", execution->priors[work].efficiency);
      visit(prior + "half_cycles", execution->priors[work].half_cycles);
    }
  }
}

}  // namespace detail

template <class Visit>
void visit_figures(const Device& device, Visit visit) {
  detail::visit_device(device, visit);
}
template <class Visit>
void visit_figures(Device& device, Visit visit) {
  detail::visit_device(device, visit);
}
template <class Visit>
void visit_figures(const Runtime& runtime, Visit visit) {
  detail::visit_runtime(runtime, visit);
}
template <class Visit>
void visit_figures(Runtime& runtime, Visit visit) {
  detail::visit_runtime(runtime, visit);
}

}  // namespace chipcast
