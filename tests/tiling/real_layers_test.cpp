#include <doctest/doctest.h>

#include "exhaustive.hpp"
#include "layers.hpp"
#include "tiling/tiling.hpp"

namespace chipcast {
namespace {

constexpr Boundary boundary(std::int64_t kib, bool double_buffered) {
  return {kib * kibibyte, double_buffered};
}

}  // namespace

// The whole set, three sizes each, is in tests/bench/tiling_bench.cpp.
TEST_CASE("real layers: within 2% of an exhaustive search (in fact nothing above it on this sample)") {
  for (const Layer& layer : real_layers()) {
    const bool in_sample = layer.name == "resnet50 256 expand" ||
                           layer.name == "mobilenet_v2 160-320 project" ||
                           layer.name == "mobilenet_v2 64-96 depthwise" || layer.name == "bert projection" ||
                           layer.name == "mobilenet_v2 classifier";
    if (!in_sample) continue;
    INFO(layer.name);
    const std::vector<ElementBits> bits(layer.nest.accesses().size());
    const Tiler tiler({.nest = &layer.nest, .elements = bits});
    for (const Boundary& b : {boundary(8, false), boundary(32, true), boundary(256, false)}) {
      INFO(count_of(b.capacity), " bytes");
      const Tiling tiling = tiler.at(b);
      const Exhausted best = exhaust(fuse(layer.nest, tiling), bits, b.capacity, b.double_buffered);
      const double moved = 8 * static_cast<double>(count_of(tiling.moved()));
      CHECK(moved <= 1.02 * best.moved_bits);
      CHECK(moved >= best.moved_bits);
    }
  }
}

TEST_CASE(
    "real layers: more capacity never moves more, one buffer never more than two, never under the bounds") {
  for (const Layer& layer : real_layers()) {
    INFO(layer.name);
    const std::vector<ElementBits> bits(layer.nest.accesses().size(), {.bits = 16, .partial_bits = 32});
    const Tiler tiler({.nest = &layer.nest, .elements = bits});
    Bytes once = gigabyte * 1000, twice = once;
    for (std::int64_t capacity = 16; capacity < 1 << 26; capacity += capacity / 3) {
      INFO(capacity, " bytes");
      const Tiling single = tiler.at({capacity * byte, false});
      const Tiling doubled = tiler.at({capacity * byte, true});
      REQUIRE(single.moved() <= once);
      REQUIRE(doubled.moved() <= twice);
      REQUIRE(single.moved() <= doubled.moved());
      for (const Tiling& tiling : {single, doubled}) {
        REQUIRE(tiling.moved() >= tiling.lower_bound);
        REQUIRE(tiling.lower_bound >= tiling.compulsory);
        if (tiling.fits) REQUIRE(tiling.room <= capacity * byte);
      }
      once = single.moved();
      twice = doubled.moved();
    }
    CHECK(once == tiler.at({1 * gigabyte}).compulsory);
  }
}

}  // namespace chipcast
