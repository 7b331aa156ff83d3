#include "study/pareto.hpp"

#include <doctest/doctest.h>

#include <algorithm>
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

TEST_CASE("the knee is nearest to the best of both, each scaled to its range") {
  ParetoFront front(2);
  front.add({.design = 0, .goods = {0, 1000}});  // (0, 1): 1 away
  front.add({.design = 1, .goods = {1, 400}});   // (0.1, 0.4): 0.41 away
  front.add({.design = 2, .goods = {4, 200}});   // (0.4, 0.2): 0.45 away
  front.add({.design = 3, .goods = {10, 0}});    // (1, 0): 1 away
  CHECK(front.points()[front.knee()].design == 1);
}

}  // namespace chipcast
