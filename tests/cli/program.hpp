// tests/cli/program.hpp: runs the built program as a user would.
//
//   const Ran ran = run_program({"describe", "resnet18", "--format", "json"}, {"COLUMNS=80"});
//   ran.code, ran.out, ran.err
//   const Folder folder;                                  // a folder of its own, removed afterwards
//   folder.write("net.onnx", bytes), folder.path("net.onnx")
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace chipcast::cli {

struct Ran {
  int code = -1;  // 128 + the signal's number where a signal ended it
  std::string out;
  std::string err;
};

struct RunOptions {
  std::string out_to = {};          // a file or device for standard output; `out` stays empty
  bool closes_output = false;       // nobody reads standard output
  std::size_t most_file_bytes = 0;  // a disk that is full beyond this; 0: never full
  std::string folder = {};          // to run in; empty: wherever the tests run
  int terminal_columns = 0;         // standard output is a terminal of that width; 0: a pipe
  std::size_t ranks = 0;            // started by mpirun as so many processes; 0: as one, without it
  // Asked every few milliseconds with the process that was started, until it says that it is done.
  std::function<bool(int)> meanwhile = {};
};

// `environment` replaces what the tests run in, so that a COLUMNS there changes nothing.
Ran run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
                const RunOptions& options = {});

// Whether there is an mpirun, and the program was built with MPI.
bool has_mpirun();

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name = {}) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  std::vector<std::string> names() const;  // sorted

 private:
  std::filesystem::path folder_;
};

// A network of one convolution, y = conv(x, w), as an ONNX file: x is batch x 3 x 8 x 8, w 4 x 3 x 3 x 3, no padding.
std::string convolution_onnx();
// An operator nobody knows between two Relus; its output's shape is declared.
std::string unknown_operator_onnx();

std::size_t widest_line(const std::string& text);

}  // namespace chipcast::cli
