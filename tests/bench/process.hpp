// tests/bench/process.hpp: the program as a whole process, with what it cost.
//
//   const Finished finished = run_chipcast({"describe", "resnet50"});   // its output goes to /dev/null
//   finished.peak_bytes
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chipcast::bench {

struct Finished {
  int code = -1;
  std::int64_t peak_bytes = 0;  // resident
  double cpu_seconds = 0;       // user and system: what a busy machine does not stretch
};
Finished run_chipcast(const std::vector<std::string>& arguments);

}  // namespace chipcast::bench
