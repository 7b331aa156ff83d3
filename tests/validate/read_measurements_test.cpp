#include <doctest/doctest.h>

#include <algorithm>

#include "validate/read_measurements.hpp"

namespace chipcast {
namespace {

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";
const std::string header =
    "source,run,device,operating_point,runtime,threads,model,precision,batch,input,metric,value,unit,"
    "boundary,"
    "use,family,notes\n";

Result<MeasurementSet> read(const std::string& rows) {
  Machines machines(specs, specs + "/runtimes");
  MeasurementSource lab;
  lab.key = "lab";
  return parse_measurement_set("rows.csv", header + rows, {lab}, machines);
}

// The first line of each complaint, without the file.
std::vector<std::string> complaints(const std::string& rows) {
  const Result<MeasurementSet> set = read(rows);
  std::vector<std::string> all;
  if (set) return all;
  for (const Diagnostic& diagnostic : set.diagnostics()) {
    const std::string text = render(diagnostic);
    all.push_back(text.substr(9, text.find('\n') - 9));
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST_CASE("a row is read into base units") {
  const Result<MeasurementSet> set = read(
      "lab,one,rpi4,nominal,ncnn,4,resnet50?resolution=160,int8,2,3x160x160,latency,250,ms,,fit,resnet,a "
      "note\n"
      "lab,,nvidia_v100,,tensorrt,,resnet50,fp16,1,,energy,1.5,Wh,board,check,,\n"
      "lab,,rpi4,,ncnn,,resnet18,fp32,1,,throughput,12.5,1/s,,fit,,\n");
  REQUIRE(set);
  CHECK(set->name == "rows");
  REQUIRE(set->rows.size() == 3);
  const Measurement& first = set->rows[0];
  CHECK(first.model == "resnet50?resolution=160");
  CHECK(first.precision == Precision::int8);
  CHECK(first.threads == 4);
  CHECK(first.batch == 2);
  CHECK(first.metric == Metric::latency);
  CHECK(first.value == doctest::Approx(0.25));
  CHECK(first.use == Use::fit);
  CHECK(first.line == 2);
  CHECK(set->rows[1].value == doctest::Approx(1.5 * 3600));
  CHECK(set->rows[1].boundary == PowerBoundary::board);
  CHECK(set->rows[1].use == Use::check);
  CHECK(set->rows[2].value == 12.5);
}

TEST_CASE("what is missing or unknown is named with its place, all of a file at once") {
  CHECK(complaints("lab,,rpi4,,ncnn,,resnet50,fp32,1,,latency,9,,,fit,,\n"
                   "lba,,rpi44,,nccn,,resnet50,fp31,1,,latency,9,ms,,fit,,\n") ==
        Texts{"2:45: error: no unit is given", "3:1: error: there is no source 'lba'",
              "3:6: error: there is no device 'rpi44'", "3:13: error: there is no runtime 'nccn'",
              "3:28: error: there is no precision 'fp31'"});
}

TEST_CASE("values that cannot be are refused") {
  const auto row = [](const std::string& metric, const std::string& value, const std::string& unit) {
    return "lab,,rpi4,,ncnn,,resnet50,fp32,1,," + metric + "," + value + "," + unit + ",,fit,,\n";
  };
  CHECK(complaints(row("latency", "-3", "ms")) == Texts{"2:43: error: a latency of -3 ms cannot be"});
  CHECK(complaints(row("latency", "0", "ms")).size() == 1);
  CHECK(complaints(row("latency", "1e9", "s")).size() == 1);
  CHECK(complaints(row("latency", "nan", "s")).size() == 1);
  CHECK(complaints(row("latency", "3 ms", "ms")) == Texts{"2:43: error: '3 ms' is not a number alone"});
  CHECK(complaints(row("latency", "3", "W")) == Texts{"2:45: error: 'W' is no unit of latency"});
  CHECK(complaints(row("throughput", "3", "FPS")) == Texts{"2:48: error: 'FPS' is no unit of throughput"});
}

TEST_CASE("batch and threads are whole numbers, and only CPUs have threads") {
  CHECK(complaints("lab,,rpi4,,ncnn,,resnet50,fp32,,,latency,9,ms,,fit,,\n") ==
        Texts{"2:32: error: no batch is given"});
  CHECK(complaints("lab,,rpi4,,ncnn,,resnet50,fp32,1.5,,latency,9,ms,,fit,,\n").size() == 1);
  CHECK(complaints("lab,,rpi4,,ncnn,0,resnet50,fp32,1,,latency,9,ms,,fit,,\n").size() == 1);
  CHECK(complaints("lab,,nvidia_v100,,tensorrt,4,resnet50,fp16,1,,latency,9,ms,,fit,,\n") ==
        Texts{"2:28: error: 'nvidia_v100' is no CPU, where threads could be counted"});
}

TEST_CASE("an energy says what it includes, a time does not") {
  CHECK(complaints("lab,,rpi4,,ncnn,,resnet50,fp32,1,,energy,9,mJ,,fit,,\n") ==
        Texts{"2:47: error: no boundary is given"});
  CHECK(complaints("lab,,rpi4,,ncnn,,resnet50,fp32,1,,latency,9,ms,wall,fit,,\n") ==
        Texts{"2:48: error: a latency has no boundary"});
}

TEST_CASE("an operating point is one of its device") {
  CHECK(complaints("lab,,rpi4,fast,ncnn,,resnet50,fp32,1,,latency,9,ms,,fit,,\n") ==
        Texts{"2:11: error: 'rpi4' has no operating point 'fast'"});
}

TEST_CASE("the same measurement twice is a contradiction, or one too many; a run tells them apart") {
  const std::string row = "rpi4,,ncnn,,resnet50,fp32,1,,latency,";
  const std::string rest = ",ms,,fit,,\n";
  CHECK(complaints("lab,," + row + "9" + rest + "lab,," + row + "8" + rest) ==
        Texts{"3:1: error: line 2 gives another value for the same measurement"});
  CHECK(complaints("lab,," + row + "9" + rest + "lab,," + row + "9" + rest) ==
        Texts{"3:1: error: the same figure stands in line 2"});
  CHECK(complaints("lab,a," + row + "9" + rest + "lab,b," + row + "8" + rest).empty());
}

TEST_CASE("another schema is told by its columns") {
  Machines machines(specs, specs + "/runtimes");
  const Result<MeasurementSet> set =
      parse_measurement_set("rows.csv", "device,latency_ms\nrpi4,9\n", {}, machines);
  REQUIRE(!set);
  CHECK(render(set.diagnostics().front())
            .find("rows.csv:1:8: error: measurements/1 has no column 'latency_ms'") == 0);
  CHECK(set.diagnostics().size() == 1 + 16);  // 17 columns, of which one is there
}

TEST_CASE("rows that cannot be used are listed with their reason") {
  Machines machines(specs, specs + "/runtimes");
  MeasurementSource lab;
  lab.key = "lab";
  const std::string columns =
      "source,device,runtime,model,precision,batch,input,metric,value,unit,reason,notes\n";
  const Result<MeasurementSet> set = parse_measurement_set(
      "unused.csv", columns + "lab,a phone,,resnet50,,,,,,,no such device,\n", {lab}, machines);
  REQUIRE(set);
  REQUIRE(set->left_out.size() == 1);
  CHECK(set->left_out[0].reason == "no such device");
  CHECK(!parse_measurement_set("unused.csv", columns + "lab,a phone,,resnet50,,,,,,,,\n", {lab}, machines));
}

TEST_CASE("groups of operators have a kind of file of their own") {
  Machines machines(specs, specs + "/runtimes");
  MeasurementSource lab;
  lab.key = "lab";
  const std::string columns =
      "source,device,run,runtime,model,precision,batch,group,operators,kind,latency,std,unit,use\n";
  const std::string start = "lab,rpi4,one,ncnn,resnet18,fp32,1,";
  const auto groups = [&](const std::string& rows) {
    return parse_measurement_set("groups.csv", columns + rows, {lab}, machines);
  };
  const Result<MeasurementSet> set =
      groups(start + "0,conv1+bn1+relu,conv,250,,us,fit\n" + start + "1,,bookkeeping,1,0.5,us,fit\n");
  REQUIRE(set);
  REQUIRE(set->groups.size() == 2);
  CHECK(set->groups[0].operators == Texts{"conv1", "bn1", "relu"});
  CHECK(set->groups[0].latency == doctest::Approx(250e-6));
  CHECK(set->groups[0].deviation == 0);
  CHECK(set->groups[1].operators.empty());
  CHECK(set->groups[1].deviation == doctest::Approx(0.5e-6));
  // An operator of a run is timed once, and so is a group.
  const Result<MeasurementSet> twice =
      groups(start + "0,conv1,conv,250,,us,fit\n" + start + "0,bn1+conv1,conv,1,,us,fit\n");
  REQUIRE(!twice);
  REQUIRE(twice.diagnostics().size() == 2);
  CHECK(render(twice.diagnostics()[0]).find("groups.csv:3:35: error: group 0 stands in line 2 already") == 0);
  CHECK(render(twice.diagnostics()[1]).find("groups.csv:3:37: error: operator 'conv1' stands in line 2") ==
        0);
  CHECK(!groups(start + "0,conv1,conv,-250,,us,fit\n"));
  CHECK(!groups(start + "0,conv1,conv,250,-1,us,fit\n"));
}

TEST_CASE("sources say what they are, how it was measured and how far to trust it") {
  const Result<std::vector<MeasurementSource>> sources = parse_sources(
      "sources.yaml",
      "schema: measurements/1\n"
      "sources:\n"
      "  lab: {title: a lab, page: a page, how: a clock, trust: low, date: 2026-01, faults: [a fault]}\n");
  REQUIRE(sources);
  REQUIRE(sources->size() == 1);
  CHECK(sources->front().key == "lab");
  CHECK(sources->front().trust == "low");
  CHECK(sources->front().faults == Texts{"a fault"});
  const auto wrong = parse_sources(
      "sources.yaml", "schema: measurements/1\nsources:\n  lab: {title: a lab, how: a clock, trust: some}\n");
  REQUIRE(!wrong);
  CHECK(wrong.diagnostics().size() == 2);  // no page, and no such trust
  CHECK(!parse_sources("sources.yaml", "schema: measurements/2\nsources: {}\n"));
}

TEST_CASE("what is shipped is right, and every source is used") {
  Machines machines(specs, specs + "/runtimes");
  const Result<Measurements> all = read_measurements(specs + "/measurements", {}, machines);
  REQUIRE(all);
  for (const MeasurementSource& source : all->sources) {
    CAPTURE(source.key);
    CHECK(std::ranges::any_of(all->sets, [&](const MeasurementSet& set) {
      const auto is_its = [&](const auto& row) { return row.source == source.key; };
      return std::ranges::any_of(set.rows, is_its) || std::ranges::any_of(set.left_out, is_its);
    }));
  }
}

TEST_CASE("a set that is not there is an error with a suggestion") {
  Machines machines(specs, specs + "/runtimes");
  const Result<Measurements> all = read_measurements(specs + "/measurements", {"timmm"}, machines);
  REQUIRE(!all);
  CHECK(render(all.diagnostics().front()).find("did you mean 'timm'?") != std::string::npos);
}

}  // namespace
}  // namespace chipcast
