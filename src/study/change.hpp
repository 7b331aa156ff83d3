// study/change.hpp: changes of single figures, and what moves along with an engine.
//
//   scale(level.bandwidth, 2);                    // the value and the ends of its range
//   carry_bandwidths(engines_before, device);     // levels that are clocked by engines whose clock changed
#pragma once

#include <cmath>
#include <vector>

#include "hardware/figures.hpp"

namespace chipcast {

inline double scaled(double amount, double factor) { return factor * amount; }
template <Dimension D>
Real<D> scaled(Real<D> amount, double factor) {
  return factor * amount;
}
// Counts stay whole.
template <Dimension D>
Count<D> scaled(Count<D> amount, double factor) {
  constexpr double most = 9e18;
  const double exact = factor * static_cast<double>(amount.in_base_units());
  return Count<D>::from_base_units(exact < most ? std::llround(exact) : saturated);
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
