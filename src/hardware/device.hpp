// hardware/device.hpp: a machine as data: engines, memory levels, energies; every figure with its source.
//
//   Result<Device> device = read_device("hardware_specs/nvidia_h100_pcie.yaml");
//   const OperatingPoint& point = device->operating_points.front();
//   FlopsPerSecond peak = peak_rate(*device, 0, Precision::fp16, point);
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "hardware/figure.hpp"
#include "ops/dtype.hpp"

namespace chipcast {

// What operands are held and multiplied as.
enum class Precision : std::uint8_t { fp64, fp32, tf32, bf16, fp16, fp8, int8, int4 };
inline constexpr std::size_t precision_count = 8;
inline constexpr std::array<Precision, precision_count> precisions = {
    Precision::fp64, Precision::fp32, Precision::tf32, Precision::bf16,
    Precision::fp16, Precision::fp8,  Precision::int8, Precision::int4};
std::string_view name(Precision precision);
std::optional<Precision> precision_named(std::string_view name);
int bits(Precision precision);  // stored; tf32 is stored as 32

enum class EngineKind : std::uint8_t { scalar, simd, matrix, systolic, tile_fabric };
inline constexpr std::size_t engine_kind_count = 5;
std::string_view name(EngineKind kind);

// A kind of arithmetic unit; a device has one or several (P-cores and E-cores, CUDA cores and tensor cores).
struct Engine {
  std::string name;
  EngineKind kind = EngineKind::simd;
  Figure<double> count;  // cores, SMs, arrays that work side by side
  Figure<Hertz> clock;   // sustained, unless an operating point says otherwise
  // FLOPs (2 per MAC) each of `count` does per cycle; absent: the engine lacks the precision.
  std::array<std::optional<Figure<double>>, precision_count> flops_per_cycle = {};
  std::array<std::optional<Figure<JoulesPerFlop>>, precision_count> energy_per_flop = {};
  // What a lacking precision runs as instead, always one the engine has; absent: it cannot be run here.
  std::array<std::optional<Precision>, precision_count> falls_back_to = {};
  // Native tile of one unit: a product is padded up to multiples of these (1: no padding). For SIMD: n is the lanes
  // at 32 bits; for matrix units k is at 16 bits (at 8 bits where they have nothing wider).
  std::int64_t tile_m = 1, tile_n = 1, tile_k = 1;
  std::string tile_source = {};  // as Figure::source; empty: no tile is given
  bool products_only = false;    // cannot do elementwise work (tensor cores, systolic arrays)
  // The engine it shares every operator with (E-cores beside P-cores); absent: work goes to one engine or the other.
  std::optional<std::size_t> joins = {};

