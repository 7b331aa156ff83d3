#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// Broadcasting by its definition: line the shapes up at their ends; extents are equal, or one of them is 1.
struct SlowBroadcast {
  bool fits = true;
  Shape shape;
};
SlowBroadcast slow_broadcast(const Shape& a, const Shape& b) {
  SlowBroadcast result;
  Ints backwards;
  for (std::int64_t i = 1; i <= std::max(a.rank(), b.rank()); ++i) {
    const std::int64_t x = i <= a.rank() ? a[a.rank() - i] : 1;
    const std::int64_t y = i <= b.rank() ? b[b.rank() - i] : 1;
    result.fits = result.fits && (x == y || x == 1 || y == 1);
    backwards.push_back(x == 1 ? y : x);
  }
  result.shape = Shape(Ints(backwards.rbegin(), backwards.rend()));
  return result;
}

Ints fold(std::string_view name, Ints a, Ints b, DType dtype = DType::int64,
          NamedAttributes attributes = {}) {
  const Shape shape_a = {static_cast<std::int64_t>(a.size())};
  const Shape shape_b = {static_cast<std::int64_t>(b.size())};
  return ints_of(apply(name, {tensor(shape_a, a, dtype), tensor(shape_b, b, dtype)}, attributes));
}

std::vector<double> fold_reals(std::string_view name, std::vector<double> x, DType dtype = DType::float32) {
  return reals_of(apply(name, {tensor(Shape{static_cast<std::int64_t>(x.size())}, x, dtype)}));
}

}  // namespace

TEST_CASE("broadcasting: every pair of shapes up to 3 axes of 0 to 3 elements") {
  const std::vector<Shape> shapes = all_shapes(3, 3);
  for (const Shape& a : shapes) {
    for (const Shape& b : shapes) {
      const SlowBroadcast expected = slow_broadcast(a, b);
      const Applied add = apply("Add", {data(a), data(b)});
      CAPTURE(format(a));
      CAPTURE(format(b));
      REQUIRE((add.error == "") == expected.fits);
      if (!expected.fits) continue;
      REQUIRE(add.shape() == expected.shape);
      // One addition an output element; each operand's elements once, unless the result is empty.
      const std::int64_t elements = expected.shape.elements();
      CHECK(add.cost.flops == elements * flop);
      CHECK(add.cost.read == (elements == 0 ? 0 : 4 * (a.elements() + b.elements())) * byte);
      CHECK(add.cost.written == 4 * elements * byte);
      CHECK(footprints_are_exact(add.work));
    }
  }
}

TEST_CASE("broadcasting: a folded sum is the sum of the elements that meet") {
  for (const Shape& a : all_shapes(3, 2)) {
    for (const Shape& b : all_shapes(3, 2)) {
      const SlowBroadcast expected = slow_broadcast(a, b);
      if (!expected.fits) continue;
      const Applied add = apply("Add", {counting(a), counting(b)});
      REQUIRE(add.values[0] != nullptr);
      std::vector<std::int64_t> sums(static_cast<std::size_t>(expected.shape.elements()), 0);
      // The nest says which elements meet: a + b, as counting() numbers them.
      for (const Move& move : moves_of(add.work)) sums[static_cast<std::size_t>(move.to)] += move.from;
      CHECK(add.values[0]->ints == sums);
    }
  }
}

TEST_CASE("a complaint names the two shapes") {
  CHECK(apply("Mul", {data({2, 3}), data({4})}).error == "shapes 2x3 and 4 do not broadcast");
  CHECK(apply("Max", {data({2, 3}), data({3}), data({4})}).error ==
        "input 2 of shape 4 does not broadcast with shape 2x3");
}

TEST_CASE("before opset 7 the second operand lies at `axis` of the first") {
  const NamedAttributes legacy = {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{1}}};
  const Applied bias = apply("Add", {data({2, 3, 4, 5}), data({3})}, legacy, 1, 6);
  CHECK(bias.error == "");
  CHECK(bias.shape() == Shape{2, 3, 4, 5});
  CHECK(bias.cost.read == 4 * (2 * 3 * 4 * 5 + 3) * byte);
  CHECK(apply("Add", {data({2, 3, 4, 5}), data({4, 5, 6})}, legacy, 1, 6).error != "");
  CHECK(apply("Add", {data({2, 3}), data({3, 4})}, legacy, 1, 6).error ==
        "shape 3x4 does not fit into shape 2x3 at axis 1");
}

