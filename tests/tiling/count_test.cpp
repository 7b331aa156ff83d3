#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "nests.hpp"
#include "oracle.hpp"
#include "tiling/space.hpp"

namespace chipcast::tiling {
namespace {

// Any schedule, good or bad: the tiles and the order are drawn.
void check_random_schedules(const LoopNest& nest, const std::vector<ElementBits>& bits,
                            std::mt19937& random) {
  const Space space = prepare({.nest = &nest, .elements = bits});
  const auto loops = static_cast<std::size_t>(space.loop_count);
  for (int round = 0; round < 40; ++round) {
    Schedule schedule;
    std::vector<int> order(loops);
    for (std::size_t l = 0; l < loops; ++l) {
      order[l] = static_cast<int>(l);
      schedule.tile[l] =
          static_cast<std::int64_t>(random() % static_cast<unsigned>(space.loops[l].extent)) + 1;
    }
    std::ranges::shuffle(order, random);
    for (std::size_t i = 0; i < loops; ++i)
      schedule.sequence[loops - 1 - i] = static_cast<std::int8_t>(order[i]);
    const Tiling tiling = count(space, schedule, {});

    const FusedNest fused = fuse(nest, tiling);
    std::vector<std::int64_t> tile;
    std::vector<int> outermost_first;
    for (std::size_t i = 0; i < loops; ++i) {
      tile.push_back(tiling.loops[i].tile);
      outermost_first.push_back(static_cast<int>(i));
    }
    const Walked walked = walk(fused, tile, outermost_first, bits);
    REQUIRE(8 * count_of(tiling.moved()) == walked.moved);
  }
}

}  // namespace

TEST_CASE(
    "4,000 random schedules move what a walk over them moves: halo, rims, partial sums back and forth") {
  std::mt19937 random(4);
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most)) + 1;
  };
  const std::vector<ElementBits> bits = {{.bits = 16}, {.bits = 8}, {.bits = 8, .partial_bits = 32}};
  for (int i = 0; i < 25; ++i) {
    check_random_schedules(gemm(up_to(7), up_to(7), up_to(7), up_to(2)), bits, random);
    check_random_schedules(conv({.n = up_to(2),
                                 .g = up_to(2),
                                 .k = up_to(3),
                                 .c = up_to(3),
                                 .rows = up_to(7),
                                 .columns = up_to(4),
                                 .kernel = up_to(3),
                                 .stride = up_to(3),
                                 .dilation = up_to(2)}),
                           bits, random);
    check_random_schedules(conv({.k = up_to(3),
                                 .c = up_to(3),
                                 .rows = 3 + up_to(4),
                                 .columns = 3 + up_to(4),
                                 .kernel = 3,
                                 .stride = up_to(2),
                                 .pad = 1}),
                           bits, random);
    check_random_schedules(
        transposed_conv(
            {.k = up_to(3), .c = up_to(3), .rows = up_to(6), .kernel = up_to(4), .stride = up_to(3)}),
        bits, random);
  }
}

}  // namespace chipcast::tiling
