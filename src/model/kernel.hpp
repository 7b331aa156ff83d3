// model/kernel.hpp: what a group of operators takes on a target: the arithmetic of the estimate, in two halves.
//
//   const Frame frame(workload, target, batch);
//   const Demand demand = frame.demand(group);      // what it asks for, whatever the figures of the machine are
//   const Cost cost = cost_of(demand, felt);        // what that takes at such figures
//
// The second half has no branch that depends on the figures, and no call: one code serves one target (estimate.cpp) and
// a block of designs, over whose loop the compiler lays vector registers (estimate_block.cpp). Both give the same bits.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "model/estimate.hpp"
#include "model/target.hpp"
#include "model/workload.hpp"

namespace chipcast::kernel {

inline double fourth_power(double x) { return (x * x) * (x * x); }
inline double fourth_root(double x) { return std::sqrt(std::sqrt(x)); }

// Compute and memory overlap, the slower one counts most.
inline Seconds overlapped(Seconds compute, Seconds memory) {
  return fourth_root(fourth_power(in(compute, second)) + fourth_power(in(memory, second))) * second;
}

// The share of a working set that a level cannot hold, `fill` times as large as it: 0 well below 1, 1 well above, no
// step between.
inline double overflow(double fill) {
  const double x = fourth_power(fill);
  return x / (1 + x);
}

// ---- what is asked for

// One direction of an engine's native tile.
class Tile {
 public:
  explicit Tile(std::int64_t extent)
      : extent_(static_cast<double>(std::max<std::int64_t>(1, extent))), per_extent_(1 / extent_) {}
  bool operator==(const Tile&) const = default;

  // The multiple that holds `extent`, a whole number; the half keeps what rounding does from mattering.
  double padded(double extent) const {
    if (extent > most) return extent;
    return static_cast<double>(static_cast<std::int64_t>((extent + extent_ - 0.5) * per_extent_)) * extent_;
  }
  // How many of `extent` it holds side by side.
  double times(double extent) const { return std::floor(extent_ / extent); }

 private:
  static constexpr double most = 1e12;  // no share is further from 1 than a double tells
  double extent_, per_extent_;
};

// A product as the engine does it.
struct Filled {
  double padding = 1;  // share of the native tiles that is filled
  double rows = 1, columns = 1,
         depth = 1;        // padded; columns of each product where a vector runs over several
  double rows_of_one = 1;  // of one sample
  double outputs = 1;      // of all products
};

struct Demand {
  double products = 0, rest = 0;  // FLOPs
  double repeats = 1;
  Filled filled;
  double winograd = 1;  // how many times fewer multiplications it takes
  // Which figures count for it, 1 or 0: numbers, as a condition would not be laid over designs.
  double has_ends = 1;  // of loops; a depthwise convolution's efficiency says all
  double runs_in_vectors = 0;
  double repacks = 0;
  double weights = 0, activations = 0;  // bytes, once each
};

// What of a target and a batch has only a few values: the same for all designs that are estimated side by side.
class Frame {
 public:
  Frame(const Workload& workload, const Target& target, double batch)
      : Frame(workload, target, batch, target.device->engines[target.product_engine]) {}
  bool operator==(const Frame&) const = default;

  Demand demand(const GroupWork& group) const {
    const bool is_depthwise = group.kind == WorkKind::depthwise_convolution;
    Demand asked{.products = 2 * group.macs * batch_,
                 .rest = (group.flops + flops_per_transcendental * group.transcendentals) * batch_,
                 .repeats = group.repeats,
                 .filled = {},
                 .winograd = group.winograd[winograd_],
                 .has_ends = is_depthwise ? 0.0 : 1.0,
                 .runs_in_vectors = is_depthwise ? 1.0 : 0.0,
                 .repacks = is_convolution(group.kind) ? 1.0 : 0.0,
                 .weights = group.weight_elements * weight_bytes_,
                 .activations = ((group.activation_elements_read + group.activation_elements_written) *
                                     activation_bytes_ +
                                 group.fixed_bytes) *
                                batch_};
    if (group.macs > 0) asked.filled = filled_by(group);
    return asked;
  }

