// cli/usage_error.hpp: a mistake in the arguments, thrown while CLI11 parses them and caught in app.cpp.
//
//   throw UsageError{"unknown format 'tabel'", suggest(name, names)};
#pragma once

#include <string>

namespace chipcast::cli {

struct UsageError {
  std::string message;
  std::string hint = {};  // empty: the help is the way out
};

}  // namespace chipcast::cli
