#include "tiling/window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace chipcast::tiling {
namespace {

std::int64_t walked(const WindowAxis& axis, std::int64_t a, std::int64_t count_a, std::int64_t b,
                    std::int64_t count_b) {
  std::set<std::int64_t> seen;
  for (std::int64_t i = a; i < a + count_a; ++i) {
    for (std::int64_t j = b; j < b + count_b; ++j) {
      const std::int64_t index = axis.offset + axis.step_a * i + axis.step_b * j;
      if (index >= 0 && index < axis.size) seen.insert(index);
    }
  }
  return static_cast<std::int64_t>(seen.size());
}

}  // namespace

TEST_CASE(
    "the ResNet-50 stem by tiles of 8 rows: 21 rows each, 3 of which lie above the image in the first") {
  const WindowAxis row{.step_a = 2, .extent_a = 112, .step_b = 1, .extent_b = 7, .offset = -3, .size = 224};
  CHECK(elements(row, 0, 8, 0, 7) == 18);    // rows -3..17
  CHECK(elements(row, 8, 8, 0, 7) == 21);    // rows 13..33: 7 * 2 + 7
  CHECK(elements(row, 104, 8, 0, 7) == 19);  // rows 205..225
  CHECK(covered(row, 8, 7).sum == 18 + 12 * 21 + 19);
  CHECK(covered(row, 8, 7).widest == 21);
}

TEST_CASE("every window of few steps, extents and paddings: elements as walked, and as many over all tiles") {
  for (const std::int64_t step_a : {1, 2, 3, 4}) {
    for (const std::int64_t step_b : {1, 2, 3, 6}) {
      for (const std::int64_t extent_b : {1, 2, 3, 5}) {
        for (const std::int64_t offset : {-5, -2, -1, 0, 3}) {
          for (const std::int64_t size : {1, 4, 9, 17, 60}) {
            const WindowAxis axis{step_a, 7, step_b, extent_b, offset, size};
            for (std::int64_t tile_a = 1; tile_a <= 7; ++tile_a) {
              for (std::int64_t tile_b = 1; tile_b <= extent_b; ++tile_b) {
                Covered expected;
                for (std::int64_t a = 0; a < 7; a += tile_a) {
                  for (std::int64_t b = 0; b < extent_b; b += tile_b) {
                    const std::int64_t count_a = std::min(tile_a, 7 - a),
                                       count_b = std::min(tile_b, extent_b - b);
                    const std::int64_t here = walked(axis, a, count_a, b, count_b);
                    REQUIRE(elements(axis, a, count_a, b, count_b) == here);
                    expected.sum += here;
                    expected.widest = std::max(expected.widest, here);
                  }
                }
                const Covered got = covered(axis, tile_a, tile_b);
                REQUIRE(got.sum == expected.sum);
                REQUIRE(got.widest == expected.widest);
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace chipcast::tiling
