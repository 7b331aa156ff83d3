// model/estimate_block.hpp: many designs at once, lane by lane in the vector registers of the machine.
//
//   const BlockEstimator network(workload);
//   network.estimate(targets, 8, totals);       // totals[i] of *targets[i]; the bits of estimate()
//
// For sweeps: totals only, nothing is allocated.
#pragma once

#include <memory>
#include <span>

#include "model/estimate.hpp"

namespace chipcast {

inline constexpr std::size_t block_width = 32;

// Of an estimate, what a sweep asks for.
struct Totals {
  Seconds latency;
  Energy energy;  // nothing, as is the power, where the target's energy is unknown
  Watts power;
  bool fits = true;
};

class BlockEstimator {
 public:
  explicit BlockEstimator(const Workload& workload);  // which outlives it
  ~BlockEstimator();
  BlockEstimator(BlockEstimator&&) noexcept;
  BlockEstimator& operator=(BlockEstimator&&) = delete;
  BlockEstimator(const BlockEstimator&) = delete;
  BlockEstimator& operator=(const BlockEstimator&) = delete;

  // At most `block_width` of them. Not from several threads at once: what the groups ask for is kept for as long as
  // precision, engines and batch stay what they are.
  void estimate(std::span<const Target* const> targets, double batch, std::span<Totals> totals);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chipcast
