#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/program.hpp"
#include "database/database.hpp"

namespace chipcast::cli {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

const std::string small_study = R"(schema: study/1
title: a small study
networks: [mobilenet_v2]
devices: [kpu_t2]
axes:
  - {set: memory.dram.bandwidth, range: {from: 0.1x, to: 1x, steps: 4, scale: log}}
  - {set: engines.fabric.count, values: [4, 6, 8]}
  - {set: precision, values: [int8, int4]}
costs:
  cores: {unit: cores, source: counted, terms: [{each: 1, of: engines.fabric.count}]}
constraints: [latency < 10 ms]
objectives: [min latency, min cores]
)";

// 64,000 designs: long enough to be interrupted.
const std::string long_study = R"(schema: study/1
title: a long study
networks: [mobilenet_v2]
devices: [kpu_t2]
axes:
  - {set: memory.dram.bandwidth, range: {from: 0.1x, to: 1x, steps: 40, scale: log}}
  - {set: engines.fabric.flops_per_cycle.int8, range: {from: 0.5x, to: 1x, steps: 40}}
  - {set: idle_power, range: {from: 1 mW, to: 50 mW, steps: 40, scale: log}}
objectives: [min latency, min energy]
)";

// Sends the signal as soon as designs are in the file.
auto interrupt_once_in(const std::string& file, int number) {
  return [file, number](int process) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file, ignored);
    if (ignored || size < 10'000) return false;  // a database has 8,192 bytes before its first row
    kill(process, number);
    return true;
  };
}

Json swept(Words arguments, int code = exit_done) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run_program(arguments);
  CAPTURE(ran.err);
  REQUIRE(ran.code == code);
  return Json::parse(ran.out);
}

}  // namespace

TEST_CASE("sweep: what it says of a design is what 'whatif --set' says of it") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const Json report = swept({"sweep", folder.path("study.yaml")});
  CHECK(report["designs"]["estimated"] == 24);
  REQUIRE_FALSE(report["front"].empty());
  for (const Json& design : report["front"]) {
    const Ran ran =
        run_program({"whatif", "mobilenet_v2", "--on", "kpu_t2", "--format", "json", "--set",
                     "memory.dram.bandwidth=" + design["memory.dram.bandwidth"].get<std::string>(),
                     "engines.fabric.count=" + design["engines.fabric.count"].get<std::string>(),
                     "precision=" + design["precision"].get<std::string>()});
    REQUIRE(ran.code == exit_done);
    const Json after = Json::parse(ran.out)["estimates"][1];
    CHECK(design["latency_s"] == after["latency_s"]);
    CHECK(design["energy_j"] == after["energy_j"]);
    CHECK(design["power_w"] == after["power_w"]);
  }
}

TEST_CASE("sweep: threads change nothing, shards merged are the whole, and a finished file is only read") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string study = folder.path("study.yaml");
  const Json whole = swept({"sweep", study, "--threads", "1"});
  CHECK(swept({"sweep", study, "--threads", "2"}) == whole);
  Words merge = {"merge"};
  for (const std::string part : {"1", "2", "3"}) {
    const std::string file = folder.path("part" + part + ".yaml");
    swept({"sweep", study, "--shard", part + "/3", "--resume", file});
    merge.push_back(file);
  }
  CHECK(swept(merge) == whole);
  const Json again = swept({"sweep", study, "--shard", "1/3", "--resume", merge[1]});
  CHECK(again["designs"]["estimated"] == 8);
  const Ran missing = run_program({"merge", merge[1], merge[3]});
  CHECK(missing.code == exit_no);
  CHECK(missing.err == "chipcast: no part has designs 8-16\n");
  const Ran doubled = run_program({"merge", merge[1], merge[1]});
  CHECK(doubled.code == exit_usage);
  CHECK(doubled.err.find("has designs that") != std::string::npos);
}

TEST_CASE("sweep: --all writes every design") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string all = folder.path("all.csv");
  swept({"sweep", folder.path("study.yaml"), "--all", all});
  const std::string text = folder.read("all.csv");
  CHECK(std::ranges::count(text, '\n') == 25);
  CHECK(
      text.starts_with("design,memory.dram.bandwidth,engines.fabric.count,precision,latency_s,cores_cores,"));
}

