#include "study/pareto.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>

namespace chipcast {
namespace {

bool beats(const ParetoPoint& a, const ParetoPoint& b) {
  bool is_no_worse = true;
  for (std::size_t i = 0; i < most_objectives; ++i) is_no_worse = is_no_worse && a.goods[i] <= b.goods[i];
  return is_no_worse && (a.goods != b.goods || a.design < b.design);
}

// Every pair compared.
std::vector<std::uint64_t> by_brute_force(const std::vector<ParetoPoint>& points) {
  std::vector<std::uint64_t> front;
  for (const ParetoPoint& point : points) {
    if (std::ranges::none_of(points, [&](const ParetoPoint& other) { return beats(other, point); }))
      front.push_back(point.design);
  }
  return front;
}

std::vector<std::uint64_t> designs_of(const ParetoFront& front) {
  std::vector<std::uint64_t> designs;
  for (const ParetoPoint& point : front.points()) designs.push_back(point.design);
  std::ranges::sort(designs);
  return designs;
}

}  // namespace

TEST_CASE(
    "the front is what comparing every pair gives, in any order, with ties, in one to four objectives") {
  std::mt19937 random(1);
  for (std::size_t objectives = 1; objectives <= most_objectives; ++objectives) {
    for (const int levels : {3, 10, 1000}) {  // few levels: many ties
      CAPTURE(objectives);
      CAPTURE(levels);
      std::vector<ParetoPoint> points(400);
      for (std::size_t i = 0; i < points.size(); ++i) {
        points[i].design = i;
        for (std::size_t k = 0; k < objectives; ++k)
          points[i].goods[k] = std::uniform_int_distribution<int>(-levels, levels)(random);
      }
      const std::vector<std::uint64_t> wanted = by_brute_force(points);
      for (int order = 0; order < 3; ++order) {
        ParetoFront front(objectives), one(objectives), other(objectives);
        for (const ParetoPoint& point : points) {
          front.add(point);
          (point.design % 3 == 0 ? one : other).add(point);
        }
        CHECK(designs_of(front) == wanted);
        other.add(one);
        CHECK(designs_of(other) == wanted);
        std::ranges::shuffle(points, random);
      }
    }
  }
}

std::vector<std::uint64_t> knees_of(const ParetoFront& front) {
  std::vector<std::uint64_t> designs;
  for (const std::size_t place : front.knees()) designs.push_back(front.points()[place].design);
  return designs;
}

// By the first good and the second, numbered in that order.
ParetoFront front_of(const std::vector<std::array<double, 2>>& points) {
  ParetoFront front(2);
  for (std::size_t i = 0; i < points.size(); ++i)
    front.add({.design = i, .goods = {points[i][0], points[i][1]}});
  return front;
}

using Designs = std::vector<std::uint64_t>;

TEST_CASE("the knee is farthest from the line through the ends, each objective scaled to its range") {
  const ParetoFront front = front_of({
      {0, 1000},  // (0, 1): on the line
      {1, 400},   // (0.1, 0.4): 1 - 0.5 = 0.5 below it
      {4, 200},   // (0.4, 0.2): 0.4, and nothing but the slope up to the first knee beside it
      {10, 0},    // (1, 0)
  });
  CHECK(knees_of(front) == Designs{1});
}

TEST_CASE("a front that bends twice has two knees, the best first") {
  const ParetoFront front = front_of({
      {0, 100},
      {10, 60},  // 1 - 0.7 = 0.3
      {45, 50},  // 1 - 0.95 = 0.05: between the knees
      {50, 10},  // 1 - 0.6 = 0.4
      {100, 0},
  });
  CHECK(knees_of(front) == Designs{3, 1});
}

TEST_CASE("a bend is a knee from a prominence of 0.05") {
  const auto with_dip = [](double dip) {
    // 0.3, then down to 0.3 - dip, then 0.4: the first stands out by `dip`.
    return front_of({{0, 100}, {10, 60}, {40, 30 + 100 * dip}, {50, 10}, {100, 0}});
  };
  CHECK(knees_of(with_dip(0.0625)) == Designs{3, 1});
  CHECK(knees_of(with_dip(0.03125)) == Designs{3});
}

TEST_CASE("of bends that are alike each is a knee; of neighbours that are alike the first") {
  // 3/8, 1/8 and 3/8 below the line.
  CHECK(knees_of(front_of({{0, 128}, {16, 64}, {56, 56}, {64, 16}, {128, 0}})) == Designs{1, 3});
  // 1/2 and 1/2.
  CHECK(knees_of(front_of({{0, 128}, {16, 48}, {48, 16}, {128, 0}})) == Designs{1});
}

TEST_CASE("a straight front has no bend: its first end stands for it") {
  CHECK(knees_of(front_of({{0, 4}, {1, 3}, {2, 2}, {4, 0}})) == Designs{0});
  CHECK(knees_of(front_of({{3, 7}})) == Designs{0});
}

TEST_CASE("of three objectives the best knee is farthest from the plane through the ends") {
  ParetoFront front(3);
  front.add({.design = 0, .goods = {0, 10, 10}});  // (0, 1, 1): -1
  front.add({.design = 1, .goods = {10, 0, 10}});
  front.add({.design = 2, .goods = {10, 10, 0}});
  front.add({.design = 3, .goods = {2, 3, 4}});  // 1 - 0.9 = 0.1
  front.add({.design = 4, .goods = {4, 2, 5}});  // 1 - 1.1
  CHECK(knees_of(front) == Designs{3});
}

}  // namespace chipcast
