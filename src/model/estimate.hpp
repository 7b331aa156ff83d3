// model/estimate.hpp: how long a workload takes on a target, what it costs in energy, and why.
//
//   const Estimate e = estimate(workload, target, {.batch = 8});
//   e.latency, e.throughput, e.energy, e.bound, e.groups[3].memory
//
// For every group: t = dispatch + (t_compute^4 + t_memory^4)^(1/4), t_compute = flops / (peak x efficiency x padding)
// + idle + ramp, t_memory = bytes off chip / bandwidth + bytes on chip / bandwidth. Each term is kept, so that what is printed
// can be derived again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "model/energy.hpp"
#include "model/target.hpp"
#include "model/workload.hpp"

namespace chipcast {

struct EstimateOptions {
  double batch = 1;
  bool keep_groups = true;                          // false: totals only, for sweeps
  bool has_interval = true;                         // false: latency_low and latency_high are latency
  PowerBoundary boundary = PowerBoundary::package;  // what energy and power include
};

enum class Bound : std::uint8_t { compute, off_chip, on_chip, dispatch };
std::string_view name(Bound bound);

struct GroupEstimate {
  Seconds compute, memory_off_chip, memory_on_chip, dispatch;
  Seconds total;
  double products = 0, rest = 0;  // FLOPs in multiply-accumulates and in everything else
  double padding = 1;             // share of the engine's native tiles that is filled
  double shape = 1;               // share of the rate that rows, columns and depth leave
  FlopsPerSecond rate;            // of its products, both counted
  Seconds work;                   // of all units
  Seconds idle, ramp;             // parts of `compute`: units without work; fork, join, fill and drain
  double threads = 1;             // that it is best done by, on a CPU
  double weight_bytes = 0, activation_bytes = 0;
  double share_off_chip = 0;  // of the activations' bytes
  double bytes_off_chip = 0, bytes_on_chip = 0;
  Bound bound = Bound::compute;
};

// What of a network runs at one of its precisions.
struct PrecisionPart {
  std::size_t kernels = 0;
  Seconds time;     // of its kernels, one after the other
  Amounts amounts;  // of one batch
  double weight_bytes = 0;
  double converted = 0;   // values of one batch, from and to other precisions
  std::size_t casts = 0;  // kernels that do nothing else
  Seconds cast_time;
};

struct Estimate {
  double batch = 1;
  Seconds latency, latency_low, latency_high;
  Seconds critical_path;                            // of groups, where independent ones run side by side
  Hertz throughput;                                 // samples: batch / latency
  Bound bound = Bound::compute;                     // the limit that most of the time is spent at
  std::array<Seconds, 4> time_at = {};              // by bound
  std::array<Seconds, 4> if_lifted = {};            // latency were that limit gone; with groups only
  Amounts amounts;                                  // of one batch
  PowerBoundary boundary = PowerBoundary::package;  // of energy and power
  std::optional<Energy> energy;  // of one batch; nothing where figures are missing (missing_for)
  std::optional<Watts> power;    // average while running
  bool is_throttled = false;     // the power limit stretched the latency
  Bytes weights, activations;    // what the network occupies
  bool fits = true;
  std::int64_t largest_batch = 0;  // that fits the memory
  double weights_off_chip = 1;  // share of the weights that the chip does not keep from one run to the next
  std::vector<GroupEstimate> groups;
  std::vector<PrecisionPart> parts;  // by target (Target::at), where there are several
};

// What the model takes a transcendental for: a polynomial in the vector units.
inline constexpr double flops_per_transcendental = 12;

// The nominal time of each group alone.
std::vector<Seconds> group_latencies(const Workload& workload, const Target& target, double batch);

Estimate estimate(const Workload& workload, const Target& target, const EstimateOptions& options = {});

}  // namespace chipcast