TEST_CASE("sweep: a disk that fills up leaves whole rows, and says so") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const Ran ran = run_program({"sweep", folder.path("study.yaml"), "--all", "/dev/full"});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.find("cannot write all designs") != std::string::npos);
}

TEST_CASE(
    "sweep: Ctrl-C and SIGTERM leave what was found until then, and --resume goes on to the same bytes") {
  const Folder folder;
  folder.write("study.yaml", long_study);
  const std::string study = folder.path("study.yaml"), state = folder.path("state.yaml"),
                    all = folder.path("all.csv");
  const Words undisturbed = {"sweep", study, "--all", folder.path("whole.csv"), "--format", "json"};
  const Ran whole = run_program(undisturbed);
  REQUIRE(whole.code == exit_done);
  for (const int number : {SIGINT, SIGTERM}) {
    CAPTURE(number);
    const Words words = {"sweep", study,      "--all", all,         "--resume",
                         state,   "--format", "json",  "--threads", "1"};
    const Ran stopped = run_program(words, {}, {.meanwhile = interrupt_once_in(all, number)});
    REQUIRE(stopped.code == exit_no);
    const std::size_t found = Json::parse(stopped.out)["designs"]["estimated"].get<std::size_t>();
    CHECK(found > 0);
    CHECK(found < 64'000);
    CHECK(stopped.err.find(fmt::format("stopped; designs {}-64000 are missing", found)) != std::string::npos);
    // What a kill leaves behind the last state is taken away.
    folder.write("all.csv", folder.read("all.csv") + "63999,half of a li");
    const Ran resumed = run_program(words);
    CHECK(resumed.code == exit_done);
    CHECK(resumed.out == whole.out);
    CHECK(folder.read("all.csv") == folder.read("whole.csv"));
    CHECK(resumed.err ==
          fmt::format("chipcast: going on from '{}', which misses designs {}-64000\n", state, found));
    std::filesystem::remove(state);
    std::filesystem::remove(all);
  }
}

std::string first(const std::string& database, const std::string& sql) {
  Result<Database> opened = Database::open(database);
  REQUIRE(opened);
  const Result<std::optional<std::string>> text = opened->first(sql);
  if (!text) FAIL(render(text.diagnostics()));
  return text->value_or("nothing");
}

TEST_CASE("sweep: a database of all designs has what the report says of each, in columns with units") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string all = folder.path("all.sqlite");
  const Json report = swept({"sweep", folder.path("study.yaml"), "--all", all});
  CHECK(first(all, "SELECT sql FROM sqlite_master") ==
        "CREATE TABLE designs (design INTEGER PRIMARY KEY, \"memory.dram.bandwidth\" TEXT, "
        "\"engines.fabric.count\" TEXT, \"precision\" TEXT, \"latency_s\" REAL, \"cores_cores\" REAL, "
        "\"energy_j\" REAL, \"power_w\" REAL, standing TEXT)");
  CHECK(first(all, "SELECT COUNT(*) FROM designs") == "24");
  CHECK(first(all, "SELECT COUNT(*) FROM designs WHERE standing = 'good'") ==
        std::to_string(report["designs"]["good"].get<int>()));
  for (const Json& design : report["front"])
    CHECK(
        first(all, fmt::format(
                       "SELECT COUNT(*) FROM designs WHERE design = {} AND latency_s = {} AND energy_j = {} "
                       "AND \"memory.dram.bandwidth\" = '{}'",
                       design["design"].dump(), design["latency_s"].dump(), design["energy_j"].dump(),
                       design["memory.dram.bandwidth"].get<std::string>())) == "1");
}

