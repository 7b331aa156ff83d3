#include "model/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

#include "model/kernel.hpp"
#include "model/likeness.hpp"

namespace chipcast {
namespace {

using kernel::Cost;
using kernel::Demand;
using kernel::Frame;
using kernel::Level;

// One target at a batch.
class Kernel {
 public:
  Kernel(const Workload& workload, const Target& target, Coefficients Target::*coefficients, double batch)
      : c_(target.*coefficients), frame_(workload, target, batch), off_chip_(1.0 / c_.off_chip) {
    levels_.reserve(target.caches.size());
    for (std::size_t i = 0; i < target.caches.size(); ++i) levels_.push_back(kernel::level_of(target, c_, i));
    weights_off_chip_ = kernel::weights_off_chip(target, frame_.all_weight_bytes());
  }

  // Inlined and built in one piece, so that a loop which needs a few of the figures does not pay for all of them.
  [[gnu::always_inline]] GroupEstimate operator()(const GroupWork& group) const {
    const Demand asked = frame_.demand(group);
    const kernel::Felt<std::span<const Level>> felt = {.kind = c_.kinds[static_cast<std::size_t>(group.kind)],
                                                       .depthwise_in_vectors = c_.depthwise_in_vectors,
                                                       .dispatch = c_.dispatch,
                                                       .off_chip = off_chip_,
                                                       .half_rows = c_.half_rows,
                                                       .half_columns = c_.half_columns,
                                                       .half_depth = c_.half_depth,
                                                       .half_outputs = c_.half_outputs,
                                                       .threads = c_.threads,
                                                       .activation_passes = c_.activation_passes,
                                                       .weight_passes = c_.weight_passes,
                                                       .weights_off_chip = weights_off_chip_,
                                                       .levels = levels_};
    const Cost cost =
        asked.products > 0 ? kernel::cost_of<true>(asked, felt) : kernel::cost_of<false>(asked, felt);
    const std::array<Seconds, 4> terms = {cost.compute, cost.off_chip, cost.on_chip, cost.dispatch};
    return {.compute = cost.compute,
            .memory_off_chip = cost.off_chip,
            .memory_on_chip = cost.on_chip,
            .dispatch = cost.dispatch,
            .total = cost.total,
            .products = asked.products,
            .rest = asked.rest,
            .padding = asked.filled.padding,
            .shape = cost.shape,
            .rate = cost.rate,
            .work = cost.work,
            .idle = cost.idle,
            .ramp = cost.ramp,
            .threads = cost.ramp > Seconds() ? cost.ramp / (asked.repeats * felt.kind.ramp) : c_.threads,
            .weight_bytes = asked.weights,
            .activation_bytes = asked.activations,
            .share_off_chip = cost.share_off_chip,
            .bytes_off_chip = cost.bytes_off_chip,
            .bytes_on_chip = cost.bytes_on_chip,
            .bound = static_cast<Bound>(std::ranges::max_element(terms) - terms.begin())};
  }

  const Frame& frame() const { return frame_; }
  double weights_off_chip() const { return weights_off_chip_; }

 private:
  const Coefficients& c_;
  Frame frame_;
  kernel::SecondsPerByte off_chip_;
  std::vector<Level> levels_;    // innermost first
  double weights_off_chip_ = 1;  // share of the weights that the chip does not keep from one run to the next
};

// A target and what is kept at other precisions, at a batch.
class MixedKernel {
 public:
  MixedKernel(const Workload& workload, const Target& target, Coefficients Target::*coefficients,
              double batch) {
    for (std::size_t i = 0; i <= target.kept.size(); ++i)
      all_.emplace_back(workload, target.at(i), coefficients, batch);
  }

  GroupEstimate operator()(const GroupWork& group) const { return all_[group.target](group); }

  // What the network occupies is the same for all.
  const Frame& frame() const { return all_.front().frame(); }
  double weights_off_chip() const { return all_.front().weights_off_chip(); }

