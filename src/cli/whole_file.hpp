// cli/whole_file.hpp: a file that is written whole or not at all.
//
//   Result<Done> written = write_whole("report.md", text);
//   if (!written) print(written.diagnostics());   // the old report.md still stands
//   write_together({{"report.md", text}, {"data.csv", rows}});   // all of them, or the old ones still stand
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chipcast::cli {

// A temporary file beside `path`, renamed when everything is in it. What is no regular file (a device, a pipe) is
// written in place; a symbolic link keeps pointing to the file that is replaced.
Result<Done> write_whole(const std::string& path, std::string_view text);

// Before hours of work: whether `write_whole` could begin, as far as one can tell.
Result<Done> can_write(const std::string& path);

struct NamedText {
  std::string path;
  std::string text;
};
// No file is replaced before all of them are written beside their places.
Result<Done> write_together(std::span<const NamedText> files);

}  // namespace chipcast::cli