  bool has(Precision precision) const {
    return flops_per_cycle[static_cast<std::size_t>(precision)].has_value();
  }
};

enum class MemoryScope : std::uint8_t { core, cluster, chip, off_chip };
inline constexpr std::size_t memory_scope_count = 4;
std::string_view name(MemoryScope scope);

// One level, from the engine outwards.
struct MemoryLevel {
  std::string name;
  MemoryScope scope = MemoryScope::chip;
  Figure<double> instances;                          // how many there are on the device
  Figure<Bytes> capacity;                            // of each instance
  Figure<BytesPerSecond> bandwidth;                  // of all instances together, at the engine's own clock
  std::optional<Figure<JoulesPerByte>> energy = {};  // per byte moved
  bool is_managed = false;                           // a scratchpad that software fills; false: a cache
  // The engine whose clock moves the bandwidth (and, of a core's own level, whose count does); absent: it stays.
  std::optional<std::size_t> clocked_by = {};
};

struct OperatingPoint {
  std::string name;
  std::vector<std::optional<Figure<Hertz>>> clocks = {};   // by engine; absent: the engine's own
  std::vector<std::optional<Figure<double>>> counts = {};  // by engine: units switched on; absent: all
  // By memory level; absent: the level's own, moved along with the clock where it is `clocked_by` an engine.
  std::vector<std::optional<Figure<BytesPerSecond>>> bandwidths = {};
  std::optional<Figure<Watts>> max_power = {}, idle_power = {};  // absent: the device's own
};

enum class DeviceKind : std::uint8_t { cpu, gpu, tpu, npu, mcu };
inline constexpr std::size_t device_kind_count = 5;
std::string_view name(DeviceKind kind);

// What a figure of energy or power includes. `package`, `gpu` and `rail` (a microcontroller's supply) are what a
// device's own figures are of; `absent`: it is none of energy or power.
enum class PowerBoundary : std::uint8_t { absent, wall, board, gpu, package, rail };
inline constexpr std::array power_boundaries = {PowerBoundary::wall, PowerBoundary::board, PowerBoundary::gpu,
                                                PowerBoundary::package, PowerBoundary::rail};
std::string_view name(PowerBoundary boundary);  // empty for `absent`

struct Battery {
  Figure<Joules> capacity;
  Figure<double> usable;          // fraction
  Figure<double> conversion;      // efficiency, fraction
  Figure<double> self_discharge;  // fraction lost per month
};

// A peak that the vendor prints; count x clock x flops_per_cycle agrees with it.
struct PublishedPeak {
  Precision precision = Precision::fp32;
  Figure<FlopsPerSecond> rate;
  std::string point;  // the operating point it holds at
};

struct Device {
  std::string id;  // the file's name: "nvidia_h100_pcie"
  std::string title;
  DeviceKind kind = DeviceKind::cpu;
  std::string extends;  // the device it takes figures over from, or empty
  std::vector<std::string> notes;
  std::string runtime;  // the id of the one it is usually run with; empty: the usual one of its kind
  std::vector<Source> sources;
  std::vector<Engine> engines;      // the first is the one that does elementwise work
  std::vector<MemoryLevel> memory;  // innermost first; the last holds the network
  Figure<Watts> max_power, idle_power;
  // What it takes while it works, beside idle power, operations and bytes: clocks, instructions, cores that wait. Of
  // all units at their own clock; absent: nothing is known to be more than that.
  std::optional<Figure<Watts>> busy_power;
  // What `max_power` and `idle_power` leave out of a board's rail: regulators, network, storage, fans. And the share
  // of what the wall gives that the supply passes on. Absent: nobody can say what is measured there.
  std::optional<Figure<Watts>> board_power;
  std::optional<Figure<double>> supply_efficiency;
  // Single-thread speed of the CPU that dispatches, relative to the reference of Runtime::dispatch (a desktop core of
  // 2021 at 4.7 GHz).
  std::optional<Figure<double>> host_speed;
  std::optional<Figure<double>> process_nm;
  std::optional<Figure<double>> price_usd;
  std::optional<Figure<double>> lifetime_years;
  std::optional<Battery> battery;
  std::vector<OperatingPoint> operating_points;  // the first is the default; never empty
  std::vector<PublishedPeak> published_peaks;

  const OperatingPoint* operating_point(std::string_view name) const;  // nullptr: there is none
};

// What the engine alone reaches at a precision, natively; zero where it lacks it.
FlopsPerSecond peak_rate(const Device& device, std::size_t engine, Precision precision,
                         const OperatingPoint& point);
// The engine together with those that join it.
FlopsPerSecond joint_peak_rate(const Device& device, std::size_t engine, Precision precision,
                               const OperatingPoint& point);
BytesPerSecond bandwidth(const Device& device, std::size_t level, const OperatingPoint& point);
Hertz clock(const Device& device, std::size_t engine, const OperatingPoint& point);
double unit_count(const Device& device, std::size_t engine, const OperatingPoint& point);
Watts max_power(const Device& device, const OperatingPoint& point);
Watts idle_power(const Device& device, const OperatingPoint& point);
// In proportion to the clock and the units of the engine that works; zero where the device gives none.
Watts busy_power(const Device& device, std::size_t engine, const OperatingPoint& point);

// Where work of a precision goes: the fastest engine that has it, else the fastest that falls back to one it has.
// `is_product`: convolutions and matrix products, which `products_only` engines take. Nothing: the device cannot.
struct Placement {
  std::size_t engine = 0;
  Precision runs_as = Precision::fp32;
};
std::optional<Placement> placement(const Device& device, Precision precision, bool is_product,
                                   const OperatingPoint& point);

}  // namespace chipcast
