#include "tiling/utilisation.hpp"

#include <doctest/doctest.h>

#include "nests.hpp"

namespace chipcast {
namespace {

Engine engine(EngineKind kind, double count, std::int64_t m, std::int64_t n, std::int64_t k) {
  Engine e;
  e.kind = kind;
  e.count.value = count;
  e.tile_m = m;
  e.tile_n = n;
  e.tile_k = k;
  return e;
}

}  // namespace

TEST_CASE("a convolution is a product of pixels x filters x (channels x kernel), groups are a stack") {
  CHECK(product_of(conv({.n = 2, .k = 64, .c = 32, .rows = 14, .columns = 7, .kernel = 3, .pad = 1})) ==
        Product{.m = 2 * 14 * 7, .n = 64, .k = 32 * 9});
  CHECK(product_of(conv({.g = 96, .rows = 14, .columns = 14, .kernel = 3, .pad = 1})) ==
        Product{.m = 14 * 14, .n = 1, .k = 9, .stack = 96});
  CHECK(product_of(gemm(5, 6, 7, 8)) == Product{.m = 5, .n = 6, .k = 7, .stack = 8});
}

TEST_CASE("a nest that is no product counts its points as rows") {
  CHECK(product_of(max_pool(8, 4, 2, 2)) == Product{.m = 8 * 4 * 4 * 2 * 2});
}

TEST_CASE("padding: 197 rows on tiles of 16 do the work of 208") {
  CHECK(padding_share(197, 16) == doctest::Approx(197.0 / 208));
  CHECK(padding_share(16, 16) == 1);
  CHECK(padding_share(1, 16) == doctest::Approx(1.0 / 16));
}

TEST_CASE("waves: 148 tiles on 132 units take two rounds, 30 leave 102 units idle") {
  CHECK(wave_share(148, 132) == doctest::Approx(148.0 / 264));
  CHECK(wave_share(132, 132) == 1);
  CHECK(wave_share(30, 132) == doctest::Approx(30.0 / 132));
}

TEST_CASE("a systolic array: one vector through 128 x 128 weights waits for 128 rows of weights") {
  // 1 pass: max(1, 128) cycles of loading and 254 until the result is out
  CHECK(fill_share(1, 1, 128, 128) == doctest::Approx(1.0 / (128 + 254)));
  // 10 passes of 1,000 vectors: 10,000 cycles of work and 254 at the end
  CHECK(fill_share(1000, 10, 128, 128) == doctest::Approx(10000.0 / 10254));
}

TEST_CASE("tensor cores: rows, columns and reduction are padded, blocks are handed out in rounds") {
  const Engine cores = engine(EngineKind::matrix, 132, 16, 8, 16);
  // 1,000 x 1,000 x 100: 63 x 16 rows, 125 x 8 columns, 7 x 16 of the reduction; 8 x 8 blocks of 128 x 128
  const Utilisation u =
      utilisation({.m = 1000, .n = 1000, .k = 100}, cores, {.block_m = 128, .block_n = 128});
  CHECK(u.padding_m == doctest::Approx(1000.0 / 1008));
  CHECK(u.padding_n == 1);
  CHECK(u.padding_k == doctest::Approx(100.0 / 112));
  CHECK(u.blocks == 64);
  CHECK(u.rounds == 1);
  CHECK(u.waves == doctest::Approx(64.0 / 132));
  CHECK(u.total() == doctest::Approx(1000.0 / 1008 * 100.0 / 112 * 64.0 / 132));
  CHECK(u.reason() == "64 tiles for 132 units: 48%");
}

TEST_CASE("SIMD: the dimension that fills vectors best is vectorized, narrow elements have more lanes") {
  const Engine avx2 = engine(EngineKind::simd, 1, 1, 8, 1);
  CHECK(utilisation({.m = 49, .n = 20, .k = 9}, avx2).lanes ==
        doctest::Approx(49.0 / 56));                                            // 20 would be 20/24
  CHECK(utilisation({.m = 49, .n = 1, .k = 9, .stack = 96}, avx2).lanes == 1);  // along the channels
  CHECK(utilisation({.m = 1, .n = 40, .k = 9}, avx2, {.element_bits = 8}).lanes ==
        doctest::Approx(40.0 / 64));
}

TEST_CASE("cores: 10 rows of one vector on 8 cores take two rounds") {
  const Engine cores = engine(EngineKind::simd, 8, 1, 8, 1);
  const Utilisation u = utilisation({.m = 10, .n = 8, .k = 100}, cores);
  CHECK(u.waves == doctest::Approx(10.0 / 16));
  CHECK(u.reason() == "10 tiles on 8 units take 2 rounds: 62%");
  CHECK(utilisation({.m = 10, .n = 8, .k = 100}, cores, {.units = 2}).waves == 1);
}

TEST_CASE("systolic arrays: idle arrays take a part of the stream") {
  const Engine arrays = engine(EngineKind::systolic, 4, 1, 128, 128);
  // One weight tile, 4 arrays: each streams 1,024 of the 4,096 rows.
  const Utilisation u = utilisation({.m = 4096, .n = 128, .k = 128}, arrays);
  CHECK(u.waves == 1);
  CHECK(u.fill == doctest::Approx(1024.0 / (1024 + 254)));
  // A depthwise convolution uses one column and nine rows of each array.
  const Utilisation depthwise = utilisation({.m = 3136, .n = 1, .k = 9, .stack = 96}, arrays);
  CHECK(depthwise.padding_n == doctest::Approx(1.0 / 128));
  CHECK(depthwise.padding_k == doctest::Approx(9.0 / 128));
}

TEST_CASE("every term is a share, whatever the sizes") {
  for (const EngineKind kind : {EngineKind::scalar, EngineKind::simd, EngineKind::matrix,
                                EngineKind::systolic, EngineKind::tile_fabric}) {
    for (const std::int64_t size :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{7}, std::int64_t{1} << 40}) {
      const Utilisation u =
          utilisation({.m = size, .n = size, .k = size, .stack = size}, engine(kind, 0, 16, 16, 16));
      CHECK(u.total() > 0);
      CHECK(u.total() <= 1);
    }
  }
}

}  // namespace chipcast