  double all_weight_bytes() const { return all_weight_bytes_; }
  double peak_activation_bytes() const { return peak_activation_bytes_; }  // of one sample
  bool fits(const Target& target) const {
    return all_weight_bytes_ + peak_activation_bytes_ * batch_ <= in(target.memory_capacity, byte);
  }

 private:
  Frame(const Workload& workload, const Target& target, double batch, const Engine& engine)
      : batch_(batch),
        weight_bytes_(target.weight_bits / 8.0),
        activation_bytes_(target.activation_bits / 8.0),
        all_weight_bytes_(workload.stored ? workload.stored->all_weight_bytes
                                          : workload.weight_elements * weight_bytes_),
        peak_activation_bytes_(workload.stored ? workload.stored->activation_peak_bytes
                                               : workload.activation_peak_bytes * activation_bytes_ / 4.0),
        winograd_(target.nominal.winograd),
        is_simd_(engine.kind == EngineKind::simd),
        is_systolic_(engine.kind == EngineKind::systolic),
        tile_m_(engine.tile_m),
        tile_n_(engine.tile_n),
        tile_k_(engine.tile_k) {}

  // Of products that fill a part of its columns a systolic array takes several at once, their weights along the diagonal
  // of its tile and zeros beside them, where that fills more of it.
  Filled filled_by(const GroupWork& group) const {
    const Filled alone = filled_by(group, 1);
    if (!is_systolic_ || group.product.stack == 1 || group.weight_elements == 0) return alone;
    const double together = std::min(tile_n_.times(static_cast<double>(group.product.n)),
                                     static_cast<double>(group.product.stack));
    const Filled diagonal = filled_by(group, std::max(1.0, together));
    return diagonal.padding > alone.padding ? diagonal : alone;
  }

  Filled filled_by(const GroupWork& group, double together) const {
    // A batch makes a product with stored weights taller; others are repeated.
    const double rows = static_cast<double>(group.product.m) * (group.weight_elements > 0 ? batch_ : 1);
    // SIMD lanes run over the channels where each of them is a product of its own.
    const bool is_by_channel = group.product.n == 1 && is_simd_;
    const double columns = is_by_channel ? static_cast<double>(group.product.stack)
                                         : together * static_cast<double>(group.product.n);
    const double depth = together * static_cast<double>(group.product.k);
    const double m = tile_m_.padded(rows), n = tile_n_.padded(columns), k = tile_k_.padded(depth);
    return {.padding = rows * columns * depth / (together * m * n * k),
            .rows = m,
            .columns = is_by_channel ? n / columns : n,
            .depth = k,
            .rows_of_one = tile_m_.padded(static_cast<double>(group.product.m)),
            .outputs = m * n * (is_by_channel ? 1 : static_cast<double>(group.product.stack) / together) *
                       (group.weight_elements > 0 ? 1 : batch_)};
  }

