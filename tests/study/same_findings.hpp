// tests/study/same_findings.hpp: what two sweeps found, to the bit.
//
//   check_same(whole, parts);
#pragma once

#include <doctest/doctest.h>

#include <bit>

#include "study/sweep.hpp"

namespace chipcast {

inline bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

inline void check_same(const Findings& a, const Findings& b) {
  CHECK(a.done == b.done);
  CHECK(a.counts == b.counts);
  CHECK(a.effects == b.effects);
  REQUIRE(a.front.points().size() == b.front.points().size());
  for (std::size_t i = 0; i < a.front.points().size(); ++i) {
    CHECK(a.front.points()[i].design == b.front.points()[i].design);
    for (std::size_t k = 0; k < most_objectives; ++k)
      CHECK(same(a.front.points()[i].goods[k], b.front.points()[i].goods[k]));
  }
}

}  // namespace chipcast