 private:
  std::vector<Kernel> all_;
};

Seconds without(const GroupEstimate& e, Bound lifted) {
  const auto term = [&](Bound bound, Seconds time) { return bound == lifted ? Seconds() : time; };
  const Seconds compute = term(Bound::compute, e.compute);
  const Seconds memory = term(Bound::off_chip, e.memory_off_chip) + term(Bound::on_chip, e.memory_on_chip);
  return term(Bound::dispatch, e.dispatch) + kernel::overlapped(compute, memory);
}

// What of a group a network's totals are made of.
struct Share {
  Seconds total, engines, memories, dispatch;
  double products, rest, bytes_off_chip, bytes_on_chip;
  Bound bound;
};

// Calls `take` with each group's number and what `of` says of it, which is asked once of those that are alike.
template <class Of, class Take>
[[gnu::always_inline]] inline void for_each_group(const Workload& workload, const Of& of, const Take& take) {
  std::vector<decltype(of(workload.groups.front()))> known;
  known.reserve(workload.groups.size());
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    const std::size_t place = workload.alike.empty() ? i : workload.alike[i];
    if (place == known.size()) known.push_back(of(workload.groups[i]));
    take(i, known[place]);
  }
}

template <class Estimated>
void add_groups(Estimate& result, const Workload& workload, const Estimated& estimated) {
  result.groups.reserve(workload.groups.size());
  for_each_group(workload, estimated, [&](std::size_t, const GroupEstimate& e) {
    result.groups.push_back(e);
    for (std::size_t bound = 0; bound < result.if_lifted.size(); ++bound) {
      result.if_lifted[bound] += without(e, static_cast<Bound>(bound));
    }
  });
}

template <class Estimated>
Seconds total_latency(const Workload& workload, const Estimated& estimated) {
  Seconds total;
  for_each_group(
      workload, [&](const GroupWork& group) { return estimated(group).total; },
      [&](std::size_t, Seconds time) { total += time; });
  return total;
}

void add_to_part(Estimate& result, const GroupWork& group, const Share& e) {
  PrecisionPart& part = result.parts[group.target];
  ++part.kernels;
  part.time += e.total;
  part.amounts.products += e.products;
  part.amounts.rest += e.rest;
  part.amounts.bytes_off_chip += e.bytes_off_chip;
  part.amounts.bytes_on_chip += e.bytes_on_chip;
  part.converted += group.converted * result.batch;
  if (group.rows.empty()) {
    ++part.casts;
    part.cast_time += e.total;
  }
}

void finish_parts(Estimate& result, const Workload& workload) {
  if (workload.stored) {
    for (std::size_t i = 0; i < result.parts.size(); ++i)
      result.parts[i].weight_bytes = workload.stored->weight_bytes[i];
  } else if (!result.parts.empty()) {
    result.parts.front().weight_bytes = in(result.weights, byte);
  }
}

std::vector<Part> energy_parts(const Estimate& result, const Target& target) {
  Seconds time;
  for (const PrecisionPart& part : result.parts) time += part.time;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < result.parts.size(); ++i) {
    const PrecisionPart& part = result.parts[i];
    parts.push_back(
        {.target = &target.at(i), .amounts = part.amounts, .time = time > Seconds() ? part.time / time : 0});
  }
  return parts;
}

void add_energy(Estimate& result, const Target& target) {
  if (!missing_for(target, result.boundary).empty()) return;
  const Part all{.target = &target, .amounts = result.amounts};
  const std::vector<Part> several = energy_parts(result, target);
  const std::span<const Part> parts = several.empty() ? std::span(&all, 1) : std::span(several);
  const double stretch = stretch_of(parts, result.latency);
  if (stretch != 1) {
    result.latency = stretch * result.latency;
    result.latency_low = std::min(result.latency_low, result.latency);
    result.latency_high = std::max(stretch * result.latency_high, result.latency);
    result.critical_path = stretch * result.critical_path;
    result.is_throttled = true;
  }
  result.energy = energy_of(parts, result.latency, result.boundary);
  result.power = result.energy->total() / result.latency;
}

