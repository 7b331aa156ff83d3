// cli/streams.hpp: where a command writes, and what the reader's terminal can show.
//
//   Streams streams{std::cout, std::cerr, terminal_of(STDOUT_FILENO)};
//   streams.out << "data\n", streams.err << "chipcast: error: ...\n";
#pragma once

#include <cstddef>
#include <iosfwd>

namespace chipcast::cli {

struct Terminal {
  std::size_t width = 100;  // columns; where nobody knows (a pipe, a file): a width that reads well anywhere
  bool color = false;
};
// $COLUMNS goes before what the terminal says; colours take a terminal, and neither NO_COLOR nor TERM=dumb.
Terminal terminal_of(int file_descriptor);

struct Streams {
  std::ostream& out;  // data
  std::ostream& err;  // errors, warnings, progress
  Terminal terminal = {};
};

}  // namespace chipcast::cli
