#include "model/estimate.hpp"

#include "model/likeness.hpp"

#include <algorithm>
#include <cmath>

namespace chipcast {
namespace {

double fourth_power(double x) { return (x * x) * (x * x); }
double fourth_root(double x) { return std::sqrt(std::sqrt(x)); }

// The share of a working set that a level cannot hold, `fill` times as large as it: 0 well below 1, 1 well above, no
// step between.
double overflow(double fill) {
  const double x = fourth_power(fill);
  return x / (1 + x);
}

// One direction of an engine's native tile.
class Tile {
 public:
  explicit Tile(std::int64_t extent)
      : extent_(static_cast<double>(std::max<std::int64_t>(1, extent))), per_extent_(1 / extent_) {}

  // The multiple that holds `extent`, a whole number; the half keeps what rounding does from mattering.
  double padded(double extent) const {
    if (extent > most) return extent;
    return static_cast<double>(static_cast<std::int64_t>((extent + extent_ - 0.5) * per_extent_)) * extent_;
  }

 private:
  static constexpr double most = 1e12;  // no share is further from 1 than a double tells
  double extent_, per_extent_;
};

// What stays the same for all groups of a network: a target at a batch, as times per unit, so that the loop over the
// groups multiplies where it would divide.
class Kernel {
 public:
  Kernel(const Workload& workload, const Target& target, const Coefficients& c, double batch)
      : Kernel(workload, target, c, batch, target.device->engines[target.product_engine]) {}

  // Inlined and built in one piece, so that a loop which needs a few of the figures does not pay for all of them.
  [[gnu::always_inline]] GroupEstimate operator()(const GroupWork& group) const {
    const KindRate& kind = c_.kinds[static_cast<std::size_t>(group.kind)];
    const double products = 2 * group.macs * batch_;
    const double rest = (group.flops + flops_per_transcendental * group.transcendentals) * batch_;
    const Seconds ramp = group.repeats * kind.ramp;
    Seconds compute = rest * flop / kind.vector_rate + ramp;
    Filled filled;
    FlopsPerSecond rate;
    if (group.macs > 0) {
      filled = filled_by(group);
      rate = filled.padding * kind.rate;
      if (group.kind == WorkKind::depthwise_convolution) rate = std::max(rate, c_.depthwise_in_vectors);
      rate = filled.shape * rate;
      compute += products * flop / rate;
    }
    const Moved moved = moved_by(group);
    const Seconds off_chip = moved.bytes_off_chip * byte * off_chip_;
    const Seconds dispatch = group.repeats * c_.dispatch;
    const std::array<Seconds, 4> terms = {compute, off_chip, moved.on_chip, dispatch};
    return {.compute = compute,
            .memory_off_chip = off_chip,
            .memory_on_chip = moved.on_chip,
            .dispatch = dispatch,
            .total = dispatch + fourth_root(fourth_power(in(compute, second)) +
                                            fourth_power(in(off_chip + moved.on_chip, second))) *
                                    second,
            .products = products,
            .rest = rest,
            .padding = filled.padding,
            .shape = filled.shape,
            .rate = rate,
            .ramp = ramp,
            .weight_bytes = moved.weights,
            .activation_bytes = moved.activations,
            .share_off_chip = moved.share_off_chip,
            .bytes_off_chip = moved.bytes_off_chip,
            .bytes_on_chip = moved.bytes_on_chip,
            .bound = static_cast<Bound>(std::ranges::max_element(terms) - terms.begin())};
  }

  double all_weight_bytes() const { return all_weight_bytes_; }
  double activation_bytes() const { return activation_bytes_; }  // per element
  double weights_off_chip() const { return weights_off_chip_; }

 private:
  using SecondsPerByte = decltype(second / byte);

  struct Level {
    double per_capacity;  // 1 / bytes
    SecondsPerByte pace;
  };

  Kernel(const Workload& workload, const Target& target, const Coefficients& c, double batch,
         const Engine& engine)
      : c_(c),
        batch_(batch),
        weight_bytes_(target.weight_bits / 8.0),
        activation_bytes_(target.activation_bits / 8.0),
        all_weight_bytes_(workload.weight_elements * weight_bytes_),
        is_simd_(engine.kind == EngineKind::simd),
        tile_m_(engine.tile_m),
        tile_n_(engine.tile_n),
        tile_k_(engine.tile_k),
        off_chip_(1.0 / c.off_chip) {
    levels_.reserve(target.caches.size());
    for (std::size_t i = 0; i < target.caches.size(); ++i) {
      const double capacity = std::max(1.0, in(target.caches[i].capacity, byte));
      levels_.push_back({1 / capacity, 1.0 / c.on_chip[i]});
    }
    if (!levels_.empty()) weights_off_chip_ = overflow(all_weight_bytes_ * levels_.back().per_capacity);
  }

