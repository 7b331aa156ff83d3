#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

NamedAttributes axis(std::int64_t value) { return {{"axis", value}}; }

}  // namespace

TEST_CASE("Gather: the output is the data with one axis replaced by the indices") {
  CHECK(apply("Gather", {data({10, 4}), data({2, 3}, DType::int64)}).shape() == Shape{2, 3, 4});
  CHECK(apply("Gather", {data({2, 10, 4}), data({}, DType::int64)}, axis(1)).shape() == Shape{2, 4});
  CHECK(ints_of(apply("Gather", {tensor({2, 3}, Ints{0, 1, 2, 3, 4, 5}), known(Ints{-1, 0})}, axis(1))) ==
        Ints{2, 0, 5, 3});
  CHECK(apply("Gather", {data({3}), known(Ints{3})}).error == "index 3 is outside an axis of extent 3");
  CHECK(apply("Gather", {data({3}), known(Ints{least})}).error != "");
  CHECK(apply("Gather", {data({}), known(Ints{0})}).error != "");
}

TEST_CASE("Gather reads the rows asked for, never more than there are") {
  const Given table = weight({1000, 8});
  CHECK(apply("Gather", {table, data({1, 16}, DType::int64)}).cost.read == (16 * 8 * 4 + 16 * 8) * byte);
  CHECK(apply("Gather", {weight({4, 8}), data({1, 16}, DType::int64)}).cost.read ==
        (4 * 8 * 4 + 16 * 8) * byte);
  // Known indices that repeat name two rows.
  CHECK(apply("Gather", {table, known(Ints{5, 5, -1, 999})}).cost.read == (2 * 8 * 4 + 4 * 8) * byte);
  CHECK(apply("Gather", {table, data({16}, DType::int64)}).operator_class == OperatorClass::embedding);
  CHECK(apply("Gather", {data({10, 8}), data({16}, DType::int64)}).operator_class ==
        OperatorClass::data_movement);
}

TEST_CASE("GatherElements and GatherND as the specification's examples") {
  CHECK(ints_of(apply("GatherElements", {tensor({2, 2}, Ints{1, 2, 3, 4}), tensor({2, 2}, Ints{0, 0, 1, 0})},
                      axis(1))) == Ints{1, 1, 4, 3});
  CHECK(ints_of(apply("GatherElements", {tensor({3, 3}, Ints{1, 2, 3, 4, 5, 6, 7, 8, 9}),
                                         tensor({2, 3}, Ints{1, 2, 0, 2, 0, 0})})) == Ints{4, 8, 3, 7, 2, 3});
  CHECK(ints_of(apply("GatherND", {counting({2, 2}), tensor({2, 2}, Ints{0, 0, 1, 1})})) == Ints{0, 3});
  CHECK(ints_of(apply("GatherND", {counting({2, 2}), tensor({2, 1}, Ints{1, 0})})) == Ints{2, 3, 0, 1});
  const Applied batched =
      apply("GatherND", {counting({2, 2, 2}), tensor({2, 1}, Ints{1, 0})}, {{"batch_dims", std::int64_t{1}}});
  CHECK(batched.shape() == Shape{2, 2});
  CHECK(ints_of(batched) == Ints{2, 3, 4, 5});
  CHECK(apply("GatherND", {data({2, 2}), data({2, 3}, DType::int64)}).error ==
        "indices of shape 2x3 do not point into data of shape 2x2 with 0 batch axes");
  CHECK(apply("GatherND", {data({2, 2}), data({3, 1}, DType::int64)}, {{"batch_dims", std::int64_t{1}}})
            .error != "");
  CHECK(apply("GatherND", {data({2, 2}), data({2, 1}, DType::int64)}, {{"batch_dims", least}}).error != "");
  CHECK(apply("GatherElements", {data({2, 2}), data({3, 2}, DType::int64)}, axis(1)).error != "");
}

