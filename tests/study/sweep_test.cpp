// A sweep is held against designs made one by one, as whatif makes them.
#include "study/sweep.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "study/findings_file.hpp"
#include "study/one_layer.hpp"
#include "study/same_findings.hpp"

namespace chipcast {
namespace {

// An SRAM beside the DRAM, at the engine's clock.
Design with_sram() {
  Design design = bandwidth_bound();
  MemoryLevel sram = level("sram", MemoryScope::chip, 64 * kilobyte, 4e9);
  sram.clocked_by = 0;
  design.device.memory.insert(design.device.memory.begin(), sram);
  design.device.engines[0].energy_per_flop[static_cast<std::size_t>(Precision::int4)] =
      sure(1e-12 * joule / (1.0 * flop));
  design.device.max_power = sure(1.08 * watt);  // some designs are slowed down
  return design;
}

Problem problem_of(const OneLayer& layer, const OneLayer& other) {
  Problem problem;
  problem.axes = {{.paths = {"batch"}, .values = {"1", "3"}},
                  {.paths = {"memory.dram.bandwidth"}, .values = {"0.5x", "+20%", "3 GB/s", "30 GB/s"}},
                  {.paths = {"engines.array.clock"}, .values = {"0.5x", "1x", "2 GHz"}},
                  {.paths = {"memory.sram.capacity"}, .values = {"1 kB", "16 kB", "100 kB", "2 GB"}},
                  {.paths = {"memory.dram.energy", "memory.sram.energy"}, .values = {"0.25x", "3 pJ/B"}}};
  problem.is_variant_axis = {true, false, false, false, false};
  const Design base = with_sram();
  for (const double batch : {1.0, 3.0}) {
    Variant& variant = problem.variants.emplace_back(Variant{base, {}});
    variant.design.batch = batch;
    for (const OneLayer* one : {&layer, &other})
      variant.networks.push_back(std::make_shared<const Workload>(one->workload(base.runtime)));
  }
  problem.weights = {1, 3};
  problem.costs = {
      {.name = "area",
       .unit = "mm2",
       .terms = {{.each = 2},
                 {.each = 0.5, .figures = {"memory.sram.capacity", "memory.sram.instances"}, .per = 1000}}}};
  problem.constraints = {
      {.measure = {static_cast<std::size_t>(GoalMetric::latency)}, .is_most = true, .limit = 60e-6}};
  problem.objectives = {{.measure = {static_cast<std::size_t>(GoalMetric::latency)}},
                        {.measure = {static_cast<std::size_t>(GoalMetric::energy)}},
                        {.measure = {goal_metric_count}}};
  return problem;
}

// The design as `whatif --set` makes it; nothing where it is refused.
Result<Design> one_by_one(const Problem& problem, std::span<const std::uint32_t> choice) {
  std::vector<std::string> texts;
  for (std::size_t axis = 0; axis < choice.size(); ++axis) {
    for (const std::string& path : problem.axes[axis].paths)
      texts.push_back(path + "=" + problem.axes[axis].values[choice[axis]]);
  }
  return with_settings(with_sram(), *parse_settings(texts), {});
}

struct Swept {
  OneLayer layer, wide{256};
  Sweep sweep;

  // The second axis of figures, with three values: of a clock other figures hang on it, of rates none does.
  explicit Swept(const Axis& axis = {.paths = {"engines.array.clock"}, .values = {"0.5x", "1x", "2 GHz"}})
      : sweep([&] {
          Problem problem = problem_of(layer, wide);
          problem.axes[2] = axis;
          return *make_sweep(std::move(problem));
        }()) {}

