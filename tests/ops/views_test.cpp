#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

Applied reshape(Shape from, Ints to, std::int64_t allow_zero = 0) {
  return apply("Reshape", {data(std::move(from)), known(std::move(to))}, {{"allowzero", allow_zero}});
}

}  // namespace

TEST_CASE("Reshape: 0 copies, -1 takes what is left, allowzero means it") {
  CHECK(reshape({2, 3, 4}, {4, 6}).shape() == Shape{4, 6});
  CHECK(reshape({2, 3, 4}, {0, -1}).shape() == Shape{2, 12});
  CHECK(reshape({2, 3, 4}, {0, 0, 2, -1}).shape() == Shape{2, 3, 2, 2});
  CHECK(reshape({2, 3, 4}, {-1}).shape() == Shape{24});
  CHECK(reshape({1, 1}, {}).shape() == Shape{});
  CHECK(reshape({}, {1, -1}).shape() == Shape{1, 1});
  CHECK(reshape({0, 3}, {3, 0}, 1).shape() == Shape{3, 0});
  CHECK(reshape({0, 3}, {5, -1}).shape() == Shape{5, 0});
  CHECK(reshape({2, 3}, {6}).work.is_view);
  CHECK(reshape({2, 3}, {6}).cost.bytes() == Bytes());
}

TEST_CASE("Reshape: complaints") {
  CHECK(reshape({2, 3}, {4}).error == "shape 2x3 (6 elements) cannot become 4 (4 elements)");
  CHECK(reshape({2, 3}, {-1, -1}).error == "the shape to reshape to has more than one -1");
  CHECK(reshape({2, 3}, {4, -1}).error ==
        "the 6 elements of shape 2x3 do not divide among the other extents' 4");
  CHECK(reshape({2, 3}, {2, 3, 0}).error ==
        "the shape to reshape to copies axis 2, which an input of shape 2x3 does not have");
  CHECK(reshape({2, 3}, {-2, 3}).error == "the shape to reshape to has the extent -2");
  CHECK(reshape({0, 3}, {0, -1}).error != "");  // anything times nothing
  CHECK(reshape({2, 3}, {least}).error != "");
  CHECK(reshape({2, 3}, {std::int64_t{1} << 32, std::int64_t{1} << 32, -1}).error != "");
  CHECK(apply("Reshape", {data({2})}).error == "the shape to reshape to is missing");
  CHECK(apply("Reshape", {data({2, 3})}, {{"shape", Ints{3, 2}}}, 1, 1).shape() == Shape{3, 2});
}

TEST_CASE("Reshape by a computed shape: a vector has one length, anything else is asked for") {
  CHECK(apply("Reshape", {data({2, 3}), data({1}, DType::int64)}).shape() == Shape{6});
  CHECK(apply("Reshape", {data({2, 3}), data({2}, DType::int64)}).error ==
        "the shape to reshape to depends on the data");
  CHECK(apply("Reshape", {data({2, 3}), data({std::int64_t{1} << 40}, DType::int64)}).error.substr(0, 22) ==
        "the shape to reshape t");
}

TEST_CASE("Flatten makes a matrix") {
  const auto flat = [](std::int64_t axis) { return apply("Flatten", {data({2, 3, 4})}, {{"axis", axis}}); };
  CHECK(flat(0).shape() == Shape{1, 24});
  CHECK(flat(1).shape() == Shape{2, 12});
  CHECK(flat(3).shape() == Shape{24, 1});
  CHECK(flat(-1).shape() == Shape{6, 4});
  CHECK(flat(4).error != "");
  CHECK(flat(least).error != "");
  CHECK(apply("Flatten", {data({})}, {{"axis", std::int64_t{0}}}).shape() == Shape{1, 1});
}

TEST_CASE("Squeeze and Unsqueeze, axes as input or attribute") {
  CHECK(apply("Squeeze", {data({1, 3, 1}), known(Ints{-1})}).shape() == Shape{1, 3});
  CHECK(apply("Squeeze", {data({1, 3, 1})}, {{"axes", Ints{0}}}, 1, 11).shape() == Shape{3, 1});
  CHECK(apply("Squeeze", {data({1, 3, 1})}).shape() == Shape{3});
  CHECK(apply("Squeeze", {data({1, 3}), known(Ints{1})}).error ==
        "axis 1 of shape 1x3 is to be squeezed, but its extent is not 1");
  CHECK(apply("Unsqueeze", {data({3}), known(Ints{0, -1})}).shape() == Shape{1, 3, 1});
  CHECK(apply("Unsqueeze", {data({3, 4})}, {{"axes", Ints{2, 0}}}, 1, 11).shape() == Shape{1, 3, 1, 4});
  CHECK(apply("Unsqueeze", {data({3}), known(Ints{0, 0})}).error == "axis 0 is named twice");
  CHECK(apply("Unsqueeze", {data({3}), known(Ints{least})}).error != "");
  CHECK(ints_of(apply("Unsqueeze", {known_scalar(7), known(Ints{0})})) == Ints{7});
  CHECK(apply("com.microsoft.ExpandDims", {data({3, 4}), known_scalar(-1)}).shape() == Shape{3, 4, 1});
}

