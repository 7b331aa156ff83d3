// cli/app.hpp: the command line as a function, so that tests run it without a process.
//
//   std::ostringstream out, err;
//   int code = run({"--version"}, {out, err});   // 0, out: "chipcast 0.1.0\n"
#pragma once

#include <string>
#include <vector>

#include "cli/streams.hpp"

namespace chipcast::cli {

inline constexpr int exit_done = 0;   // the answer was printed
inline constexpr int exit_no = 1;     // the answer is "no": a bar missed, an audit finding
inline constexpr int exit_usage = 2;  // bad input or usage; nothing was printed to `out`

// `arguments` without the program's name.
int run(const std::vector<std::string>& arguments, Streams streams);

}  // namespace chipcast::cli
