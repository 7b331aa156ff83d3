#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> shipped() {
  std::vector<std::string> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(CHIPCAST_SOURCE_DIR "/reports")) {
    if (fs::exists(entry.path() / "report.yaml")) folders.push_back(entry.path().string());
  }
  return folders;
}

const std::string small_report =
    "schema: report/1\n"
    "title: small\n"
    "networks: ['mobilenet_v3_small*', resnet18]\n"
    "baseline: resnet18\n"
    "devices: [kpu_t2, jetson_agx_orin@15W]\n"
    "scenarios: [{name: camera, rate: 1 Hz, battery: 10 Wh}]\n"
    "sections: [summary, latency, energy, battery, selection]\n";

TEST_CASE("the shipped reports are what the program writes: tools/chipcast report --all") {
  const Ran ran = run_program({"report", "--all", "--check"});
  CHECK_MESSAGE(ran.code == exit_done, (ran.out + ran.err));
  CHECK(!shipped().empty());
}

TEST_CASE("no figure of a shipped report contradicts another") {
  for (const std::string& folder : shipped()) {
    CAPTURE(folder);
    Json data = Json::parse(text_of(folder + "/data.json"));  // a section that it lacks is empty
    std::map<std::string, double> latencies, energies;        // by device and network
    for (const auto& [key, rows] : data["latency"].items()) {
      for (const Json& row : rows) {
        if (!row.contains("throughput_per_s")) continue;
        const double latency = row["latency_s"], throughput = row["throughput_per_s"];
        CHECK(latency * throughput == doctest::Approx(1));  // a batch of one
        CHECK(row["latency_low_s"] <= latency);
        CHECK(row["latency_high_s"] >= latency);
        latencies[key + row["model"].get<std::string>()] = latency;
      }
    }
    for (const auto& [key, rows] : data["energy"].items()) {
      for (const Json& row : rows) {
        if (!row.contains("power_w") || row["energy_j"].is_null()) continue;
        const double energy = row["energy_j"];
        const std::string cell = key + row["model"].get<std::string>();
        double sum = 0;
        for (const char* part : {"compute_j", "off_chip_j", "on_chip_j", "idle_j", "busy_j"})
          sum += row[part].get<double>();
        CHECK(sum == doctest::Approx(energy));
        CHECK(row["power_w"].get<double>() * latencies.at(cell) == doctest::Approx(energy));
        CHECK(row["inferences_per_wh"].get<double>() == doctest::Approx(std::round(3600 / energy)));
        energies[cell] = energy;
      }
    }
    if (data["latency"].contains("latency_by_device_s")) {
      for (const Json& row : data["latency"]["latency_by_device_s"]) {
        for (const auto& [device, latency] : row.items()) {
          if (device != "model") CHECK(latencies.at(device + row["model"].get<std::string>()) == latency);
        }
      }
    }
    for (const auto& [key, rows] : data["pareto"].items()) {
      for (const Json& row : rows) {
        if (!row.contains("latency_s")) continue;
        const std::string cell = key + row["model"].get<std::string>();
        CHECK(row["latency_s"] == latencies.at(cell));
        if (!row["energy_j"].is_null())
          CHECK(row["energy_j"].get<double>() == doctest::Approx(energies.at(cell)));
      }
    }
    for (const auto& [key, rows] : data["time"].items()) {
      for (const Json& row : rows) {
        double sum = 0;
        for (const auto& [kind, share] : row.items()) sum += kind == "model" ? 0 : share.get<double>();
        CHECK(sum == doctest::Approx(1));
      }
    }
  }
}

TEST_CASE("a report of one's own: globs, operating points, all files; and nothing moves the second time") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  const Ran ran = run_program({"report", folder.path("report.yaml")});
  CHECK(ran.code == exit_done);
  CHECK(ran.err.empty());
  for (const char* file : {"report.html", "report.md", "data.csv", "data.json"})
    CHECK(ran.out.find(folder.path(file) + ": new\n") != std::string::npos);
  const std::string html = text_of(folder.path("report.html"));
  CHECK(html.find("mobilenet_v3_small_x0_75") != std::string::npos);
  CHECK(html.find("jetson_agx_orin@15w") != std::string::npos);
  CHECK(html.find("http://www.w3.org/2000/svg") != std::string::npos);
  for (const char* fetching : {"src=", "@import", "url(", "href=\"http"})
    CHECK(html.find(fetching) == std::string::npos);
  const std::string markdown = text_of(folder.path("report.md"));
  for (std::size_t at = markdown.find("](pictures/"); at != std::string::npos;
       at = markdown.find("](pictures/", at + 1))
    CHECK(fs::exists(folder.path(markdown.substr(at + 2, markdown.find(')', at) - at - 2))));
  const Ran again = run_program({"report", folder.path("report.yaml")});
  CHECK(again.out.empty());
  CHECK(run_program({"report", folder.path("report.yaml"), "--check"}).code == exit_done);
}