TEST_CASE("Dropout passes its input through, with a mask of booleans (of the data's type before opset 10)") {
  const Applied dropout = apply("Dropout", {data({2, 3})}, {}, 2);
  CHECK(dropout.work.is_view);
  CHECK(dropout.dtype(1) == DType::boolean);
  CHECK(apply("Dropout", {data({2, 3})}, {}, 2, 9).dtype(1) == DType::float32);
  CHECK(apply("Dropout", {data({2, 3}), data({}), known_scalar(1, DType::boolean)}).cost.flops == 12 * flop);
}

TEST_CASE("Transpose: every order of up to 4 axes") {
  for (const Shape& shape :
       {Shape{}, Shape{3}, Shape{2, 3}, Shape{2, 1, 3}, Shape{2, 3, 1, 2}, Shape{2, 0}}) {
    Ints order;
    for (std::int64_t axis = 0; axis < shape.rank(); ++axis) order.push_back(axis);
    do {
      const Applied applied = apply("Transpose", {counting(shape)}, {{"perm", order}});
      if (order.empty()) break;
      REQUIRE(applied.error == "");
      Ints strides(order.size(), 1);
      for (std::size_t i = order.size() - 1; i-- > 0;) strides[i] = strides[i + 1] * shape.extents()[i + 1];
      // Walk the output in order and say where each element lies in the input.
      Ints expected = {0};
      for (const std::int64_t axis : order) {
        Ints longer;
        for (const std::int64_t base : expected) {
          for (std::int64_t i = 0; i < shape[axis]; ++i)
            longer.push_back(base + i * strides[static_cast<std::size_t>(axis)]);
        }
        expected = longer;
      }
      CHECK(ints_of(applied) == expected);
      CHECK(nest_moves_as_folded(applied));
      // A view where nothing moves in memory.
      if (!expected.empty()) CHECK(applied.work.is_view == std::ranges::is_sorted(expected));
    } while (std::ranges::next_permutation(order).found);
  }
  CHECK(apply("Transpose", {data({2, 3, 4})}).shape() == Shape{4, 3, 2});
  CHECK(apply("Transpose", {data({2, 3})}, {{"perm", Ints{0}}}).error ==
        "attribute 'perm' has 1 entries, but the input has shape 2x3");
  CHECK(apply("Transpose", {data({2, 3})}, {{"perm", Ints{1, 1}}}).error == "axis 1 is named twice");
  CHECK(apply("Transpose", {data({2, 3})}, {{"perm", Ints{0, 2}}}).error != "");
}

TEST_CASE("DepthToSpace and SpaceToDepth: blocks of channels become blocks of pixels and back") {
  const NamedAttributes two = {{"blocksize", std::int64_t{2}}};
  const Applied space = apply("DepthToSpace", {data({1, 8, 2, 3})}, two);
  CHECK(space.shape() == Shape{1, 2, 4, 6});
  // The specification's own words: reshape to (n, b, b, c/b/b, h, w), transpose to (n, c, h, b, w, b), reshape.
  const Applied split = apply("Reshape", {counting({1, 8, 2, 3}), known(Ints{1, 2, 2, 2, 2, 3})});
  const Applied turned =
      apply("Transpose", {tensor({1, 2, 2, 2, 2, 3}, ints_of(split))}, {{"perm", Ints{0, 3, 4, 1, 5, 2}}});
  Moves expected;
  const Ints from = ints_of(turned);
  for (std::size_t i = 0; i < from.size(); ++i)
    expected.insert({0, 0, static_cast<std::int64_t>(i), from[i]});
  CHECK(moves_of(space.work) == expected);

  // CRD: reshape to (n, c/b/b, b, b, h, w), transpose to (n, c, h, b, w, b).
  const Applied crd = apply("DepthToSpace", {data({1, 8, 2, 3})},
                            {{"blocksize", std::int64_t{2}}, {"mode", std::string("CRD")}});
  const Ints from_crd = ints_of(
      apply("Transpose", {tensor({1, 2, 2, 2, 2, 3}, ints_of(split))}, {{"perm", Ints{0, 1, 4, 2, 5, 3}}}));
  expected.clear();
  for (std::size_t i = 0; i < from_crd.size(); ++i)
    expected.insert({0, 0, static_cast<std::int64_t>(i), from_crd[i]});
  CHECK(moves_of(crd.work) == expected);

  // The way back is the same moves the other way round.
  const Applied depth = apply("SpaceToDepth", {data({1, 2, 4, 6})}, two);
  CHECK(depth.shape() == Shape{1, 8, 2, 3});
  Moves reversed;
  for (const Move& move : moves_of(space.work)) reversed.insert({0, 0, move.from, move.to});
  CHECK(moves_of(depth.work) == reversed);

  CHECK(apply("DepthToSpace", {data({1, 6, 2, 2})}, two).error ==
        "6 channels do not divide into blocks of 2x2");
  CHECK(apply("SpaceToDepth", {data({1, 2, 3, 4})}, two).error ==
        "an image of 3x4 does not divide into blocks of 2x2");
  CHECK(apply("DepthToSpace", {data({1, 8, 2, 3})}, {{"blocksize", least}}).error != "");
  CHECK(apply("DepthToSpace", {data({1, 8})}, two).error != "");
}
