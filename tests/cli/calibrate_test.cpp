#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/app.hpp"
#include "cli/program.hpp"
#include "hardware/calibration.hpp"
#include "hardware/energy_calibration.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

std::map<std::string, Json> calibrated_now() {
  const Ran ran = run_program({"calibrate", "--dry-run", "--format", "json"});
  REQUIRE(ran.code == exit_done);
  std::map<std::string, Json> rows;
  const Json all = Json::parse(ran.out);
  for (const Json& row : all["calibrations"])
    rows[row["runtime"].get<std::string>() + "." + row["kind"].get<std::string>()] = row;
  return rows;
}

// The rows of one of the README's accuracy tables: "| pytorch_eager.cpu | 35.2% | ... |".
std::map<std::string, std::vector<double>> accuracy_table(const std::string& subject) {
  std::ifstream file(CHIPCAST_SOURCE_DIR "/README.md");
  std::map<std::string, std::vector<double>> table;
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    const bool is_head = line.starts_with("| " + subject + " |") || line.starts_with("|---");
    if (line.starts_with("| " + subject + " |")) is_inside = true;
    if (!line.starts_with("|")) is_inside = false;
    if (!is_inside || is_head) continue;
    std::istringstream cells(line.substr(1));
    std::string cell, target;
    std::getline(cells, target, '|');
    std::erase_if(target, [](char c) { return c == '`' || c == ' '; });
    while (std::getline(cells, cell, '|')) {
      const bool is_number = cell.find('%') != std::string::npos;
      table[target].push_back(is_number ? std::stod(cell) / 100 : -1);
    }
  }
  return table;
}

TEST_CASE("calibrations are as shipped, and the README's accuracy holds to a point") {
  const std::map<std::string, Json> now = calibrated_now();
  const std::map<std::string, std::vector<double>> table = accuracy_table("target");
  CHECK(table.size() == now.size());
  const char* columns[] = {"datasheet", "in_sample", "network_left_out", "family_left_out",
                           "device_left_out"};
  const char* left_out[] = {"everything", "nothing", "network", "family", "device"};
  for (const auto& entry : now) {
    const std::string& target = entry.first;
    const Json& row = entry.second;
    CAPTURE(target);
    const Result<Calibration> shipped =
        read_calibration(CHIPCAST_SOURCE_DIR "/hardware_specs/calibrations/" + target + ".yaml");
    REQUIRE(shipped);
    REQUIRE(table.contains(target));
    for (std::size_t i = 0; i < std::size(columns); ++i) {
      CAPTURE(std::string(columns[i]));
      const double printed = table.at(target)[i + 1];  // behind the number of rows
      CHECK((printed >= 0) == row[columns[i]].is_number());
      if (printed < 0) continue;
      const double mape = row[columns[i]];
      CHECK(mape < printed + 0.01);
      CHECK(std::abs(shipped->error(left_out[i])->mape - mape) < 0.01);
    }
  }
}

TEST_CASE("the README's error of energies holds to a point, and calibrations are as shipped") {
  const Ran ran = run_program({"calibrate", "--dry-run", "--format", "json"});
  REQUIRE(ran.code == exit_done);
  const std::map<std::string, std::vector<double>> table = accuracy_table("energies");
  const std::map<std::string, std::string> names = {
      {"cpu", "CPUs"}, {"gpu", "GPUs"}, {"mcu", "microcontrollers"}};
  const Json now = Json::parse(ran.out)["energy_calibrations"];
  CHECK(now.size() == names.size());
  for (const Json& row : now) {
    const std::string kind = row["kind"];
    CAPTURE(kind);
    const Result<EnergyCalibration> shipped =
        read_energy_calibration(CHIPCAST_SOURCE_DIR "/hardware_specs/calibrations/energy." + kind + ".yaml");
    REQUIRE(shipped);
    const std::vector<double>& printed = table.at(names.at(kind));
    const FitError* network = find_error(shipped->errors, "network");
    REQUIRE(network != nullptr);
    const double mape = row["network_left_out"];
    CHECK(std::abs(network->mape - mape) < 0.01);
    CHECK(mape < printed[3] + 0.01);  // behind rows, data sheet, in sample
    CHECK(row["family_left_out"].get<double>() < printed[4] + 0.01);
  }
}

TEST_CASE("a fitted estimate says so, and one from the data sheet alone as well") {
  const auto basis = [](std::vector<std::string> more) {
    more.insert(more.begin(), {"estimate", "mobilenet_v2", "--format", "json"});
    const Ran ran = run_program(more);
    REQUIRE(ran.code == exit_done);
    return Json::parse(ran.out)[0]["basis"].get<std::string>();
  };
  CHECK(basis({"--on", "intel_i7_12700k", "--runtime", "pytorch-eager"}) == "calibrated");
  CHECK(basis({"--on", "intel_xeon_8480plus", "--runtime", "pytorch-eager"}) == "calibrated on others");
  CHECK(basis({"--on", "intel_i7_12700k", "--runtime", "pytorch-eager", "--datasheet"}) == "datasheet only");
  CHECK(basis({"--on", "kpu_t2"}) == "datasheet only");
}

TEST_CASE("held-out estimates are told from those of the data sheet, and cover what they say") {
  const Ran ran =
      run_program({"validate", "--runtime", "pytorch_compile", "--mode", "held-out", "--format", "json"});
  REQUIRE(ran.code == exit_done);
  const Json result = Json::parse(ran.out);
  REQUIRE(!result["targets"].empty());
  for (const Json& target : result["targets"]) {
    CHECK(target["mode"] == "held-out");
    CHECK(target["coverage"].is_number());
  }
}

TEST_CASE("a fit sees all sets, whichever are shown; what no fit estimates is listed with its reason") {
  const auto validated = [](std::vector<std::string> more) {
    more.insert(more.begin(), "validate");
    more.insert(more.end(), {"--runtime", "pytorch_eager", "--device", "amd_ryzen9_8945hs", "--mode",
                             "in-sample", "--format", "json"});
    const Ran ran = run_program(more);
    REQUIRE(ran.code == exit_done);
    return Json::parse(ran.out);
  };
  // All its rows are in the set 'branes', the groups that the fit uses beside them are in another.
  CHECK(validated({"branes"})["targets"] == validated({})["targets"]);
  const Ran coral = run_program({"validate", "coral", "--mode", "held-out", "--format", "md"});
  REQUIRE(coral.code == exit_done);
  CHECK(coral.out.find("may be fitted to") != std::string::npos);
}

TEST_CASE("what is said of a figure is true of the mode it was found in") {
  const auto notes = [](const std::string& mode) {
    return run_program({"validate", "opencv", "--mode", mode, "--worst", "0", "--format", "md"}).out;
  };
  CHECK(notes("datasheet").find("nothing is fitted") != std::string::npos);
  CHECK(notes("held-out").find("nothing is fitted") == std::string::npos);
  CHECK(notes("held-out").find("had not seen what was left out") != std::string::npos);
  CHECK(notes("in-sample").find("Fitted to these very rows") != std::string::npos);
}

TEST_CASE("targets that are not, or that there is nothing to fit to") {
  CHECK(run_program({"calibrate", "ncnn.cpux", "--dry-run"}).code == exit_usage);
  const Ran refused = run_program({"calibrate", "xla.tpu", "--dry-run"});
  CHECK(refused.code == exit_usage);
  CHECK(refused.err.find("may be fitted to") != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