TEST_CASE("--check writes nothing and says what would move") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  const Ran missing = run_program({"report", folder.path("report.yaml"), "--check"});
  CHECK(missing.code == exit_no);
  CHECK(!fs::exists(folder.path("report.md")));
  run_program({"report", folder.path("report.yaml")});
  folder.write("data.csv", "old\n");
  const Ran moved = run_program({"report", folder.path("report.yaml"), "--check"});
  CHECK(moved.code == exit_no);
  CHECK(moved.out ==
        folder.path("data.csv") + ": 9 new lines\n");  // four networks on two devices, and the heading
  CHECK(text_of(folder.path("data.csv")) == "old\n");
}

TEST_CASE("pictures that a report no longer has go; other files stay") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  run_program({"report", folder.path("report.yaml"), "-q"});
  std::string shorter = small_report;
  shorter.replace(shorter.find(" energy,"), 8, "");
  folder.write("report.yaml", shorter);
  folder.write("pictures/mine.svg", "<svg/>");
  const std::string picture = folder.path("pictures/energy_Energy_of_an_inference_on_kpu_t2.svg");
  CHECK(fs::exists(picture));
  const Ran check = run_program({"report", folder.path("report.yaml"), "--check"});
  CHECK(check.code == exit_no);
  CHECK(check.out.find(picture + ": no longer part of it\n") != std::string::npos);
  CHECK(fs::exists(picture));
  run_program({"report", folder.path("report.yaml"), "-q"});
  CHECK(!fs::exists(picture));
  CHECK(fs::exists(folder.path("pictures/mine.svg")));
  CHECK(run_program({"report", folder.path("report.yaml"), "--check"}).code == exit_done);
}

TEST_CASE("every underlined figure of a page has its derivation, with the figures that it rests on") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  run_program({"report", folder.path("report.yaml"), "-q"});
  const std::string html = text_of(folder.path("report.html"));
  std::size_t links = 0;
  const std::string start = "<a class=\"why\" href=\"#";
  for (std::size_t at = html.find(start); at != std::string::npos; at = html.find(start, at + 1)) {
    const std::string key =
        html.substr(at + start.size(), html.find('"', at + start.size()) - at - start.size());
    const std::size_t derivation = html.find("<details id=\"" + key + "\" data-with=\"figures-");
    CHECK(derivation != std::string::npos);
    ++links;
  }
  // Latency, best, worst, throughput, ratio and share of the time for four networks on two devices, and more.
  CHECK(links > 4 * 2 * 6);
  CHECK(html.find("<details id=\"figures-1\"") != std::string::npos);
}

TEST_CASE("a report on measurements: errors by target, the rows furthest off, each with its runtime") {
  const Folder folder;
  folder.write("report.yaml", "schema: report/1\ntitle: t\nvalidates: [ncnn]\n");
  const Ran ran = run_program({"report", folder.path("report.yaml"), "-q"});
  CHECK(ran.code == exit_done);
  const Json data = Json::parse(text_of(folder.path("data.json")));
  for (const Json& target : data["targets"]["targets"]) CHECK(target["mode"] == "datasheet");
  std::size_t drawn = 0;
  for (const auto& [key, rows] : data["parity"].items()) {
    for (const Json& row : rows) {
      CHECK(row["runtime"].get<std::string>() == key.substr(0, key.find(' ')));
      CHECK(row["estimate"].get<double>() / row["measured"].get<double>() ==
            doctest::Approx(row["ratio"].get<double>()));
      ++drawn;
    }
  }
  std::size_t counted = 0;
  for (const Json& target : data["targets"]["targets"]) counted += target["count"].get<std::size_t>();
  CHECK(drawn == counted);
  folder.write("report.yaml", "schema: report/1\ntitle: t\nvalidates: [nothing]\n");
  CHECK(run_program({"report", folder.path("report.yaml")}).err.find("report.yaml:3:13: error: ") !=
        std::string::npos);
}

TEST_CASE("a report on claims: finding by finding, as many as the audit has") {
  const Folder folder;
  folder.write("claims.csv", text_of(CHIPCAST_SOURCE_DIR "/reports/audit_2025_10/claims.csv"));
  folder.write("report.yaml", "schema: report/1\ntitle: t\naudits: claims.csv\n");
  CHECK(run_program({"report", folder.path("report.yaml"), "-q"}).code == exit_done);
  const Json data = Json::parse(text_of(folder.path("data.json")));
  const Json audit = Json::parse(run_program({"audit", folder.path("claims.csv"), "--format", "json"}).out);
  std::size_t findings = 0, by_table = 0;
  for (const auto& [fault, rows] : data["findings"].items()) {
    for (const Json& row : rows) CHECK(row["fault"] == fault);
    findings += rows.size();
  }
  for (const Json& table : data["summary"]["tables"])
    by_table += table["errors"].get<std::size_t>() + table["warnings"].get<std::size_t>() +
                table["notes"].get<std::size_t>();
  CHECK(findings == audit["findings"].size());
  CHECK(by_table == findings);
  folder.write("report.yaml", "schema: report/1\ntitle: t\naudits: missing.csv\n");
  const Ran missing = run_program({"report", folder.path("report.yaml")});
  CHECK(missing.code == exit_usage);
  CHECK(missing.err.find("missing.csv") != std::string::npos);
}