TEST_CASE("sweep and merge: -o FILE.sqlite has the front, the effects and the counts as tables") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string best = folder.path("best.sqlite"), merged = folder.path("merged.db"),
                    state = folder.path("state.yaml");
  const Json report = swept({"sweep", folder.path("study.yaml"), "--resume", state});
  REQUIRE(run_program({"sweep", folder.path("study.yaml"), "-o", best}).code == exit_done);
  REQUIRE(run_program({"merge", state, "-o", merged}).code == exit_done);
  for (const std::string& file : {best, merged}) {
    CHECK(first(file, "SELECT estimated FROM designs") == "24");
    CHECK(first(file, "SELECT COUNT(*) FROM front") == std::to_string(report["front"].size()));
    CHECK(first(file, "SELECT COUNT(*) FROM front WHERE knee") >= "1");
    CHECK(first(file, "SELECT SUM(good) FROM effects WHERE axis = 'precision'") ==
          std::to_string(report["designs"]["good"].get<int>()));
  }
}

TEST_CASE(
    "sweep: a database that is interrupted, or whose disk is full, can be read, and --resume completes it") {
  const Folder folder;
  folder.write("study.yaml", long_study);
  const std::string study = folder.path("study.yaml"), state = folder.path("state.yaml"),
                    all = folder.path("all.sqlite"), whole = folder.path("whole.sqlite");
  REQUIRE(run_program({"sweep", study, "--all", whole}).code == exit_done);
  const Words words = {"sweep", study, "--all", all, "--resume", state, "--threads", "1"};
  const Ran stopped = run_program(words, {}, {.meanwhile = interrupt_once_in(all, SIGINT)});
  REQUIRE(stopped.code == exit_no);
  CHECK(std::stoi(first(all, "SELECT COUNT(*) FROM designs")) < 64'000);
  CHECK(run_program(words).code == exit_done);
  CHECK(first(all, "SELECT COUNT(*) FROM designs") == "64000");
  {
    Result<Database> both = Database::open(all);
    REQUIRE(both);
    REQUIRE(both->run("ATTACH '" + whole + "' AS whole"));
    const auto other =
        both->first("SELECT COUNT(*) FROM (SELECT * FROM main.designs EXCEPT SELECT * FROM whole.designs)");
    REQUIRE(other);
    CHECK(**other == "0");
  }
  std::filesystem::remove(state);
  const Ran full = run_program(words, {}, {.most_file_bytes = 1'000'000});
  CHECK(full.code == exit_usage);
  CHECK(full.err.find("is the disk full?") != std::string::npos);
  CHECK(first(all, "PRAGMA integrity_check") == "ok");
  folder.write("all.sqlite", "no database at all, and yet it is there");
  const Ran other = run_program({"sweep", study, "--all", all});
  CHECK(other.code == exit_done);
}

TEST_CASE("sweep: --all goes on only with the file that was written, and only where one was") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string study = folder.path("study.yaml"), state = folder.path("state.yaml"),
                    all = folder.path("all.csv");
  const Words words = {"sweep", study, "--all", all, "--resume", state};
  CHECK(run_program(words).code == exit_done);
  CHECK(run_program(words).code == exit_done);
  const std::string rows = folder.read("all.csv");
  CHECK(std::ranges::count(rows, '\n') == 25);
  for (const std::string& damaged : {rows.substr(0, rows.size() - 1), "a" + rows, std::string()}) {
    folder.write("all.csv", damaged);
    const Ran ran = run_program(words);
    CHECK(ran.code == exit_usage);
    CHECK(ran.err.find("this is not the file of all designs that the sweep was writing") !=
          std::string::npos);
    CHECK(folder.read("all.csv") == damaged);
  }
  std::filesystem::remove(state);
  CHECK(run_program({"sweep", study, "--resume", state}).code == exit_done);
  const Ran without = run_program(words);
  CHECK(without.code == exit_usage);
  CHECK(without.err.find("it was kept without --all") != std::string::npos);
}

TEST_CASE("sweep: a space beyond --max-designs is refused with its size") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const Ran ran = run_program({"sweep", folder.path("study.yaml"), "--max-designs", "23"});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.find("the space has 24 designs, more than --max-designs 23") != std::string::npos);
}

