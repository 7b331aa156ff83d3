#include "tiling/tiling.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "nests.hpp"
#include "oracle.hpp"

namespace chipcast {
namespace {

struct Case {
  std::string name;
  LoopNest nest;
  std::vector<ElementBits> bits;
};

Case named(std::string name, LoopNest nest, std::initializer_list<std::int64_t> sizes,
           std::vector<ElementBits> bits = {}) {
  for (const std::int64_t size : sizes) name += " " + std::to_string(size);
  bits.resize(nest.accesses().size());
  return {std::move(name), std::move(nest), std::move(bits)};
}

// Holds the tiling against the best of all schedules, walked point by point, at every power of two up to where
// everything fits and at two capacities beside each.
void check_against_all_schedules(const Case& c) {
  INFO(c.name);
  const Tiler tiler({.nest = &c.nest, .elements = c.bits});
  const FusedNest fused = fuse(c.nest, tiler.at({1 * gibibyte}));
  std::vector<std::int64_t> bytes, bits;
  for (std::int64_t b = 4; b <= 4096; b *= 2) bytes.insert(bytes.end(), {b, b + b / 4, b + b / 2});
  for (const std::int64_t b : bytes) bits.push_back(b * 8);
  const Best all = best(fused, c.bits, bits);
  for (const bool double_buffered : {false, true}) {
    const auto& least = double_buffered ? all.doubled : all.single;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      INFO("capacity ", bytes[i], double_buffered ? " bytes, double buffered" : " bytes");
      const Tiling tiling = tiler.at({bytes[i] * byte, double_buffered});
      REQUIRE(tiling.fits == least[i].has_value());
      if (!tiling.fits) continue;
      CHECK(count_of(tiling.moved()) == *least[i] / 8);

      // And the schedule that it names moves what it says, in the room that it says.
      std::vector<std::int64_t> tile;
      std::vector<int> order;
      for (int l = 0; l < tiling.loop_count; ++l) {
        tile.push_back(tiling.loops[static_cast<std::size_t>(l)].tile);
        order.push_back(l);
      }
      const Walked walked = walk(fuse(c.nest, tiling), tile, order, c.bits);
      CHECK(walked.moved == count_of(tiling.moved()) * 8);
      CHECK((double_buffered ? walked.doubled_room : walked.room) == count_of(tiling.room) * 8);
      CHECK(tiling.room <= bytes[i] * byte);
    }
  }
}

}  // namespace

TEST_CASE("every product up to 4 x 4 x 4 is as good as the best of all schedules at every capacity") {
  for (std::int64_t m = 1; m <= 4; ++m) {
    for (std::int64_t n = 1; n <= 4; ++n) {
      for (std::int64_t k = 1; k <= 4; ++k)
        check_against_all_schedules(named("gemm", gemm(m, n, k), {m, n, k}));
    }
  }
}

TEST_CASE("longer and stacked products, too, and partial sums may be wider than results") {
  check_against_all_schedules(named("gemm", gemm(5, 7, 6), {5, 7, 6}));
  check_against_all_schedules(named("gemm", gemm(9, 2, 8), {9, 2, 8}));
  check_against_all_schedules(named("gemm", gemm(3, 4, 3, 2), {3, 4, 3, 2}));
  check_against_all_schedules(named("int8 gemm", gemm(5, 4, 7), {5, 4, 7},
                                    {{.bits = 8}, {.bits = 8}, {.bits = 8, .partial_bits = 32}}));
  check_against_all_schedules(named("fp16 gemm", gemm(6, 6, 3), {6, 6, 3},
                                    {{.bits = 16}, {.bits = 8}, {.bits = 16, .partial_bits = 32}}));
}

TEST_CASE("150 random convolutions of one row: halo, stride, dilation, padding, groups") {
  std::mt19937 random(1);
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most)) + 1;
  };
  for (int i = 0; i < 150; ++i) {
    ConvSizes s{.n = i % 7 == 0 ? 2 : 1,
                .g = i % 5 == 0 ? 2 : 1,
                .k = up_to(3),
                .c = up_to(3),
                .rows = up_to(7),
                .columns = 1,
                .kernel = up_to(4),
                .stride = up_to(3),
                .dilation = up_to(2),
                .pad = up_to(3) - 1,
                .is_line = true};
    if (s.n * s.g > 1) s.k = s.c = 2;
    const std::int64_t reach = (s.rows - 1) * s.stride + (s.kernel - 1) * s.dilation + 1;
    if (reach - 2 * s.pad < 1) s.pad = 0;
    check_against_all_schedules(named("conv n g k c p r stride dilation pad", conv(s),
                                      {s.n, s.g, s.k, s.c, s.rows, s.kernel, s.stride, s.dilation, s.pad}));
  }
}

