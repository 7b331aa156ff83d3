#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

Json estimated(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "estimate");
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  CHECK(ran.code == exit_done);
  return Json::parse(ran.out);
}

TEST_CASE("estimate: one table with every figure, within 80 columns, and how sure it is in the first line") {
  const Ran ran =
      run_program({"estimate", "mobilenet_v3_small", "--on", "kpu-t2", "nvidia-h100-pcie", "--batch", "1,32"},
                  {"COLUMNS=80"});
  CHECK(ran.code == exit_done);
  CHECK(ran.err.empty());
  CHECK(widest_line(ran.out) <= 80);
  const std::string first = ran.out.substr(0, ran.out.find('\n'));
  CHECK(first.find("datasheet only") != std::string::npos);
  for (const char* heading :
       {"latency", "per s", "energy", "power", "battery", "bound", "runtime", "precision"})
    CHECK(ran.out.find(heading) != std::string::npos);
}

TEST_CASE("json is a list, also of one estimate, with SI units at the end of the keys") {
  const Json list = estimated({"resnet18", "--on", "kpu-t2"});
  REQUIRE(list.is_array());
  REQUIRE(list.size() == 1);
  const Json& e = list[0];
  for (const char* key :
       {"model", "device", "operating_point", "runtime", "precision", "batch", "latency_s", "latency_low_s",
        "latency_high_s", "throughput_per_s", "energy_j", "power_w", "battery_life_s", "bound", "basis"}) {
    CHECK_MESSAGE(e.contains(key), key);
  }
  CHECK(e["device"] == "kpu_t2");
  CHECK(e["runtime"] == "kpu_compiler");  // what the device's file names
  CHECK(e["precision"] == "int8");
  CHECK(e["basis"] == "datasheet only");
  CHECK(e["latency_low_s"] <= e["latency_s"]);
  CHECK(e["latency_s"] <= e["latency_high_s"]);
  const double latency = e["latency_s"], power = e["power_w"], energy = e["energy_j"];
  CHECK(power * latency == doctest::Approx(energy));
}

TEST_CASE("every network on every device at every batch and precision, in that order") {
  const Json list = estimated(
      {"resnet18", "alexnet", "--on", "rpi4,nvidia_t4", "--precision", "fp32,int8", "--batch", "1,8"});
  REQUIRE(list.size() == 16);
  CHECK(list[0]["model"] == "resnet18");
  CHECK(list[1]["batch"] == 8);
  CHECK(list[2]["precision"] == "int8");
  CHECK(list[4]["device"] == "nvidia_t4");
  CHECK(list[8]["model"] == "alexnet");
}

TEST_CASE("--rate and --battery: a battery life, and none where the device cannot keep up") {
  const Json slow = estimated({"resnet18", "--on", "rpi4", "--battery", "10Wh", "--rate", "1/min"});
  const Json fast = estimated({"resnet18", "--on", "rpi4", "--battery", "10Wh"});
  CHECK(slow[0]["battery_capacity_j"] == 36'000);
  CHECK(slow[0]["battery_rate_per_s"] == doctest::Approx(1.0 / 60));
  CHECK(slow[0]["battery_life_s"] > fast[0]["battery_life_s"]);
  const Json never = estimated({"resnet18", "--on", "rpi4", "--battery", "10Wh", "--rate", "1000000/s"});
  CHECK(never[0]["battery_life_s"].is_null());
  CHECK(never[0]["notes"].dump().find("cannot keep up") != std::string::npos);
}

TEST_CASE("an operating point is chosen behind an @, whatever its case") {
  const Json list = estimated({"resnet18", "--on", "jetson_agx_orin@15W"});
  CHECK(list[0]["operating_point"] == "15w");
}

TEST_CASE("'*' is every network of the zoo and every device, in the order in which they are listed") {
  const Json models = Json::parse(run_program({"list", "models", "--format", "json"}).out)["models"];
  const Json on_one = estimated({"*", "--on", "kpu-t2"});
  REQUIRE(on_one.size() == models.size());
  for (std::size_t i = 0; i < models.size(); ++i) CHECK(on_one[i]["model"] == models[i]["name"]);
  const Json devices = Json::parse(run_program({"list", "devices", "--format", "json"}).out)["devices"];
  CHECK(estimated({"resnet18", "--on", "*"}).size() == devices.size());
}

TEST_CASE("--keep runs operators at a precision of their own, which table, JSON and explain say") {
  const std::vector<std::string> mixed = {"vit_b_16", "--on",   "nvidia-h100-pcie",         "--precision",
                                          "int8",     "--keep", "fp16=first,last,attention"};
  const Json kept = estimated(mixed);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0]["precision"] == "int8");
  CHECK(kept[0]["kept_precisions"] == Json::array({"fp16"}));
  const Json int8 = estimated({"vit_b_16", "--on", "nvidia-h100-pcie", "--precision", "int8"});
  const Json fp16 = estimated({"vit_b_16", "--on", "nvidia-h100-pcie", "--precision", "fp16"});
  CHECK_FALSE(int8[0].contains("kept_precisions"));
  const auto between = [&](const char* key) {
    CHECK(int8[0][key].get<double>() < kept[0][key].get<double>());
    CHECK(kept[0][key].get<double>() < fp16[0][key].get<double>());
  };
  for (const char* key : {"latency_s", "energy_j", "weights_bytes"}) between(key);
  // conv_proj has 768 x 3 x 16 x 16 weights and 768 biases, heads.head 768 x 1000 and 1000: a byte more for each.
  CHECK(kept[0]["weights_bytes"].get<std::int64_t>() - int8[0]["weights_bytes"].get<std::int64_t>() ==
        768 * 3 * 16 * 16 + 768 + 768 * 1000 + 1000);
  std::vector<std::string> table = mixed;
  table.insert(table.begin(), "estimate");
  const Ran ran = run_program(table, {"COLUMNS=80"});
  CHECK(ran.out.find("What runs at each precision") != std::string::npos);
  CHECK(ran.out.find("int8 + fp16") != std::string::npos);
  CHECK(widest_line(ran.out) <= 80);
  table[0] = "explain";
  const Ran explained = run_program(table, {"COLUMNS=80"});
  CHECK(explained.code == exit_done);
  CHECK(explained.out.find("int8 + fp16") != std::string::npos);
  CHECK(explained.out.find("What runs at each precision") != std::string::npos);
}