TEST_CASE("Scatter replaces or combines") {
  CHECK(ints_of(apply(
            "ScatterElements",
            {tensor({1, 5}, Ints{1, 2, 3, 4, 5}), tensor({1, 2}, Ints{1, 3}), tensor({1, 2}, Ints{11, 21})},
            axis(1))) == Ints{1, 11, 3, 21, 5});
  CHECK(ints_of(apply("ScatterElements", {tensor({3}, Ints{1, 2, 3}), known(Ints{1, 1}), known(Ints{10, 20})},
                      {{"reduction", std::string("add")}})) == Ints{1, 32, 3});
  CHECK(ints_of(apply("ScatterND", {tensor({4}, Ints{1, 2, 3, 4}), tensor({2, 1}, Ints{-1, 0}),
                                    known(Ints{9, 8})})) == Ints{8, 2, 3, 9});
  CHECK(ints_of(apply("ScatterND", {counting({2, 2}), tensor({1, 1}, Ints{1}), tensor({1, 2}, Ints{7, 8})},
                      {{"reduction", std::string("max")}})) == Ints{0, 1, 7, 8});
  CHECK(ints_of(apply("ScatterND", {tensor({1}, Ints{most}), tensor({1, 1}, Ints{0}), known(Ints{1})},
                      {{"reduction", std::string("add")}})) == Ints{least});
  const Applied big = apply("ScatterND", {data({100, 8}), data({5, 1}, DType::int64), data({5, 8})});
  CHECK(big.cost.written == 3200 * byte);
  CHECK(big.cost.read == (3200 + 40 + 160) * byte);
  CHECK(apply("ScatterND", {data({4}), data({2, 1}, DType::int64), data({3})}).error ==
        "updates have shape 3, but indices of shape 2x1 into data of shape 4 take 2");
  CHECK(apply("ScatterElements", {data({4}), known(Ints{0}), data({2})}).error != "");
  CHECK(apply("ScatterElements", {data({4}), known(Ints{0}), data({1})}, {{"reduction", std::string("xor")}})
            .error != "");
}

TEST_CASE("Pad: every padding from -2 to 2 of up to 4 elements, in every mode") {
  for (std::int64_t n = 0; n <= 4; ++n) {
    for (std::int64_t begin = -2; begin <= 2; ++begin) {
      for (std::int64_t end = -2; end <= 2; ++end) {
        const auto padded = [&](const char* mode) {
          return apply("Pad", {counting({n}), known(Ints{begin, end}), known_scalar(-1)},
                       {{"mode", std::string(mode)}});
        };
        const Applied constant = padded("constant");
        if (n + begin + end < 0) {
          CHECK(constant.error != "");
          continue;
        }
        Ints expected, edge;
        Moves moves;
        for (std::int64_t i = -begin; i < n + end; ++i) {
          const bool inside = i >= 0 && i < n;
          if (inside) moves.insert({0, 0, static_cast<std::int64_t>(expected.size()), i});
          expected.push_back(inside ? i : -1);
          edge.push_back(std::clamp<std::int64_t>(i, 0, std::max<std::int64_t>(n - 1, 0)));
        }
        CHECK(ints_of(constant) == expected);
        CHECK(moves_of(constant.work) == moves);
        CHECK(footprints_are_exact(constant.work));
        if (n > 0) CHECK(ints_of(padded("edge")) == edge);
      }
    }
  }
  const auto three = [](const char* mode) {
    return ints_of(apply("Pad", {counting({3}), known(Ints{4, 3})}, {{"mode", std::string(mode)}}));
  };
  CHECK(three("reflect") == Ints{0, 1, 2, 1, 0, 1, 2, 1, 0, 1});
  CHECK(three("wrap") == Ints{2, 0, 1, 2, 0, 1, 2, 0, 1, 2});
}

