#include "model/estimate_block.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "model/kernel.hpp"
#include "model/widest.hpp"

namespace chipcast {
namespace {

using kernel::Demand;
using kernel::Felt;
using kernel::Frame;
using kernel::Level;
using kernel::SecondsPerByte;

constexpr std::size_t most_levels = 4;  // on a chip; beyond, designs are estimated one by one

// In base units: compilers lay loops over plain numbers.
using Lanes = std::array<double, block_width>;

// What the groups of a network feel of each design of a block.
struct FeltLanes {
  struct Kind {
    Lanes rate, ramp, vector_rate;
  };
  std::array<Kind, work_kind_count> kinds;
  Lanes depthwise_in_vectors, dispatch, off_chip;
  Lanes half_rows, half_columns, half_depth, half_outputs, threads, activation_passes, weight_passes,
      weights_off_chip;
  std::array<Lanes, most_levels> per_capacity, pace;

  void put(std::size_t lane, const Target& target, double all_weight_bytes) {
    const Coefficients& c = target.nominal;
    for (std::size_t kind = 0; kind < work_kind_count; ++kind) {
      kinds[kind].rate[lane] = c.kinds[kind].rate.in_base_units();
      kinds[kind].ramp[lane] = c.kinds[kind].ramp.in_base_units();
      kinds[kind].vector_rate[lane] = c.kinds[kind].vector_rate.in_base_units();
    }
    depthwise_in_vectors[lane] = c.depthwise_in_vectors.in_base_units();
    dispatch[lane] = c.dispatch.in_base_units();
    off_chip[lane] = (1.0 / c.off_chip).in_base_units();
    half_rows[lane] = c.half_rows;
    half_columns[lane] = c.half_columns;
    half_depth[lane] = c.half_depth;
    half_outputs[lane] = c.half_outputs;
    threads[lane] = c.threads;
    activation_passes[lane] = c.activation_passes;
    weight_passes[lane] = c.weight_passes;
    weights_off_chip[lane] = kernel::weights_off_chip(target, all_weight_bytes);
    for (std::size_t i = 0; i < target.caches.size(); ++i) {
      const Level level = kernel::level_of(target, c, i);
      per_capacity[i][lane] = level.per_capacity;
      pace[i][lane] = level.pace.in_base_units();
    }
  }

  template <std::size_t levels>
  [[gnu::always_inline]] Felt<std::array<Level, levels>> at(WorkKind kind, std::size_t lane) const {
    const Kind& rates = kinds[static_cast<std::size_t>(kind)];
    Felt<std::array<Level, levels>> felt = {
        .kind = {.rate = FlopsPerSecond::from_base_units(rates.rate[lane]),
                 .ramp = Seconds::from_base_units(rates.ramp[lane]),
                 .vector_rate = FlopsPerSecond::from_base_units(rates.vector_rate[lane])},
        .depthwise_in_vectors = FlopsPerSecond::from_base_units(depthwise_in_vectors[lane]),
        .dispatch = Seconds::from_base_units(dispatch[lane]),
        .off_chip = SecondsPerByte::from_base_units(off_chip[lane]),
        .half_rows = half_rows[lane],
        .half_columns = half_columns[lane],
        .half_depth = half_depth[lane],
        .half_outputs = half_outputs[lane],
        .threads = threads[lane],
        .activation_passes = activation_passes[lane],
        .weight_passes = weight_passes[lane],
        .weights_off_chip = weights_off_chip[lane],
        .levels = {}};
    for (std::size_t i = 0; i < levels; ++i)
      felt.levels[i] = {per_capacity[i][lane], SecondsPerByte::from_base_units(pace[i][lane])};
    return felt;
  }
};

// What the groups come to on each design of a block.
struct Sums {
  Lanes latency = {}, bytes_off_chip = {}, bytes_on_chip = {};
  Lanes engines = {}, memories = {}, dispatches = {};  // what each is busy for
};

struct Block {
  const Workload* workload;
  const std::vector<Demand>* demands;  // by group
  const FeltLanes* felt;
  std::vector<Lanes>* finished;  // by group, where branches run side by side; else empty
};

template <std::size_t levels, bool has_products>
[[gnu::always_inline]] inline void add_group(Sums& sums, Lanes& total, const Demand& asked, WorkKind kind,
                                             const FeltLanes& felt) {
  for (std::size_t i = 0; i < block_width; ++i) {
    const kernel::Cost cost = kernel::cost_of<has_products>(asked, felt.at<levels>(kind, i));
    total[i] = cost.total.in_base_units();
    sums.latency[i] += cost.total.in_base_units();
    sums.bytes_off_chip[i] += cost.bytes_off_chip;
    sums.bytes_on_chip[i] += cost.bytes_on_chip;
    sums.engines[i] += (cost.compute - cost.ramp).in_base_units();
    sums.memories[i] += (cost.off_chip + cost.on_chip).in_base_units();
    sums.dispatches[i] += cost.dispatch.in_base_units();
  }
}

inline void add_finish(std::vector<Lanes>& finished, const Workload& workload, std::size_t group,
                       const Lanes& total) {
  Lanes& end = finished[group];
  end = {};
  for (const std::size_t before : workload.predecessors[group]) {
    for (std::size_t i = 0; i < block_width; ++i) end[i] = std::max(end[i], finished[before][i]);
  }
  for (std::size_t i = 0; i < block_width; ++i) end[i] += total[i];
}

template <std::size_t levels>
[[gnu::always_inline]] inline void add_groups(Sums& result, const Block& block) {
  Sums sums;
  const FeltLanes& felt = *block.felt;
  for (std::size_t group = 0; group < block.demands->size(); ++group) {
    const Demand asked = (*block.demands)[group];  // a copy: no sum is stored into it
    const WorkKind kind = block.workload->groups[group].kind;
    Lanes total;
    if (asked.products > 0) {
      add_group<levels, true>(sums, total, asked, kind, felt);
    } else {
      add_group<levels, false>(sums, total, asked, kind, felt);
    }
    if (!block.finished->empty()) add_finish(*block.finished, *block.workload, group, total);
  }
  result = sums;
}

using AddGroups = void (*)(Sums&, const Block&);
template <std::size_t... levels>
std::array<AddGroups, sizeof...(levels)> widest_by_levels(std::index_sequence<levels...>) {
  return {widest<add_groups<levels>, Sums&, const Block&>()...};
}

}  // namespace

struct BlockEstimator::State {
  explicit State(const Workload& w) : workload(w) {}

