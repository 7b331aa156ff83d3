#include <doctest/doctest.h>

#include <limits>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

Applied slice(Given x, Ints starts, Ints ends, Ints axes, Ints steps) {
  return apply("Slice", {std::move(x), known(starts), known(ends), known(axes), known(steps)});
}

// Python's range(n)[start:end:step], walked step by step; but a backward slice that starts before the first element
// begins there all the same: the specification clamps such a start to 0.
Ints slow_slice(std::int64_t n, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (start < 0) start += n;
  if (end < 0) end += n;
  Ints taken;
  if (step > 0) {
    start = std::max<std::int64_t>(start, 0);
    for (std::int64_t i = start; i < end && i < n; i += step) taken.push_back(i);
  } else {
    start = std::min(std::max<std::int64_t>(start, 0), n - 1);
    for (std::int64_t i = start; i > end && i >= 0; i += step) taken.push_back(i);
  }
  return taken;
}

}  // namespace

TEST_CASE("Slice: every start, end and step from -7 to 7 over 0 to 5 elements") {
  for (std::int64_t n = 0; n <= 5; ++n) {
    for (std::int64_t start = -7; start <= 7; ++start) {
      for (std::int64_t end = -7; end <= 7; ++end) {
        for (const std::int64_t step : {-7, -3, -2, -1, 1, 2, 3, 7}) {
          const Applied applied = slice(counting({n}), {start}, {end}, {0}, {step});
          const Ints expected = slow_slice(n, start, end, step);
          CAPTURE(n);
          CAPTURE(start);
          CAPTURE(end);
          CAPTURE(step);
          REQUIRE(applied.error == "");
          REQUIRE(applied.shape() == Shape{static_cast<std::int64_t>(expected.size())});
          REQUIRE(ints_of(applied) == expected);
          REQUIRE(nest_moves_as_folded(applied));
          REQUIRE(footprints_are_exact(applied.work));
        }
      }
    }
  }
}

TEST_CASE("Slice: several axes, named in any order and from the end") {
  const Applied applied = slice(counting({3, 4, 5}), {3, 0}, {0, 2}, {-1, 0}, {-2, 1});
  CHECK(applied.shape() == Shape{2, 4, 2});  // rows 0, 1; columns 3, 1
  CHECK(nest_moves_as_folded(applied));
  CHECK(ints_of(applied)[1] == 1);
  CHECK(applied.cost.read == 8 * 16 * byte);
}

TEST_CASE("Slice: bounds as exporters write 'to the end', and the most hostile ones") {
  CHECK(ints_of(slice(counting({4}), {1}, {most}, {0}, {1})) == Ints{1, 2, 3});
  CHECK(ints_of(slice(counting({4}), {-1}, {least}, {0}, {-1})) == Ints{3, 2, 1, 0});
  CHECK(ints_of(slice(counting({4}), {most}, {least}, {0}, {least})) == Ints{3});
  CHECK(ints_of(slice(counting({4}), {least}, {most}, {0}, {most})) == Ints{0});
  CHECK(slice(counting({4}), {0}, {4}, {0}, {0}).error == "a slice has a step of 0");
  CHECK(slice(counting({4}), {0}, {4}, {least}, {1}).error ==
        "axis -9223372036854775808 is outside a tensor of 1 dimensions");
  CHECK(slice(counting({4}), {0, 0}, {4, 4}, {0, 0}, {1, 1}).error == "axis 0 is named twice");
  CHECK(slice(counting({4}), {0, 0}, {4}, {0}, {1}).error == "2 starts, 1 ends and 1 steps for 1 axes");
}

