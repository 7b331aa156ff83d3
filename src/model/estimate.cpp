#include "model/estimate.hpp"

#include <algorithm>
#include <cmath>

namespace chipcast {
namespace {

double fourth_power(double x) { return (x * x) * (x * x); }
double fourth_root(double x) { return std::sqrt(std::sqrt(x)); }

// The share of a working set that a level of `capacity` cannot hold: 0 well below it, 1 well above, no step between.
double overflow(double bytes, double capacity) {
  if (capacity <= 0) return 1;
  const double x = fourth_power(bytes / capacity);
  return x / (1 + x);
}

// What a product uses of the engine's native tiles, and what the ends of loops in each direction leave of the rate.
void fill_shape(GroupEstimate& e, const GroupWork& group, const Target& target, const Coefficients& c,
                double batch) {
  const Engine& engine = target.device->engines[target.product_engine];
  // A batch makes a product with stored weights taller; others are repeated.
  const double rows = static_cast<double>(group.product.m) * (group.weight_elements > 0 ? batch : 1);
  // SIMD lanes run over the channels where each of them is a product of its own.
  const bool is_by_channel = group.product.n == 1 && engine.kind == EngineKind::simd;
  const double m = padding_share(static_cast<std::int64_t>(rows), engine.tile_m);
  const double n = padding_share(is_by_channel ? group.product.stack : group.product.n, engine.tile_n);
  const double k = padding_share(group.product.k, engine.tile_k);
  e.padding = m * n * k;
  if (group.kind == WorkKind::depthwise_convolution) return;  // has one column: its efficiency says all
  e.shape =
      1 / ((1 + c.half_rows * m / rows) * (1 + c.half_columns * n / static_cast<double>(group.product.n)) *
           (1 + c.half_depth * k / static_cast<double>(group.product.k)));
}

// What of a network stays the same for all its groups.
struct Surroundings {
  double batch = 1;
  double weight_bytes = 1, activation_bytes = 1;  // per element
  double weights_off_chip = 1;  // share of the weights that the chip does not keep from one run to the next
};

GroupEstimate estimate_group(const GroupWork& group, const Target& target, const Coefficients& c,
                             const Surroundings& s) {
  GroupEstimate e;
  const KindRate& kind = c.kinds[static_cast<std::size_t>(group.kind)];
  if (group.macs > 0) {
    fill_shape(e, group, target, c, s.batch);
    e.rate = e.padding * kind.rate;
    if (group.kind == WorkKind::depthwise_convolution) e.rate = std::max(e.rate, c.depthwise_in_vectors);
    e.rate = e.shape * e.rate;
  }
  e.products = 2 * group.macs * s.batch;
  e.rest = (group.flops + flops_per_transcendental * group.transcendentals) * s.batch;
  e.ramp = group.repeats * kind.ramp;
  e.compute = e.rest * flop / kind.vector_rate + e.ramp;
  if (e.products > 0) e.compute += e.products * flop / e.rate;

  const double weights = e.weight_bytes = group.weight_elements * s.weight_bytes;
  const double activations = e.activation_bytes =
      ((group.activation_elements_read + group.activation_elements_written) * s.activation_bytes +
       group.fixed_bytes) *
      s.batch;
  const bool repacks = is_convolution(group.kind);
  const double activations_moved = activations * (1 + (repacks ? c.activation_passes : 0));
  // Each level serves what the ones inside it cannot hold.
  e.share_off_chip = 1;
  for (std::size_t i = 0; i < target.caches.size(); ++i) {
    const double left =
        e.share_off_chip * overflow(activations + weights, in(target.caches[i].capacity, byte));
    e.memory_on_chip += (e.share_off_chip - left) * activations_moved * byte / c.on_chip[i];
    e.share_off_chip = left;
  }
  e.bytes_off_chip = weights * s.weights_off_chip + activations_moved * e.share_off_chip;
  e.memory_off_chip = e.bytes_off_chip * byte / c.off_chip;
  const double weights_packed = repacks ? weights * c.weight_passes : 0;
  if (target.caches.empty()) {
    e.bytes_off_chip += weights_packed;
    e.memory_off_chip += weights_packed * byte / c.off_chip;
  } else {
    e.memory_on_chip += (weights * (1 - s.weights_off_chip) + weights_packed) * byte / c.on_chip.back();
    e.bytes_on_chip = weights + weights_packed + activations_moved;
  }
  e.dispatch = group.repeats * c.dispatch;
  const double compute = in(e.compute, second), memory = in(e.memory_off_chip + e.memory_on_chip, second);
  e.total = e.dispatch + fourth_root(fourth_power(compute) + fourth_power(memory)) * second;
  const std::array<Seconds, 4> terms = {e.compute, e.memory_off_chip, e.memory_on_chip, e.dispatch};
  e.bound = static_cast<Bound>(std::ranges::max_element(terms) - terms.begin());
  return e;
}

Seconds without(const GroupEstimate& e, Bound lifted) {
  const auto term = [&](Bound bound, Seconds time) { return bound == lifted ? 0.0 : in(time, second); };
  const double compute = term(Bound::compute, e.compute);
  const double memory = term(Bound::off_chip, e.memory_off_chip) + term(Bound::on_chip, e.memory_on_chip);
  return (term(Bound::dispatch, e.dispatch) + fourth_root(fourth_power(compute) + fourth_power(memory))) *
         second;
}

Surroundings surroundings(const Workload& workload, const Target& target, double batch) {
  Surroundings s;
  s.batch = batch;
  s.weight_bytes = target.weight_bits / 8.0;
  s.activation_bytes = target.activation_bits / 8.0;
  s.weights_off_chip =
      overflow(workload.weight_elements * s.weight_bytes, in(target.on_chip_capacity(), byte));
  return s;
}

Seconds total_latency(const Workload& workload, const Target& target, const Coefficients& c,
                      const Surroundings& s) {
  Seconds total;
  for (const GroupWork& group : workload.groups) total += estimate_group(group, target, c, s).total;
  return total;
}

void add_energy(Estimate& result, const Workload& workload, const Target& target, double off_chip,
                double on_chip) {
  if (!target.energy_unknown.empty()) return;
  Energy energy;
  for (const GroupWork& group : workload.groups) {
    energy.compute += 2 * group.macs * result.batch * flop * *target.product_energy;
    energy.compute += (group.flops + flops_per_transcendental * group.transcendentals) * result.batch * flop *
                      *target.vector_energy;
  }
  energy.off_chip = off_chip * byte * *target.off_chip_energy;
  if (target.on_chip_energy) energy.on_chip = on_chip * byte * *target.on_chip_energy;
  energy.idle = target.idle_power * result.latency;
  // A device cannot take more than its limit: what would exceed it is stretched until it fits.
  const Joules dynamic = energy.compute + energy.off_chip + energy.on_chip;
  const Watts room = target.max_power - target.idle_power;
  if (dynamic / result.latency > room && room > Watts()) {
    const double stretch = dynamic / room / result.latency;
    result.latency = stretch * result.latency;
    result.latency_low = std::min(result.latency_low, result.latency);
    result.latency_high = std::max(stretch * result.latency_high, result.latency);
    result.critical_path = stretch * result.critical_path;
    energy.idle = target.idle_power * result.latency;
    result.is_throttled = true;
  }
  result.energy = energy;
  result.power = energy.total() / result.latency;
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
  const Surroundings s = surroundings(workload, target, batch);
  std::vector<Seconds> all;
  all.reserve(workload.groups.size());
  for (const GroupWork& group : workload.groups) {
    all.push_back(estimate_group(group, target, target.nominal, s).total);
  }
  return all;
}

Estimate estimate(const Workload& workload, const Target& target, const EstimateOptions& options) {
  Estimate result;
  result.batch = options.batch;
  const Surroundings s = surroundings(workload, target, options.batch);
  const double all_weights = workload.weight_elements * s.weight_bytes;
  result.weights_off_chip = s.weights_off_chip;

  double off_chip = 0, on_chip = 0;
  Seconds engines, memories, dispatches;  // what each is busy for in all
  std::vector<Seconds> finished(workload.groups.size());
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    const GroupEstimate e = estimate_group(workload.groups[i], target, target.nominal, s);
    result.latency += e.total;
    result.time_at[static_cast<std::size_t>(e.bound)] += e.total;
    for (std::size_t bound = 0; options.keep_groups && bound < result.if_lifted.size(); ++bound) {
      result.if_lifted[bound] += without(e, static_cast<Bound>(bound));
    }
    engines += e.compute - e.ramp;
    memories += e.memory_off_chip + e.memory_on_chip;
    dispatches += e.dispatch;
    off_chip += e.bytes_off_chip;
    on_chip += e.bytes_on_chip;
    for (const std::size_t before : workload.predecessors[i])
      finished[i] = std::max(finished[i], finished[before]);
    finished[i] += e.total;
    result.critical_path = std::max(result.critical_path, finished[i]);
    if (options.keep_groups) result.groups.push_back(e);
  }
  if (target.execution->runs_branches_side_by_side) {
    // Side by side, but with the same engines, memories and dispatcher.
    result.latency = std::max({result.critical_path, engines, memories, dispatches});
  }
  if (!options.has_interval) {
    result.latency_low = result.latency_high = result.latency;
  } else if (target.margin) {
    result.latency_low = std::exp(-*target.margin) * result.latency;
    result.latency_high = std::exp(*target.margin) * result.latency;
  } else {
    result.latency_low = std::min(total_latency(workload, target, target.best, s), result.latency);
    result.latency_high = std::max(total_latency(workload, target, target.worst, s), result.latency);
  }
  result.bound = static_cast<Bound>(std::ranges::max_element(result.time_at) - result.time_at.begin());

  add_energy(result, workload, target, off_chip, on_chip);
  result.throughput = options.batch / result.latency;
  const double activations = workload.activation_peak_bytes * s.activation_bytes / 4.0;
  const double capacity = in(target.memory_capacity, byte);
  result.weights = static_cast<std::int64_t>(all_weights) * byte;
  result.activations = static_cast<std::int64_t>(activations * options.batch) * byte;
  result.fits = all_weights + activations * options.batch <= capacity;
  if (activations > 0 && capacity > all_weights) {
    result.largest_batch = static_cast<std::int64_t>((capacity - all_weights) / activations);
  }
  return result;
}

}  // namespace chipcast