TEST_CASE("Pad: axes since opset 18, attributes before 11") {
  CHECK(apply("Pad", {data({2, 3}), known(Ints{1, 2}), absent(), known(Ints{-1})}).shape() == Shape{2, 6});
  CHECK(apply("Pad", {data({2, 3})}, {{"pads", Ints{0, 1, 0, 2}}, {"value", 1.0}}, 1, 2).shape() ==
        Shape{2, 6});
  CHECK(apply("Pad", {data({2, 3})}, {{"paddings", Ints{0, 1, 0, 2}}}, 1, 1).shape() == Shape{2, 6});
  CHECK(apply("Pad", {data({2, 3}), known(Ints{1, 2})}).error ==
        "2 paddings for 2 axes, expected two an axis");
  CHECK(apply("Pad", {data({2}), known(Ints{least, most})}).error ==
        "a padding of -9223372036854775808 is too large");
  CHECK(apply("Pad", {data({2})}).error == "the padding is missing");
  CHECK(apply("Pad", {data({2}), data({2}, DType::int64)}).error == "the padded extent depends on the data");
}

TEST_CASE("CenterCropPad keeps the centre") {
  const Applied crop = apply("CenterCropPad", {data({5, 4}), known(Ints{2, 7})});
  CHECK(crop.shape() == Shape{2, 7});
  Moves expected;  // rows 1 and 2 of 5; columns 1 to 4 of 7
  for (std::int64_t row = 0; row < 2; ++row) {
    for (std::int64_t column = 0; column < 4; ++column)
      expected.insert({0, 0, row * 7 + column + 1, (row + 1) * 4 + column});
  }
  CHECK(moves_of(crop.work) == expected);
  CHECK(apply("CenterCropPad", {data({5, 4}), known(Ints{2})}, {{"axes", Ints{-1}}}).shape() == Shape{5, 2});
}

TEST_CASE("Tile and Expand: every repeat from 0 to 3") {
  for (const Shape& shape : all_shapes(2, 3)) {
    for (std::int64_t first = 0; first <= 3; ++first) {
      const Ints repeats = shape.rank() == 0 ? Ints{} : shape.rank() == 1 ? Ints{first} : Ints{first, 2};
      const Applied tile = apply("Tile", {counting(shape), known(repeats)});
      REQUIRE(tile.error == "");
      Shape expected = shape;
      for (std::size_t i = 0; i < repeats.size(); ++i) expected[static_cast<std::int64_t>(i)] *= repeats[i];
      CHECK(tile.shape() == expected);
      CHECK(nest_moves_as_folded(tile));
      CHECK(footprints_are_exact(tile.work));
    }
  }
  CHECK(ints_of(apply("Tile", {counting({2}), known(Ints{2})})) == Ints{0, 1, 0, 1});
  CHECK(apply("Tile", {data({2, 3}), known_scalar(4), known_scalar(1)}, {}, 1, 1).shape() == Shape{2, 12});
  CHECK(apply("Tile", {data({2}), known(Ints{most})}).error != "");
  CHECK(apply("Tile", {data({2}), known(Ints{-1})}).error ==
        "the list of repeats has the entry -1, expected extents of 0 or more");
  CHECK(ints_of(apply("Expand", {tensor({2, 1}, Ints{4, 5}), known(Ints{3, 1, 2})})) ==
        Ints{4, 4, 5, 5, 4, 4, 5, 5, 4, 4, 5, 5});
  CHECK(apply("Expand", {data({3}), known(Ints{2})}).error == "shape 3 does not expand to 2");
  CHECK(apply("Expand", {data({3, 1}), data({1}, DType::int64)}).error ==
        "the shape to expand to depends on the data");
}

