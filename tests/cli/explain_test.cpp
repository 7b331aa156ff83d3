#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> question = {"explain",          "resnet50", "--on",
                                           "nvidia_h100_pcie", "--op",     "layer1.0.conv2"};

double value_of(const Json& steps, const std::string& term) {
  for (const Json& step : steps) {
    if (step["term"] == term) return step["value"];
  }
  FAIL("no step ", term);
  return 0;
}

TEST_CASE("explain: the steps lead to the result, each with its formula") {
  std::vector<std::string> arguments = question;
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  REQUIRE(ran.code == exit_done);
  const Json json = Json::parse(ran.out);
  const Json& steps = json["steps"];
  // 64 channels onto as many, 3 x 3, on 56 x 56 pixels, two operations a multiply-accumulate.
  CHECK(value_of(steps, "product") == 2.0 * 64 * 64 * 9 * 56 * 56);
  // A product with 3,136 rows, 64 columns and 576 deep fills tiles of 64 x 8 x 16 exactly.
  CHECK(value_of(steps, "filled share") == 1);
  // The weights and a scale and a shift a channel, two bytes each.
  CHECK(value_of(steps, "weight bytes") == 2 * (64.0 * 64 * 9 + 2 * 64));
  // Stride 1 on 56 x 56 pixels: seven loops, and per level a tiling that moves no less than every element once.
  const Json& nest = json["nest"];
  double points = 1;
  for (const Json& loop : nest) points *= loop["extent"].get<double>();
  CHECK(points == 64.0 * 64 * 9 * 56 * 56);
  REQUIRE(!json["tiles"].empty());
  for (const Json& level : json["tiles"]) {
    // The input, the weights and the output, two bytes each.
    CHECK(level["compulsory_bytes"] == 2 * (64.0 * 56 * 56 + 64 * 64 * 9 + 64 * 56 * 56));
    CHECK(level["moved_bytes"] >= level["compulsory_bytes"]);
    CHECK(level["over_bound"] >= 1);
  }
  const double memory = value_of(steps, "off chip") + value_of(steps, "on chip");
  const double busy = std::pow(std::pow(value_of(steps, "compute"), 4) + std::pow(memory, 4), 0.25);
  CHECK(value_of(steps, "time") == doctest::Approx(value_of(steps, "dispatch") + busy));
  CHECK(json["latency_s"] == value_of(steps, "time"));
  CHECK(json["members"][1]["let_in_by"] == "fold_batch_norm");
  CHECK(json["members"][2]["let_in_by"] == "product_activation");
}

TEST_CASE("explain of a whole network: latency, throughput, energy and power as estimate gives them") {
  for (const char* device : {"nvidia_h100_pcie", "kpu_t2", "intel_i7_12700k"}) {
    CAPTURE(device);
    const Ran ran =
        run_program({"explain", "mobilenet_v2", "--on", device, "--batch", "4", "--format", "json"});
    REQUIRE(ran.code == exit_done);
    const Json explained = Json::parse(ran.out);
    const Json& steps = explained["steps"];
    const Ran asked =
        run_program({"estimate", "mobilenet_v2", "--on", device, "--batch", "4", "--format", "json"});
    const Json estimate = Json::parse(asked.out)[0];
    CHECK(value_of(steps, "latency") == estimate["latency_s"]);
    CHECK(value_of(steps, "at best") == estimate["latency_low_s"]);
    CHECK(value_of(steps, "at worst") == estimate["latency_high_s"]);
    CHECK(value_of(steps, "throughput") * value_of(steps, "latency") == doctest::Approx(4));
    CHECK(value_of(steps, "energy") == estimate["energy_j"]);
    CHECK(value_of(steps, "arithmetic") + value_of(steps, "memory") + value_of(steps, "on the chip") +
              value_of(steps, "idle power") + value_of(steps, "busy power") ==
          doctest::Approx(value_of(steps, "energy")));
    CHECK(value_of(steps, "energy of an inference") * 4 == doctest::Approx(value_of(steps, "energy")));
    CHECK(value_of(steps, "power") * value_of(steps, "latency") ==
          doctest::Approx(value_of(steps, "energy")));
    // The slowest first, and its own steps lead to its time.
    const Json& kernels = explained["kernels"];
    for (std::size_t i = 1; i < kernels.size(); ++i) CHECK(kernels[i - 1]["time_s"] >= kernels[i]["time_s"]);
    CHECK(value_of(explained["slowest"], "time") == kernels[0]["time_s"]);
    CHECK(!explained["figures"].empty());
    for (const Json& figure : explained["figures"]) CHECK(!figure["source"].get<std::string>().empty());
  }
}

TEST_CASE("explain reads well in 80 columns and names the sources") {
  const Ran ran = run_program(question, {"COLUMNS=80"});
  CHECK(ran.code == exit_done);
  CHECK(widest_line(ran.out) <= 80);
  CHECK(ran.out.find("assumed: ") != std::string::npos);
  CHECK(ran.out.find("whitepaper") != std::string::npos);
}

TEST_CASE("an operator that is not there is an error with suggestions, one that takes no time says why") {
  const Ran wrong = run_program({"explain", "resnet50", "--on", "rpi4", "--op", "layer1.0.conv9"});
  CHECK(wrong.code == exit_usage);
  CHECK(wrong.err.find("did you mean 'layer1.0.conv1'") != std::string::npos);
  const Ran view = run_program({"explain", "resnet50", "--on", "rpi4", "--op", "flatten"});
  CHECK(view.code == exit_usage);
  CHECK(view.err.find("'flatten' takes no time: it only renames a tensor") != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
