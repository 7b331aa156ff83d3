#include "hardware/device.hpp"

#include <algorithm>

namespace chipcast {
namespace {

template <class Q>
Q at_point(const std::vector<std::optional<Figure<Q>>>& overrides, std::size_t index, const Figure<Q>& own) {
  return index < overrides.size() && overrides[index] ? overrides[index]->value : own.value;
}

template <class Names, class E>
std::string_view name_in(const Names& names, E value) {
  return names[static_cast<std::size_t>(value)];
}

constexpr std::array<std::string_view, precision_count> precision_names = {"fp64", "fp32", "tf32", "bf16",
                                                                           "fp16", "fp8",  "int8", "int4"};
constexpr std::array<std::string_view, engine_kind_count> engine_kind_names = {"scalar", "simd", "matrix",
                                                                               "systolic", "tile_fabric"};
constexpr std::array<std::string_view, memory_scope_count> memory_scope_names = {"core", "cluster", "chip",
                                                                                 "off_chip"};
constexpr std::array<std::string_view, device_kind_count> device_kind_names = {"cpu", "gpu", "tpu", "npu",
                                                                               "mcu"};

}  // namespace

std::string_view name(Precision precision) { return name_in(precision_names, precision); }
std::string_view name(EngineKind kind) { return name_in(engine_kind_names, kind); }
std::string_view name(MemoryScope scope) { return name_in(memory_scope_names, scope); }
std::string_view name(DeviceKind kind) { return name_in(device_kind_names, kind); }

std::optional<Precision> precision_named(std::string_view name) {
  const auto* found = std::ranges::find(precision_names, name);
  if (found == precision_names.end()) return std::nullopt;
  return static_cast<Precision>(found - precision_names.begin());
}

int bits(Precision precision) {
  constexpr std::array<int, precision_count> widths = {64, 32, 32, 16, 16, 8, 8, 4};
  return widths[static_cast<std::size_t>(precision)];
}

const OperatingPoint* Device::operating_point(std::string_view wanted) const {
  const auto found = std::ranges::find(operating_points, wanted, &OperatingPoint::name);
  return found == operating_points.end() ? nullptr : &*found;
}

Hertz clock(const Device& device, std::size_t engine, const OperatingPoint& point) {
  return at_point(point.clocks, engine, device.engines[engine].clock);
}

double unit_count(const Device& device, std::size_t engine, const OperatingPoint& point) {
  return at_point(point.counts, engine, device.engines[engine].count);
}

FlopsPerSecond peak_rate(const Device& device, std::size_t engine, Precision precision,
                         const OperatingPoint& point) {
  const auto& rate = device.engines[engine].flops_per_cycle[static_cast<std::size_t>(precision)];
  if (!rate) return {};
  return rate->value * unit_count(device, engine, point) * flop * clock(device, engine, point);
}

FlopsPerSecond joint_peak_rate(const Device& device, std::size_t engine, Precision precision,
                               const OperatingPoint& point) {
  FlopsPerSecond sum = peak_rate(device, engine, precision, point);
  for (std::size_t other = 0; other < device.engines.size(); ++other) {
    if (device.engines[other].joins == engine) sum += peak_rate(device, other, precision, point);
  }
  return sum;
}

BytesPerSecond bandwidth(const Device& device, std::size_t level, const OperatingPoint& point) {
  const MemoryLevel& memory = device.memory[level];
  if (level < point.bandwidths.size() && point.bandwidths[level]) return point.bandwidths[level]->value;
  if (!memory.clocked_by) return memory.bandwidth.value;
  const Engine& engine = device.engines[*memory.clocked_by];
  double scale = clock(device, *memory.clocked_by, point) / engine.clock.value;
  if (memory.scope == MemoryScope::core)
    scale *= unit_count(device, *memory.clocked_by, point) / engine.count.value;
  return scale * memory.bandwidth.value;
}

Watts max_power(const Device& device, const OperatingPoint& point) {
  return point.max_power ? point.max_power->value : device.max_power.value;
}
Watts idle_power(const Device& device, const OperatingPoint& point) {
  return point.idle_power ? point.idle_power->value : device.idle_power.value;
}
Watts busy_power(const Device& device, std::size_t engine, const OperatingPoint& point) {
  if (!device.busy_power) return {};
  const Engine& own = device.engines[engine];
  const double share =
      clock(device, engine, point) / own.clock.value * (unit_count(device, engine, point) / own.count.value);
  return share * device.busy_power->value;
}

std::string_view name(PowerBoundary boundary) {
  constexpr std::array<std::string_view, 6> names = {"", "wall", "board", "gpu", "package", "rail"};
  return names[static_cast<std::size_t>(boundary)];
}

std::optional<Placement> placement(const Device& device, Precision precision, bool is_product,
                                   const OperatingPoint& point) {
  std::optional<Placement> best;
  FlopsPerSecond best_rate;
  const auto consider = [&](std::size_t engine, Precision runs_as) {
    const FlopsPerSecond rate = joint_peak_rate(device, engine, runs_as, point);
    if (best && rate <= best_rate) return;
    best = Placement{.engine = engine, .runs_as = runs_as};
    best_rate = rate;
  };
  const auto is_open = [&](std::size_t engine) {
    return !device.engines[engine].joins && (is_product || !device.engines[engine].products_only);
  };
  for (std::size_t engine = 0; engine < device.engines.size(); ++engine) {
    if (!is_open(engine)) continue;
    const Engine& e = device.engines[engine];
    const auto& instead = e.falls_back_to[static_cast<std::size_t>(precision)];
    if (e.has(precision)) {
      consider(engine, precision);
    } else if (e.products_only && instead) {  // as a TPU runs products of fp32 in passes of bf16
      consider(engine, *instead);
    }
  }
  if (best) return best;
  for (std::size_t engine = 0; engine < device.engines.size(); ++engine) {
    const auto& instead = device.engines[engine].falls_back_to[static_cast<std::size_t>(precision)];
    if (is_open(engine) && instead) consider(engine, *instead);
  }
  return best;
}

}  // namespace chipcast
