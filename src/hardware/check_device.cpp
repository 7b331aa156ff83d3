#include "hardware/check_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/text.hpp"

namespace chipcast {
namespace {

constexpr double published_agreement = 0.03;  // vendors round clocks and peaks

std::string rate_text(FlopsPerSecond rate) { return format_scaled(rate.in_base_units(), "FLOP/s"); }

template <class Q>
double in_base(const Figure<Q>& figure) {
  return static_cast<double>(figure.value.in_base_units());
}

// The most specific place that stands in this file.
const Value& first_of(const Value& a, const Value& b, const Value& c) { return a ? a : b ? b : c; }

// ---- engines

void check_fallbacks(const Engine& engine, const EnginePlaces& places, const Value& root) {
  for (const Precision precision : precisions) {
    const auto index = static_cast<std::size_t>(precision);
    if (!engine.falls_back_to[index]) continue;
    const Value& place = first_of(places.fallbacks[index], places.item, root);
    const Precision target = *engine.falls_back_to[index];
    if (engine.has(precision)) {
      place.fail(fmt::format("engine '{}' falls back from {}, which it has", engine.name, name(precision)),
                 "take out the fallback or the rate");
    } else if (!engine.has(target)) {
      // Fallbacks are one step, so that whoever reads the file sees what runs.
      const bool is_cycle = engine.falls_back_to[static_cast<std::size_t>(target)].has_value();
      place.fail(fmt::format("engine '{}' falls back from {} to {}, which it lacks too", engine.name,
                             name(precision), name(target)),
                 is_cycle ? "fall back straight to a precision with a rate in 'flops_per_cycle'"
                          : fmt::format("give {} a rate in 'flops_per_cycle', or fall back to another",
                                        name(target)));
    }
  }
}

void check_absurd_peak(const Device& device, std::size_t engine, const EnginePlaces& places,
                       const Value& root) {
  constexpr double most = 100e15;
  for (const Precision precision : precisions) {
    const FigurePlace& rate = places.rates[static_cast<std::size_t>(precision)];
    if (rate.is_forced) continue;
    for (const OperatingPoint& point : device.operating_points) {
      const FlopsPerSecond peak = peak_rate(device, engine, precision, point);
      if (peak.in_base_units() <= most) continue;
      first_of(rate.value, places.item, root)
          .fail(fmt::format(
                    "engine '{}' would reach {} in {} at '{}', beyond the 100 PFLOP/s that anything has",
                    device.engines[engine].name, rate_text(peak), name(precision), point.name),
                "if it is meant, add 'force: true' to the figure");
      break;
    }
  }
}

void check_engines(const Device& device, const DevicePlaces& places) {
  for (std::size_t i = 0; i < device.engines.size(); ++i) {
    const Engine& engine = device.engines[i];
    check_fallbacks(engine, places.engines[i], places.root);
    check_absurd_peak(device, i, places.engines[i], places.root);
    const bool has_rate = std::ranges::any_of(engine.flops_per_cycle, [](const auto& r) { return !!r; });
    if (!has_rate) {
      first_of(places.engines[i].item, places.root, {})
          .fail(fmt::format("engine '{}' has no rate at any precision", engine.name),
                "give 'flops_per_cycle' at least one precision");
    }
    if (engine.joins && (*engine.joins == i || device.engines[*engine.joins].joins)) {
      first_of(places.engines[i].item, places.root, {})
          .fail(fmt::format("engine '{}' joins one that is not on its own", engine.name),
                "name the engine that leads");
    }
  }
  if (!device.engines.empty() && device.engines.front().products_only) {
    first_of(places.engines.front().item, places.root, {})
        .fail(fmt::format("the first engine, '{}', does products only", device.engines.front().name),
              "put the engine that does elementwise work first");
  }
}

// ---- memory

void check_order(const Device& device, const DevicePlaces& places, std::size_t outer) {
  const MemoryLevel& inside = device.memory[outer - 1];
  const MemoryLevel& level = device.memory[outer];
  const LevelPlaces& in = places.memory[outer - 1];
  const LevelPlaces& out = places.memory[outer];
  const char* const order = "levels go from the engine outwards";
  if (level.scope < inside.scope) {
    first_of(out.item, in.item, places.root)
        .fail(fmt::format("'{}' of scope {} stands outside '{}' of scope {}", level.name, name(level.scope),
                          inside.name, name(inside.scope)),
              order);
  }
  const double capacity = in_base(level.capacity), inner_capacity = in_base(inside.capacity);
  const Value& capacity_place = first_of(out.capacity.value, in.capacity.value, places.root);
  if (capacity > 0 && capacity < inner_capacity) {
    capacity_place.fail(fmt::format("'{}' holds {}, less than '{}' inside it with {}", level.name,
                                    format(level.capacity.value), inside.name, format(inside.capacity.value)),
                        order);
  } else if (capacity > 0 && capacity * level.instances.value < inner_capacity * inside.instances.value &&
             !out.capacity.is_forced && out.capacity.value) {
    capacity_place.fail(fmt::format("all '{}' together hold {}, less than all '{}' inside with {}",
                                    level.name, format_scaled(capacity * level.instances.value, "B"),
                                    inside.name, format_scaled(inner_capacity * inside.instances.value, "B")),
                        "if the device is built so, add 'force: true' to the capacity");
  }
  const double rate = in_base(level.bandwidth), inner_rate = in_base(inside.bandwidth);
  if (rate > inner_rate && inner_rate > 0) {
    first_of(out.bandwidth.value, in.bandwidth.value, places.root)
        .fail(fmt::format("'{}' at {} is faster than '{}' inside it at {}", level.name,
                          format_scaled(rate, "B/s"), inside.name, format_scaled(inner_rate, "B/s")),
              fmt::format("{}, and bandwidth is that of all instances together", order));
  }
}

// ---- the device

void check_powers(const Device& device, const DevicePlaces& places) {
  const auto complain = [&](const Value& place, Watts idle, Watts most, const std::string& where) {
    if (most.in_base_units() <= 0 || idle <= most) return;
    place.fail(fmt::format("idle power {}{} is above the maximum {}", format_scaled(in(idle, watt), "W"),
                           where, format_scaled(in(most, watt), "W")));
  };
  complain(first_of(places.idle_power, places.max_power, places.root), device.idle_power.value,
           device.max_power.value, "");
  if (device.busy_power && device.max_power.value > Watts() &&
      device.idle_power.value + device.busy_power->value > device.max_power.value) {
    first_of(places.busy_power, places.max_power, places.root)
        .fail(fmt::format("idle power {} and busy power {} together are above the maximum {}",
                          format_scaled(in(device.idle_power.value, watt), "W"),
                          format_scaled(in(device.busy_power->value, watt), "W"),
                          format_scaled(in(device.max_power.value, watt), "W")));
  }
  for (std::size_t i = 0; i < device.operating_points.size(); ++i) {
    const OperatingPoint& point = device.operating_points[i];
    if (!point.max_power && !point.idle_power) continue;
    const PointPlaces& at = places.points[i];
    complain(first_of(at.idle_power, at.max_power, places.root), idle_power(device, point),
             max_power(device, point), fmt::format(" at '{}'", point.name));
  }
}

void check_points(const Device& device, const DevicePlaces& places) {
  for (std::size_t i = 0; i < device.operating_points.size(); ++i) {
    const OperatingPoint& point = device.operating_points[i];
    for (std::size_t e = 0; e < point.counts.size(); ++e) {
      if (!point.counts[e] || point.counts[e]->value <= device.engines[e].count.value) continue;
      const Value& place = e < places.points[i].counts.size() ? places.points[i].counts[e] : places.root;
      first_of(place, places.points[i].item, places.root)
          .fail(fmt::format("'{}' switches on {:g} of the {:g} units of engine '{}'", point.name,
                            point.counts[e]->value, device.engines[e].count.value, device.engines[e].name));
    }
  }
}

}  // namespace

void check_device(const Device& device, const DevicePlaces& places) {
  check_engines(device, places);
  for (std::size_t outer = 1; outer < device.memory.size(); ++outer) check_order(device, places, outer);
  check_powers(device, places);
  check_points(device, places);
}

void check_published_peaks(const Device& device, const DevicePlaces& places) {
  for (std::size_t i = 0; i < device.published_peaks.size(); ++i) {
    const PublishedPeak& peak = device.published_peaks[i];
    const OperatingPoint* point = device.operating_point(peak.point);
    assert(point != nullptr);
    FlopsPerSecond derived;
    for (std::size_t engine = 0; engine < device.engines.size(); ++engine) {
      if (device.engines[engine].joins) continue;
      derived = std::max(derived, joint_peak_rate(device, engine, peak.precision, *point));
    }
    const double deviation = derived / peak.rate.value - 1;
    if (std::abs(deviation) <= published_agreement) continue;
    places.published_peaks[i].fail(
        fmt::format("count x clock x flops_per_cycle gives {} in {} at '{}', {:.1f}% {} the published {}",
                    rate_text(derived), name(peak.precision), peak.point, std::abs(deviation) * 100,
                    deviation < 0 ? "under" : "above", rate_text(peak.rate.value)),
        "one of the figures is wrong, or the peak belongs to another operating point");
  }
}

}  // namespace chipcast
