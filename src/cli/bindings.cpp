#include "cli/bindings.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/text.hpp"
#include "cli/usage_error.hpp"

namespace chipcast::cli {
namespace {

[[noreturn]] void complain(const std::string& option, std::string_view text, std::string_view reason) {
  throw UsageError{fmt::format("{} '{}' {}", option, printable(text), reason),
                   fmt::format("write {} NAME=N", option)};
}

// Tensor names may hold '=' and ','; numbers hold neither, so the last '=' of a pair and the comma after it count.
void add(const std::string& option, std::string_view text, Bindings& bindings, const std::string& unnamed) {
  const std::string_view all = text;
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos && unnamed.empty()) complain(option, all, "names no number");
    const std::string_view name = equals == std::string_view::npos ? unnamed : text.substr(0, equals);
    if (name.empty()) complain(option, all, "has no name before '='");
    text.remove_prefix(equals == std::string_view::npos ? 0 : equals + 1);
    const std::string_view digits = text.substr(0, text.find(','));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    if (error != std::errc() || end != digits.end() || number < 0) {
      complain(option, all, fmt::format("needs a whole number, not '{}'", printable(digits)));
    }
    const auto [entry, is_new] = bindings.try_emplace(std::string(name), number);
    if (!is_new && entry->second != number) complain(option, all, "contradicts an earlier one");
    text.remove_prefix(std::min(digits.size() + 1, text.size()));
  }
}

}  // namespace

void add_bindings(CLI::App& command, const std::string& option, const std::string& help, Bindings& bindings,
                  const std::string& unnamed) {
  command
      .add_option_function<std::vector<std::string>>(
          option,
          [=, &bindings](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              if (text.empty()) complain(option, text, "is empty");
              add(option, text, bindings, unnamed);
            }
          },
          help)
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

}  // namespace chipcast::cli