TEST_CASE("Resize by scales rounds down in single precision, by sizes takes them") {
  const auto scales = [](std::vector<double> values) {
    return tensor(Shape{static_cast<std::int64_t>(values.size())}, values);
  };
  const auto resized = [&](Shape shape, std::vector<double> factors) {
    return apply("Resize", {data(std::move(shape)), absent(), scales(std::move(factors))}).shape();
  };
  CHECK(resized({1, 3, 5, 7}, {1, 1, 2, 2}) == Shape{1, 3, 10, 14});
  CHECK(resized({1, 3, 5, 7}, {1, 1, 0.5, 0.5}) == Shape{1, 3, 2, 3});
  // 0.29f is 0.28999999165; times 100 in single precision is 29, in double precision 28.999999.
  CHECK(resized({100}, {static_cast<double>(0.29F)}) == Shape{29});
  CHECK(resized({3}, {static_cast<double>(1.0F / 3.0F)}) == Shape{1});
  CHECK(apply("Resize", {data({2, 4}), scales({1, 2})}, {}, 1, 10).shape() == Shape{2, 8});
  CHECK(apply("Resize", {data({2, 4}), absent(), scales({}), known(Ints{3, 9})}).shape() == Shape{3, 9});
  CHECK(
      apply("Upsample", {data({1, 1, 2, 2})}, {{"scales", std::vector<double>{1, 1, 3, 2}}}, 1, 7).shape() ==
      Shape{1, 1, 6, 4});
  CHECK(
      apply("Upsample", {data({1, 1, 2, 2})}, {{"height_scale", 2.0}, {"width_scale", 3.0}}, 1, 1).shape() ==
      Shape{1, 1, 4, 6});
  CHECK(apply("Resize", {data({2})}).error == "neither scales nor sizes are given");
  CHECK(apply("Resize", {data({2}), absent(), scales({1, 1})}).error == "2 scales for 1 axes");
  CHECK(apply("Resize", {data({2}), absent(), scales({1e30})}).error != "");
  CHECK(apply("Resize", {data({2}), absent(), scales({-1})}).error != "");
  CHECK(apply("Resize", {data({2}), absent(), scales({std::numeric_limits<double>::quiet_NaN()})}).error !=
        "");
  CHECK(apply("Resize", {data({2}), absent(), data({1})}).error == "the resized extent depends on the data");
}

TEST_CASE("Resize: axes, and sizes that keep the aspect ratio") {
  const auto kept = [](const char* policy) {
    return apply("Resize", {data({1, 3, 100, 50}), absent(), absent(), known(Ints{60, 60})},
                 {{"axes", Ints{2, 3}}, {"keep_aspect_ratio_policy", std::string(policy)}})
        .shape();
  };
  CHECK(kept("stretch") == Shape{1, 3, 60, 60});
  CHECK(kept("not_larger") == Shape{1, 3, 60, 30});    // both by 0.6
  CHECK(kept("not_smaller") == Shape{1, 3, 120, 60});  // both by 1.2
}

TEST_CASE("Resize: taps by mode, over the axes that change") {
  const auto cost = [](const char* mode, Ints sizes) {
    return apply("Resize", {data({1, 2, 4, 4}), absent(), absent(), known(std::move(sizes))},
                 {{"mode", std::string(mode)}})
        .cost;
  };
  const std::int64_t outputs = 2 * 8 * 8;
  CHECK(cost("nearest", {1, 2, 8, 8}).flops == Flops());
  CHECK(cost("linear", {1, 2, 8, 8}).flops == 2 * 4 * outputs * flop);
  CHECK(cost("cubic", {1, 2, 8, 8}).flops == 2 * 16 * outputs * flop);
  CHECK(cost("linear", {1, 2, 4, 8}).flops == 2 * 2 * (2 * 4 * 8) * flop);
  CHECK(cost("linear", {1, 2, 8, 8}).read == 4 * 32 * byte);  // all of it
  CHECK(cost("nearest", {1, 2, 2, 2}).read == 4 * 8 * byte);  // one element each
}

