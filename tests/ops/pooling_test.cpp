#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

TEST_CASE("the ResNet-50 pool: 3x3 stride 2 over 64x112x112 gives 64x56x56, a comparison a tap") {
  const Applied pool =
      apply("MaxPool", {data({1, 64, 112, 112})},
            {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  CHECK(pool.shape() == Shape{1, 64, 56, 56});
  CHECK(pool.cost.macs == 0 * mac);
  CHECK(pool.cost.flops == 64 * 56 * 56 * 9 * flop);
}

TEST_CASE("ceil_mode: 107 values behind the first window, at stride 2, make 54 more and not 53") {
  const NamedAttributes attributes = {
      {"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"ceil_mode", std::int64_t{1}}};
  CHECK(apply("MaxPool", {data({1, 1, 110})}, attributes).shape() == Shape{1, 1, 55});  // ceil(107 / 2) + 1
  CHECK(apply("MaxPool", {data({1, 1, 111})}, attributes).shape() == Shape{1, 1, 55});  // 108 / 2 + 1
}

TEST_CASE("MaxPool's second output holds positions") {
  const Applied pool = apply("MaxPool", {data({1, 2, 6})}, {{"kernel_shape", Ints{2}}}, 2);
  CHECK(pool.shape(1) == Shape{1, 2, 5});
  CHECK(pool.dtype(1) == DType::int64);
  CHECK(pool.cost.written == 2 * 5 * (4 + 8) * byte);
}

TEST_CASE("an average adds every tap; the division takes the place of the first addition") {
  const Applied pool =
      apply("AveragePool", {data({1, 3, 8, 8})}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  CHECK(pool.cost.flops == 3 * 4 * 4 * 4 * flop);
  const Applied global = apply("GlobalAveragePool", {data({1, 2048, 7, 7})});
  CHECK(global.shape() == Shape{1, 2048, 1, 1});
  CHECK(global.cost.flops == 2048 * 49 * flop);
}

TEST_CASE("a p-norm: |x|^p and its sum, a root at the end") {
  const Applied two = apply("GlobalLpPool", {data({1, 3, 4, 4})});
  CHECK(two.cost.flops == 3 * 16 * 2 * flop);
  CHECK(two.cost.transcendentals == 3);
  CHECK(apply("GlobalLpPool", {data({1, 3, 4, 4})}, {{"p", std::int64_t{3}}}).cost.transcendentals ==
        3 * 16 + 3);
  CHECK(apply("GlobalLpPool", {data({1, 3, 4, 4})}, {{"p", std::int64_t{1}}}).cost.transcendentals == 0);
}

TEST_CASE("MaxUnpool gives back what MaxPool read") {
  const NamedAttributes attributes = {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}};
  const Given values = data({1, 1, 2, 2}), positions = data({1, 1, 2, 2}, DType::int64);
  CHECK(apply("MaxUnpool", {values, positions}, attributes).shape() == Shape{1, 1, 4, 4});
  CHECK(apply("MaxUnpool", {values, positions, known({1, 1, 5, 5})}, attributes).shape() ==
        Shape{1, 1, 5, 5});
}

TEST_CASE("pooling over regions: as many images as regions") {
  const Applied pool =
      apply("MaxRoiPool", {data({1, 8, 20, 30}), data({5, 5})}, {{"pooled_shape", Ints{7, 6}}});
  CHECK(pool.shape() == Shape{5, 8, 7, 6});
}

TEST_CASE("quantized and channels-last pools") {
  const Given scale = weight({}), zero = weight({}, DType::int8);
  const Applied pool = apply("com.microsoft.QLinearGlobalAveragePool",
                             {data({1, 7, 7, 16}, DType::uint8), scale, zero, scale, zero},
                             {{"channels_last", std::int64_t{1}}});
  CHECK(pool.shape() == Shape{1, 1, 1, 16});
  CHECK(pool.dtype() == DType::int8);
  CHECK(apply("com.microsoft.NhwcMaxPool", {data({1, 8, 9, 3}, DType::int8)}, {{"kernel_shape", Ints{2, 3}}})
            .shape() == Shape{1, 7, 7, 3});
}

TEST_CASE("complaints name what contradicts what") {
  CHECK(apply("MaxPool", {data({1, 2, 6})}).error == "attribute 'kernel_shape' is missing");
  CHECK(apply("MaxPool", {data({1, 2, 6})}, {{"kernel_shape", Ints{2, 2}}}).error ==
        "a window of 2 axes does not fit an input of shape 1x2x6");
  CHECK(apply("MaxPool", {data({1, 2, 6})}, {{"kernel_shape", Ints{9}}}).error ==
        "a window reaching over 9 does not fit into 6 (padding 0 and 0)");
  CHECK(apply("LpPool", {data({1, 2, 6})}, {{"kernel_shape", Ints{2}}, {"p", std::int64_t{0}}}).error ==
        "attribute 'p' is 0, expected 1 or more");
  CHECK(apply("MaxRoiPool", {data({1, 8, 20, 30}), data({5, 4})}, {{"pooled_shape", Ints{7, 6}}}).error ==
        "regions of shape 5x4; expected rows of 5 (image, x1, y1, x2, y2)");
}

}  // namespace
}  // namespace chipcast
