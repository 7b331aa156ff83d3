#include "model/likeness.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace chipcast {
namespace {

using doctest::Approx;

GroupWork work(WorkKind kind, double macs, double values) {
  GroupWork group;
  group.kind = kind;
  group.macs = macs;
  group.activation_elements_read = values;
  return group;
}

Workload example() {
  Workload workload;
  workload.groups = {work(WorkKind::standard_convolution, 3e8, 4e6), work(WorkKind::dense, 1e8, 4e6),
                     work(WorkKind::depthwise_convolution, 1e8, 2e6)};
  return workload;
}

TEST_CASE("traits: FLOPs, FLOPs per value, shares of kinds, kernels") {
  const Traits traits = traits_of(example());
  CHECK(traits[0] == Approx(9));  // 2 x 5e8 FLOPs
  CHECK(traits[1] == Approx(std::log(1e9 / 1e7)));
  CHECK(traits[2] == Approx(2 * 0.2));
  CHECK(traits[3] == Approx(2 * 0.2));
  CHECK(traits[4] == 0);
  CHECK(traits[5] == Approx(std::log(3)));
}

TEST_CASE("ten times the work in the same kernels is one step away, itself none") {
  Workload large = example();
  for (GroupWork& group : large.groups) {
    group.macs *= 10;
    group.activation_elements_read *= 10;
  }
  const Traits a = traits_of(example()), b = traits_of(large);
  CHECK(distance(a, b) == Approx(1));
  CHECK(distance_to_nearest(a, std::vector<Traits>{b, a}) == 0);
  CHECK(distance_to_nearest(a, {}) == 0);
}

TEST_CASE("a margin never shrinks with distance, and grows no more where nothing is alike") {
  CHECK(widened(0.2, 0) == 0.2);
  CHECK(widened(0.2, 1) == Approx(0.4));
  CHECK(widened(0.2, 100) == Approx(0.2 * (1 + farthest)));
}

TEST_CASE("a network without operations has traits, too") {
  for (const double trait : traits_of(Workload())) CHECK(trait == 0);
}

}  // namespace
}  // namespace chipcast
