#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

Json listed(const std::string& filter) {
  const Ran ran = run_program({"list", "models", filter, "--format", "json"});
  CHECK(ran.code == exit_done);
  return Json::parse(ran.out)["models"];
}

std::vector<std::string> names(const Json& models) {
  std::vector<std::string> all;
  for (const Json& model : models) all.push_back(model["name"]);
  return all;
}

TEST_CASE("list models: every variant with its family and what can be set") {
  const Json models = listed("*");
  const auto resnet18 = std::ranges::find_if(models, [](const Json& m) { return m["name"] == "resnet18"; });
  REQUIRE(resnet18 != models.end());
  CHECK((*resnet18)["family"] == "resnet");
  CHECK(std::ranges::count((*resnet18)["parameters"], Json("classes=1000")) == 1);
}

TEST_CASE("a filter is a glob over names and families; without a star it may stand anywhere") {
  CHECK(names(listed("resnet5?")) == std::vector<std::string>{"resnet50"});
  CHECK(std::ranges::count(names(listed("next50")), "resnext50_32x4d") == 1);
  CHECK(std::ranges::count(names(listed("resnet")), "resnext50_32x4d") == 1);  // by its family
}

TEST_CASE("a filter that nothing matches is an error with a suggestion") {
  const Ran ran = run_program({"list", "models", "resnet5o"});
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("no model matches 'resnet5o'") != std::string::npos);
  CHECK(ran.err.find("resnet50") != std::string::npos);
}

TEST_CASE("list models in every format, within 80 columns in a terminal") {
  CHECK(widest_line(run_program({"list", "models"}, {"COLUMNS=80"}).out) <= 80);
  CHECK(run_program({"list", "models", "--format", "md"}).out.starts_with("# "));
  CHECK(
      run_program({"list", "models", "--format", "csv"}).out.starts_with("name,family,parameters,about\r\n"));
}

TEST_CASE("list devices and runtimes: what there is, within 80 columns") {
  const Ran devices = run_program({"list", "devices", "kpu*", "--format", "json"});
  CHECK(devices.code == exit_done);
  const Json kpus = Json::parse(devices.out)["devices"];
  REQUIRE(kpus.size() == 2);
  CHECK(kpus[1]["device"] == "kpu_t2");
  CHECK(kpus[1]["bandwidth_bytes_per_s"] == 165e9);  // published
  CHECK(kpus[1]["runtime"] == "kpu_compiler");
  const Json runtimes = Json::parse(run_program({"list", "runtimes", "--format", "json"}).out)["runtimes"];
  CHECK(runtimes.size() >= 9);
  CHECK(widest_line(run_program({"list", "devices"}, {"COLUMNS=80"}).out) <= 80);
  CHECK(widest_line(run_program({"list", "runtimes"}, {"COLUMNS=80"}).out) <= 80);
  CHECK(run_program({"list", "devices", "h1000"}).code == exit_usage);
}

TEST_CASE("list knows what it can list") {
  const Ran ran = run_program({"list", "modles"});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err == "chipcast: error: cannot list 'modles'\n  did you mean 'models'?\n");
  CHECK(run_program({"list"}).code == exit_usage);
}

TEST_CASE("CHIPCAST_DATA names another zoo; one that is not there is an error") {
  const Folder folder;
  const Ran missing = run_program({"list", "models"}, {"CHIPCAST_DATA=" + folder.path()});
  CHECK(missing.code == exit_usage);
  CHECK(missing.err.find(folder.path()) != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