  Findings run(std::size_t threads, std::vector<DesignRange> ranges) const {
    Findings findings = sweep.empty();
    for (const DesignRange& range : ranges) sweep.run(range, findings, {.threads = threads});
    return findings;
  }
  Findings run(std::size_t threads = 1) const { return run(threads, {{0, sweep.designs()}}); }
};

void check_one_by_one(const Swept& swept) {
  const Problem& problem = swept.sweep.problem();
  CHECK(swept.sweep.designs() == 2 * 4 * 3 * 4 * 2);
  std::array<std::uint64_t, standing_count> counts = {};
  std::vector<std::uint64_t> designs(swept.sweep.designs());
  for (std::uint64_t design = 0; design < designs.size(); ++design) designs[design] = design;
  const std::vector<Judged> judged = swept.sweep.judge(designs);
  std::vector<std::uint32_t> choice(swept.sweep.space().axes());
  for (const std::uint64_t design : designs) {
    CAPTURE(design);
    swept.sweep.space().choose(design, choice);
    const Result<Design> alone = one_by_one(problem, choice);
    ++counts[static_cast<std::size_t>(judged[design].standing)];
    REQUIRE((judged[design].standing == Standing::impossible) == !alone);
    if (!alone) continue;
    const Estimate a = estimated(swept.layer.workload(alone->runtime), *alone),
                   b = estimated(swept.wide.workload(alone->runtime), *alone);
    const double latency = (in(a.latency, second) + 3 * in(b.latency, second)) / 4;
    const double energy = (in(a.energy->total(), joule) + 3 * in(b.energy->total(), joule)) / 4;
    CHECK(same(judged[design].measures[static_cast<std::size_t>(GoalMetric::latency)], latency));
    CHECK(same(judged[design].measures[static_cast<std::size_t>(GoalMetric::energy)], energy));
    const MemoryLevel& sram = alone->device.memory.front();
    CHECK(judged[design].measures[goal_metric_count] ==
          doctest::Approx(2 + 0.5 * in(sram.capacity.value, kilobyte)));
    const bool is_met = in(a.latency, second) <= 60e-6 && in(b.latency, second) <= 60e-6;
    CHECK((judged[design].standing == Standing::good) == (is_met && a.fits && b.fits));
  }
  CHECK(counts[static_cast<std::size_t>(Standing::impossible)] >
        0);  // 2 GB inside 1 GB, or DRAM faster than SRAM
  CHECK(counts[static_cast<std::size_t>(Standing::constrained)] > 0);
  CHECK(counts[static_cast<std::size_t>(Standing::good)] > 0);
  CHECK(swept.run().counts == counts);
}

}  // namespace

TEST_CASE("every design of a sweep is, to the bit, what whatif makes of the same settings") {
  check_one_by_one(Swept());
  check_one_by_one(
      Swept({.paths = {"engines.array.flops_per_cycle.int8"}, .values = {"0.5x", "1x", "+10%"}}));
}

TEST_CASE("findings are the same with one thread and two, at once, in parts, and in parts out of order") {
  const Swept swept;
  const Findings whole = swept.run(1);
  check_same(whole, swept.run(2));
  check_same(whole, swept.run(2, {{0, 1}, {1, 34}, {34, 192}}));
  check_same(whole, swept.run(1, {{100, 192}, {0, 37}, {37, 100}}));
}

TEST_CASE("findings that were saved and read again go on as if nothing had been") {
  const Swept swept;
  const Findings whole = swept.run();
  Findings part = swept.run(1, {{0, 77}});
  const std::string text = findings_to_yaml("study.yaml", "0123", {0, 192}, part);
  const Result<SavedFindings> saved = parse_findings("part.yaml", text);
  REQUIRE(saved);
  CHECK(saved->study == "study.yaml");
  CHECK(saved->digest == "0123");
  Result<Findings> again = restored(*saved, swept.sweep);
  REQUIRE(again);
  check_same(part, *again);
  swept.sweep.run({77, 192}, *again);
  check_same(whole, *again);
}

TEST_CASE("parts that were swept apart, saved and added are the whole") {
  const Swept swept;
  Findings all = swept.sweep.empty();
  for (const DesignRange& range : {DesignRange{96, 192}, DesignRange{0, 50}, DesignRange{50, 96}}) {
    const Result<SavedFindings> saved =
        parse_findings("part.yaml", findings_to_yaml("s", "d", range, swept.run(1, {range})));
    REQUIRE(saved);
    const Result<Findings> part = restored(*saved, swept.sweep);
    REQUIRE(part);
    all.add(*part);
  }
  check_same(swept.run(), all);
}

TEST_CASE("a file of findings that was cut off or changed anywhere is refused") {
  const Swept swept;
  const std::string text = findings_to_yaml("study.yaml", "0123", {0, 192}, swept.run());
  for (std::size_t end = 0; end < text.size(); end += 7)
    CHECK_FALSE(parse_findings("part.yaml", text.substr(0, end)));
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::string damaged = text;
    damaged[at] = damaged[at] == '1' ? '2' : '1';
    CHECK_FALSE(parse_findings("part.yaml", damaged));
  }
  const Result<SavedFindings> cut = parse_findings("part.yaml", text.substr(0, 100));
  REQUIRE_FALSE(cut);
  CHECK(render(cut.diagnostics()).find("the file is cut off: its last line, 'check: ...', is missing") !=
        std::string::npos);
}

TEST_CASE("an axis nobody knows, and a unit that does not fit, are refused before anything is swept") {
  const OneLayer layer;
  Problem problem = problem_of(layer, layer);
  problem.axes[1].paths = {"memory.dram.bandwith"};
  const Result<Sweep> unknown = make_sweep(problem);
  REQUIRE_FALSE(unknown);
  CHECK(render(unknown.diagnostics()).find("did you mean 'memory.dram.bandwidth'") != std::string::npos);
  problem.axes[1] = {.paths = {"memory.dram.bandwidth"}, .values = {"1x", "3 W"}};
  CHECK_FALSE(make_sweep(problem));
}

}  // namespace chipcast