  double batch_;
  double weight_bytes_, activation_bytes_;  // per element
  double all_weight_bytes_, peak_activation_bytes_;
  std::size_t winograd_;  // of GroupWork::winograd
  bool is_simd_, is_systolic_;
  Tile tile_m_, tile_n_, tile_k_;
};

// ---- what it takes

using SecondsPerByte = decltype(second / byte);

struct Level {
  double per_capacity;  // 1 / bytes
  SecondsPerByte pace;
};
inline double per_capacity_of(const Cache& cache) { return 1 / std::max(1.0, in(cache.capacity, byte)); }
inline Level level_of(const Target& target, const Coefficients& c, std::size_t cache) {
  const bool holds_any = target.execution->streams_activations && cache + 1 == target.caches.size();
  return {holds_any ? 0 : per_capacity_of(target.caches[cache]), 1.0 / c.on_chip[cache]};
}
// The share that the chip does not keep from one run to the next.
inline double weights_off_chip(const Target& target, double all_weight_bytes) {
  return target.caches.empty() ? 1 : overflow(all_weight_bytes * per_capacity_of(target.caches.back()));
}

// What a group of one kind feels of a machine, as times per unit where the loop over the groups would divide.
template <class Levels>  // a range of Level, innermost first
struct Felt {
  KindRate kind;
  FlopsPerSecond depthwise_in_vectors;
  Seconds dispatch;
  SecondsPerByte off_chip;
  double half_rows, half_columns, half_depth, half_outputs;
  double threads;
  double activation_passes, weight_passes;
  double weights_off_chip;  // share of the weights that the chip does not keep from one run to the next
  Levels levels;
};

struct Cost {
  Seconds work, idle;  // of all units; and what units wait for where outputs are few
  Seconds compute, ramp, off_chip, on_chip, dispatch, total;
  FlopsPerSecond rate;  // of products; nothing where there are none
  double shape = 1;     // share of the rate that the ends of loops in each direction leave
  double share_off_chip = 1;
  double bytes_off_chip = 0, bytes_on_chip = 0;
};

template <class Levels>
[[gnu::always_inline]] inline void add_products(Cost& cost, const Demand& asked, const Felt<Levels>& felt) {
  const auto& [padding, rows, columns, depth, rows_of_one, outputs] = asked.filled;
  const FlopsPerSecond in_vectors = asked.runs_in_vectors * felt.depthwise_in_vectors;
  const double half_rows = asked.has_ends * felt.half_rows, half_columns = asked.has_ends * felt.half_columns,
               half_depth = asked.has_ends * felt.half_depth;
  cost.shape =
      rows * columns * depth / ((rows + half_rows) * (columns + half_columns) * (depth + half_depth));
  cost.rate = cost.shape * std::max(asked.winograd * padding * felt.kind.rate, in_vectors);
  const Seconds products = asked.products * flop / cost.rate;
  cost.work += products;
  // At the share that the rows of one sample leave: a larger batch does not shorten it.
  cost.idle = asked.has_ends * felt.half_outputs * rows * (rows_of_one + half_rows) /
              (outputs * rows_of_one * (rows + half_rows)) * products;
}

template <class Levels>
[[gnu::always_inline]] inline void add_traffic(Cost& cost, const Demand& asked, const Felt<Levels>& felt) {
  const double moved = asked.activations * (1 + asked.repacks * felt.activation_passes);
  const double packed = asked.repacks * (asked.weights * felt.weight_passes);
  // Each level serves what the ones inside it cannot hold.
  double share = 1;
  Seconds on_chip;
  for (const Level& level : felt.levels) {
    const double left = share * overflow((asked.activations + asked.weights) * level.per_capacity);
    on_chip += (share - left) * moved * byte * level.pace;
    share = left;
  }
  cost.share_off_chip = share;
  cost.bytes_off_chip = asked.weights * felt.weights_off_chip + (moved + packed) * share;
  if (!felt.levels.empty()) {
    on_chip +=
        (asked.weights * (1 - felt.weights_off_chip) + packed * (1 - share)) * byte * felt.levels.back().pace;
    cost.bytes_on_chip = asked.weights + packed + moved;
  }
  cost.on_chip = on_chip;
  cost.off_chip = cost.bytes_off_chip * byte * felt.off_chip;
}

// `has_products`: asked.products > 0.
template <bool has_products, class Levels>
[[gnu::always_inline]] inline Cost cost_of(const Demand& asked, const Felt<Levels>& felt) {
  Cost cost;
  cost.work = asked.rest * flop / felt.kind.vector_rate;
  if constexpr (has_products) add_products(cost, asked, felt);
  // Each thread adds to what fork and join take: little work is best done by few of them. Where n of them are best, both
  // the ramp of n and the work in n take as long, the geometric mean of what they are with all and with one.
  const double work = in(cost.work, second), ramp_of_one = in(asked.repeats * felt.kind.ramp, second);
  const double ramp_of_all = felt.threads * ramp_of_one;
  const double even = std::sqrt(work * ramp_of_all);
  cost.ramp = std::min(std::max(even, ramp_of_one), ramp_of_all) * second;
  cost.compute = std::max(work, std::min(even, felt.threads * work)) * second + cost.idle + cost.ramp;
  add_traffic(cost, asked, felt);
  cost.dispatch = asked.repeats * felt.dispatch;
  cost.total = cost.dispatch + overlapped(cost.compute, cost.off_chip + cost.on_chip);
  return cost;
}

}  // namespace chipcast::kernel