TEST_CASE("windows in two directions: convolution, depthwise convolution, pooling") {
  check_against_all_schedules(
      named("conv 3x3 one channel", conv({.rows = 4, .columns = 4, .kernel = 3, .pad = 1}), {}));
  check_against_all_schedules(
      named("conv 2x2 stride 2", conv({.k = 2, .rows = 3, .columns = 2, .kernel = 2, .stride = 2}), {}));
  check_against_all_schedules(
      named("depthwise", conv({.g = 2, .rows = 3, .columns = 3, .kernel = 2, .pad = 1}), {}));
  check_against_all_schedules(named("max pool", max_pool(2, 3, 3, 2), {}));
}

TEST_CASE("60 random transposed convolutions: results that overlap are added up") {
  std::mt19937 random(2);
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most)) + 1;
  };
  for (int i = 0; i < 60; ++i) {
    ConvSizes s{.k = up_to(3),
                .c = up_to(3),
                .rows = up_to(6),
                .kernel = up_to(4),
                .stride = up_to(3),
                .pad = up_to(2) - 1};
    if ((s.rows - 1) * s.stride + s.kernel - 2 * s.pad < 1) s.pad = 0;
    check_against_all_schedules(named("transposed k c p r stride pad", transposed_conv(s),
                                      {s.k, s.c, s.rows, s.kernel, s.stride, s.pad}));
  }
}

TEST_CASE("60 random nests: any number of tensors over any loops") {
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) {
    LoopNest nest;
    std::vector<Affine> loops;
    std::vector<std::int64_t> extents;
    for (int l = 0; l < 4; ++l) {
      extents.push_back(static_cast<std::int64_t>(random() % 4) + 1);
      loops.push_back(nest.loop("i", extents.back()));
    }
    const int tensors = 2 + static_cast<int>(random() % 3);
    for (int t = 0; t < tensors; ++t) {
      Shape shape;
      std::vector<Affine> axes;
      for (std::size_t l = 0; l < loops.size(); ++l) {
        if (random() % 2 == 0) continue;
        shape.push_back(extents[l]);
        axes.push_back(loops[l]);
      }
      if (t + 1 == tensors) {
        nest.write(output_operand(0), shape, axes);
      } else {
        nest.read(input_operand(t), shape, axes);
      }
    }
    check_against_all_schedules(named("random", nest, {i}));
  }
}

// ---- what the numbers mean -----------------------------------------------------------------------------------------

TEST_CASE("a product of 64 x 64 x 64 in 12 KiB: half of the result stays, so one operand crosses twice") {
  const LoopNest nest = gemm(64, 64, 64);
  const Tiling tiling = Tiler({.nest = &nest}).at({12 * kibibyte});
  // 3,072 floats do not hold a whole matrix (4,096). Half of the result does fit, with a column of one operand and a
  // half row of the other: 64 * 32 + 64 + 32 = 2,144. The first operand then crosses once per half.
  const std::int64_t matrix = 64 * 64 * 4;
  CHECK(count_of(tiling.compulsory) == 3 * matrix);
  CHECK(tiling.fits);
  CHECK(count_of(tiling.moved()) == 4 * matrix);
  CHECK(tiling.room <= 12 * kibibyte);
}

TEST_CASE("a sum that is split needs room at the width of partial results, one that is not does not") {
  const LoopNest nest = gemm(2, 2, 2);
  const Tiler tiler({.nest = &nest, .elements = {{.bits = 8}, {.bits = 8}, {.bits = 8, .partial_bits = 32}}});
  // A row of 2, a column of 2 and a finished result of 1; the row stays while the two columns pass: 2 * 2 + 2 * 2 * 2.
  const Tiling whole = tiler.at({6 * byte});
  CHECK(whole.room == 5 * byte);
  CHECK(whole.read == 12 * byte);
  CHECK(whole.written == 4 * byte);
  // Less holds no schedule: 1 + 1 + 4 bytes with the sum split.
  CHECK_FALSE(tiler.at({4 * byte}).fits);
}

TEST_CASE("a convolution cut into rows reads its halo again") {
  const LoopNest nest = conv({.k = 1, .c = 1, .rows = 32, .columns = 32, .kernel = 3});
  // 34 x 34 inputs, 9 weights, 32 x 32 outputs. In 8 KiB = 2,048 floats, the largest tile is 32 x 26 or its like:
  // 34 * 28 + 9 + 32 * 26 = 1,793; two tiles, so two of 34 rows are read twice.
  const Tiling tiling = Tiler({.nest = &nest}).at({8 * kibibyte});
  CHECK(tiling.tiles == 2);
  CHECK(count_of(tiling.tensors[0].read) == 4 * (34 * 34 + 2 * 34));
  CHECK(count_of(tiling.tensors[1].read) == 4 * 9);
  CHECK(count_of(tiling.tensors[2].written) == 4 * 32 * 32);
}

