// cli/design_file.hpp: all designs of a sweep, a row each, in a file that is whole as far as it goes.
//
//   Result<std::unique_ptr<DesignFile>> file = begin_design_file("all.csv", sweep);
//   std::string rows = design_rows("all.csv", sweep, first, judged);     // on any thread
//   (*file)->write(rows);                                                // in the order of the designs
//   const std::uint64_t written = *(*file)->keep();                      // and from there, another time:
//   file = continue_design_file("all.csv", sweep, written);
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "study/sweep.hpp"

namespace chipcast::cli {

class DesignFile {
 public:
  DesignFile() = default;
  virtual ~DesignFile() = default;
  DesignFile(const DesignFile&) = delete;
  DesignFile& operator=(const DesignFile&) = delete;

  virtual Result<Done> write(std::string_view rows) = 0;
  // What is written now stays, whatever comes after. How much that is: in a unit of the file's own.
  virtual Result<std::uint64_t> keep() = 0;
};

// Whose name ends in .sqlite, .sqlite3 or .db; others are CSV.
bool is_database(const std::string& path);

std::string design_rows(const std::string& path, const Sweep& sweep, std::uint64_t first,
                        std::span<const Judged> judged);
Result<std::unique_ptr<DesignFile>> begin_design_file(const std::string& path, const Sweep& sweep);
// What lies beyond `written` is removed.
Result<std::unique_ptr<DesignFile>> continue_design_file(const std::string& path, const Sweep& sweep,
                                                         std::uint64_t written);

}  // namespace chipcast::cli
