// study/change.hpp: changes of single figures, and what moves along with an engine.
//
//   scale(level.bandwidth, 2);                    // the value and the ends of its range
//   carry_bandwidths(engines_before, device);     // levels that are clocked by engines whose clock changed
#pragma once

#include <cmath>
#include <optional>
#include <type_traits>
#include <vector>

#include "hardware/figures.hpp"

namespace chipcast {

// Counts stay whole.
template <class Q>
Q scaled(Q amount, double factor) {
  if constexpr (std::is_same_v<Q, double>) {
    return factor * amount;
  } else if constexpr (std::is_same_v<typename Q::representation, double>) {
    return factor * amount;
  } else {
    constexpr double most = 9e18;
    const double exact = factor * static_cast<double>(amount.in_base_units());
    return Q::from_base_units(exact < most ? std::llround(exact) : saturated);
  }
}

template <class Q>
void scale(Figure<Q>& figure, double factor) {
  figure.value = scaled(figure.value, factor);
  if (figure.low) figure.low = scaled(*figure.low, factor);
  if (figure.high) figure.high = scaled(*figure.high, factor);
}

// Bandwidths are stated at the clock of the engine, those of a core's own levels of all its units together.
inline void carry_bandwidths(const std::vector<Engine>& before, Device& device) {
  for (MemoryLevel& level : device.memory) {
    if (!level.clocked_by) continue;
    const Engine& was = before[*level.clocked_by];
    const Engine& is = device.engines[*level.clocked_by];
    double ratio = is.clock.value / was.clock.value;
    if (level.scope == MemoryScope::core) ratio *= is.count.value / was.count.value;
    if (ratio != 1) scale(level.bandwidth, ratio);
  }
}

}  // namespace chipcast
