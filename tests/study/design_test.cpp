// A design is its device at one operating point, and scaling a figure of it is exact where the closed form is.
#include "study/design.hpp"

#include <doctest/doctest.h>

#include "study/moves.hpp"
#include "study/one_layer.hpp"
#include "study/sensitivity.hpp"
#include "study/shipped.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

TEST_CASE("a design is estimated as its device is at the operating point") {
  const ZooNetwork& network = zoo_network("mobilenet_v3_small");
  everywhere([&](const Target& target) {
    const Design design = design_of(target, 2);
    const Workload workload = make_workload(network.graph, network.complexity, design.runtime);
    const Estimate a = estimate(workload, target, {.batch = 2});
    const Estimate b = estimated(workload, design);
    CHECK(a.latency == b.latency);
    CHECK(a.latency_low == b.latency_low);
    CHECK(a.latency_high == b.latency_high);
    CHECK(a.power == b.power);
    CHECK(a.is_throttled == b.is_throttled);
  });
}

TEST_CASE("at an operating point with figures of its own, those are what is changed") {
  Design design = bandwidth_bound();
  OperatingPoint& slow = design.device.operating_points.emplace_back();
  slow.name = "slow";
  slow.bandwidths = {sure(1e8 * byte / second)};
  slow.clocks = {sure(1e8 * hertz)};
  const Result<Target> target =
      make_target(design.device, slow, design.runtime, {.precision = Precision::int8});
  REQUIRE(target);
  Design at_slow = design_of(*target, 1);
  const OneLayer layer;
  const Workload workload = layer.workload(at_slow.runtime);
  CHECK(us(estimated(workload, at_slow).latency) ==
        Approx(layer_bytes / 100));  // MB/s are bytes a microsecond
  scale(at_slow, "memory.dram.bandwidth", 2);
  CHECK(us(estimated(workload, at_slow).latency) == Approx(layer_bytes / 200));
  CHECK(at_slow.device.engines[0].clock.value == 1e8 * hertz);
}

TEST_CASE("bound by bandwidth: twice of it takes half the time, the elasticity is -1") {
  const OneLayer layer;
  Design design = bandwidth_bound();
  const Workload workload = layer.workload(design.runtime);
  const Estimate before = estimated(workload, design);
  CHECK(us(before.latency) == Approx(22.144));
  for (const Elasticity& e : elasticities(workload, design)) {
    CAPTURE(e.path);
    REQUIRE(e.energy);
    // 22.144 uJ of idling at 1 W, 1.2288 uJ of operations and 0.022144 uJ of bytes.
    const double all = 22.144 + 1.2288 + 0.022144;
    if (e.path == "memory.dram.bandwidth") {
      CHECK(e.latency == Approx(-1).epsilon(1e-9));
      CHECK(*e.energy == Approx(-22.144 / all).epsilon(1e-5));
    } else {
      CHECK(e.latency == Approx(0).epsilon(1e-9));
      CHECK(*e.energy == Approx(e.path == "idle_power"                           ? 22.144 / all
                                : e.path == "engines.array.energy_per_flop.int8" ? 1.2288 / all
                                : e.path == "memory.dram.energy"                 ? 0.022144 / all
                                                                                 : 0)
                             .epsilon(1e-5));
    }
  }
  CHECK(elasticities(workload, design).front().path == "memory.dram.bandwidth");
  scale(design, "memory.dram.bandwidth", 2);
  CHECK(us(estimated(workload, design).latency) == Approx(22.144 / 2));
}

TEST_CASE("what moved: the operators by how much, and the term that did it") {
  const OneLayer layer;
  const Design before = bandwidth_bound();
  Design after = before;
  scale(after, "memory.dram.bandwidth", 0.5);
  const Workload workload = layer.workload(before.runtime);
  const Estimate a = estimated(workload, before), b = estimated(workload, after);
  const std::vector<Move> moved = moves(workload, a, workload, b);
  REQUIRE(moved.size() == 1);
  CHECK(moved[0].name == "conv");
  CHECK(us(moved[0].change()) == Approx(22.144));
  CHECK(moved_most(moved[0]) == Bound::off_chip);
  CHECK(moves(workload, a, workload, a).empty());
}

TEST_CASE("what runs apart after a change has no before") {
  const ZooNetwork& network = zoo_network("resnet18");
  Design before = bandwidth_bound();
  before.runtime.fusion[static_cast<std::size_t>(FusionRule::product_activation)] = true;
  Design after = before;
  after.runtime.fusion[static_cast<std::size_t>(FusionRule::product_activation)] = false;
  const Workload fused = make_workload(network.graph, network.complexity, before.runtime);
  const Workload apart = make_workload(network.graph, network.complexity, after.runtime);
  const Estimate a = estimated(fused, before), b = estimated(apart, after);
  const std::vector<Move> moved = moves(fused, a, apart, b);
  std::size_t new_ones = 0;
  Seconds sum;
  for (const Move& move : moved) {
    sum += move.change();
    if (move.before == nullptr) ++new_ones;
  }
  CHECK(new_ones == apart.groups.size() - fused.groups.size());
  CHECK(us(sum) == Approx(us(b.latency - a.latency)));
}

}  // namespace
}  // namespace chipcast
