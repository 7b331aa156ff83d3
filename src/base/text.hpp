// base/text.hpp: text for people: printable strings, suggestions by edit distance, numbers with units.
//
//   suggest("resnet5o", names)        -> "did you mean 'resnet50'?"
//   format_count(11'689'512)          -> "11,689,512"
//   format_scaled(1.814e9, "MAC")     -> "1.814 GMAC"
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"

namespace chipcast {

// Control characters and invalid UTF-8 as \xNN: input never drives the terminal.
std::string printable(std::string_view text);
bool is_valid_utf8(std::string_view text);
// Columns that a printable UTF-8 text takes (one per code point).
std::size_t display_width(std::string_view text);

// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidates nearest to `wanted`, best first, at most `most`, none that is too far to be a slip.
std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates,
                                 std::size_t most = 3);
// "did you mean 'a' or 'b'?", or empty.
std::string suggest(std::string_view wanted, std::span<const std::string> candidates);

// "11,689,512"
std::string format_count(std::int64_t count);
// Four significant digits with a decimal prefix: "1.814 GMAC", "570 kB", "0".
std::string format_scaled(double amount, std::string_view unit);
std::string format(Bytes bytes);
std::string format(Flops flops);
std::string format(Macs macs);

}  // namespace chipcast
