#include <doctest/doctest.h>

#include <string>

#include "study/study_file.hpp"

namespace chipcast {
namespace {

std::string study(const std::string& axes, const std::string& rest = "") {
  return "schema: study/1\ntitle: a study\nnetworks: [mobilenet_v2]\ndevices: [kpu_t2]\naxes:\n" + axes +
         "objectives: [min latency]\n" + rest;
}
const std::string one_axis = "  - {set: batch, values: [1, 2]}\n";

std::vector<std::string> values_of(const std::string& axis) {
  const Result<StudyFile> read = parse_study("study.yaml", study("  - " + axis + "\n"));
  REQUIRE(read);
  return read->axes.at(0).values;
}

void check_refused(const std::string& text, const std::string& why) {
  const Result<StudyFile> read = parse_study("study.yaml", text);
  REQUIRE_FALSE(read);
  const std::string said = render(read.diagnostics());
  CAPTURE(said);
  CHECK(said.find(why) != std::string::npos);
  CHECK(said.starts_with("study.yaml:"));
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("ranges and powers of two are spelled out, both ends included, in the unit that both ends have") {
  CHECK(values_of("{set: a, values: [0.5x, 8 MiB]}") == Texts{"0.5x", "8 MiB"});
  CHECK(values_of("{set: a, range: {from: 1x, to: 3x, steps: 5}}") ==
        Texts{"1x", "1.5x", "2x", "2.5x", "3x"});
  CHECK(values_of("{set: a, range: {from: 1 GB/s, to: 100 GB/s, steps: 3, scale: log}}") ==
        Texts{"1 GB/s", "10 GB/s", "100 GB/s"});
  CHECK(values_of("{set: a, powers_of_two: {from: 4 MiB, to: 20 MiB}}") == Texts{"4 MiB", "8 MiB", "16 MiB"});
}

TEST_CASE("tied paths, weights, costs, constraints, objectives and samples are read") {
  const Result<StudyFile> read = parse_study("study.yaml", R"(schema: study/1
title: all there is
networks: [a, {network: b, weight: 2.5}]
devices: [x, y]
runtime: r
precision: int8
axes:
  - {set: [p, q], values: [1x]}
costs:
  area: {unit: mm2, source: assumed, terms: [{each: 5}, {each: 0.5, of: [m.c, m.i], per: 1 MiB}]}
constraints: [power < 5 W, throughput >= 30/s, area < 80 mm2]
objectives: [min area, max throughput]
sample: {kind: latin_hypercube, designs: 100, seed: 7}
battery: {capacity: 1 Wh, rate: 2 Hz, other_loads: 3 mW}
)");
  REQUIRE(read);
  CHECK(read->networks[1].weight == 2.5);
  CHECK(read->axes[0].paths == Texts{"p", "q"});
  CHECK(read->costs[0].terms[1].per == 1024 * 1024);
  REQUIRE(read->constraints.size() == 3);
  CHECK(read->constraints[0].limit == 5);
  CHECK(read->constraints[0].is_most);
  CHECK(read->constraints[1].limit == 30);
  CHECK_FALSE(read->constraints[1].is_most);
  CHECK(read->constraints[2].measure.cost() == 0);
  CHECK(read->constraints[2].limit == 80);
  CHECK(read->objectives[0].measure.is_cost());
  CHECK_FALSE(read->objectives[1].is_least);
  CHECK(read->sampling.kind == Sampling::Kind::latin_hypercube);
  CHECK(read->sampling.count == 100);
  CHECK(read->sampling.seed == 7);
  CHECK(*read->battery.capacity == 3600.0 * joule);
}

TEST_CASE("what makes no space is refused where it stands") {
  check_refused(study("  - {set: a, values: []}\n"), "'values' is empty");
  check_refused(study("  - {set: a}\n"), "an axis has its values in one way, not in 0");
  check_refused(study("  - {set: a, values: [1x], powers_of_two: {from: 1, to: 2}}\n"), "not in 2");
  check_refused(study("  - {set: a, values: [1x]}\n  - {set: a, values: [2x]}\n"), "'a' is set twice");
  check_refused(study("  - {set: a, range: {from: 1 GB/s, to: 3 MB/s, steps: 3}}\n"), "has two units");
  check_refused(study("  - {set: a, range: {from: 3x, to: 1x, steps: 3}}\n"), "a range from 3 to 1 is empty");
  check_refused(study("  - {set: a, range: {from: 0x, to: 1x, steps: 3, scale: log}}\n"),
                "begins above zero");
  check_refused(study("  - {set: a, range: {from: 1x, to: 3x, steps: 1}}\n"), "study.yaml:6");
  check_refused(study(one_axis, "axis: 3\n"), "did you mean 'axes'?");
}

TEST_CASE("what axes set and take is placed in the file, ranges as a whole") {
  const Result<StudyFile> file = parse_study(
      "study.yaml",
      study("  - {set: [a, b], values: [1x, 2x]}\n  - {set: c, powers_of_two: {from: 1, to: 4}}\n"));
  REQUIRE(file);
  const Axis& first = file->axes[0];
  REQUIRE(first.path_places.size() == 2);
  CHECK(first.path_places[1].line == 6);
  CHECK(first.path_places[1].column == 15);  // "  - {set: [a, b"
  REQUIRE(first.value_places.size() == 2);
  CHECK(first.value_places[1].column == 32);  // "  - {set: [a, b], values: [1x, 2x"
  REQUIRE(file->axes[1].value_places.size() == 3);
  for (const Place& place : file->axes[1].value_places) CHECK(place.line == 7);
}

TEST_CASE("constraints that nothing can meet, of the wrong unit or of nothing are refused before a sweep") {
  check_refused(study(one_axis, "constraints: [latency < 1 ms, latency > 2 ms]\n"),
                "no design can meet the constraints on 'latency'");
  check_refused(study(one_axis, "constraints: [power < 5 J]\n"),
                "the limit of 'power' must be a power, but 'J' is an energy");
  check_refused(study(one_axis, "constraints: [latncy < 5 ms]\n"), "did you mean 'latency'?");
  check_refused(study(one_axis, "constraints: [latency]\n"), "'latency' is no constraint");
  check_refused(study(one_axis, "constraints: [latency <]\n"), "'latency <' has no limit");
  check_refused(
      study(one_axis,
            "costs: {area: {unit: mm2, source: s, terms: [{each: 1}]}}\nconstraints: [area < 3 cm2]\n"),
      "'area' is in mm2, not in cm2");
}

TEST_CASE("objectives, samples and costs that say too little or too much are refused") {
  const std::string head = "schema: study/1\ntitle: t\nnetworks: [n]\ndevices: [d]\naxes:\n" + one_axis;
  check_refused(head + "objectives: [latency]\n", "'latency' is no objective");
  check_refused(head + "objectives: [min latency, max latency]\n", "'latency' is an objective twice");
  check_refused(study(one_axis, "sample: {kind: sobol}\n"), "a sample has no size");
  check_refused(study(one_axis, "sample: {kind: grid, designs: 4}\n"), "a grid has all designs");
  check_refused(study(one_axis, "costs: {power: {unit: W, source: s, terms: [{each: 1}]}}\n"),
                "cannot be a cost");
  check_refused(
      study(one_axis, "costs: {area: {unit: mm2, source: s, terms: [{each: 1, of: a, per: 3 apples}]}}\n"),
      "'3 apples' is no amount");
}

TEST_CASE("two texts have two digests") {
  CHECK(digest_of("") == "cbf29ce484222325");   // FNV-1a's offset basis
  CHECK(digest_of("a") == "af63dc4c8601ec8c");  // http://www.isthe.com/chongo/tech/comp/fnv/, test vectors
}

}  // namespace chipcast
