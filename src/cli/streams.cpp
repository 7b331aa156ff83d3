#include "cli/streams.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace chipcast::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::size_t width_of(int file_descriptor) {
  const std::string_view columns = variable("COLUMNS");
  std::size_t width = 0;
  const auto [end, error] = std::from_chars(columns.begin(), columns.end(), width);
  if (error == std::errc() && end == columns.end() && width > 0) return width;
  winsize size{};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return Terminal().width;
}

}  // namespace

Terminal terminal_of(int file_descriptor) {
  const bool is_plain = !variable("NO_COLOR").empty() || variable("TERM") == "dumb";
  return {.width = width_of(file_descriptor), .color = isatty(file_descriptor) == 1 && !is_plain};
}

}  // namespace chipcast::cli
