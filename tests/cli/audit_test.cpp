#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

const std::string published = CHIPCAST_SOURCE_DIR "/reports/audit_2025_10/claims.csv";

const Json& findings_of_2025_10() {
  static const Json findings = [] {
    const Ran ran = run_program({"audit", published, "--format", "json"});
    CHECK(ran.code == exit_no);
    CHECK(ran.err.empty());
    return Json::parse(ran.out)["findings"];
  }();
  return findings;
}

// What was found of one kind, as "model metric", where `is_wanted`.
template <class Wanted>
std::multiset<std::string> found(const std::string& fault, Wanted is_wanted) {
  std::multiset<std::string> all;
  for (const Json& f : findings_of_2025_10()) {
    if (f["fault"] == fault && is_wanted(f)) all.insert(f["model"].get<std::string>());
  }
  return all;
}

const std::multiset<std::string> networks = {"mobilenet_v3_small",
                                             "mobilenet_v3_large",
                                             "mobilenet_v2",
                                             "efficientnet_b0",
                                             "efficientnet_b1?resolution=224",
                                             "efficientnet_b2?resolution=224",
                                             "efficientnet_v2_s?resolution=224",
                                             "efficientnet_v2_m?resolution=224"};

// The report of 2025-10 prints eight networks on three devices; what each of its tables has wrong follows from the
// figures beside it.
TEST_CASE("2025-10: every latency is 10^3 above what the throughput beside it says") {
  for (const char* device : {"nvidia-h100-pcie", "kpu-t2", "kpu-t100"}) {
    const auto all = found("not_its_formula", [&](const Json& f) {
      return f["device"] == device && f["metric"] == "throughput" && f["severity"] == "error" &&
             f["cause"].get<std::string>().starts_with("off by 10^3: a unit prefix");
    });
    CHECK(all == networks);
  }
}

TEST_CASE("2025-10: every throughput is above the peak: FLOPs as printed over 1.667 times the peak") {
  // 11,549 x 0.29 GFLOP = 3.35 TFLOP/s of 2; 577K x 0.29 = 167 of 100; 4.3M x 0.29 = 1,247 of 756.
  for (const char* device : {"kpu-t2", "kpu-t100"}) {
    CHECK(found("above_peak", [&](const Json& f) { return f["device"] == device; }) == networks);
  }
  auto with_resnet18 = networks;
  with_resnet18.insert("resnet18");
  CHECK(found("above_peak", [](const Json& f) { return f["device"] == "nvidia-h100-pcie"; }) ==
        with_resnet18);
}

TEST_CASE("2025-10: energies at the printed rate take a hundred times the device's power") {
  // 0.029 J x 11,549/s = 335 W on a device of a few watts.
  CHECK(found("above_power", [](const Json& f) { return f["metric"] == "energy_per_inference"; }) ==
        networks);
}

