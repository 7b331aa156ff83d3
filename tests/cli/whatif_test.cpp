#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using doctest::Approx;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

Json json_of(Words arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  CHECK(ran.err.empty());
  REQUIRE(ran.code == exit_done);
  return Json::parse(ran.out);
}

Json whatif(Words arguments) {
  arguments.insert(arguments.begin(), "whatif");
  return json_of(std::move(arguments));
}

std::string complaint(Words arguments) {
  arguments.insert(arguments.begin(), "whatif");
  const Ran ran = run_program(arguments);
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  return ran.err;
}

TEST_CASE("whatif: before and after are what 'estimate' says of each") {
  const Json study = whatif({"mobilenet_v2?classes=10", "--on", "jetson_agx_orin@15W", "--set",
                             "precision=int8", "batch=4", "resolution=160", "width=0.5", "weights=int4"});
  const Json before = json_of({"estimate", "mobilenet_v2?classes=10", "--on", "jetson_agx_orin@15W"})[0];
  const Json after =
      json_of({"estimate", "mobilenet_v2?classes=10,resolution=160,width=0.5", "--on", "jetson_agx_orin@15W",
               "--precision", "int8", "--weights", "int4", "--batch", "4"})[0];
  REQUIRE(study["estimates"].size() == 2);
  for (const auto& entry : before.items())
    CHECK_MESSAGE(study["estimates"][0][entry.key()] == entry.value(), entry.key());
  for (const auto& entry : after.items())
    CHECK_MESSAGE(study["estimates"][1][entry.key()] == entry.value(), entry.key());
  CHECK(study["estimates"][0]["case"] == "before");
  CHECK(study["estimates"][1]["case"] == "after");
}

TEST_CASE("a factor of a network's parameter is of what it is") {
  for (const char* setting : {"resolution=0.5x", "resolution=-50%", "resolution=112"}) {
    const Json study = whatif({"resnet18", "--on", "kpu-t2", "--set", setting});
    CHECK(study["estimates"][1]["model"] == "resnet18?resolution=112");
  }
  const Json again = whatif({"resnet18?resolution=64", "--on", "kpu-t2", "--set", "resolution=2x"});
  CHECK(again["estimates"][1]["model"] == "resnet18?resolution=128");
}

TEST_CASE("the report names all that changed, in base units, and every operator that moved") {
  const Json study = whatif(
      {"resnet18", "--on", "kpu-t2", "--set", "engines.fabric.clock=2x", "memory.dram.bandwidth=-50%"});
  Json changes = Json::object();
  for (const Json& change : study["changes"]) changes[change["figure"].get<std::string>()] = change;
  // The two levels that the fabric's clock moves, in hardware_specs/kpu_t2.yaml.
  CHECK(changes.size() == 4);
  CHECK(changes["memory.tile.bandwidth"]["after"] == 500e9);
  CHECK(changes["memory.shared.bandwidth"]["after"] == 370e9);
  CHECK(changes["memory.dram.bandwidth"]["before"] == 165e9);
  CHECK(changes["memory.dram.bandwidth"]["after"] == 82.5e9);
  CHECK(changes["memory.dram.bandwidth"]["unit"] == "B/s");
  double moved = 0;
  for (const Json& row : study["operators"])
    moved += row["after_s"].get<double>() - row["before_s"].get<double>();
  const double before = study["estimates"][0]["latency_s"], after = study["estimates"][1]["latency_s"];
  CHECK(moved == Approx(after - before));
}

TEST_CASE("the tables fit the terminal and say what binds, on paper too") {
  for (const char* format : {"table", "md", "csv"}) {
    const Ran ran =
        run_program({"whatif", "resnet18", "--on", "kpu-t2", "--set", "memory.dram.bandwidth=-50%",
                     "fusion.product_add=off", "--ideal", "--sensitivity", "--format", format},
                    {"COLUMNS=80"});
    CHECK(ran.code == exit_done);
    CHECK(ran.err.empty());
    CHECK_FALSE(ran.out.empty());
    if (std::string(format) == "table") CHECK(widest_line(ran.out) <= 80);
  }
}

