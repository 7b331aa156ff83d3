#include "graph/extent_sum.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/quantity.hpp"

namespace chipcast {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_in_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Where the next sign stands; a minus without spaces around it is a hyphen.
std::size_t next_sign(std::string_view text) {
  return std::min(text.find('+'),
                  text.find(" - ") == std::string_view::npos ? text.npos : text.find(" - ") + 1);
}

bool add_term(ExtentSum& sum, std::string_view term, std::int64_t sign) {
  if (term.empty() || !std::ranges::all_of(term, is_in_name)) return false;
  if (!is_digit(term[0])) {
    sum.terms.push_back({std::string(term), sign});
    return true;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(term.data(), term.data() + term.size(), number);
  sum.constant = saturating_add(sum.constant, sign * number);
  return error == std::errc() && end == term.data() + term.size();
}

}  // namespace

std::optional<ExtentSum> parse_extent_sum(std::string_view symbol) {
  constexpr std::size_t longest = 200;
  if (symbol.size() > longest || next_sign(symbol) == symbol.npos) return std::nullopt;
  ExtentSum sum;
  std::int64_t sign = 1;
  while (true) {
    const std::size_t end = next_sign(symbol);
    if (!add_term(sum, trimmed(symbol.substr(0, end)), sign)) return std::nullopt;
    if (end == symbol.npos) return sum;
    sign = symbol[end] == '+' ? 1 : -1;
    symbol.remove_prefix(end + 1);
  }
}

}  // namespace chipcast