  // What a product uses of the engine's native tiles, and what the ends of loops in each direction leave of the rate.
  struct Filled {
    double padding = 1, shape = 1;
  };
  Filled filled_by(const GroupWork& group) const {
    // A batch makes a product with stored weights taller; others are repeated.
    const double rows = static_cast<double>(group.product.m) * (group.weight_elements > 0 ? batch_ : 1);
    // SIMD lanes run over the channels where each of them is a product of its own.
    const bool is_by_channel = group.product.n == 1 && is_simd_;
    const auto columns = static_cast<double>(is_by_channel ? group.product.stack : group.product.n);
    const auto depth = static_cast<double>(group.product.k);
    const double m = tile_m_.padded(rows), n = tile_n_.padded(columns), k = tile_k_.padded(depth);
    const double padding = rows * columns * depth / (m * n * k);
    if (group.kind == WorkKind::depthwise_convolution) return {padding, 1};  // its efficiency says all
    // Of the padded extents; of each product where a vector runs over several.
    const double wide = is_by_channel ? n / columns : n;
    return {padding, m * wide * k / ((m + c_.half_rows) * (wide + c_.half_columns) * (k + c_.half_depth))};
  }

  struct Moved {
    double weights = 0, activations = 0;  // bytes, once each
    double share_off_chip = 1;            // of the activations
    double bytes_off_chip = 0, bytes_on_chip = 0;
    Seconds on_chip;
  };
  Moved moved_by(const GroupWork& group) const {
    const double weights = group.weight_elements * weight_bytes_;
    const double activations =
        ((group.activation_elements_read + group.activation_elements_written) * activation_bytes_ +
         group.fixed_bytes) *
        batch_;
    const bool repacks = is_convolution(group.kind);
    const double activations_moved = activations * (1 + (repacks ? c_.activation_passes : 0));
    const double weights_packed = repacks ? weights * c_.weight_passes : 0;
    // Each level serves what the ones inside it cannot hold.
    double share = 1;
    Seconds on_chip;
    for (const Level& level : levels_) {
      const double left = share * overflow((activations + weights) * level.per_capacity);
      on_chip += (share - left) * activations_moved * byte * level.pace;
      share = left;
    }
    const double outside = weights * weights_off_chip_ + activations_moved * share;
    if (levels_.empty()) return {weights, activations, share, outside + weights_packed, 0, on_chip};
    on_chip += (weights * (1 - weights_off_chip_) + weights_packed) * byte * levels_.back().pace;
    return {weights, activations, share, outside, weights + weights_packed + activations_moved, on_chip};
  }

