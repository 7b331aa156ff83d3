// The least value that meets goals, where it has a closed form; and what is said where there is none.
#include "study/solve.hpp"

#include <doctest/doctest.h>

#include "study/one_layer.hpp"
#include "study/shipped.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

using doctest::Approx;
using Texts = std::vector<std::string>;

std::vector<Goal> goals(const Texts& texts) {
  Result<std::vector<Goal>> parsed = parse_goals(texts);
  REQUIRE(parsed);
  return *std::move(parsed);
}

std::string complaint(const Texts& texts) {
  const Result<std::vector<Goal>> parsed = parse_goals(texts);
  return parsed ? "" : render(parsed.diagnostics());
}

Solution solved(const Design& design, const std::string& path, const Texts& wanted,
                const std::vector<OneLayer>& layers = std::vector<OneLayer>(1)) {
  std::vector<Workload> workloads;
  Question question{.design = &design, .networks = {}, .path = path, .goals = goals(wanted)};
  for (const OneLayer& layer : layers) workloads.push_back(layer.workload(design.runtime));
  for (const Workload& workload : workloads) question.networks.push_back({"layer", &workload});
  return solve(question);
}

TEST_CASE("goals: metrics with limits in their units, the right way round") {
  const std::vector<Goal> all =
      goals({"latency<33ms", "throughput >= 30/s", "energy<=5 mJ", "power < 2W", "battery>10h"});
  REQUIRE(all.size() == 5);
  const std::vector<double> limits = {0.033, 30, 0.005, 2, 36'000};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].metric == static_cast<GoalMetric>(i));
    CHECK(all[i].limit == Approx(limits[i]));
  }
  CHECK(goals({"throughput>0.5 Hz"})[0].limit == 0.5);
  CHECK(complaint({"latncy<3ms"}) ==
        "--goal:1:1: error: no goal is called 'latncy'\n  latncy<3ms\n  ^~~~~~ did you mean 'latency'?\n");
  CHECK(complaint({"latency<3 J"}) ==
        "--goal:1:11: error: 'latency' must be a time, but 'J' is an energy\n"
        "  latency<3 J\n            ^ write for example '33 ms'\n");
  CHECK(complaint({"latency>3ms"}).find("write latency<3ms") != std::string::npos);
  CHECK(complaint({"throughput<3"}).find("write throughput>3") != std::string::npos);
  CHECK(complaint({"latency=3ms"}).find("write a metric and its limit") != std::string::npos);
  CHECK(complaint({"power<0W"}).find("'power' must be above zero") != std::string::npos);
  CHECK(complaint({"power<1W", "power<2W"}).find("'power' is there twice") != std::string::npos);
}

TEST_CASE("the least bandwidth for a latency is the bytes by the time; a percent less does not do") {
  // 22,144 B in 10 us are 2.2144 GB/s, of 1 GB/s.
  const Solution solution = solved(bandwidth_bound(), "memory.dram.bandwidth", {"latency<10us"});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor == Approx(2.2144).epsilon(1e-8));
  CHECK(us(solution.answer->outcomes[0].estimate.latency) <= 10);
  REQUIRE(solution.less);
  CHECK(solution.less->factor == Approx(0.99 * 2.2144));
  CHECK(us(solution.less->outcomes[0].estimate.latency) > 10);
  CHECK_FALSE(solution.met_to);
}

TEST_CASE("of several networks the one that needs most decides") {
  // 64 onto 192 channels: 12,288 weights, 6,400 read, 19,200 written, together 37,888 B.
  const Solution solution =
      solved(bandwidth_bound(), "memory.dram.bandwidth", {"latency<10us"}, {OneLayer(96), OneLayer(192)});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor == Approx(3.7888).epsilon(1e-8));
}

TEST_CASE("what is counted is solved in whole numbers") {
  Design design = bandwidth_bound();
  design.device.memory[0].bandwidth = sure(1e15 * byte / second);
  design.device.engines[0].count = sure(1000.0);
  design.device.engines[0].flops_per_cycle[static_cast<std::size_t>(Precision::int8)] = sure(2.0);
  // 1,228,800 FLOP at 2 a cycle of 1 ns: 614.4 us by the number of units, 100.01 ns with 6,143.4 of them.
  const Solution solution = solved(design, "engines.array.count", {"latency<0.10001us"});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor == Approx(6.144));
  REQUIRE(solution.less);
  CHECK(solution.less->factor == Approx(6.143));
}

TEST_CASE("where more is worse the answer says how far it holds") {
  // 1 W and 1.2288 uJ + 0.022144 uJ by the latency: at most 1.2 W while it takes 6.25472 us or more.
  const Solution solution =
      solved(bandwidth_bound(), "memory.dram.bandwidth", {"latency<10us", "power<1.2W"});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor == Approx(2.2144).epsilon(1e-8));
  REQUIRE(solution.met_to);
  CHECK(*solution.met_to == Approx(22.144 / 6.25472).epsilon(1e-6));
}

TEST_CASE("goals that exclude each other: where each is met") {
  // At most 1.1 W while it takes 12.50944 us or more.
  const Solution solution =
      solved(bandwidth_bound(), "memory.dram.bandwidth", {"latency<10us", "power<1.1W"});
  CHECK_FALSE(solution.answer);
  CHECK(solution.obstacles.empty());
  REQUIRE(solution.met.size() == 2);
  CHECK(solution.met[0].from == Approx(2.2144).epsilon(1e-8));
  CHECK(solution.met[0].to == Approx(1000));
  CHECK(solution.met[1].from == Approx(0.001));
  CHECK(solution.met[1].to == Approx(22.144 / 12.50944).epsilon(1e-6));
}

