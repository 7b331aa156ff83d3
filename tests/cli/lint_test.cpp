#include <doctest/doctest.h>

#include <filesystem>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

TEST_CASE("lint says ok to what is all right, and nothing with --quiet") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  const std::string file = folder.path("net.onnx");
  const Ran ran = run_program({"lint", file, "--dim", "batch=1"});
  CHECK(ran.code == exit_done);
  CHECK(ran.out == file + ": ok\n");
  CHECK(ran.err.empty());
  CHECK(run_program({"lint", file, "--dim", "batch=1", "--quiet"}).out.empty());
}

TEST_CASE("warnings do not fail a file") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  const Ran ran = run_program({"lint", folder.path("net.onnx")});
  CHECK(ran.code == exit_done);
  CHECK(ran.out == folder.path("net.onnx") + ": ok, with 1 warning\n");
  CHECK(ran.err.find(": warning: ") != std::string::npos);
}

TEST_CASE("every network, device, runtime and measurement that is shipped passes") {
  std::vector<std::string> arguments = {"lint", "--quiet"};
  for (const char* folder :
       {"/model_zoo", "/hardware_specs", "/hardware_specs/runtimes", "/hardware_specs/measurements"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(CHIPCAST_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".md" && entry.is_regular_file())
        arguments.push_back(entry.path().string());
    }
  }
  const Ran ran = run_program(arguments);
  CHECK(ran.code == exit_done);
  CHECK(ran.err.empty());
}

TEST_CASE("an error is exit code 2, with the good files still reported") {
  const Folder folder;
  folder.write("net.onnx", convolution_onnx());
  folder.write("bad.yaml", "schema: zoo/1\nfamly: x\n");
  const Ran ran = run_program({"lint", folder.path("bad.yaml"), folder.path("net.onnx")});
  CHECK(ran.code == exit_usage);
  CHECK(ran.out == folder.path("net.onnx") + ": ok, with 1 warning\n");
  CHECK(ran.err.find(folder.path("bad.yaml") + ":2:1: error: ") != std::string::npos);
  CHECK(ran.err.find("did you mean 'family'?") != std::string::npos);
}

TEST_CASE("a device's file is read as one") {
  const Folder folder;
  folder.write("chip.yaml", "schema: device/1\ntitel: x\n");
  const Ran ran = run_program({"lint", folder.path("chip.yaml")});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.find("did you mean 'title'?") != std::string::npos);
}

TEST_CASE("what is neither YAML nor ONNX, a folder or missing is an error") {
  const Folder folder;
  folder.write("notes.txt", "hello");
  CHECK(run_program({"lint", folder.path("notes.txt")}).code == exit_usage);
  CHECK(run_program({"lint", folder.path()}).code == exit_usage);
  CHECK(run_program({"lint", folder.path("none.yaml")}).code == exit_usage);
  CHECK(run_program({"lint", folder.path("none.onnx")}).code == exit_usage);
  CHECK(run_program({"lint"}).code == exit_usage);
}

TEST_CASE("devices and runtimes are checked as what their schema says they are") {
  const Folder folder;
  folder.write("mine.yaml", "schema: device/1\ntitle: mine\nknd: npu\n");
  const Ran ran = run_program({"lint", folder.path("mine.yaml")});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.find("did you mean 'kind'?") != std::string::npos);
  const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs/";
  CHECK(run_program({"lint", specs + "kpu_t2.yaml", specs + "runtimes/tensorrt.yaml"}).code == exit_done);
}

TEST_CASE("--show lists every figure with its source, its range and whose it was") {
  const Ran ran = run_program({"lint", "--show", CHIPCAST_SOURCE_DIR "/hardware_specs/nvidia_h200.yaml"},
                              {"COLUMNS=160"});
  CHECK(ran.code == exit_done);
  CHECK(ran.out.find("engines.tensor.flops_per_cycle.fp16") != std::string::npos);
  CHECK(ran.out.find("inherited from nvidia_h100_sxm") != std::string::npos);
  CHECK(ran.out.find("assumed") != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
