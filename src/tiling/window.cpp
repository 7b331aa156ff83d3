#include "tiling/window.hpp"

#include <algorithm>
#include <numeric>

namespace chipcast::tiling {
namespace {

using Int = std::int64_t;

Int floor_divide(Int a, Int b) { return a / b - ((a % b != 0 && a < 0) ? 1 : 0); }
Int ceil_divide(Int a, Int b) { return -floor_divide(-a, b); }

// How many i in [0, count) have first <= step * i + start <= last.
Int inside(Int step, Int count, Int start, Int first, Int last) {
  const Int from = std::max<Int>(0, ceil_divide(first - start, step));
  const Int to = std::min(count - 1, floor_divide(last - start, step));
  return std::max<Int>(0, to - from + 1);
}

// Steps without common factor. The pairs (i, j) and (i - step_b, j + step_a) are the same element and nothing else
// is, so an element is counted at its pair of least i.
struct Coprime {
  Int step_a, step_b;
  Int all(Int count_a, Int count_b) const {
    return count_a * count_b - std::max<Int>(0, count_a - step_b) * std::max<Int>(0, count_b - step_a);
  }
};

}  // namespace

Int elements(const WindowAxis& axis, Int a, Int count_a, Int b, Int count_b) {
  const Int common = std::gcd(axis.step_a, axis.step_b);
  const Coprime steps{axis.step_a / common, axis.step_b / common};
  const Int low = axis.offset + axis.step_a * a + axis.step_b * b;
  const Int high = low + axis.step_a * (count_a - 1) + axis.step_b * (count_b - 1);
  if (low >= 0 && high < axis.size) return steps.all(count_a, count_b);

  const Int first = ceil_divide(-low, common);
  const Int last = floor_divide(axis.size - 1 - low, common);
  if (first > last) return 0;
  // Interval arithmetic does where one loop fills the gaps of the other: nearly always.
  if ((steps.step_b == 1 && count_b >= steps.step_a) || (steps.step_a == 1 && count_a >= steps.step_b)) {
    const Int reach = steps.step_a * (count_a - 1) + steps.step_b * (count_b - 1);
    return std::max<Int>(0, std::min(reach, last) - std::max<Int>(0, first) + 1);
  }
  Int total = 0;
  if (count_b <= count_a) {
    for (Int j = 0; j < count_b; ++j) {
      const Int own = j + steps.step_a < count_b ? std::min(count_a, steps.step_b) : count_a;
      total += inside(steps.step_a, own, steps.step_b * j, first, last);
    }
  } else {
    for (Int i = 0; i < count_a; ++i) {
      const Int skipped = i >= steps.step_b ? std::max<Int>(0, count_b - steps.step_a) : 0;
      total +=
          inside(steps.step_b, count_b - skipped, steps.step_a * i + steps.step_b * skipped, first, last);
    }
  }
  return total;
}

Covered covered(const WindowAxis& axis, Int tile_a, Int tile_b) {
  Covered result;
  const auto add = [&](Int count, Int times) {
    result.sum += count * times;
    result.widest = std::max(result.widest, count);
  };
  const Int whole = axis.extent_a / tile_a;  // full tiles of a
  for (Int b = 0; b < axis.extent_b; b += tile_b) {
    const Int count_b = std::min(tile_b, axis.extent_b - b);
    const Int start = axis.offset + axis.step_b * b;
    const Int reach = axis.step_a * (tile_a - 1) + axis.step_b * (count_b - 1);
    // Full tiles [from, to) lie inside the tensor and are all alike.
    const Int from = std::clamp<Int>(ceil_divide(-start, axis.step_a * tile_a), 0, whole);
    const Int to =
        std::clamp<Int>(floor_divide(axis.size - 1 - reach - start, axis.step_a * tile_a) + 1, from, whole);
    for (Int tile = 0; tile < from; ++tile) add(elements(axis, tile * tile_a, tile_a, b, count_b), 1);
    if (to > from) add(elements(axis, from * tile_a, tile_a, b, count_b), to - from);
    for (Int a = to * tile_a; a < axis.extent_a; a += tile_a) {
      add(elements(axis, a, std::min(tile_a, axis.extent_a - a), b, count_b), 1);
    }
  }
  return result;
}

}  // namespace chipcast::tiling
