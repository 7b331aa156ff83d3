// A sweep as a job of mpirun. Where there is none, the tests say so and check nothing.
#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

using Words = std::vector<std::string>;

bool is_skipped() {
  if (!has_mpirun()) MESSAGE("skipped: there is no mpirun, or the program was built without MPI");
  return !has_mpirun();
}

// 128,000 designs.
const std::string study = R"(schema: study/1
title: a study for several ranks
networks: [mobilenet_v2]
devices: [kpu_t2]
axes:
  - {set: memory.dram.bandwidth, range: {from: 0.1x, to: 1x, steps: 40, scale: log}}
  - {set: engines.fabric.flops_per_cycle.int8, range: {from: 0.5x, to: 1x, steps: 40}}
  - {set: idle_power, range: {from: 1 mW, to: 50 mW, steps: 40, scale: log}}
  - {set: precision, values: [int8, int4]}
objectives: [min latency, min energy]
)";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The process of that rank below mpirun; 0 where there is none.
int process_of(int mpirun, const std::string& rank) {
  std::ifstream children("/proc/" + std::to_string(mpirun) + "/task/" + std::to_string(mpirun) + "/children");
  for (int child = 0; children >> child;) {
    const std::string environment = text_of("/proc/" + std::to_string(child) + "/environ");
    if (environment.find("OMPI_COMM_WORLD_RANK=" + rank + '\0') != std::string::npos) return child;
  }
  return 0;
}

}  // namespace

TEST_CASE("sweep under mpirun: one to four ranks print and write what one process does") {
  if (is_skipped()) return;
  const Folder folder;
  folder.write("study.yaml", study);
  const auto words = [&](const std::string& all) {
    return Words{"sweep", folder.path("study.yaml"), "--format", "json", "--all", folder.path(all)};
  };
  const Ran alone = run_program(words("alone.csv"));
  REQUIRE(alone.code == exit_done);
  for (const std::size_t ranks : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
    CAPTURE(ranks);
    const Ran together = run_program(words("together.csv"), {}, {.ranks = ranks});
    CHECK(together.code == exit_done);
    CHECK(together.err.empty());
    CHECK(together.out == alone.out);
    CHECK(folder.read("together.csv") == folder.read("alone.csv"));
  }
}

TEST_CASE("sweep under mpirun: what is wrong is said once, and the job's exit code is 2") {
  if (is_skipped()) return;
  const Folder folder;
  folder.write("study.yaml", study + "colour: blue\n");
  const std::string complaint = "unknown key 'colour'";
  const Ran ran = run_program({"sweep", folder.path("study.yaml")}, {}, {.ranks = 3});
  CHECK(ran.code == exit_usage);
  CHECK(ran.out.empty());
  REQUIRE(ran.err.find(complaint) != std::string::npos);
  CHECK(ran.err.find(complaint) == ran.err.rfind(complaint));
}

TEST_CASE(
    "sweep under mpirun: a rank's death ends the job, what is missing is named, and --resume completes it") {
  if (is_skipped()) return;
  const Folder folder;
  folder.write("study.yaml", study);
  const Words words = {"sweep", folder.path("study.yaml"), "--format", "json"};
  const Ran whole = run_program(words);
  REQUIRE(whole.code == exit_done);
  Words kept = words;
  kept.insert(kept.end(), {"--resume", folder.path("state.yaml"), "--threads", "1"});
  Words with_rows = kept;  // whose file tells when the work has begun
  with_rows.insert(with_rows.end(), {"--all", folder.path("all.csv")});
  const auto kill_rank_1 = [&](int mpirun) {
    if (text_of(folder.path("all.csv")).size() < 1000) return false;
    const int process = process_of(mpirun, "1");
    if (process != 0) kill(process, SIGKILL);
    return true;
  };
  const Ran broken = run_program(with_rows, {}, {.ranks = 3, .meanwhile = kill_rank_1});
  CHECK(broken.code != exit_done);
  CAPTURE(broken.err);
  CHECK(broken.err.find("chipcast: rank 1 is silent; it had designs ") != std::string::npos);
  CHECK(broken.err.find("chipcast: stopped; designs ") != std::string::npos);
  const Ran resumed = run_program(kept, {}, {.ranks = 2});
  CAPTURE(resumed.err);
  CHECK(resumed.code == exit_done);
  CHECK(resumed.err.find("which misses designs ") != std::string::npos);
  CHECK(resumed.out == whole.out);
}

}  // namespace chipcast::cli