TEST_CASE("2025-10: batteries last a hundred times too long, and below the device's idle power") {
  // 36,000 J / 0.029 J = 14.4 days at one inference a second; 1,435 are printed.
  const std::multiset<std::string> five = {"mobilenet_v3_small", "mobilenet_v3_large", "mobilenet_v2",
                                           "efficientnet_b0", "resnet18"};
  const auto any = [](const Json& f) { return f["metric"] == "battery_life"; };
  CHECK(found("not_its_formula", any) == five);
  CHECK(found("below_idle", any) == five);
  for (const Json& f : findings_of_2025_10()) {
    if (f["metric"] == "battery_life" && f["model"] == "mobilenet_v3_small" &&
        f["fault"] == "not_its_formula") {
      CHECK(f["implied"] == doctest::Approx(36'000 / 0.029));
      CHECK(f["unit"] == "s");
      CHECK(f["factor"].get<double>() == doctest::Approx(100).epsilon(0.01));
    }
  }
}

TEST_CASE("2025-10: FLOPs are two to three times the network's own, of every network but resnet18") {
  CHECK(found("not_the_network",
              [](const Json& f) { return f["metric"] == "flops" && f["severity"] == "error"; }) == networks);
  CHECK(found("not_the_network", [](const Json& f) {
          return f["metric"] == "flops" && f["severity"] == "warning";
        }) == std::multiset<std::string>{"resnet18"});
  // Parameters are right, to the digits printed.
  CHECK(found("not_the_network", [](const Json& f) { return f["metric"] == "parameters"; }).empty());
}

TEST_CASE("2025-10: depthwise convolutions have a fifteenth of MobileNet-V2's FLOPs, not a seventh") {
  const auto metrics = [](const std::string& model) {
    std::set<std::string> all;
    for (const Json& f : findings_of_2025_10()) {
      const std::string metric = f["metric"];
      if (f["fault"] == "not_the_network" && f["model"] == model && metric != "flops") all.insert(metric);
    }
    return all;
  };
  // 20.7 of 300.8 MMAC, as the README of this project derives; pointwise 268 MMAC are 89%, near the 80% printed.
  CHECK(metrics("mobilenet_v2") == std::set<std::string>{"flops_depthwise_convolution",
                                                         "flop_share_depthwise_convolution",
                                                         "flops_pointwise_convolution"});
  CHECK(metrics("efficientnet_b0") ==
        std::set<std::string>{"flops_standard_convolution", "flop_share_standard_convolution"});
}

TEST_CASE("2025-10: the efficiency score follows two formulas, and once neither") {
  // Of nine rows 1.64 = 0.49 / 0.30, 1.37, 1.34, 1.35 and 1.00 are FLOPs over parameters; 1.52, 0.40 and 0.53 the
  // inverse; 3.82 is neither 0.36 nor 2.75.
  const auto inverse =
      found("mixed_formulas", [](const Json& f) { return f["cause"] == "the inverse of its formula"; });
  CHECK(inverse == std::multiset<std::string>{"mobilenet_v3_large", "efficientnet_v2_s?resolution=224",
                                              "efficientnet_v2_m?resolution=224"});
  CHECK(found("mixed_formulas", [](const Json& f) { return f["cause"].is_null(); }) ==
        std::multiset<std::string>{"mobilenet_v3_small"});
}

TEST_CASE("2025-10: activations of six networks are more than all outputs together") {
  CHECK(found("not_the_activations", [](const Json&) { return true; }) ==
        std::multiset<std::string>{"mobilenet_v3_large", "efficientnet_b1?resolution=224",
                                   "efficientnet_b2?resolution=224", "resnet18",
                                   "efficientnet_v2_s?resolution=224", "efficientnet_v2_m?resolution=224"});
}

TEST_CASE("2025-10: resnet18, which all is compared with, follows another constant than the rest") {
  // 395,000 x 3.79 GFLOP = 1,497 TFLOP/s where eight rows have 1,250; 0.300 J / 3.79 GFLOP = 79 pJ where they have 100.
  CHECK(found("off_the_one_rate", [](const Json& f) {
          return f["metric"] == "throughput";
        }).count("resnet18") == 1);
  CHECK(found("off_the_one_rate", [](const Json& f) {
          return f["metric"] == "energy_per_inference";
        }).count("resnet18") == 1);
  CHECK(found("off_the_one_rate", [](const Json&) { return true; }).size() == 2);
}

TEST_CASE("2025-10: what is right is left alone") {
  // Ratio columns follow from their own columns; five battery ratios are cut off (1.5 for 1.596), one count is 1,086
  // for 3,600 / 3.317 = 1,085.
  std::multiset<std::string> notes;
  for (const Json& f : findings_of_2025_10()) {
    const std::string metric = f["metric"];
    const bool is_ratio = metric.find("ratio") != std::string::npos ||
                          metric.find("margin") != std::string::npos || metric == "inferences_per_wh";
    if (!is_ratio) continue;
    CHECK(f["severity"] == "note");
    notes.insert(metric);
  }
  CHECK(notes.count("battery_life_ratio_to_resnet18") == 4);
  CHECK(notes.count("inferences_per_wh") == 1);
  CHECK(notes.size() == 5);
}

// Parameters and GMACs of the zoo's networks, as their authors print them.
TEST_CASE("figures that are known good give no finding, and exit code 0") {
  std::ifstream file(CHIPCAST_SOURCE_DIR "/tests/import/data/published.csv");
  std::string claims = "model,metric,value,unit\n", line;
  const auto is_number =
      [](const std::string& text) {  // not one with a letter behind it: another way to count
        return !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
      };
  int rows = 0;
  while (std::getline(file, line)) {
    if (line.starts_with('#') || line.starts_with("model,")) continue;
    const std::size_t first = line.find(','), second = line.find(',', first + 1),
                      third = line.find(',', second + 1);
    const std::string model = line.substr(0, first), parameters = line.substr(first + 1, second - first - 1);
    const std::string gmacs = line.substr(second + 1, third - second - 1);
    if (is_number(parameters) && parameters.find('.') == std::string::npos)
      claims += model + ",parameters," + parameters + ",1\n";
    if (is_number(gmacs)) claims += model + ",macs," + gmacs + ",GMAC\n";
    ++rows;
  }
  CHECK(rows > 100);
  const Folder folder;
  folder.write("good.csv", claims);
  const Ran ran = run_program({"audit", folder.path("good.csv"), "--format", "json"});
  CHECK(ran.code == exit_done);
  const Json findings = Json::parse(ran.out)["findings"];
  CHECK_MESSAGE(findings.empty(), findings.dump(1));
}

// Fernandez et al., arXiv 2604.14789, tables 4 to 6: five speed-ups contradict the total times beside them.
TEST_CASE("speed-ups that contradict their times are found, and their neighbours are not") {
  struct Cell {
    const char *model, *variant, *device, *time, *speedup;
  };
  const Cell cells[] = {
      {"efficientnet_b2", "BASE", "orin_nano_cuda", "140.8", "1.00"},
      {"efficientnet_b2", "EE3", "orin_nano_cuda", "120.5", "0.57"},  // 1.17
      {"efficientnet_b2", "BASE", "agx_orin_cuda", "104.0", "1.00"},
      {"efficientnet_b2", "PTQ", "agx_orin_cuda", "221.8", "0.63"},  // 0.47
      {"efficientnet_b2", "BASE", "rpi5", "525.1", "1.00"},
      {"efficientnet_b2", "PTQ", "rpi5", "459.7", "0.98"},  // 1.14
      {"efficientnet_b2", "EE8", "rpi5", "477.4", "1.09"},  // 1.0999: cut off
      {"mobilenet_v2", "BASE", "orin_nano_cuda", "116.7", "1.00"},
      {"mobilenet_v2", "EE8", "orin_nano_cuda", "103.4", "1.23"},  // 1.13
      {"shufflenet_v2", "BASE", "agx_orin", "68.5", "1.00"},
      {"shufflenet_v2", "DQ", "agx_orin", "85.9", "0.70"},  // 0.80
  };
  std::string claims = "model,variant,device,metric,value,unit,as_printed,formula\n";
  for (const Cell& c : cells) {
    const std::string row = std::string(c.model) + "," + c.variant + "," + c.device + ",";
    claims += row + "total_time," + c.time + ",s," + c.time + ",\n";
    claims += row + "speedup," + c.speedup + ",1," + c.speedup + ",total_time[BASE] / total_time\n";
  }
  const Folder folder;
  folder.write("speedups.csv", claims);
  const Ran ran = run_program({"audit", folder.path("speedups.csv"), "--format", "json", "--quiet"});
  CHECK(ran.code == exit_no);
  const Json json = Json::parse(ran.out);
  CHECK(json["errors"] == 5);
  CHECK(json["notes"] == 1);
  CHECK(json["warnings"] == 0);
}

TEST_CASE("unknown networks and devices are named once with a suggestion, and audited without physics") {
  const Folder folder;
  folder.write("t.csv",
               "model,device,metric,value,unit\n"
               "resnet5o,kpu_t3,latency,10.0,ms\n"
               "resnet5o,kpu_t3,throughput,200,1/s\n");
  const Ran ran = run_program({"audit", folder.path("t.csv")});
  CHECK(ran.err.find(folder.path("t.csv") + ":2: warning: 'resnet5o'") != std::string::npos);
  CHECK(ran.err.find("did you mean 'resnet50'") != std::string::npos);
  CHECK(ran.err.find("'kpu_t3'") != std::string::npos);
  CHECK(ran.err.find(":3: warning") == std::string::npos);
  CHECK(run_program({"audit", folder.path("t.csv"), "-q"}).err.empty());
}

TEST_CASE("a table within 80 columns, with as many findings as asked for; csv and json carry all") {
  const Ran ran = run_program({"audit", published}, {"COLUMNS=80"});
  CHECK(widest_line(ran.out) <= 80);
  CHECK(ran.out.find("more (--findings all shows them)") != std::string::npos);
  const Ran all = run_program({"audit", published, "--findings", "all"}, {"COLUMNS=80"});
  CHECK(all.out.find("--findings all") == std::string::npos);
  CHECK(run_program({"audit", published, "--findings", "none"}).out.find("likely") == std::string::npos);
  const std::string csv = run_program({"audit", published, "--format", "csv"}).out;
  CHECK(static_cast<std::size_t>(std::ranges::count(csv, '\n')) == findings_of_2025_10().size() + 1);
  CHECK(run_program({"audit", published, "--format", "md"}).out.starts_with("# "));
  CHECK(run_program({"audit", published, "--findings", "many"}).code == exit_usage);
}

TEST_CASE(
    "a file that is no table of claims: exit code 2, the place and the way out, nothing on standard output") {
  const Folder folder;
  folder.write("bad.csv", "model,metric,value,unit\na,latency,12,seconds\n");
  const Ran ran = run_program({"audit", folder.path("bad.csv")});
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("bad.csv:2:14: error: unknown unit 'seconds'") != std::string::npos);
  CHECK(ran.err.find("write a time, such as 'ms'") != std::string::npos);
  CHECK(run_program({"audit", folder.path("missing.csv")}).code == exit_usage);
  CHECK(run_program({"audit"}).code == exit_usage);
}

}  // namespace
}  // namespace chipcast::cli