TEST_CASE("sweep: a file to go on from that is damaged, or of another study, is refused and left alone") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string study = folder.path("study.yaml"), state = folder.path("state.yaml");
  swept({"sweep", study, "--resume", state});
  const std::string whole = folder.read("state.yaml");
  folder.write("state.yaml", whole.substr(0, whole.size() / 2));
  const Ran cut = run_program({"sweep", study, "--resume", state});
  CHECK(cut.code == exit_usage);
  CHECK(cut.err.find("the file is cut off") != std::string::npos);
  CHECK(folder.read("state.yaml") == whole.substr(0, whole.size() / 2));
  folder.write("state.yaml", whole);
  folder.write("study.yaml", small_study + "# changed\n");
  const Ran other = run_program({"sweep", study, "--resume", state});
  CHECK(other.code == exit_usage);
  CHECK(other.err.find("which is another study, or the study or a file behind it has changed") !=
        std::string::npos);
}

TEST_CASE("sweep and merge: what was found is good for the devices that it was found on") {
  const Folder folder;
  std::filesystem::copy_file(CHIPCAST_SOURCE_DIR "/hardware_specs/kpu_t2.yaml", folder.path("mine.yaml"));
  std::string text = small_study;
  text.replace(text.find("[kpu_t2]"), 8, "[" + folder.path("mine.yaml") + "]");
  folder.write("study.yaml", text);
  const std::string study = folder.path("study.yaml");
  const auto half = [&](const std::string& shard, const std::string& file) {
    return run_program({"sweep", study, "--shard", shard, "--resume", folder.path(file), "-q"});
  };
  REQUIRE(half("1/2", "1.yaml").code == exit_done);
  REQUIRE(half("2/2", "2.yaml").code == exit_done);
  REQUIRE(run_program({"merge", folder.path("1.yaml"), folder.path("2.yaml")}).code == exit_done);
  // A part without its --shard is of fewer designs than are asked for.
  const Ran whole = run_program({"sweep", study, "--resume", folder.path("1.yaml")});
  CHECK(whole.code == exit_usage);
  CHECK(whole.err.find("it holds designs 0-12 of the study, this is about 0-24") != std::string::npos);

  // The same study on another device of that name.
  std::string device = folder.read("mine.yaml");
  const std::string idle = "idle_power: {value: 50 mW";
  REQUIRE(device.find(idle) != std::string::npos);
  device.replace(device.find(idle), idle.size(), "idle_power: {value: 60 mW");
  folder.write("mine.yaml", device);
  const Ran again = half("1/2", "1.yaml");
  CHECK(again.code == exit_usage);
  CHECK(again.err.find("a file behind it has changed") != std::string::npos);
  const Ran merged = run_program({"merge", folder.path("1.yaml"), folder.path("2.yaml")});
  CHECK(merged.code == exit_usage);
  CHECK(merged.err.find("a file behind it, has changed since") != std::string::npos);
}

TEST_CASE("sweep and merge: no file is written over another that is named, none is swept for in vain") {
  const Folder folder;
  folder.write("study.yaml", small_study);
  const std::string study = folder.path("study.yaml"), other = folder.path("other.yaml");
  const auto refused = [](const Words& arguments, const std::string& why) {
    const Ran ran = run_program(arguments);
    CHECK(ran.code == exit_usage);
    CHECK_MESSAGE(ran.err.find(why) != std::string::npos, ran.err);
  };
  refused({"sweep", study, "-o", study}, "STUDY and --output are one file");
  refused({"sweep", study, "--all", folder.path("none/../study.yaml")}, "STUDY and --all are one file");
  refused({"sweep", study, "--resume", other, "--all", other}, "--resume and --all are one file");
  refused({"sweep", study, "--resume", other, "-o", other}, "--resume and --output are one file");
  refused({"sweep", study, "-o", folder.path("none/x.csv")}, "cannot write: No such file or directory");
  refused({"sweep", study, "--all", folder.path("none/x.csv")}, "cannot write: No such file or directory");
  refused({"sweep", study, "--all", folder.path()}, "is a directory");
  REQUIRE(run_program({"sweep", study, "--resume", other, "-q"}).code == exit_done);
  refused({"merge", other, "-o", other}, "--output and FILE are one file");
  CHECK(folder.read("study.yaml") == small_study);
  CHECK(folder.names() == Words{"other.yaml", "study.yaml"});
}