TEST_CASE("comparisons and logic give booleans") {
  for (const char* name : {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor"}) {
    CAPTURE(name);
    CHECK(apply(name, {data({2}), data({2})}).dtype() == DType::boolean);
  }
  CHECK(fold("Less", {1, 2, 3}, {2, 2, 2}) == Ints{1, 0, 0});
  CHECK(fold("LessOrEqual", {1, 2, 3}, {2, 2, 2}) == Ints{1, 1, 0});
  CHECK(fold("Greater", {1, 2, 3}, {2, 2, 2}) == Ints{0, 0, 1});
  CHECK(fold("GreaterOrEqual", {1, 2, 3}, {2, 2, 2}) == Ints{0, 1, 1});
  CHECK(fold("Equal", {1, 2, 3}, {2, 2, 2}) == Ints{0, 1, 0});
  CHECK(fold("And", {0, 0, 1, 1}, {0, 1, 0, 1}, DType::boolean) == Ints{0, 0, 0, 1});
  CHECK(fold("Or", {0, 0, 1, 1}, {0, 1, 0, 1}, DType::boolean) == Ints{0, 1, 1, 1});
  CHECK(fold("Xor", {0, 0, 1, 1}, {0, 1, 0, 1}, DType::boolean) == Ints{0, 1, 1, 0});
}

TEST_CASE("integers: division truncates, overflow wraps, a divisor of zero is a complaint") {
  CHECK(fold("Div", {7, -7, 7, -7}, {2, 2, -2, -2}) == Ints{3, -3, -3, 3});
  CHECK(fold("Div", {least}, {-1}) == Ints{least});
  CHECK(fold("Add", {most}, {1}) == Ints{least});
  CHECK(fold("Sub", {least}, {1}) == Ints{most});
  CHECK(fold("Mul", {most}, {2}) == Ints{-2});
  CHECK(fold("Add", {127}, {1}, DType::int8) == Ints{-128});
  CHECK(fold("Sub", {0}, {1}, DType::uint8) == Ints{255});
  CHECK(apply("Div", {known(Ints{1}), known(Ints{0})}).error == "division by zero");
  CHECK(apply("Mod", {known(Ints{1}), known(Ints{0})}).error == "division by zero");
}

TEST_CASE("Mod takes the divisor's sign, with fmod the dividend's") {
  CHECK(fold("Mod", {7, -7, 7, -7, 6}, {3, 3, -3, -3, 3}) == Ints{1, 2, -2, -1, 0});
  CHECK(fold("Mod", {7, -7, 7, -7}, {3, 3, -3, -3}, DType::int64, {{"fmod", std::int64_t{1}}}) ==
        Ints{1, -1, 1, -1});
  CHECK(fold("Mod", {least}, {-1}) == Ints{0});
}

TEST_CASE("Pow of integers multiplies, BitShift shifts, bits combine") {
  CHECK(fold("Pow", {2, 3, -2, 5, 2, -1}, {10, 4, 3, 0, -1, -3}) == Ints{1024, 81, -8, 1, 0, -1});
  CHECK(fold("BitShift", {1, 1, 1}, {3, 64, 63}, DType::uint64, {{"direction", std::string("LEFT")}}) ==
        Ints{8, 0, least});
  CHECK(fold("BitShift", {16, 16}, {3, 70}, DType::uint64, {{"direction", std::string("RIGHT")}}) ==
        Ints{2, 0});
  CHECK(fold("BitwiseAnd", {12}, {10}) == Ints{8});
  CHECK(fold("BitwiseOr", {12}, {10}) == Ints{14});
  CHECK(fold("BitwiseXor", {12}, {10}) == Ints{6});
}

TEST_CASE("Pow by a small known exponent is multiplied out") {
  const auto square = tensor(Shape{}, std::vector<double>{2.0});
  const auto cube = tensor(Shape{}, std::vector<double>{3.0});
  const auto root = tensor(Shape{}, std::vector<double>{0.25});
  CHECK(apply("Pow", {data({10}), square}).cost.flops == 10 * flop);
  CHECK(apply("Pow", {data({10}), cube}).cost.flops == 20 * flop);
  CHECK(apply("Pow", {data({10}), cube}).cost.transcendentals == 0);
  CHECK(apply("Pow", {data({10}), root}).cost.transcendentals == 10);
  CHECK(apply("Pow", {data({10}), data({})}).cost.transcendentals == 10);
}

TEST_CASE("single precision rounds as single precision does") {
  const Applied sum = apply(
      "Add", {tensor(Shape{}, std::vector<double>{16777216.0}), tensor(Shape{}, std::vector<double>{1.0})});
  CHECK(reals_of(sum) == std::vector<double>{16777216.0});  // 2^24 + 1 is no float32
  CHECK(fold_reals("Sqrt", {2.0}) == std::vector<double>{static_cast<double>(std::sqrt(2.0F))});
  CHECK(fold_reals("Sqrt", {2.0}, DType::float64) == std::vector<double>{std::sqrt(2.0)});
  CHECK(fold_reals("Reciprocal", {3.0}, DType::float16) ==
        std::vector<double>{1365.0 / 4096});  // 11 bits of 1/3
}

TEST_CASE("rounding: Floor and Ceil go down and up, Round takes halves to even") {
  CHECK(fold_reals("Floor", {1.5, -1.5}) == std::vector<double>{1, -2});
  CHECK(fold_reals("Ceil", {1.5, -1.5}) == std::vector<double>{2, -1});
  CHECK(fold_reals("Round", {0.5, 1.5, 2.5, -0.5}) == std::vector<double>{0, 2, 2, -0.0});
  CHECK(ints_of(apply("Neg", {known(Ints{least, 3})})) == Ints{least, -3});
  CHECK(ints_of(apply("Abs", {known(Ints{-4, 3})})) == Ints{4, 3});
  CHECK(ints_of(apply("Sign", {known(Ints{-4, 0, 3})})) == Ints{-1, 0, 1});
  CHECK(ints_of(apply("Not", {known(Ints{0, 1}, DType::boolean)})) == Ints{1, 0});
}

TEST_CASE("functions: one operation or one transcendental an element") {
  CHECK(apply("Exp", {data({2, 3})}).cost.transcendentals == 6);
  CHECK(apply("Exp", {data({2, 3})}).cost.flops == Flops());
  CHECK(apply("Neg", {data({2, 3})}).cost.flops == 6 * flop);
  CHECK(apply("IsNaN", {data({2, 3})}).dtype() == DType::boolean);
}

TEST_CASE("Sum, Mean, Min and Max take any number of operands") {
  const Applied sum = apply("Sum", {data({2, 3}), data({3}), data({2, 1})});
  CHECK(sum.shape() == Shape{2, 3});
  CHECK(sum.cost.flops == 2 * 6 * flop);  // two additions an element
  CHECK(apply("Mean", {data({2}), data({2}), data({2})}).cost.flops == 3 * 2 * flop);  // and a division
  CHECK(apply("Max", {data({2})}).cost.flops == Flops());
  CHECK(ints_of(apply("Max", {known(Ints{1, 5}), known(Ints{3, 2}), known_scalar(2)})) == Ints{3, 5});
  CHECK(ints_of(apply("Min", {known(Ints{1, 5}), known(Ints{3, 2})})) == Ints{1, 2});
}

TEST_CASE("Where chooses by a condition that broadcasts too") {
  const Applied where = apply("Where", {data({2, 1}, DType::boolean), data({3}), data({1, 1})});
  CHECK(where.shape() == Shape{2, 3});
  CHECK(where.dtype() == DType::float32);
  CHECK(ints_of(apply("Where", {known(Ints{1, 0, 1}, DType::boolean), known(Ints{1, 2, 3}),
                                known_scalar(9)})) == Ints{1, 9, 3});
  CHECK(apply("Where", {data({2}), data({3}), data({1})}).error == "shapes 2, 3 and 1 do not broadcast");
}

TEST_CASE("Clip: bounds as attributes or inputs, one comparison each") {
  CHECK(apply("Clip", {data({10})}, {{"min", 0.0}, {"max", 6.0}}, 1, 6).cost.flops == 20 * flop);
  CHECK(apply("Clip", {data({10}), data({}), data({})}).cost.flops == 20 * flop);
  CHECK(apply("Clip", {data({10}), absent(), data({})}).cost.flops == 10 * flop);
  CHECK(ints_of(apply("Clip", {known(Ints{-5, 5, 50}), known_scalar(0), known_scalar(9)})) == Ints{0, 5, 9});
  CHECK(apply("Clip", {data({10}), data({2})}).error ==
        "the minimum (input 1) has shape 2, expected a scalar");
}

TEST_CASE("Cast truncates towards zero and never overflows") {
  const auto to = [](std::int64_t code) { return NamedAttributes{{"to", code}}; };
  const double infinity = std::numeric_limits<double>::infinity();
  const Given reals = tensor(Shape{5}, std::vector<double>{1.9, -1.9, 1e30, -infinity, std::nan("")});
  CHECK(ints_of(apply("Cast", {reals}, to(7))) == Ints{1, -1, most, least, 0});
  CHECK(ints_of(apply("Cast", {known(Ints{300, -1})}, to(2))) == Ints{44, 255});  // uint8 keeps 8 bits
  CHECK(ints_of(apply("Cast", {known(Ints{300, 0})}, to(9))) == Ints{1, 0});      // bool
  CHECK(reals_of(apply("Cast", {known(Ints{16777217})}, to(1))) == std::vector<double>{16777216.0});
  CHECK(apply("Cast", {data({2})}, {{"to", std::string("INT64")}}, 1, 5).dtype() == DType::int64);
  CHECK(apply("Cast", {data({2})}, to(99)).error == "attribute 'to' is 99, which is not an element type");
  CHECK(apply("Cast", {data({2})}, {}).error == "attribute 'to' is missing");
  CHECK(apply("Cast", {data({2})}, to(1)).work.is_view);
  CHECK(apply("Cast", {data({10})}, to(10)).cost.written == 20 * byte);
  CHECK(apply("CastLike", {data({2}), data({}, DType::float16)}).dtype() == DType::float16);
}
