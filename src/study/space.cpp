#include "study/space.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

namespace chipcast {
namespace {

constexpr int sobol_bits = 32;
using Directions = std::array<std::uint32_t, sobol_bits>;

// Primitive polynomials and first direction numbers: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better
// two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), new-joe-kuo-6. The first axis has none.
struct Polynomial {
  int degree;
  std::uint32_t coefficients;
  std::array<std::uint32_t, 5> first;
};
constexpr std::array<Polynomial, Space::most_sobol_axes - 1> polynomials = {{{1, 0, {1}},
                                                                             {2, 1, {1, 3}},
                                                                             {3, 1, {1, 3, 1}},
                                                                             {3, 2, {1, 1, 1}},
                                                                             {4, 1, {1, 1, 3, 3}},
                                                                             {4, 4, {1, 3, 5, 13}},
                                                                             {5, 2, {1, 1, 5, 5, 17}},
                                                                             {5, 4, {1, 1, 5, 5, 5}},
                                                                             {5, 7, {1, 1, 7, 11, 19}}}};

Directions directions_of(std::size_t axis) {
  Directions v = {};
  if (axis == 0) {
    for (std::size_t i = 0; i < sobol_bits; ++i) v[i] = std::uint32_t{1} << (sobol_bits - 1 - i);
    return v;
  }
  const Polynomial& p = polynomials[axis - 1];
  const auto degree = static_cast<std::size_t>(p.degree);
  for (std::size_t i = 0; i < degree; ++i) v[i] = p.first[i] << (sobol_bits - 1 - i);
  for (std::size_t i = degree; i < sobol_bits; ++i) {
    v[i] = v[i - degree] ^ (v[i - degree] >> degree);
    for (std::size_t k = 1; k < degree; ++k) {
      if (((p.coefficients >> (degree - 1 - k)) & 1U) != 0) v[i] ^= v[i - k];
    }
  }
  return v;
}

// Between 0 and 2^32.
std::uint32_t sobol(std::uint64_t point, std::size_t axis) {
  static const auto directions = [] {
    std::array<Directions, Space::most_sobol_axes> all = {};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = directions_of(i);
    return all;
  }();
  std::uint32_t x = 0;
  for (std::size_t bit = 0; point != 0 && bit < sobol_bits; ++bit, point >>= 1) {
    if ((point & 1U) != 0) x ^= directions[axis][bit];
  }
  return x;
}

// splitmix64: every bit of the result hangs on every bit of `x`.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111eb;
  return x ^ (x >> 31U);
}

}  // namespace

Space::Space(std::vector<std::uint32_t> sizes, const Sampling& sampling)
    : sizes_(std::move(sizes)), sampling_(sampling) {
  if (sampling_.kind != Sampling::Kind::grid) {
    designs_ = std::min(sampling_.count, most + 1);
    return;
  }
  for (const std::uint64_t size : sizes_) designs_ = std::min(designs_ * size, most + 1);
}

void Space::choose(std::uint64_t design, std::span<std::uint32_t> choice) const {
  assert(design < designs_ && choice.size() == sizes_.size());
  switch (sampling_.kind) {
    case Sampling::Kind::grid:
      for (std::size_t axis = sizes_.size(); axis-- > 0; design /= sizes_[axis])
        choice[axis] = static_cast<std::uint32_t>(design % sizes_[axis]);
      return;
    case Sampling::Kind::latin_hypercube:
      for (std::size_t axis = 0; axis < sizes_.size(); ++axis)
        choice[axis] = static_cast<std::uint32_t>(permuted(design, axis) * sizes_[axis] / designs_);
      return;
    case Sampling::Kind::sobol:
      for (std::size_t axis = 0; axis < sizes_.size(); ++axis)
        choice[axis] = static_cast<std::uint32_t>((std::uint64_t{sobol(design, axis)} * sizes_[axis]) >> 32U);
      return;
  }
}

// A permutation of the designs by four Feistel rounds over the next even power of two; what falls beyond goes round
// again. It needs no memory.
std::uint64_t Space::permuted(std::uint64_t design, std::uint64_t axis) const {
  const unsigned half = (static_cast<unsigned>(std::bit_width(designs_ - 1)) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = design >> half, right = design & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t key = mixed(sampling_.seed * 64 + axis) + round;
      left = std::exchange(right, left ^ (mixed(right ^ mixed(key)) & mask));
    }
    design = (left << half) | right;
  } while (design >= designs_);
  return design;
}

}  // namespace chipcast