TEST_CASE("of several networks --keep may name what only some of them have; keeping all is that precision") {
  const Json both = estimated({"resnet18", "vit_b_16", "--on", "kpu-t2", "--keep", "fp16=attention"});
  CHECK(both.size() == 2);
  const Json all =
      estimated({"resnet18", "--on", "nvidia-h100-pcie", "--precision", "int8", "--keep", "fp16=*"});
  const Json fp16 = estimated({"resnet18", "--on", "nvidia-h100-pcie", "--precision", "fp16"});
  CHECK(all[0]["latency_s"] == fp16[0]["latency_s"]);
  CHECK(all[0]["energy_j"] == fp16[0]["energy_j"]);
}

TEST_CASE("what cannot be estimated is an error with a way out") {
  const auto complaint = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "estimate");
    const Ran ran = run_program(arguments);
    CHECK(ran.code == exit_usage);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(complaint({"resnet18", "--on", "kpu-t3"}) ==
        "error: no device is called 'kpu-t3'\n  did you mean 'kpu_t2'?\n");
  CHECK(complaint({"resnet18", "--on", "rpi4@fast"}) ==
        "error: 'rpi4' has no operating point 'fast'\n  there are nominal, turbo\n");
  CHECK(complaint({"resnet18", "--on", "rpi4", "--runtime", "tensorrt"}) ==
        "error: runtime 'tensorrt' does not run on 'rpi4', which is a cpu\n"
        "  'chipcast list runtimes' says what runs where\n");
  CHECK(complaint({"resnet18", "--on", "rpi4", "--precision", "fp23"}) ==
        "chipcast: error: --precision knows no 'fp23'\n  did you mean 'fp32'?\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", "fp16=frist"}) ==
        "resnet18: error: nothing is called 'frist', to be kept at fp16\n  did you mean 'first'?\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", "fp16=dense", "fp32=last"}) ==
        "resnet18: error: operator 'fc' is kept at fp16 by 'dense' and at fp32 by 'last'\n"
        "  name each operator at one precision only\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", "fp16=fc", "--keep", "fp32=fc"}) ==
        "chipcast: error: --keep has 'fc' at fp16 and at fp32\n  name each at one precision, once\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", "fp16=fc,fc"}) ==
        "chipcast: error: --keep fp16=fc is given twice\n  name each at one precision, once\n");
  CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", "fp23=fc"}) ==
        "chipcast: error: --keep knows no 'fp23'\n  did you mean 'fp32'?\n");
  for (const char* wrong : {"fc", "fp16=", "fp16=,fc"}) {
    CHECK(complaint({"resnet18", "--on", "kpu-t2", "--keep", wrong}) ==
          "chipcast: error: --keep cannot be '" + std::string(wrong) +
              "'\n  write it as in --keep fp32=softmax,layer_normalization\n");
  }
  CHECK(complaint({"resnet18", "--on", "rpi4", "--battery", "10 W"}) ==
        "chipcast: error: --battery cannot be '10 W'\n  write it as in --battery 10Wh\n");
  CHECK(complaint({"resnet18", "--on", "rpi4", "--rate", "3/x"}) ==
        "chipcast: error: --rate cannot be '3/x'\n  write it as in --rate 2/s, 10/min or 100/day\n");
}

}  // namespace
}  // namespace chipcast::cli
