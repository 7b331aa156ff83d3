#include "base/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace chipcast {
namespace {

constexpr std::size_t widest_source_line = 160;

// The line with its underline; control characters and over-long lines never reach a terminal as they are.
std::string render_source(const Place& place) {
  if (place.source.empty() || place.column <= 0) return {};
  const auto column = static_cast<std::size_t>(place.column - 1);
  if (column > place.source.size()) return {};
  const std::size_t start = column > widest_source_line / 2 ? column - widest_source_line / 2 : 0;
  const std::string shown = printable(place.source.substr(start, widest_source_line));
  const std::string before = printable(place.source.substr(start, column - start));
  const std::size_t room = std::max<std::size_t>(1, shown.size() - std::min(shown.size(), before.size()));
  const auto length = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(place.length, 1)), 1, room);
  return fmt::format("  {}\n  {}^{}", shown, std::string(display_width(before), ' '),
                     std::string(length - 1, '~'));
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  const Place& place = diagnostic.place;
  std::string text = printable(place.file);
  if (place.line > 0) text += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) text += fmt::format(":{}", place.column);
  if (!text.empty()) text += ": ";
  text += diagnostic.severity == Severity::error ? "error: " : "warning: ";
  if (!place.part.empty()) text += printable(place.part) + ": ";
  text += printable(diagnostic.message) + "\n";
  const std::string source = render_source(place);
  if (!source.empty()) {
    text += source;
    text += diagnostic.hint.empty() ? "\n" : " " + printable(diagnostic.hint) + "\n";
  } else if (!diagnostic.hint.empty()) {
    text += "  " + printable(diagnostic.hint) + "\n";
  }
  return text;
}

std::string render(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic);
  return text;
}

}  // namespace chipcast