TEST_CASE("--ideal and --sensitivity stand alone, too") {
  const Json study = whatif({"resnet18", "--on", "kpu-t2", "--ideal", "--sensitivity"});
  CHECK(study["estimates"].size() == 1);
  CHECK_FALSE(study.contains("changes"));
  REQUIRE(study["ideal"].size() == 5);
  CHECK(study["ideal"][0]["latency_s"] == study["estimates"][0]["latency_s"]);
  CHECK(study["ideal"][0]["of_today"] == 1);
  for (std::size_t i = 1; i < 5; ++i)
    CHECK(study["ideal"][i]["latency_s"] <= study["ideal"][i - 1]["latency_s"]);
  bool has_clock = false;
  for (const Json& row : study["sensitivity"]) {
    if (row["figure"] != "engines.fabric.clock") continue;
    has_clock = true;
    CHECK(row["latency_elasticity"] < 0);
  }
  CHECK(has_clock);
}

TEST_CASE("--plot draws a bar for the latency and one for the energy of each figure that matters") {
  const Folder folder;
  const Ran ran =
      run_program({"whatif", "resnet18", "--on", "kpu-t2", "--sensitivity", "--plot", folder.path("t.svg")});
  CHECK(ran.code == exit_done);
  const std::string svg = folder.read("t.svg");
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(svg.find("engines.fabric.clock") != std::string::npos);
  CHECK(svg.find("process_nm") == std::string::npos);
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--plot", "/nowhere/t.svg"}).find("/nowhere/t.svg") !=
        std::string::npos);
}

TEST_CASE("a limit that is lifted never makes it slower, and the report says what is not comparable") {
  const Json study = whatif({"resnet18", "--on", "hailo8", "--ideal"});
  for (const Json& row : study["ideal"]) CHECK(row["of_today"] <= 1);
  CHECK(run_program({"whatif", "resnet18", "--on", "hailo8", "--ideal"}).out.find("side by side") !=
        std::string::npos);
}

TEST_CASE("a sensitivity is what the latency does between a thousandth less and a thousandth more") {
  const auto latency = [](const std::string& factor) {
    const Json study = whatif({"resnet18", "--on", "kpu-t2", "--set", "engines.fabric.count=" + factor});
    return study["estimates"][1]["latency_s"].get<double>();
  };
  const Json study = whatif({"resnet18", "--on", "kpu-t2", "--sensitivity"});
  for (const Json& row : study["sensitivity"]) {
    if (row["figure"] != "engines.fabric.count") continue;
    const double slope = std::log(latency("1.001x") / latency("0.999x")) / std::log(1.001 / 0.999);
    CHECK(row["latency_elasticity"] == Approx(slope).epsilon(1e-9));
  }
}

TEST_CASE("what cannot be answered is an error with a way out") {
  CHECK(complaint({"resnet18", "--on", "kpu-t2"}) ==
        "error: nothing is to be different\n  give --set PATH=VALUE, --sensitivity, --plot or --ideal\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "rpi4", "--ideal"}) ==
        "error: 'whatif' is about one target, not 2\n  name one device, one runtime and one precision\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--set", "resolutoin=160"})
            .find("did you mean 'resolution'?") != std::string::npos);
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--set", "on.gpu.dispatch=2x"})
            .find("did you mean 'on.npu.dispatch'") != std::string::npos);
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--set", "resolution=lots"}).find("resolution") !=
        std::string::npos);
  CHECK(complaint({"ssd_mobilenet_v2", "--on", "kpu-t2", "--set", "backbone=2x"}).find("is no number") !=
        std::string::npos);
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--set", "memory.dram.bandwidth=2x"})
            .find("faster than 'shared'") != std::string::npos);
  // No kernels and no arithmetic: as 'estimate --precision' says it.
  CHECK(complaint({"resnet18", "--on", "nowhere", "--ideal"}).find("no device is called 'nowhere'") !=
        std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
