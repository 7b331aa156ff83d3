#include "report/plan.hpp"

#include <doctest/doctest.h>

#include <string>

namespace chipcast::report {
namespace {

const std::string least =
    "schema: report/1\n"
    "title: t\n"
    "networks: [resnet18, mobilenet_v2]\n"
    "baseline: resnet18\n"
    "devices: [kpu_t2, {device: rpi4@turbo, runtime: ncnn, precision: int8}]\n"
    "sections: [summary, energy]\n";

std::string complaint(const std::string& text) {
  const Result<Plan> plan = parse_plan("report.yaml", text);
  return plan ? "" : render(plan.diagnostics());
}

TEST_CASE("a plan: networks, devices, sections in order; batch 1 unless it says otherwise") {
  const Result<Plan> plan = parse_plan("report.yaml", least);
  REQUIRE(plan);
  CHECK(plan->networks[1].text == "mobilenet_v2");
  CHECK(plan->devices[0].device.text == "kpu_t2");
  CHECK(plan->devices[1].runtime->text == "ncnn");
  CHECK(plan->devices[1].precision == Precision::int8);
  CHECK(plan->sections == std::vector<std::string>{"summary", "energy"});
  CHECK(plan->batches == std::vector<std::int64_t>{1});
}

TEST_CASE("scenarios and accuracies, in their units") {
  const Result<Plan> plan =
      parse_plan("report.yaml", least +
                                    "scenarios:\n"
                                    "  - {name: a, rate: 30 Hz, streams: 4, battery: 10 Wh, "
                                    "lifetime: 7 day, accuracy_percent: 75}\n"
                                    "accuracy:\n"
                                    "  of: top-1\n"
                                    "  source: {title: paper, page: table 1}\n"
                                    "  percent: {resnet18: 69.758}\n");
  REQUIRE(plan);
  const Scenario& scenario = plan->scenarios[0];
  CHECK(*scenario.total_rate() == 120.0 * hertz);  // 4 streams of 30 Hz
  CHECK(in(*scenario.battery, joule) == doctest::Approx(36'000));
  CHECK(in(*scenario.lifetime, second) == doctest::Approx(7 * 86'400));
  CHECK(*scenario.accuracy == doctest::Approx(0.75));
  CHECK(plan->accuracies[0].fraction == doctest::Approx(0.69758));
}

TEST_CASE("the intensity of the grid has a source") {
  const Result<Plan> plan =
      parse_plan("report.yaml", least + "grid: {g_per_kwh: 360, source: {title: a, page: b}}\n");
  REQUIRE(plan);
  CHECK(plan->grid->grams_per_joule == doctest::Approx(360 / 3.6e6));  // 1 kWh = 3.6 MJ
  CHECK(plan->grid->text == "360 g/kWh");
  CHECK(complaint(least + "grid: {g_per_kwh: 360}\n").find("missing key 'source'") != std::string::npos);
  CHECK(complaint(least + "grid: {g_per_kwh: -1, source: {title: a, page: b}}\n")
            .find("report.yaml:7:19: error: ") != std::string::npos);
}

TEST_CASE("a plan may be about measurements or about claims instead, and then names no networks") {
  const Result<Plan> of_sets =
      parse_plan("report.yaml", "schema: report/1\ntitle: t\nvalidates: [ncnn, timm]\n");
  REQUIRE(of_sets);
  CHECK(of_sets->validates[1].text == "timm");
  const Result<Plan> of_claims =
      parse_plan("report.yaml", "schema: report/1\ntitle: t\naudits: claims.csv\n");
  REQUIRE(of_claims);
  CHECK(of_claims->audits->text == "claims.csv");
  CHECK(complaint("schema: report/1\ntitle: t\naudits: claims.csv\nnetworks: [resnet18]\n")
            .find("report.yaml:4:1: error: unknown key 'networks'") != std::string::npos);
}

TEST_CASE("what is wrong has a place, a cause and a way out") {
  CHECK(complaint("schema: report/1\ntitle: t\n").find("missing key 'networks' in a report") !=
        std::string::npos);
  const std::string section = complaint(least.substr(0, least.find("sections")) + "sections: [sumary]\n");
  CHECK(section.find("report.yaml:6:12: error: ") != std::string::npos);
  CHECK(section.find("did you mean 'summary'?") != std::string::npos);
  CHECK(complaint(least.substr(0, least.find("sections")) + "sections: [energy, energy]\n")
            .find("section 'energy' stands there twice") != std::string::npos);
  CHECK(complaint(least + "network: x\n").find("did you mean 'networks'?") != std::string::npos);
  CHECK(complaint(least + "batches: []\n").find("names no batch") != std::string::npos);
  CHECK(complaint(least + "batches: [0]\n").find("report.yaml:7:11: error: ") != std::string::npos);
  CHECK(complaint(least + "precisions: [fp31]\n").find("did you mean 'fp32'?") != std::string::npos);
}

TEST_CASE("a scenario without a figure that its conditions need is refused") {
  const auto scenario = [](const std::string& keys) {
    return complaint(least + "scenarios:\n  - {name: a, " + keys + "}\n");
  };
  CHECK(scenario("deadline: 33 ms").empty());
  CHECK(scenario("memory: 1 MB").find("asks for nothing") != std::string::npos);
  CHECK(scenario("deadline: 33 ms, battery: 10 Wh").find("has a battery but no rate") != std::string::npos);
  CHECK(scenario("rate: 1 Hz, lifetime: 7 day").find("has a lifetime but no battery") != std::string::npos);
  CHECK(scenario("deadline: 1 s, max_power: 5 W").find("has a max_power but no rate") != std::string::npos);
  CHECK(scenario("deadline: 1 s, streams: 2").find("has streams but no rate") != std::string::npos);
  CHECK(scenario("deadline: 33 W").find("report.yaml:8:28: error: 'deadline' must be a time") !=
        std::string::npos);
}

TEST_CASE("names that the file uses must be among the report's own") {
  const Result<Plan> plan =
      parse_plan("report.yaml", least + "scenarios:\n  - {name: a, rate: 1 Hz, devices: [kpu_t3]}\n");
  REQUIRE(plan);
  const std::vector<std::string> networks = {"resnet50", "mobilenet_v2"}, devices = {"kpu_t2", "rpi4@turbo"};
  CHECK(render(check_names(*plan, networks, devices)) ==
        "report.yaml:4:11: error: the report has no network 'resnet18'\n"
        "  baseline: resnet18\n"
        "            ^~~~~~~~ did you mean 'resnet50'?\n"
        "report.yaml:8:37: error: the report has no device 'kpu_t3'\n"
        "    - {name: a, rate: 1 Hz, devices: [kpu_t3]}\n"
        "                                      ^~~~~~ did you mean 'kpu_t2'?\n");
}

}  // namespace
}  // namespace chipcast::report
