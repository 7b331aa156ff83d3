// model/saturation.hpp: the batch beyond which a target gains hardly any throughput.
//
//   const std::int64_t batch = saturating_batch(workload, target, estimate.largest_batch);
#pragma once

#include <cstdint>

#include "model/estimate.hpp"

namespace chipcast {

// Of the powers of two up to `most` (and at most 4096): the least that reaches nine tenths of the best throughput
// among them. Larger ones may have less, where what they move no longer stays on the chip. 0: not even one sample fits.
std::int64_t saturating_batch(const Workload& workload, const Target& target, std::int64_t most);

}  // namespace chipcast
