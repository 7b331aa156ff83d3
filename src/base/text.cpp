#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace chipcast {
namespace {

// Length in bytes of the valid UTF-8 sequence that `text` starts with, 0 if it starts with none.
std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0U) == 0x80U; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead < 0xF0) {
    if (!continues(1) || !continues(2)) return 0;
    if (lead == 0xE0 && at(1) < 0xA0) return 0;   // overlong
    if (lead == 0xED && at(1) >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (lead == 0xF0 && at(1) < 0x90) return 0;   // overlong
    if (lead == 0xF4 && at(1) >= 0x90) return 0;  // past U+10FFFF
    return 4;
  }
  return 0;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    const bool c1_control = length == 2 && lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (length == 0 || (length == 1 && is_control(lead)) || c1_control) {
      shown += lead == '\t' ? " " : fmt::format("\\x{:02x}", lead);
      text.remove_prefix(1);
      if (c1_control) {
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
        text.remove_prefix(1);
      }
    } else {
      shown += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return shown;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before_last(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substitution, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates,
                                 std::size_t most) {
  constexpr std::size_t longest_wanted = 200;  // nobody mistypes more, and the distance is quadratic
  if (wanted.size() > longest_wanted) return {};
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<std::pair<std::size_t, const std::string*>> ranked;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), wanted.size());
    const std::size_t shorter = std::min(candidate.size(), wanted.size());
    std::size_t distance = longer - shorter > limit ? limit + 1 : edit_distance(wanted, candidate);
    // Somebody who typed the beginning of a name meant one of the names that begin so.
    if (wanted.size() >= 3 && candidate.starts_with(wanted)) distance = std::min(distance, limit);
    if (distance <= limit) ranked.emplace_back(distance, &candidate);
  }
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  std::vector<std::string> best;
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) best.push_back(*ranked[i].second);
  return best;
}

std::string suggest(std::string_view wanted, std::span<const std::string> candidates) {
  const std::vector<std::string> best = nearest(wanted, candidates);
  if (best.empty()) return {};
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (i > 0) text += i + 1 == best.size() ? " or " : ", ";
    text += "'" + best[i] + "'";
  }
  return text + "?";
}

std::string format_count(std::int64_t count) {
  std::string digits = fmt::format("{}", count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string format_scaled(double amount, std::string_view unit) {
  constexpr std::array<std::string_view, 11> prefixes = {"p", "n", "u", "m", "", "k",
                                                         "M", "G", "T", "P", "E"};
  constexpr int unscaled = 4;
  const double magnitude = std::abs(amount);
  int prefix = unscaled;
  if (magnitude > 0 && std::isfinite(magnitude)) {
    const int steps = static_cast<int>(std::floor(std::log10(magnitude) / 3 + 1e-12));
    prefix = std::clamp(unscaled + steps, 0, static_cast<int>(prefixes.size()) - 1);
  }
  double scaled = amount / std::pow(1000.0, prefix - unscaled);
  if (std::abs(scaled) >= 999.95 && prefix + 1 < static_cast<int>(prefixes.size())) {  // rounds to 1000
    scaled /= 1000;
    ++prefix;
  }
  const std::string_view symbol = prefixes[static_cast<std::size_t>(prefix)];
  const std::string digits = fmt::format("{:.4g}", scaled);
  return symbol.empty() && unit.empty() ? digits : fmt::format("{} {}{}", digits, symbol, unit);
}

std::string format(Bytes bytes) { return format_scaled(in(bytes, byte), "B"); }
std::string format(Flops flops) { return format_scaled(in(flops, flop), "FLOP"); }
std::string format(Macs macs) { return format_scaled(in(macs, mac), "MAC"); }

}  // namespace chipcast
