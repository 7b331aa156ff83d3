#include "model/saturation.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "model/estimate.hpp"
#include "model/kernel.hpp"
#include "model/widest.hpp"

namespace chipcast {
namespace {

using kernel::Demand;
using kernel::Felt;
using kernel::Frame;
using kernel::Level;

constexpr std::size_t most_batches = 13;  // 1, 2, 4, ... 4,096
constexpr std::size_t most_levels = 4;    // on a chip; beyond, batches are estimated one by one

// By batch, in base units: as in estimate_block.cpp, but the lanes are batches of one design.
constexpr std::size_t lane_count = 16;
using Lanes = std::array<double, lane_count>;

// What a group asks for; `common` where no batch differs.
struct Asked {
  Demand common;
  Lanes products, rest, padding, rows, outputs, activations;

  Asked(std::span<const Frame> frames, const GroupWork& group) {
    for (std::size_t i = 0; i < lane_count; ++i) {
      if (i < frames.size()) common = frames[i].demand(group);  // lanes without a batch repeat the last
      products[i] = common.products;
      rest[i] = common.rest;
      padding[i] = common.filled.padding;
      rows[i] = common.filled.rows;
      outputs[i] = common.filled.outputs;
      activations[i] = common.activations;
    }
  }

  [[gnu::always_inline]] Demand at(std::size_t i) const {
    Demand asked = common;
    asked.products = products[i];
    asked.rest = rest[i];
    asked.filled.padding = padding[i];
    asked.filled.rows = rows[i];
    asked.filled.outputs = outputs[i];
    asked.activations = activations[i];
    return asked;
  }
};

// What a group takes, or all of them.
struct Taken {
  Lanes latency = {}, products = {}, rest = {}, bytes_off_chip = {}, bytes_on_chip = {};
};

struct Run {
  const Workload* workload;
  const Target* target;
  std::span<const Frame> frames;  // by batch
};

template <std::size_t levels>
Felt<std::array<Level, levels>> felt_on(const Target& target, const Frame& frame) {
  const Coefficients& c = target.nominal;
  Felt<std::array<Level, levels>> felt = {
      .kind = {},
      .depthwise_in_vectors = c.depthwise_in_vectors,
      .dispatch = c.dispatch,
      .off_chip = 1.0 / c.off_chip,
      .half_rows = c.half_rows,
      .half_columns = c.half_columns,
      .half_depth = c.half_depth,
      .half_outputs = c.half_outputs,
      .threads = c.threads,
      .activation_passes = c.activation_passes,
      .weight_passes = c.weight_passes,
      .weights_off_chip = kernel::weights_off_chip(target, frame.all_weight_bytes()),
      .levels = {}};
  for (std::size_t i = 0; i < levels; ++i) felt.levels[i] = kernel::level_of(target, c, i);
  return felt;
}

template <std::size_t levels, bool has_products>
[[gnu::always_inline]] inline void take(Taken& taken, const Asked& asked,
                                        const Felt<std::array<Level, levels>>& felt) {
  for (std::size_t i = 0; i < lane_count; ++i) {
    const kernel::Cost cost = kernel::cost_of<has_products>(asked.at(i), felt);
    taken.latency[i] = cost.total.in_base_units();
    taken.bytes_off_chip[i] = cost.bytes_off_chip;
    taken.bytes_on_chip[i] = cost.bytes_on_chip;
  }
}

template <std::size_t levels>
[[gnu::always_inline]] inline void add_groups(Taken& sums, const Run& run) {
  const Workload& workload = *run.workload;
  Felt<std::array<Level, levels>> felt = felt_on<levels>(*run.target, run.frames.front());
  std::vector<Taken> known;  // of groups that differ
  known.reserve(workload.groups.size());
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    const std::size_t place = workload.alike.empty() ? i : workload.alike[i];
    if (place == known.size()) {
      const GroupWork& group = workload.groups[i];
      const Asked asked(run.frames, group);
      felt.kind = run.target->nominal.kinds[static_cast<std::size_t>(group.kind)];
      Taken& taken = known.emplace_back();
      taken.products = asked.products;
      taken.rest = asked.rest;
      if (asked.common.products > 0) {
        take<levels, true>(taken, asked, felt);
      } else {
        take<levels, false>(taken, asked, felt);
      }
    }
    const Taken& taken = known[place];
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
      sums.latency[lane] += taken.latency[lane];
      sums.products[lane] += taken.products[lane];
      sums.rest[lane] += taken.rest[lane];
      sums.bytes_off_chip[lane] += taken.bytes_off_chip[lane];
      sums.bytes_on_chip[lane] += taken.bytes_on_chip[lane];
    }
  }
}

using AddGroups = void (*)(Taken&, const Run&);
template <std::size_t... levels>
std::array<AddGroups, sizeof...(levels)> widest_by_levels(std::index_sequence<levels...>) {
  return {widest<add_groups<levels>, Taken&, const Run&>()...};
}

// At each of the batches, to the bit what estimate() says.
std::vector<Hertz> throughputs(const Workload& workload, const Target& target,
                               std::span<const double> batches) {
  static const auto add_groups_of = widest_by_levels(std::make_index_sequence<most_levels + 1>());
  std::vector<Hertz> reached;
  const std::size_t levels = target.caches.size();
  if (target.execution->runs_branches_side_by_side || !target.kept.empty() || levels > most_levels) {
    for (const double batch : batches)
      reached.push_back(
          estimate(workload, target, {.batch = batch, .keep_groups = false, .has_interval = false})
              .throughput);
    return reached;
  }
  std::vector<Frame> frames;
  for (const double batch : batches) frames.emplace_back(workload, target, batch);
  Taken sums;
  add_groups_of[levels](sums, {.workload = &workload, .target = &target, .frames = frames});
  const bool has_energy = missing_for(target, PowerBoundary::package).empty();
  for (std::size_t i = 0; i < batches.size(); ++i) {
    Seconds latency = Seconds::from_base_units(sums.latency[i]);
    if (has_energy) {
      const double stretch = stretch_of({.products = sums.products[i],
                                         .rest = sums.rest[i],
                                         .bytes_off_chip = sums.bytes_off_chip[i],
                                         .bytes_on_chip = sums.bytes_on_chip[i]},
                                        target, latency);
      if (stretch != 1) latency = stretch * latency;
    }
    reached.push_back(batches[i] / latency);
  }
  return reached;
}

}  // namespace

std::int64_t saturating_batch(const Workload& workload, const Target& target, std::int64_t most) {
  constexpr double enough = 0.9;
  std::vector<double> batches;
  for (std::int64_t batch = 1; batch <= most && batches.size() < most_batches; batch *= 2)
    batches.push_back(static_cast<double>(batch));
  if (batches.empty()) return 0;
  const std::vector<Hertz> reached = throughputs(workload, target, batches);
  const Hertz best = *std::ranges::max_element(reached);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (reached[i] >= enough * best) return static_cast<std::int64_t>(batches[i]);
  }
  return 0;
}

}  // namespace chipcast