TEST_CASE("NonZero and Compress of known data; otherwise their extents are asked for") {
  const Applied found = apply("NonZero", {tensor({2, 2}, Ints{1, 0, 1, 1})});
  CHECK(found.shape() == Shape{2, 3});
  CHECK(ints_of(found) == Ints{0, 1, 1, 0, 0, 1});
  CHECK(apply("NonZero", {known_scalar(5)}).shape() == Shape{1, 1});
  CHECK(apply("NonZero", {data({2, 2})}).error ==
        "the number of elements that are not zero depends on the data");
  CHECK(ints_of(apply("Compress", {counting({2, 3}), known(Ints{0, 1, 1}, DType::boolean)}, axis(1))) ==
        Ints{1, 2, 4, 5});
  CHECK(ints_of(apply("Compress", {counting({2, 3}), known(Ints{0, 1, 0, 0, 1}, DType::boolean)})) ==
        Ints{1, 4});
  CHECK(apply("Compress", {data({2}), known(Ints{0, 0, 1}, DType::boolean)}).error ==
        "the condition marks element 2 of an axis of extent 2");
}

TEST_CASE("TopK: k as attribute or input, two outputs") {
  const Applied top = apply("TopK", {data({2, 10}), known(Ints{3})}, {}, 2);
  CHECK(top.shape(0) == Shape{2, 3});
  CHECK(top.shape(1) == Shape{2, 3});
  CHECK(top.dtype(1) == DType::int64);
  CHECK(apply("TopK", {data({2, 10})}, {{"k", std::int64_t{4}}, {"axis", std::int64_t{0}}}, 2, 9).error !=
        "");
  CHECK(apply("TopK", {data({2, 10}), known(Ints{11})}).error ==
        "the 11 largest of 10 elements are asked for");
  CHECK(apply("TopK", {data({2, 10}), known(Ints{least})}).error != "");
}

TEST_CASE("NonMaxSuppression: how many boxes stay is data, unless none may") {
  const Given boxes = data({1, 100, 4}), scores = data({1, 80, 100});
  CHECK(apply("NonMaxSuppression", {boxes, scores, known_scalar(10)}).error ==
        "the number of boxes selected depends on the data");
  CHECK(apply("NonMaxSuppression", {boxes, scores}).shape() == Shape{0, 3});
  CHECK(apply("NonMaxSuppression", {boxes, data({1, 80, 99})}).error ==
        "boxes of shape 1x100x4 and scores of shape 1x80x99 do not belong together");
}

TEST_CASE("GridSample, AffineGrid and RoiAlign") {
  const Applied grid = apply("GridSample", {data({2, 3, 8, 8}), data({2, 5, 6, 2})});
  CHECK(grid.shape() == Shape{2, 3, 5, 6});
  CHECK(grid.cost.flops == (2 * 4 * (2 * 3 * 5 * 6) + 4 * (2 * 5 * 6 * 2)) * flop);  // 4 taps; 4 a coordinate
  CHECK(apply("GridSample", {data({2, 3, 8, 8}), data({2, 5, 6, 3})}).error != "");
  CHECK(apply("GridSample", {data({2, 3, 4, 8, 8}), data({2, 4, 5, 6, 3})}).shape() == Shape{2, 3, 4, 5, 6});
  CHECK(apply("AffineGrid", {data({2, 2, 3}), known(Ints{2, 3, 5, 6})}).shape() == Shape{2, 5, 6, 2});
  const Applied roi = apply("RoiAlign", {data({1, 256, 50, 50}), data({10, 4}), data({10}, DType::int64)},
                            {{"output_height", std::int64_t{7}},
                             {"output_width", std::int64_t{7}},
                             {"sampling_ratio", std::int64_t{2}}});
  CHECK(roi.shape() == Shape{10, 256, 7, 7});
  CHECK(roi.cost.flops == 2 * 16 * (10 * 256 * 7 * 7) * flop);  // 2x2 samples of 4 taps
  CHECK(apply("com.microsoft.CropAndResize",
              {data({1, 3, 50, 50}), data({10, 4}), data({10}, DType::int32), known(Ints{7, 9})})
            .shape() == Shape{10, 3, 7, 9});
}

