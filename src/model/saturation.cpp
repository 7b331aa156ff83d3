#include "model/saturation.hpp"

#include <algorithm>
#include <vector>

namespace chipcast {

std::int64_t saturating_batch(const Workload& workload, const Target& target, std::int64_t most) {
  constexpr std::int64_t most_worth_trying = 4096;
  constexpr double enough = 0.9;
  std::vector<Hertz> reached;
  Hertz best;
  for (std::int64_t batch = 1; batch <= std::min(most, most_worth_trying); batch *= 2) {
    const EstimateOptions options = {
        .batch = static_cast<double>(batch), .keep_groups = false, .has_interval = false};
    reached.push_back(estimate(workload, target, options).throughput);
    best = std::max(best, reached.back());
  }
  std::int64_t batch = 1;
  for (const Hertz throughput : reached) {
    if (throughput >= enough * best) return batch;
    batch *= 2;
  }
  return 0;
}

}  // namespace chipcast
