#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

NamedAttributes over(Ints axes, std::int64_t keep) { return {{"axes", std::move(axes)}, {"keepdims", keep}}; }

}  // namespace

TEST_CASE("reductions: which axes go, as attribute or as input") {
  CHECK(apply("ReduceMean", {data({2, 3, 4})}, over({1}, 1), 1, 13).shape() == Shape{2, 1, 4});
  CHECK(apply("ReduceMean", {data({2, 3, 4})}, over({-1, 0}, 0), 1, 13).shape() == Shape{3});
  CHECK(apply("ReduceMean", {data({2, 3, 4}), known(Ints{1, 2})}).shape() == Shape{2, 1, 1});
  CHECK(apply("ReduceMean", {data({2, 3, 4})}).shape() == Shape{1, 1, 1});
  CHECK(apply("ReduceMean", {data({2, 3, 4}), known(Ints{})}).shape() == Shape{1, 1, 1});
  const NamedAttributes noop = {{"noop_with_empty_axes", std::int64_t{1}}};
  CHECK(apply("ReduceSum", {data({2, 3, 4}), known(Ints{})}, noop).shape() == Shape{2, 3, 4});
  CHECK(apply("ReduceSum", {data({2, 3}), known(Ints{2})}).error ==
        "axis 2 is outside a tensor of 2 dimensions");
  CHECK(apply("ReduceSum", {data({2, 3}), known(Ints{0, -2})}).error == "axis -2 is named twice");
  CHECK(apply("ReduceSum", {data({2, 3}), known(Ints{least})}).error != "");
  CHECK(apply("ReduceSum", {data({2, 3}), data({1}, DType::int64)}).error ==
        "the reduced shape depends on the data");
  CHECK(apply("ReduceMax", {data({})}).shape() == Shape{});
}

TEST_CASE("reductions: operations an input element, and once more a result") {
  const auto cost = [](const char* name) { return apply(name, {data({4, 10}), known(Ints{1})}).cost; };
  CHECK(cost("ReduceSum").flops == 40 * flop);
  CHECK(cost("ReduceMean").flops == (40 + 4) * flop);
  CHECK(cost("ReduceL1").flops == 80 * flop);         // magnitude and sum
  CHECK(cost("ReduceSumSquare").flops == 80 * flop);  // product and sum
  CHECK(cost("ReduceL2").transcendentals == 4);       // a root each
  CHECK(cost("ReduceLogSumExp").transcendentals == 40 + 4);
  CHECK(cost("ReduceMean").read == 160 * byte);
  CHECK(cost("ReduceMean").written == 16 * byte);
}

TEST_CASE("reductions: every subset of axes of a 2x3x2 tensor against a slow sum") {
  const Shape shape = {2, 3, 2};
  for (unsigned subset = 1; subset < 8; ++subset) {
    Ints axes;
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      if ((subset >> axis & 1U) != 0) axes.push_back(axis);
    }
    std::map<Ints, Ints> groups;  // the kept part of the index -> the elements that fall on it
    for (std::int64_t flat = 0; flat < 12; ++flat) {
      Ints at = {flat / 6, flat / 2 % 3, flat % 2};
      for (const std::int64_t axis : axes) at[static_cast<std::size_t>(axis)] = 0;
      groups[at].push_back(flat);
    }
    Ints sums, products, maxima, minima, squares;
    for (const auto& [at, group] : groups) {
      std::int64_t sum = 0, product = 1, square = 0;
      for (const std::int64_t x : group) sum += x, product *= x, square += x * x;
      sums.push_back(sum);
      products.push_back(product);
      squares.push_back(square);
      maxima.push_back(*std::ranges::max_element(group));
      minima.push_back(*std::ranges::min_element(group));
    }
    const auto reduced = [&](const char* name) { return apply(name, {counting(shape), known(axes)}); };
    CHECK(ints_of(reduced("ReduceSum")) == sums);
    CHECK(ints_of(reduced("ReduceProd")) == products);
    CHECK(ints_of(reduced("ReduceMax")) == maxima);
    CHECK(ints_of(reduced("ReduceMin")) == minima);
    CHECK(ints_of(reduced("ReduceSumSquare")) == squares);
    CHECK(footprints_are_exact(reduced("ReduceSum").work));
    // The nest of the sum adds each element to the group it belongs to.
    std::vector<std::int64_t> walked(sums.size(), 0);
    for (const Move& move : moves_of(reduced("ReduceSum").work))
      walked[static_cast<std::size_t>(move.to)] += move.from;
    CHECK(walked == sums);
  }
}

TEST_CASE("reductions of reals and of large integers") {
  const Given x = tensor({3}, std::vector<double>{1.0, 2.0, 4.0});
  CHECK(reals_of(apply("ReduceMean", {x})) == std::vector<double>{static_cast<double>(7.0F / 3.0F)});
  CHECK(reals_of(apply("ReduceL2", {tensor({2}, std::vector<double>{3.0, 4.0})})) ==
        std::vector<double>{5.0});
  const std::int64_t odd = (std::int64_t{1} << 53) + 1;  // no double
  CHECK(ints_of(apply("ReduceMax", {known(Ints{odd, 1})})) == Ints{odd});
  CHECK(ints_of(apply("ReduceProd", {known(Ints{odd})})) == Ints{odd});
  CHECK(apply("ReduceMax", {tensor({0}, Ints{})}).values[0] == nullptr);
}

TEST_CASE("ArgMax: the first, or with select_last_index the last, of the largest") {
  const Given x = tensor({2, 3}, Ints{1, 5, 5, 7, 0, 7});
  const NamedAttributes columns = {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}};
  NamedAttributes last = columns;
  last.push_back({"select_last_index", std::int64_t{1}});
  CHECK(ints_of(apply("ArgMax", {x}, columns)) == Ints{1, 0});
  CHECK(ints_of(apply("ArgMax", {x}, last)) == Ints{2, 2});
  CHECK(ints_of(apply("ArgMin", {x}, columns)) == Ints{0, 1});
  CHECK(apply("ArgMax", {data({2, 3})}).shape() == Shape{1, 3});
  CHECK(apply("ArgMax", {data({2, 3})}).dtype() == DType::int64);
  CHECK(apply("ArgMax", {data({2, 3})}).cost.flops == 6 * flop);
}

TEST_CASE("CumSum: exclusive and reversed") {
  const auto sums = [](std::int64_t exclusive, std::int64_t reverse) {
    return ints_of(apply("CumSum", {known(Ints{1, 2, 3}), known_scalar(0)},
                         {{"exclusive", exclusive}, {"reverse", reverse}}));
  };
  CHECK(sums(0, 0) == Ints{1, 3, 6});
  CHECK(sums(1, 0) == Ints{0, 1, 3});
  CHECK(sums(0, 1) == Ints{6, 5, 3});
  CHECK(sums(1, 1) == Ints{5, 3, 0});
  CHECK(ints_of(apply("CumSum", {counting({2, 2}), known_scalar(0)})) == Ints{0, 1, 2, 4});
  CHECK(apply("CumSum", {data({3}), data({}, DType::int64)}).shape() == Shape{3});
}