  const Workload& workload;
  std::optional<Frame> frame;
  std::vector<Demand> demands;  // of the groups, in that frame
  Amounts amounts;
  FeltLanes felt;
  std::vector<Lanes> finished;

  void use(const Frame& wanted) {
    if (frame == wanted) return;
    frame = wanted;
    demands.clear();
    amounts = {};
    for (const GroupWork& group : workload.groups) {
      demands.push_back(wanted.demand(group));
      amounts.products += demands.back().products;
      amounts.rest += demands.back().rest;
    }
  }
};

BlockEstimator::BlockEstimator(const Workload& workload) : state_(std::make_unique<State>(workload)) {}
BlockEstimator::~BlockEstimator() = default;
BlockEstimator::BlockEstimator(BlockEstimator&&) noexcept = default;

void BlockEstimator::estimate(std::span<const Target* const> targets, double batch,
                              std::span<Totals> totals) {
  static const auto add_groups_of = widest_by_levels(std::make_index_sequence<most_levels + 1>());
  assert(!targets.empty() && targets.size() <= block_width);
  State& state = *state_;
  const Target& first = *targets.front();
  const Frame frame(state.workload, first, batch);
  const auto is_alike = [&](const Target* target) {
    return target->kept.empty() && target->caches.size() == first.caches.size() &&
           target->execution->runs_branches_side_by_side == first.execution->runs_branches_side_by_side &&
           Frame(state.workload, *target, batch) == frame;
  };
  if (first.caches.size() > most_levels || !std::ranges::all_of(targets, is_alike)) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const Estimate e = chipcast::estimate(state.workload, *targets[i],
                                            {.batch = batch, .keep_groups = false, .has_interval = false});
      totals[i] = {.latency = e.latency,
                   .energy = e.energy.value_or(Energy()),
                   .power = e.power.value_or(Watts()),
                   .fits = e.fits};
    }
    return;
  }
  state.use(frame);
  const bool is_side_by_side = first.execution->runs_branches_side_by_side;
  state.finished.resize(is_side_by_side ? state.workload.groups.size() : 0);
  // Lanes without a design repeat the last.
  for (std::size_t lane = 0; lane < block_width; ++lane)
    state.felt.put(lane, *targets[std::min(lane, targets.size() - 1)], frame.all_weight_bytes());
  Sums sums;
  add_groups_of[first.caches.size()](sums, {&state.workload, &state.demands, &state.felt, &state.finished});
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Seconds latency = Seconds::from_base_units(sums.latency[i]);
    if (is_side_by_side) {
      double critical = 0;
      for (const Lanes& end : state.finished) critical = std::max(critical, end[i]);
      latency = Seconds::from_base_units(
          std::max({critical, sums.engines[i], sums.memories[i], sums.dispatches[i]}));
    }
    totals[i] = {.latency = latency, .energy = {}, .power = {}, .fits = frame.fits(*targets[i])};
    if (!missing_for(*targets[i], PowerBoundary::package).empty()) continue;
    state.amounts.bytes_off_chip = sums.bytes_off_chip[i];
    state.amounts.bytes_on_chip = sums.bytes_on_chip[i];
    const double stretch = stretch_of(state.amounts, *targets[i], latency);
    if (stretch != 1) totals[i].latency = stretch * latency;
    totals[i].energy = energy_of(state.amounts, *targets[i], totals[i].latency, PowerBoundary::package);
    totals[i].power = totals[i].energy.total() / totals[i].latency;
  }
}

}  // namespace chipcast