TEST_CASE("sweep: an axis that nobody knows is named, with the nearest") {
  const Folder folder;
  std::string text = small_study;
  text.replace(text.find("engines.fabric.count, values"), 20, "engines.fabric.cuont");
  folder.write("study.yaml", text);
  const Ran ran = run_program({"sweep", folder.path("study.yaml")});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.find("did you mean 'engines.fabric.count'") != std::string::npos);
}

TEST_CASE("sweep: a value that does not fit is named where it stands in the study") {
  const Folder folder;
  const auto complaint = [&](const std::string& axis) {
    std::string text = small_study;
    const std::string first =
        "  - {set: memory.dram.bandwidth, range: {from: 0.1x, to: 1x, steps: 4, scale: log}}\n";
    text.replace(text.find(first), first.size(), axis);
    folder.write("study.yaml", text);
    const Ran ran = run_program({"sweep", "study.yaml"}, {}, {.folder = folder.path()});
    CHECK(ran.code == exit_usage);
    return ran.err;
  };
  CHECK(complaint("  - set: memory.dram.bandwidth\n    values: [1x, 3 W]\n") ==
        "study.yaml:7:18: error: axis value '3 W': 'memory.dram.bandwidth' must be a bandwidth, but 'W' is a "
        "power\n"
        "      values: [1x, 3 W]\n"
        "                   ^~~ write for example '4.8 TB/s'\n");
  CHECK(complaint("  - {set: [idle_power, max_power], range: {from: 1 B, to: 2 B, steps: 2}}\n")
            .starts_with("study.yaml:6:43: error: axis value '1 B': 'idle_power' must be a power"));
  CHECK(complaint("  - {set: weights, values: [int4, int9]}\n")
            .starts_with("study.yaml:6:35: error: axis value 'int9': 'weights' cannot be 'int9'"));
  CHECK(complaint("  - {set: [memory.dram.energy, memory.dram.enrgy], values: [1x]}\n") ==
        "study.yaml:6:32: error: 'memory.dram.enrgy' is no figure, as 'memory.dram.energy' is, which it is "
        "tied to\n"
        "    - {set: [memory.dram.energy, memory.dram.enrgy], values: [1x]}\n"
        "                                 ^~~~~~~~~~~~~~~~~ make two axes of it, or mend the name\n");
}

TEST_CASE("sweep: days of battery life, and a disk too full to keep what was found") {
  const Folder folder;
  std::string text = small_study + "battery: {capacity: 100 Wh, rate: 1 Hz}\n";
  text.replace(text.find("latency < 10 ms"), 15, "battery > 1 day");
  folder.write("study.yaml", text);
  const Json days = swept({"sweep", folder.path("study.yaml")});
  text.replace(text.find("battery > 1 day"), 15, "battery > 24 h ");
  folder.write("study.yaml", text);
  CHECK(swept({"sweep", folder.path("study.yaml")}) == days);
  CHECK(days["designs"]["good"] > 0);
  const Ran full = run_program({"sweep", folder.path("study.yaml"), "--resume", folder.path("state.yaml")},
                               {}, {.most_file_bytes = 100});
  CHECK(full.code == exit_usage);
  CHECK(full.err.find("state.yaml: error: cannot write: ") != std::string::npos);
  CHECK(folder.names() == Words{"study.yaml"});
}

TEST_CASE("sweep: the shipped studies run, and their HTML draws the front and the axes") {
  for (const auto& entry : std::filesystem::directory_iterator(CHIPCAST_SOURCE_DIR "/reports/studies")) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path());
    CHECK(run_program({"lint", entry.path().string()}).code == exit_done);
    const Ran ran = run_program({"sweep", entry.path().string(), "--format", "html"});
    CAPTURE(ran.err);
    CHECK(ran.code == exit_done);
    CHECK(ran.out.find("Designs of the front across all axes") != std::string::npos);
  }
}

}  // namespace chipcast::cli
