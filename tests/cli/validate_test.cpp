#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/app.hpp"
#include "cli/program.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;

const std::string header =
    "source,run,device,operating_point,runtime,threads,model,precision,batch,input,metric,value,unit,"
    "boundary,"
    "use,family,notes\n";

// Two rows of networks the zoo has, one it has not.
struct Lab : Folder {
  Lab() {
    write("sources.yaml",
          "schema: measurements/1\n"
          "sources:\n  lab: {title: a lab, page: a page, how: a clock, trust: high}\n");
    write("rows.csv", header +
                          "lab,,rpi4,,ncnn,,resnet18,fp32,1,,latency,1,s,,fit,,\n"
                          "lab,,rpi4,,ncnn,,mobilenet_v2,fp32,1,,latency,1000,ms,,check,,\n"
                          "lab,,rpi4,,ncnn,,no_such_network,fp32,1,,latency,1,s,,fit,,\n");
  }
  Ran validate(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"validate", path("rows.csv")});
    return run_program(more);
  }
};

TEST_CASE("validate holds each row against what estimate says") {
  const Lab lab;
  const Json estimates = Json::parse(run_program({"estimate", "resnet18", "--on", "rpi4", "--runtime", "ncnn",
                                                  "--precision", "fp32", "--datasheet", "--format", "json"})
                                         .out);
  const double latency = estimates[0]["latency_s"];
  const Ran ran = lab.validate({"--format", "json"});
  CHECK(ran.code == exit_done);
  CHECK(ran.err.empty());
  const Json result = Json::parse(ran.out);
  REQUIRE(result["rows"].size() == 3);
  const Json& row = result["rows"][0];
  CHECK(row["model"] == "resnet18");
  CHECK(row["measured"] == 1.0);
  CHECK(row["estimate"] == latency);
  CHECK(row["error"] == doctest::Approx(std::abs(latency - 1)));
  REQUIRE(result["targets"].size() == 1);
  const Json& target = result["targets"][0];
  CHECK(target["device"] == "rpi4");
  CHECK(target["mode"] == "datasheet");
  CHECK(target["count"] == 2);
  for (const char* key :
       {"runtime", "precision", "metric", "mape", "median_log_ratio", "p90", "spearman", "coverage"})
    CHECK(target.contains(key));
}

TEST_CASE("rows that are not used are counted by reason") {
  const Json result = Json::parse(Lab().validate({"--format", "json"}).out);
  REQUIRE(result["unused"].size() == 1);
  CHECK(result["unused"][0]["count"] == 1);
  CHECK(result["rows"][2]["unused"] == result["unused"][0]["reason"]);
  CHECK(result["rows"][2]["estimate"].is_null());
}

TEST_CASE("filters choose rows; where none is left it is an error") {
  const Lab lab;
  CHECK(Json::parse(lab.validate({"--use", "check", "--format", "json"}).out)["rows"].size() == 1);
  const Ran none = lab.validate({"--device", "rpi5"});
  CHECK(none.code == exit_usage);
  CHECK(none.err.find("no measured figure is left") != std::string::npos);
  const Ran unknown = lab.validate({"--device", "rpi6"});
  CHECK(unknown.code == exit_usage);
  CHECK(unknown.err.find("did you mean 'rpi4' or 'rpi5'?") != std::string::npos);
  CHECK(lab.validate({"--metric", "latncy"}).err.find("did you mean 'latency'?") != std::string::npos);
}

TEST_CASE("--fail-over sets a bar") {
  const Lab lab;
  const Ran missed = lab.validate({"--fail-over", "0.01%"});
  CHECK(missed.code == exit_no);
  CHECK(missed.out.find("rpi4") != std::string::npos);
  CHECK(missed.err == "1 of 1 targets are more than 0.01% off\n");
  CHECK(lab.validate({"--fail-over", "100000%"}).code == exit_done);
  CHECK(lab.validate({"--fail-over", "12km"}).code == exit_usage);
}

TEST_CASE("--plot draws a mark for every row that was estimated") {
  const Lab lab;
  CHECK(lab.validate({"--plot", lab.path("plot.svg")}).code == exit_done);
  const std::string svg = lab.read("plot.svg");
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(svg.find("<title>resnet18 on rpi4: 1 s measured, ") != std::string::npos);
  std::size_t marks = 0;
  for (std::size_t at = svg.find("<title>"); at != std::string::npos; at = svg.find("<title>", at + 1))
    ++marks;
  CHECK(marks == 2 + 1);  // two rows, and the device in the legend
  CHECK(lab.validate({"--plot", lab.path("no/such/folder.svg")}).code == exit_usage);
}

TEST_CASE("a row that is wrong is named with its place, and nothing is printed") {
  const Lab lab;
  lab.write("rows.csv", header + "lab,,rpi4,,ncnn,,resnet18,fp32,1,,latency,1,sec,,fit,,\n");
  const Ran ran = lab.validate();
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("rows.csv:2:45: error: 'sec' is no unit of latency") != std::string::npos);
  CHECK(ran.err.find("write s, ms, us or ns") != std::string::npos);
  CHECK(run_program({"lint", lab.path("rows.csv")}).code == exit_usage);
  CHECK(run_program({"lint", "-q", lab.path("sources.yaml")}).code == exit_done);
}

