#include "study/space.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace chipcast {
namespace {

using Choice = std::vector<std::uint32_t>;

std::vector<Choice> all_of(const Space& space) {
  std::vector<Choice> all;
  for (std::uint64_t design = 0; design < space.designs(); ++design) {
    Choice& choice = all.emplace_back(space.axes());
    space.choose(design, choice);
  }
  return all;
}

}  // namespace

TEST_CASE("a grid has every combination once, the last axis moves fastest") {
  const Space space({2, 3}, {});
  CHECK(all_of(space) == std::vector<Choice>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}});
}

TEST_CASE("what is too large to count is beyond what may be swept") {
  CHECK(Space(std::vector<std::uint32_t>(16, 10'000), {}).designs() == Space::most + 1);
}

TEST_CASE("of a Latin hypercube each value of an axis has its equal share") {
  for (const std::uint64_t seed : {1U, 2U, 77U}) {
    const Space space({4, 6, 12}, {.kind = Sampling::Kind::latin_hypercube, .count = 24, .seed = seed});
    REQUIRE(space.designs() == 24);
    const std::vector<Choice> all = all_of(space);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::uint32_t size = std::array<std::uint32_t, 3>{4, 6, 12}[axis];
      for (std::uint32_t value = 0; value < size; ++value)
        CHECK(std::ranges::count_if(all, [&](const Choice& c) { return c[axis] == value; }) == 24 / size);
    }
  }
}

TEST_CASE("as many values as designs: a Latin hypercube is a permutation, whatever the number is near") {
  for (const std::uint32_t count : {1U, 2U, 3U, 15U, 16U, 17U, 1000U}) {
    const Space space({count, count}, {.kind = Sampling::Kind::latin_hypercube, .count = count});
    std::set<std::uint32_t> first, second;
    for (const Choice& choice : all_of(space)) {
      first.insert(choice[0]);
      second.insert(choice[1]);
    }
    CHECK(first.size() == count);
    CHECK(second.size() == count);
  }
}

TEST_CASE("of a Sobol sequence's first 2^k points each of 2^k equal parts of an axis has one") {
  const std::vector<std::uint32_t> sizes(Space::most_sobol_axes, 256);
  const std::vector<Choice> all = all_of(Space(sizes, {.kind = Sampling::Kind::sobol, .count = 256}));
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    std::set<std::uint32_t> values;
    for (const Choice& choice : all) values.insert(choice[axis]);
    CHECK(values.size() == 256);
  }
}

// The first two dimensions are a (0, 2)-sequence: Sobol', "On the distribution of points in a cube", 1967.
TEST_CASE("... and of its first two axes each of 2^k equal rectangles") {
  for (const std::uint32_t wide : {1U, 4U, 16U, 64U}) {
    const Space space({wide, 64 / wide}, {.kind = Sampling::Kind::sobol, .count = 64});
    const std::vector<Choice> all = all_of(space);
    CHECK(std::set<Choice>(all.begin(), all.end()).size() == 64);
  }
}

}  // namespace chipcast