TEST_CASE("a goal that nothing reaches names the limit in the way") {
  const Solution solution = solved(bandwidth_bound(), "engines.array.count", {"latency<10us", "power<5W"});
  CHECK_FALSE(solution.answer);
  CHECK(solution.met.empty());
  REQUIRE(solution.obstacles.size() == 1);
  CHECK(solution.obstacles[0].goal == 0);
  CHECK(us(solution.obstacles[0].best.outcomes[0].estimate.latency) == Approx(22.144));
  CHECK(solution.obstacles[0].limit == "memory, 100% of the time");
  // 1 W of 22.144 us is 22.144 of 23.395 uJ.
  const Solution energy = solved(bandwidth_bound(), "engines.array.count", {"energy<1uJ"});
  REQUIRE(energy.obstacles.size() == 1);
  CHECK(energy.obstacles[0].limit == "idle power, 95% of the energy");
}

TEST_CASE("a value that makes the device impossible is none, and that is the limit") {
  Design design = bandwidth_bound();
  design.device.memory.insert(design.device.memory.begin(), level("l2", MemoryScope::chip, 16 * byte, 2e9));
  const Solution enough = solved(design, "memory.dram.bandwidth", {"latency<12us"});
  REQUIRE(enough.answer);
  CHECK(enough.range_to == Approx(2));
  CHECK(enough.answer->factor == Approx(22.144 / 12).epsilon(1e-6));
  const Solution solution = solved(design, "memory.dram.bandwidth", {"latency<10us"});
  CHECK_FALSE(solution.answer);
  REQUIRE(solution.obstacles.size() == 1);
  CHECK(solution.obstacles[0].best.factor == Approx(2));
  CHECK(solution.obstacles[0].limit == "'dram' at 2.02 GB/s is faster than 'l2' inside it at 2 GB/s");
}

TEST_CASE("a network that does not fit meets no goal until it does") {
  Design design = bandwidth_bound();
  design.device.memory[0].capacity = sure(1'000 * byte);
  // What is alive at once, as the estimate says it, and the weights.
  const Estimate e = estimated(OneLayer().workload(design.runtime), design);
  const double needed = in(e.weights + e.activations, byte);
  const Solution solution = solved(design, "memory.dram.capacity", {"latency<1ms"});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor * 1000 == Approx(needed).epsilon(1e-3));
  const Solution never = solved(design, "memory.dram.bandwidth", {"latency<1ms"});
  CHECK_FALSE(never.answer);
  REQUIRE(never.obstacles.size() == 1);
  CHECK(never.obstacles[0].limit == "the memory, which is too small for it");
}

TEST_CASE("where every value will do, the least that was tried is the answer") {
  const Solution solution = solved(bandwidth_bound(), "idle_power", {"latency<1ms"});
  REQUIRE(solution.answer);
  CHECK(solution.answer->factor == Approx(0.001));
  CHECK_FALSE(solution.less);
}

TEST_CASE("two figures that trade against each other: each point is the least of one for the other") {
  Design design = bandwidth_bound();
  design.device.host_speed = sure(1.0);
  design.runtime.executions[static_cast<std::size_t>(DeviceKind::npu)]->dispatch = sure(10.0 * microsecond);
  const OneLayer layer;
  const Workload workload = layer.workload(design.runtime);
  const Question question{.design = &design,
                          .networks = {{"layer", &workload}},
                          .path = "memory.dram.bandwidth",
                          .goals = goals({"latency<20us"})};
  const Front found = front(question, "host_speed");
  // 10 us / host + 22.144 us / bandwidth in 20 us: from half the host's speed on, and never less than 1.1072 times.
  REQUIRE(found.points.size() > 10);
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    const FrontPoint& point = found.points[i];
    CHECK(point.second == Approx(22.144 / (20 - 10 / point.first)).epsilon(1e-7));
    CHECK(point.first > 0.5);
    if (i > 0) CHECK(point.second < found.points[i - 1].second);
  }
  CHECK(found.points.back().second > 1.1072);
  CHECK(front({.design = &design,
               .networks = {{"layer", &workload}},
               .path = "memory.dram.bandwidth",
               .goals = goals({"latency<1ns"})},
              "host_speed")
            .last.obstacles.size() == 1);
}

TEST_CASE("on every device the answer meets the goal and a percent less does not") {
  const ZooNetwork& network = zoo_network("mobilenet_v3_small");
  std::size_t answers = 0;
  everywhere([&](const Target& target) {
    const Design design = design_of(target, 1);
    const Workload workload = make_workload(network.graph, network.complexity, design.runtime);
    const double latency = in(estimated(workload, design).latency, second);
    for (const double share : {0.9, 1.5}) {
      const Question question{
          .design = &design,
          .networks = {{"network", &workload}},
          .path = "engines." + design.device.engines[target.product_engine].name + ".clock",
          .goals = {{.metric = GoalMetric::latency, .limit = share * latency}}};
      const Solution solution = solve(question);
      if (!solution.answer) {
        CHECK_FALSE(solution.obstacles.empty());
        continue;
      }
      const auto latency_at = [&](double factor) {
        Design changed = design;
        scale(changed, question.path, factor);
        return in(estimated(workload, changed).latency, second);
      };
      CHECK(latency_at(solution.answer->factor) <= share * latency);
      if (!solution.less) continue;
      CHECK(latency_at(0.99 * solution.answer->factor) > share * latency);
      ++answers;
    }
  });
  CHECK(answers > 20);
}

}  // namespace
}  // namespace chipcast