TEST_CASE("a set of the shipped measurements is known by its name, in every format within its width") {
  const Ran table = run_program({"validate", "branes"}, {"COLUMNS=80"});
  CHECK(table.code == exit_done);
  CHECK(widest_line(table.out) <= 80);
  CHECK(table.out.find("intel_i7_12700k") != std::string::npos);
  CHECK(run_program({"validate", "branes", "--format", "csv"}).out.starts_with("set,line,source,"));
  CHECK(run_program({"validate", "branes", "--format", "md"}).out.starts_with("# "));
  CHECK(run_program({"validate", "brains"}).code == exit_usage);
}

TEST_CASE("the shipped groups of operators name operators of the zoo") {
  const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";
  Machines machines(specs, specs + "/runtimes");
  const Result<Measurements> read = read_measurements(specs + "/measurements", {"groups"}, machines);
  REQUIRE(read);
  std::map<std::string, std::set<std::string>> operators;  // by network
  for (const GroupMeasurement& group : read->sets[0].groups) {
    std::set<std::string>& known = operators[group.model];
    if (known.empty()) {
      const Ran ran = run_program({"describe", group.model, "--operators", "all", "--format", "json"});
      const Json described = Json::parse(ran.out);
      for (const Json& op : described["operators"]) known.insert(op["name"]);
    }
    for (const std::string& op : group.operators) {
      CAPTURE(group.line);
      CAPTURE(op);
      CHECK(known.contains(op));
    }
  }
}

TEST_CASE("list measurements: what there is, and how far to trust it") {
  const Ran ran = run_program({"list", "measurements", "branes", "--format", "json"});
  CHECK(ran.code == exit_done);
  const Json sets = Json::parse(ran.out)["measurements"];
  REQUIRE(sets.size() == 1);
  CHECK(sets[0]["trust"] == "medium");
  CHECK(widest_line(run_program({"list", "measurements"}, {"COLUMNS=80"}).out) <= 80);
}

TEST_CASE("--residuals and --format html say by what networks are like how far off they are") {
  const Lab lab;
  CHECK(lab.validate().out.find("Error by what networks are like") == std::string::npos);
  const std::string text = lab.validate({"--residuals"}).out;
  CHECK(text.find("Error by what networks are like") != std::string::npos);
  CHECK(text.find("1 to 10 GFLOP") != std::string::npos);  // ResNet-18 has 3.6
  const std::string page = lab.validate({"--format", "html"}).out;
  CHECK(page.find("<svg ") != std::string::npos);
  CHECK(page.find("ln(estimate / measured)") != std::string::npos);
  const Json result = Json::parse(lab.validate({"--format", "json"}).out);
  for (const Json& slice : result["slices"]) CHECK(slice["count"].get<int>() >= 1);
}

TEST_CASE("--plot-residuals draws a mark for every row in each of its drawings") {
  const Lab lab;
  CHECK(lab.validate({"--plot-residuals", lab.path("residuals.svg")}).code == exit_done);
  const std::string svg = lab.read("residuals.svg");
  CHECK(svg.starts_with("<svg "));
  std::size_t drawings = 0;
  for (std::size_t at = svg.find("<svg "); at != std::string::npos; at = svg.find("<svg ", at + 1))
    ++drawings;
  CHECK(drawings == 1 + 3);  // by intensity, size and batch
}

TEST_CASE("groups of operators show which kind of kernel is off; the shares of a device add up") {
  const Ran ran = run_program({"validate", "branes", "groups", "--format", "json"});
  REQUIRE(ran.code == exit_done);
  const Json result = Json::parse(ran.out);
  std::map<std::string, double> shares;
  for (const Json& kernel : result["kernels"])
    shares[kernel["device"].get<std::string>()] += kernel["time_share"].get<double>();
  CHECK(shares.size() == 2);
  for (const auto& entry : shares) CHECK(entry.second == doctest::Approx(1));
}

TEST_CASE("--bars holds what was left out against what was asked, and exits with 1 where it is missed") {
  const Ran ran = run_program({"validate", "--bars", "--device", "intel_i7_12700k,amd_ryzen9_8945hs",
                               "--runtime", "pytorch_eager", "--format", "json"});
  const Json result = Json::parse(ran.out);
  bool is_all_met = true;
  for (const Json& bar : result["bars"]) {
    const double value = bar["value"], least = bar["least"], most = bar["most"];
    CHECK(bar["is_met"].get<bool>() == (least <= value && value <= most));
    is_all_met = is_all_met && bar["is_met"].get<bool>();
  }
  CHECK(result["bars"].size() >= 6);  // two devices and all CPUs, by network, family and device
  CHECK(ran.code == (is_all_met ? exit_done : exit_no));
}

TEST_CASE("a row that no machine of its kind can do is not compared, and says what to look at") {
  const Lab lab;
  // 3.6 GFLOP in 1 us are 3.6 PFLOP/s; a Raspberry Pi 4 has 48 GFLOP/s.
  lab.write("rows.csv", header + "lab,,rpi4,,ncnn,,resnet18,fp32,1,,latency,1,us,,fit,,\n");
  const Ran ran = lab.validate();
  CHECK(ran.code == exit_usage);
  CHECK(ran.err ==
        "rows.csv:2: error: 'resnet18': more than ten times faster than the device's peak\n"
        "  look at the unit, the batch and the precision of the row\n");
}

TEST_CASE("where no row can be estimated it is an error, with the first row of each reason") {
  const Lab lab;
  lab.write("rows.csv", header + "lab,,rpi4,,ncnn,,resnet181,fp32,1,,latency,1,s,,fit,,\n");
  const Ran ran = lab.validate();
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("rows.csv:2: error: 'resnet181': the model zoo has no such network\n") == 0);
  CHECK(ran.err.find("did you mean 'resnet18'") != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
