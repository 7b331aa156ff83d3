#include <doctest/doctest.h>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

std::string completed(std::vector<std::string> words) {
  words.insert(words.begin(), {"complete", "--"});
  const Ran ran = run_program(words);
  CHECK(ran.code == exit_done);
  CHECK(ran.err.empty());
  return ran.out;
}

TEST_CASE("the first word becomes a command or an option of the program") {
  CHECK(completed({""}) ==
        "describe\nestimate\nexplain\nwhatif\nsolve\nsweep\nmerge\nvalidate\ncalibrate\nreport\nlist\naudit\n"
        "lint\n");
  CHECK(completed({"li"}) == "list\nlint\n");
  CHECK(completed({"--v"}) == "--version\n");
  CHECK(completed({}) ==
        "describe\nestimate\nexplain\nwhatif\nsolve\nsweep\nmerge\nvalidate\ncalibrate\nreport\nlist\naudit\n"
        "lint\n");
}

TEST_CASE("options are those of the command") {
  CHECK(completed({"describe", "--f"}) == "--format\n");
  CHECK(completed({"describe", "resnet18", "--oper"}) == "--operators\n");
  CHECK(completed({"lint", "--f"}).empty());
}

TEST_CASE("models are names of the zoo, with their parameters behind a question mark") {
  CHECK(completed({"describe", "wide_resnet"}) == "wide_resnet50_2\nwide_resnet101_2\n");
  CHECK(completed({"describe", "resnet18", "efficientnet_v2_b"}) ==
        "efficientnet_v2_b0\nefficientnet_v2_b1\nefficientnet_v2_b2\nefficientnet_v2_b3\n");
  CHECK(completed({"describe", "resnet18?cl"}) == "resnet18?classes=\n");
  CHECK(completed({"describe", "resnet18?classes=10,re"}) == "resnet18?classes=10,resolution=\n");
}

TEST_CASE("devices and runtimes are those of hardware_specs") {
  CHECK(completed({"estimate", "resnet18", "--on", "rpi"}) == "rpi4\nrpi5\n");
  CHECK(completed({"estimate", "resnet18", "--runtime", "tensorr"}) == "tensorrt\n");
  CHECK(completed({"estimate", "wide_resnet5"}) == "wide_resnet50_2\n");
  CHECK(completed({"validate", "--device", "rpi"}) == "rpi4\nrpi5\n");
}

TEST_CASE("measurements are sets of hardware_specs, with the metrics and uses there are") {
  CHECK(completed({"validate", "brane"}) == "branes\n");
  CHECK(completed({"list", "measurements", "brane"}) == "branes\n");
  CHECK(completed({"validate", "--metric", ""}) == "latency\nthroughput\nenergy\npower\n");
  CHECK(completed({"validate", "--use", ""}) == "fit\ncheck\nall\n");
}

TEST_CASE("values of --format are formats; where a file is meant the shell is left to it") {
  CHECK(completed({"describe", "--format", ""}) == "table\nmd\ncsv\njson\nhtml\n");
  CHECK(completed({"describe", "--format", "c"}) == "csv\n");
  CHECK(completed({"describe", "-o", ""}).empty());
  CHECK(completed({"lint", ""}).empty());
  CHECK(completed({"audit", ""}).empty());
  CHECK(completed({"nonsense", ""}).empty());
}

TEST_CASE("list completes what there is to list, then models") {
  CHECK(completed({"list", ""}) == "models\ndevices\nruntimes\nmeasurements\n");
  CHECK(completed({"list", "models", "wide_resnet5"}) == "wide_resnet50_2\n");
}

TEST_CASE("devices, runtimes and precisions complete where they are asked for") {
  CHECK(completed({"estimate", "resnet18", "--on", "kpu"}) == "kpu_t100\nkpu_t2\n");
  CHECK(completed({"estimate", "resnet18", "--runtime", "tens"}) == "tensorrt\n");
  CHECK(completed({"whatif", "mobilenet_v2?res"}) == "mobilenet_v2?resolution=\n");
  CHECK(completed({"explain", "resnet18", "--precision", "bf"}) == "bf16\n");
  CHECK(completed({"estimate", "resnet18", "--keep", "fp1"}) == "fp16=\n");
  CHECK(completed({"list", "devices", "rpi"}) == "rpi4\nrpi5\n");
}

}  // namespace
}  // namespace chipcast::cli
