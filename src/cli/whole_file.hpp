// cli/whole_file.hpp: a file that is written whole or not at all.
//
//   Result<Done> written = write_whole("report.md", text);
//   if (!written) print(written.diagnostics());   // the old report.md still stands
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chipcast::cli {

// A temporary file beside `path`, renamed when everything is in it. What is no regular file (a device, a pipe) is
// written in place; a symbolic link keeps pointing to the file that is replaced.
Result<Done> write_whole(const std::string& path, std::string_view text);

}  // namespace chipcast::cli