TEST_CASE("EyeLike, OneHot and random tensors") {
  CHECK(ints_of(apply("EyeLike", {data({2, 3}, DType::int64)}, {{"k", std::int64_t{1}}})) ==
        Ints{0, 1, 0, 0, 0, 1});
  CHECK(apply("OneHot", {data({2, 3}, DType::int64), known_scalar(5), data({2})}).shape() == Shape{2, 3, 5});
  CHECK(apply("OneHot", {data({2, 3}, DType::int64), known(Ints{5}), data({2})}, axis(0)).shape() ==
        Shape{5, 2, 3});
  CHECK(apply("OneHot", {data({2, 3}, DType::int64), known_scalar(least), data({2})}).error != "");
  CHECK(apply("RandomNormal", {}, {{"shape", Ints{2, 3}}}).shape() == Shape{2, 3});
  CHECK(apply("RandomUniformLike", {data({2, 3})}, {{"dtype", std::int64_t{10}}}).dtype() == DType::float16);
  CHECK(apply("Multinomial", {data({2, 10})}, {{"sample_size", std::int64_t{4}}}).shape() == Shape{2, 4});
}

TEST_CASE("Trilu keeps one side of a diagonal") {
  CHECK(ints_of(apply("Trilu", {tensor({2, 3}, Ints{1, 2, 3, 4, 5, 6})})) == Ints{1, 2, 3, 0, 5, 6});
  CHECK(ints_of(apply("Trilu", {tensor({2, 3}, Ints{1, 2, 3, 4, 5, 6}), known_scalar(1)},
                      {{"upper", std::int64_t{0}}})) == Ints{1, 2, 0, 4, 5, 6});
  CHECK(apply("Det", {data({5, 4, 4})}).shape() == Shape{5});
  CHECK(apply("Det", {data({5, 4})}).error == "shape 5x4 is not made of square matrices");
  CHECK(apply("Col2Im", {data({1, 5, 5}), known(Ints{5, 5}), known(Ints{1, 5})}).shape() ==
        Shape{1, 1, 5, 5});
}

TEST_CASE("DFT, STFT and windows") {
  const Applied dft = apply("DFT", {data({2, 8, 1})}, {{"onesided", std::int64_t{1}}});
  CHECK(dft.shape() == Shape{2, 5, 2});
  CHECK(dft.cost.flops == 2 * 5 * 8 * 3 * flop);  // two transforms of 5 n log2 n
  CHECK(apply("DFT", {data({2, 8, 2}), known_scalar(16)}).shape() == Shape{2, 16, 2});
  const Applied stft = apply("STFT", {data({1, 128, 1}), known_scalar(8), data({16})});
  CHECK(stft.shape() == Shape{1, (128 - 16) / 8 + 1, 16 / 2 + 1, 2});
  CHECK(apply("HannWindow", {known_scalar(10)}).shape() == Shape{10});
  CHECK(apply("STFT", {data({1, 128, 1}), known_scalar(0), data({16})}).error != "");
}

TEST_CASE("losses reduce to a scalar or keep one value a label") {
  const NamedAttributes none = {{"reduction", std::string("none")}};
  CHECK(apply("NegativeLogLikelihoodLoss", {data({4, 10, 6}), data({4, 6}, DType::int64)}).shape() ==
        Shape{});
  CHECK(apply("SoftmaxCrossEntropyLoss", {data({4, 10, 6}), data({4, 6}, DType::int64)}, none, 2).shape() ==
        Shape{4, 6});
  CHECK(apply("NegativeLogLikelihoodLoss", {data({4, 10}), data({5}, DType::int64)}).error ==
        "labels of shape 5 do not fit scores of shape 4x10");
}