TEST_CASE("lint says what is wrong with a report.yaml, too") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  CHECK(run_program({"lint", folder.path("report.yaml")}).code == exit_done);
  folder.write("report.yaml", small_report + "measured: [nothing]\n");
  const Ran ran = run_program({"lint", folder.path("report.yaml")});
  CHECK(ran.code != exit_done);
  CHECK((ran.out + ran.err).find("report.yaml:8:12: error: ") != std::string::npos);
}

TEST_CASE("battery life times power is the battery's energy") {
  const Folder folder;
  folder.write("report.yaml", small_report);
  run_program({"report", folder.path("report.yaml"), "-q"});
  const Json data = Json::parse(text_of(folder.path("data.json")));
  std::map<std::string, Json> energy;
  for (const Json& row : data["energy"]["kpu_t2"]) energy[row["model"]] = row;
  std::map<std::string, double> latency;
  for (const Json& row : data["latency"]["kpu_t2"]) latency[row["model"]] = row["latency_s"];
  for (const Json& row : data["battery"]["battery_life_s camera"]) {
    const Json& e = energy.at(row["model"]);
    const double idle = e["idle_j"].get<double>() / latency.at(row["model"]);
    const double above_idle = e["energy_j"].get<double>() - e["idle_j"].get<double>();
    CHECK(row["kpu_t2"].get<double>() * (above_idle * 1.0 + idle) ==
          doctest::Approx(10 * 3600));  // 1 Hz, 10 Wh
  }
}

TEST_CASE("what is wrong with a report.yaml is said at its place; nothing is written") {
  const Folder folder;
  const auto complaint = [&](const std::string& from, const std::string& to) {
    std::string text = small_report;
    text.replace(text.find(from), from.size(), to);
    folder.write("report.yaml", text);
    const Ran ran = run_program({"report", folder.path("report.yaml")});
    CHECK(ran.code == exit_usage);
    CHECK(ran.out.empty());
    CHECK(!fs::exists(folder.path("report.html")));
    return ran.err;
  };
  const std::string network = complaint("resnet18]", "resnet81]");
  CHECK(network.find("report.yaml:3:35: error: ") != std::string::npos);
  CHECK(network.find("did you mean 'resnet18'") != std::string::npos);
  CHECK(complaint("mobilenet_v3_small*", "mobilnet*")
            .find("report.yaml:3:12: error: no network matches 'mobilnet*'") != std::string::npos);
  const std::string device = complaint("kpu_t2,", "kpu_t3,");
  CHECK(device.find("report.yaml:5:11: error: no device is called 'kpu_t3'") != std::string::npos);
  CHECK(complaint("@15W", "@17W").find("has no operating point '17W'") != std::string::npos);
  CHECK(complaint("[kpu_t2,", "[kpu_t2, kpu_t2,").find("is in the report already") != std::string::npos);
  CHECK(complaint("baseline: resnet18", "baseline: resnet50").find("the report has no network 'resnet50'") !=
        std::string::npos);
}

TEST_CASE("an unknown report, a folder that cannot be written, a full disk") {
  const Ran unknown = run_program({"report", "mobilenet_eficientnet"});
  CHECK(unknown.code == exit_usage);
  CHECK(unknown.err ==
        "error: no report is called 'mobilenet_eficientnet'\n  did you mean 'mobilenet_efficientnet'?\n");
  CHECK(run_program({"report"}).code == exit_usage);
  CHECK(run_program({"report", "--all", "-o", "x"}).code == exit_usage);
  const Folder folder;
  folder.write("report.yaml", small_report);
  folder.write("file", "");
  const Ran blocked =
      run_program({"report", folder.path("report.yaml"), "-o", folder.path("file/below"), "-q"});
  CHECK(blocked.code == exit_usage);
  CHECK(blocked.err.find("cannot make the folder") != std::string::npos);
  run_program({"report", folder.path("report.yaml"), "-q"});
  folder.write("data.csv", "old\n");
  folder.write("report.html", "old\n");
  const Ran full = run_program({"report", folder.path("report.yaml"), "-q"}, {}, {.most_file_bytes = 4'096});
  CHECK(full.code == exit_usage);
  CHECK(full.err.find("nothing was written") != std::string::npos);
  CHECK(text_of(folder.path("data.csv")) == "old\n");
  CHECK(text_of(folder.path("report.html")) == "old\n");
}

}  // namespace
}  // namespace chipcast::cli