  const Coefficients& c_;
  double batch_;
  double weight_bytes_, activation_bytes_;  // per element
  double all_weight_bytes_;
  double weights_off_chip_ = 1;  // share of the weights that the chip does not keep from one run to the next
  bool is_simd_;
  Tile tile_m_, tile_n_, tile_k_;
  SecondsPerByte off_chip_;
  std::vector<Level> levels_;  // innermost first
};

Seconds without(const GroupEstimate& e, Bound lifted) {
  const auto term = [&](Bound bound, Seconds time) { return bound == lifted ? 0.0 : in(time, second); };
  const double compute = term(Bound::compute, e.compute);
  const double memory = term(Bound::off_chip, e.memory_off_chip) + term(Bound::on_chip, e.memory_on_chip);
  return (term(Bound::dispatch, e.dispatch) + fourth_root(fourth_power(compute) + fourth_power(memory))) *
         second;
}

void add_groups(Estimate& result, const Workload& workload, const Kernel& kernel) {
  result.groups.reserve(workload.groups.size());
  for (const GroupWork& group : workload.groups) {
    const GroupEstimate& e = result.groups.emplace_back(kernel(group));
    for (std::size_t bound = 0; bound < result.if_lifted.size(); ++bound) {
      result.if_lifted[bound] += without(e, static_cast<Bound>(bound));
    }
  }
}

Seconds total_latency(const Workload& workload, const Kernel& kernel) {
  Seconds total;
  for (const GroupWork& group : workload.groups) total += kernel(group).total;
  return total;
}

void add_energy(Estimate& result, const Target& target) {
  if (!missing_for(target, result.boundary).empty()) return;
  // A device cannot take more than its limit: what would exceed it is stretched until it fits.
  const Joules dynamic = dynamic_energy(result.amounts, target);
  const Watts room = target.max_power - target.idle_power;
  if (dynamic / result.latency > room && room > Watts()) {
    const double stretch = dynamic / room / result.latency;
    result.latency = stretch * result.latency;
    result.latency_low = std::min(result.latency_low, result.latency);
    result.latency_high = std::max(stretch * result.latency_high, result.latency);
    result.critical_path = stretch * result.critical_path;
    result.is_throttled = true;
  }
  result.energy = energy_of(result.amounts, target, result.latency, result.boundary);
  result.power = result.energy->total() / result.latency;
}

}  // namespace

std::string_view name(Bound bound) {
  switch (bound) {
    case Bound::compute:
      return "compute";
    case Bound::off_chip:
      return "memory";
    case Bound::on_chip:
      return "cache";
    case Bound::dispatch:
      return "dispatch";
  }
  return "compute";
}

std::vector<Seconds> group_latencies(const Workload& workload, const Target& target, double batch) {
  const Kernel kernel(workload, target, target.nominal, batch);
  std::vector<Seconds> all;
  all.reserve(workload.groups.size());
  for (const GroupWork& group : workload.groups) all.push_back(kernel(group).total);
  return all;
}

Estimate estimate(const Workload& workload, const Target& target, const EstimateOptions& options) {
  Estimate result;
  result.batch = options.batch;
  result.boundary = options.boundary;
  const Kernel kernel(workload, target, target.nominal, options.batch);
  result.weights_off_chip = kernel.weights_off_chip();

  Amounts& amounts = result.amounts;
  Seconds engines, memories, dispatches;  // what each is busy for in all
  std::vector<Seconds> finished(workload.groups.size());
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    const GroupEstimate e = kernel(workload.groups[i]);
    result.latency += e.total;
    result.time_at[static_cast<std::size_t>(e.bound)] += e.total;
    engines += e.compute - e.ramp;
    memories += e.memory_off_chip + e.memory_on_chip;
    dispatches += e.dispatch;
    amounts.products += e.products;
    amounts.rest += e.rest;
    amounts.bytes_off_chip += e.bytes_off_chip;
    amounts.bytes_on_chip += e.bytes_on_chip;
    Seconds start;
    for (const std::size_t before : workload.predecessors[i]) start = std::max(start, finished[before]);
    finished[i] = start + e.total;
    result.critical_path = std::max(result.critical_path, finished[i]);
  }
  if (options.keep_groups) add_groups(result, workload, kernel);
  if (target.execution->runs_branches_side_by_side) {
    // Side by side, but with the same engines, memories and dispatcher.
    result.latency = std::max({result.critical_path, engines, memories, dispatches});
  }
  if (!options.has_interval) {
    result.latency_low = result.latency_high = result.latency;
  } else if (target.margin) {
    const double away = distance_to_nearest(traits_of(workload), target.execution->fitted->networks);
    const double factor = std::exp(widened(*target.margin, away));
    result.latency_low = result.latency / factor;
    result.latency_high = factor * result.latency;
  } else {
    const Kernel best(workload, target, target.best, options.batch);
    const Kernel worst(workload, target, target.worst, options.batch);
    result.latency_low = std::min(total_latency(workload, best), result.latency);
    result.latency_high = std::max(total_latency(workload, worst), result.latency);
  }
  result.bound = static_cast<Bound>(std::ranges::max_element(result.time_at) - result.time_at.begin());

  add_energy(result, target);
  result.throughput = options.batch / result.latency;
  const double weights = kernel.all_weight_bytes();
  const double activations = workload.activation_peak_bytes * kernel.activation_bytes() / 4.0;
  const double capacity = in(target.memory_capacity, byte);
  result.weights = static_cast<std::int64_t>(weights) * byte;
  result.activations = static_cast<std::int64_t>(activations * options.batch) * byte;
  result.fits = weights + activations * options.batch <= capacity;
  if (activations > 0 && capacity > weights) {
    result.largest_batch = static_cast<std::int64_t>((capacity - weights) / activations);
  }
  return result;
}

}  // namespace chipcast
