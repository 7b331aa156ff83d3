#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using doctest::Approx;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

Json solved(Words arguments, int code = exit_done) {
  arguments.insert(arguments.begin(), "solve");
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  CHECK(ran.err.empty());
  REQUIRE(ran.code == code);
  return Json::parse(ran.out);
}

double latency_with(const Words& models, const std::string& setting) {
  double worst = 0;
  for (const std::string& model : models) {
    const Ran ran = run_program({"whatif", model, "--on", "kpu-t2", "--set", setting, "--format", "json"});
    REQUIRE(ran.code == exit_done);
    worst = std::max(worst, Json::parse(ran.out)["estimates"][1]["latency_s"].get<double>());
  }
  return worst;
}

TEST_CASE(
    "solve: 'whatif' with the answer meets the goal for every network, with a percent less it does not") {
  const Words models = {"mobilenet_v2", "efficientnet_b0"};
  const Json answer = solved({"mobilenet_v2", "efficientnet_b0", "--on", "kpu-t2", "--vary",
                              "memory.dram.bandwidth", "--goal", "latency<5ms", "power<2W"});
  CHECK(answer["figure"] == "memory.dram.bandwidth");
  CHECK(answer["present"] == 165e9);
  CHECK(answer["unit"] == "B/s");
  CHECK(answer["goals"].size() == 4);
  const double least = answer["answer"].get<double>() / 165e9;
  CHECK(latency_with(models, fmt::format("memory.dram.bandwidth={}x", least)) <= 5e-3 * (1 + 1e-9));
  CHECK(latency_with(models, fmt::format("memory.dram.bandwidth={}x", 0.99 * least)) > 5e-3);
}

TEST_CASE("--set comes before the figure is varied, and settings may be of the network") {
  const Words wanted = {"mobilenet_v2", "--on",        "kpu-t2", "--vary",    "engines.fabric.count",
                        "--goal",       "latency<1ms", "--set",  "width=0.5", "memory.tile.bandwidth=4x"};
  const Json answer = solved(wanted);
  CHECK(answer["goals"][0]["model"] == "mobilenet_v2?width=0.5");
  CHECK(answer["goals"][0]["metric"] == "latency_s");
  CHECK(answer["goals"][0]["limit"] == 1e-3);
  CHECK(answer["goals"][0]["reached"] <= 1e-3);
  CHECK(answer["goals"][0]["reached_below"] > 1e-3);
  const double count = answer["answer"];
  CHECK(count == std::floor(count));
}

TEST_CASE("where no value does the exit code is 1 and the limit is named") {
  const Json no =
      solved({"mobilenet_v2", "--on", "kpu-t2", "--vary", "memory.dram.bandwidth", "--goal", "latency<1us"},
             exit_no);
  CHECK(no["answer"].is_null());
  REQUIRE(no["obstacles"].size() == 1);
  CHECK(no["obstacles"][0]["metric"] == "latency_s");
  CHECK(no["obstacles"][0]["reached"] > 1e-6);
  CHECK_FALSE(no["obstacles"][0]["obstacle"].get<std::string>().empty());
  for (const char* format : {"table", "md", "csv"}) {
    const Ran ran = run_program({"solve", "mobilenet_v2", "--on", "kpu-t2", "--vary", "memory.dram.bandwidth",
                                 "--goal", "latency<1us", "--format", format},
                                {"COLUMNS=80"});
    CHECK(ran.code == exit_no);
    CHECK(ran.err.empty());
    if (std::string(format) == "table") CHECK(widest_line(ran.out) <= 80);
  }
}

TEST_CASE("of two figures the front: less of one needs more of the other") {
  const Json front = solved({"mobilenet_v2", "--on", "kpu-t2", "--vary", "engines.fabric.count",
                             "memory.dram.bandwidth", "--goal", "latency<3ms"});
  CHECK(front["first"]["figure"] == "engines.fabric.count");
  CHECK(front["second"]["present"] == 165e9);
  REQUIRE(front["front"].size() > 2);
  for (std::size_t i = 1; i < front["front"].size(); ++i) {
    CHECK(front["front"][i]["first"] > front["front"][i - 1]["first"]);
    CHECK(front["front"][i]["second"] < front["front"][i - 1]["second"]);
  }
  solved({"mobilenet_v2", "--on", "kpu-t2", "--vary", "engines.fabric.count", "memory.dram.bandwidth",
          "--goal", "latency<1ns"},
         exit_no);
}

TEST_CASE("what cannot be asked is an error with a way out") {
  const auto complaint = [](Words arguments) {
    arguments.insert(arguments.begin(), {"solve", "resnet18"});
    const Ran ran = run_program(arguments);
    CHECK(ran.code == exit_usage);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(complaint({"--on", "kpu-t2", "--vary", "memory.dram.bandwith", "--goal", "latency<1ms"}) ==
        "error: --vary: 'kpu_t2' and 'kpu_compiler' have no figure 'memory.dram.bandwith' above zero\n"
        "  did you mean 'memory.dram.bandwidth', 'memory.tile.bandwidth' or 'memory.dram.capacity'?\n");
  CHECK(complaint({"--on", "kpu-t2", "rpi4", "--vary", "max_power", "--goal", "latency<1ms"})
            .find("one target, not 2") != std::string::npos);
  CHECK(complaint({"--on", "kpu-t2", "--vary", "max_power", "--goal", "latency"}).find("--goal:1:1: error") !=
        std::string::npos);
  CHECK(complaint({"--on", "nvidia-t4", "--vary", "max_power", "--goal", "battery>10h"}) ==
        "error: 'nvidia_t4' has no battery\n  give its capacity, as in --battery 10Wh\n");
}

}  // namespace
}  // namespace chipcast::cli