TEST_CASE("Slice: attributes before opset 10") {
  const Applied applied =
      apply("Slice", {counting({4, 4})}, {{"starts", Ints{1, 0}}, {"ends", Ints{3, 1000}}}, 1, 9);
  CHECK(applied.shape() == Shape{2, 4});
  CHECK(ints_of(applied) == Ints{4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("Slice: bounds computed from data are asked for, axis by axis") {
  const Applied applied =
      apply("Slice", {data({4, 4}), data({1}, DType::int64), known(Ints{3}), known(Ints{1})});
  CHECK(applied.error == "the length of the slice depends on the data");
}

TEST_CASE("Concat lays parts side by side, Split takes them apart again") {
  const Applied concat = apply("Concat", {tensor({2, 1}, Ints{1, 2}), tensor({2, 2}, Ints{3, 4, 5, 6})},
                               {{"axis", std::int64_t{-1}}});
  CHECK(concat.shape() == Shape{2, 3});
  CHECK(ints_of(concat) == Ints{1, 3, 4, 2, 5, 6});
  CHECK(concat.cost.read == 8 * 6 * byte);
  CHECK(concat.cost.written == 8 * 6 * byte);
  CHECK(footprints_are_exact(concat.work));

  const Applied split =
      apply("Split", {counting({2, 6})}, {{"axis", std::int64_t{1}}, {"split", Ints{1, 0, 5}}}, 3, 12);
  CHECK(split.shape(0) == Shape{2, 1});
  CHECK(split.shape(1) == Shape{2, 0});
  CHECK(split.shape(2) == Shape{2, 5});
  CHECK(nest_moves_as_folded(split));
  CHECK(split.cost.read == 8 * 12 * byte);
  CHECK(split.cost.written == 8 * 12 * byte);
}

TEST_CASE("Concat: complaints name the part that does not fit") {
  const NamedAttributes rows = {{"axis", std::int64_t{0}}};
  CHECK(apply("Concat", {data({2, 3}), data({2, 4})}, rows).error ==
        "input 1 of shape 2x4 does not fit beside shape 2x3 along axis 0");
  CHECK(apply("Concat", {data({2, 3}), data({2})}, rows).error != "");
  CHECK(apply("Concat", {data({2, 3})}).error == "attribute 'axis' is missing");
  CHECK(apply("Concat", {data({2, 3}), data({2, 3})}, {}, 1, 3).shape() == Shape{2, 6});
  CHECK(apply("Concat", {data({}), data({})}, rows).error != "");
}

TEST_CASE("Concat: every pair of shapes up to 2 axes along every axis") {
  for (const Shape& a : all_shapes(2, 2)) {
    for (const Shape& b : all_shapes(2, 2)) {
      for (std::int64_t axis = 0; axis < a.rank(); ++axis) {
        bool fits = a.rank() == b.rank();
        for (std::int64_t i = 0; fits && i < a.rank(); ++i) fits = i == axis || a[i] == b[i];
        const Applied applied = apply("Concat", {counting(a), counting(b)}, {{"axis", axis}});
        REQUIRE((applied.error == "") == fits);
        if (!fits) continue;
        Moves expected;
        const Ints elements = ints_of(applied);
        CHECK(applied.shape()[axis] == a[axis] + b[axis]);
        CHECK(applied.cost.bytes() == 2 * 8 * applied.shape().elements() * byte);
        // Whatever the nest moves to a place holds the number that was found there.
        for (const Move& move : moves_of(applied.work)) {
          CHECK(elements[static_cast<std::size_t>(move.to)] == move.from);
        }
        CHECK(moves_of(applied.work).size() == elements.size());
      }
    }
  }
}

TEST_CASE("Split: equal parts, since opset 18 with a smaller last one") {
  const auto parts = [](std::int64_t extent, std::int64_t count, int opset) {
    const NamedAttributes attributes =
        opset >= 18 ? NamedAttributes{{"num_outputs", count}} : NamedAttributes{};
    const Applied applied = apply("Split", {data({extent})}, attributes, static_cast<int>(count), opset);
    Ints lengths;
    for (const TensorType& output : applied.outputs)
      lengths.push_back(applied.error.empty() ? output.shape[0] : -1);
    return lengths;
  };
  CHECK(parts(6, 3, 13) == Ints{2, 2, 2});
  CHECK(parts(7, 3, 13) == Ints{-1, -1, -1});
  CHECK(parts(7, 3, 18) == Ints{3, 3, 1});
  CHECK(parts(7, 4, 18) == Ints{2, 2, 2, 1});
  CHECK(apply("Split", {data({6}), known(Ints{2, 3})}, {}, 2, 13).error ==
        "the lengths 2, 3 do not make up axis 0 of shape 6");
  CHECK(apply("Split", {data({6}), known(Ints{-2, 8})}, {}, 2, 13).error != "");
  CHECK(apply("Split", {data({6}), known(Ints{6})}, {}, 2, 13).error == "1 parts for 2 outputs");
  CHECK(apply("Split", {data({6})}, {{"num_outputs", least}}, 2, 18).error != "");
  CHECK(apply("Split", {data({6})}, {{"num_outputs", most}}, 2, 18).shape() == Shape{1});
}