// `Kernel` where all runs at one precision, else `MixedKernel`.
template <class Estimated>
Estimate estimate_with(const Workload& workload, const Target& target, const EstimateOptions& options) {
  Estimate result;
  result.batch = options.batch;
  result.boundary = options.boundary;
  const Estimated estimated(workload, target, &Target::nominal, options.batch);
  result.weights_off_chip = estimated.weights_off_chip();

  Amounts& amounts = result.amounts;
  Seconds engines, memories, dispatches;  // what each is busy for in all
  constexpr bool is_mixed = std::is_same_v<Estimated, MixedKernel>;
  if constexpr (is_mixed) result.parts.resize(target.kept.size() + 1);
  std::vector<Seconds> finished(workload.groups.size());
  const auto share_of = [&](const GroupWork& group) {
    const GroupEstimate e = estimated(group);
    return Share{.total = e.total,
                 .engines = e.compute - e.ramp,
                 .memories = e.memory_off_chip + e.memory_on_chip,
                 .dispatch = e.dispatch,
                 .products = e.products,
                 .rest = e.rest,
                 .bytes_off_chip = e.bytes_off_chip,
                 .bytes_on_chip = e.bytes_on_chip,
                 .bound = e.bound};
  };
  for_each_group(workload, share_of, [&](std::size_t i, const Share& e) {
    result.latency += e.total;
    result.time_at[static_cast<std::size_t>(e.bound)] += e.total;
    engines += e.engines;
    memories += e.memories;
    dispatches += e.dispatch;
    amounts.products += e.products;
    amounts.rest += e.rest;
    amounts.bytes_off_chip += e.bytes_off_chip;
    amounts.bytes_on_chip += e.bytes_on_chip;
    if constexpr (is_mixed) add_to_part(result, workload.groups[i], e);
    Seconds start;
    for (const std::size_t before : workload.predecessors[i]) start = std::max(start, finished[before]);
    finished[i] = start + e.total;
    result.critical_path = std::max(result.critical_path, finished[i]);
  });
  if (options.keep_groups) add_groups(result, workload, estimated);
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
    const Estimated best(workload, target, &Target::best, options.batch);
    const Estimated worst(workload, target, &Target::worst, options.batch);
    result.latency_low = std::min(total_latency(workload, best), result.latency);
    result.latency_high = std::max(total_latency(workload, worst), result.latency);
  }
  result.bound = static_cast<Bound>(std::ranges::max_element(result.time_at) - result.time_at.begin());
  const double weights = estimated.frame().all_weight_bytes();
  const double activations = estimated.frame().peak_activation_bytes();
  const double capacity = in(target.memory_capacity, byte);
  result.weights = static_cast<std::int64_t>(weights) * byte;
  result.activations = static_cast<std::int64_t>(activations * options.batch) * byte;
  finish_parts(result, workload);
  add_energy(result, target);
  result.throughput = options.batch / result.latency;
  result.fits = estimated.frame().fits(target);
  if (activations > 0 && capacity > weights) {
    result.largest_batch = static_cast<std::int64_t>((capacity - weights) / activations);
  }
  return result;
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
  const MixedKernel estimated(workload, target, &Target::nominal, batch);
  std::vector<Seconds> all;
  all.reserve(workload.groups.size());
  for (const GroupWork& group : workload.groups) all.push_back(estimated(group).total);
  return all;
}

Estimate estimate(const Workload& workload, const Target& target, const EstimateOptions& options) {
  return target.kept.empty() ? estimate_with<Kernel>(workload, target, options)
                             : estimate_with<MixedKernel>(workload, target, options);
}

}  // namespace chipcast