TEST_CASE("elementwise work moves what it must at any capacity that holds a point") {
  LoopNest nest;
  const Affine i = nest.loop("i", 1000);
  nest.read(input_operand(0), Shape{1000}, {i});
  nest.write(output_operand(0), Shape{1000}, {i});
  const Tiler tiler({.nest = &nest});
  CHECK(tiler.at({8 * byte}).moved() == 8000 * byte);
  CHECK(tiler.at({8 * byte}).tiles == 1000);
  CHECK(tiler.at({80 * byte}).tiles == 100);
  CHECK(tiler.at({1 * megabyte}).tiles == 1);
}

TEST_CASE("a capacity too small for a point says so, and every use moves") {
  const LoopNest nest = gemm(3, 4, 5);
  const Tiling tiling = Tiler({.nest = &nest}).at({11 * byte});
  CHECK_FALSE(tiling.fits);
  // 60 uses of each operand; the result is read at all but the first of its 60 visits each, and written at all
  CHECK(count_of(tiling.read) == 4 * (60 + 60 + (60 - 12)));
  CHECK(count_of(tiling.written) == 4 * 60);
}

TEST_CASE("resident data takes room, fused operands are moved once, tensors without bits not at all") {
  const LoopNest nest = gemm(16, 16, 16);
  const Tiling plain = Tiler({.nest = &nest}).at({1 * kibibyte});
  const Tiling crowded = Tiler({.nest = &nest, .resident = 512 * byte}).at({1 * kibibyte});
  const Tiling half = Tiler({.nest = &nest}).at({512 * byte});
  CHECK(crowded.moved() == half.moved());
  CHECK(crowded.room == half.room + 512 * byte);
  const Tiling fused =
      Tiler({.nest = &nest, .streamed_in = 1000 * byte, .streamed_out = 500 * byte}).at({1 * kibibyte});
  CHECK(fused.read == plain.read + 1000 * byte);
  CHECK(fused.written == plain.written + 500 * byte);
  CHECK(fused.compulsory == plain.compulsory + 1500 * byte);
  const Tiling without = Tiler({.nest = &nest, .elements = {{32}, {32}, {0}}}).at({1 * megabyte});
  CHECK(without.moved() == 2 * 16 * 16 * 4 * byte);
  CHECK(Tiler({.nest = &nest, .resident = 2 * kibibyte}).at({1 * kibibyte}).fits == false);
}

TEST_CASE("the bound of products: 2 V / sqrt(S) - 2 S transfers") {
  const LoopNest nest = gemm(1024, 1024, 1024);
  const Tiling tiling = Tiler({.nest = &nest}).at({4 * 10'000 * byte});
  // 2 * 2^30 / 100 - 20,000 floats, against 3 * 2^20 compulsory
  CHECK(count_of(tiling.lower_bound) == doctest::Approx(4 * (2.0 * 1073741824 / 100 - 20'000)).epsilon(1e-6));
  CHECK(tiling.distance() < 1.1);
}

TEST_CASE("a stack of products needs no more room than one of them, and stays optimal") {
  const LoopNest nest = gemm(64, 64, 64, 12);
  CHECK(Tiler({.nest = &nest}).at({3 * 64 * 64 * 4 * byte}).distance() == 1);
}

TEST_CASE("loops that all tensors index alike are cut as one: a 1x1 convolution is a product") {
  const LoopNest pointwise = conv({.n = 2, .k = 64, .c = 32, .rows = 14, .columns = 14});
  const LoopNest product = gemm(2 * 14 * 14, 64, 32);
  for (const std::int64_t kib : {1, 4, 16, 64}) {
    CHECK(Tiler({.nest = &pointwise}).at({kib * kibibyte}).moved() ==
          Tiler({.nest = &product}).at({kib * kibibyte}).moved());
  }
}

TEST_CASE("a nest that never runs moves nothing; absurd extents saturate and stay in order") {
  const LoopNest empty = gemm(0, 4, 4);
  CHECK(Tiler({.nest = &empty}).at({1 * kibibyte}).moved() == Bytes{});
  const std::int64_t large = std::int64_t{1} << 45;
  const LoopNest absurd = gemm(large, large, large);
  const Tiling tiling = Tiler({.nest = &absurd}).at({1 * megabyte});
  CHECK_FALSE(is_exact(tiling.moved()));
  CHECK(tiling.moved() >= tiling.compulsory);
}

TEST_CASE("the boundaries of a device are its on-chip levels; scratchpads are double buffered") {
  Device device;
  device.memory.resize(3);
  device.memory[0].capacity.value = 32 * kibibyte;
  device.memory[0].is_managed = true;
  device.memory[1].capacity.value = 2 * mebibyte;
  device.memory[2].capacity.value = 16 * gigabyte;
  const std::vector<Boundary> boundaries = on_chip_boundaries(device);
  REQUIRE(boundaries.size() == 2);
  CHECK(boundaries[0].capacity == 32 * kibibyte);
  CHECK(boundaries[0].double_buffered);
  CHECK(boundaries[1].capacity == 2 * mebibyte);
  CHECK_FALSE(boundaries[1].double_buffered);
}

}  // namespace chipcast
