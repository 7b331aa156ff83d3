#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "report/layout.hpp"

namespace chipcast::cli {
namespace {

constexpr std::size_t name_column = 26;
constexpr std::size_t widest_text = 100;  // longer lines are hard to read on any terminal

// CLI11 indents the lines of a description but does not break them.
class WrappedHelp : public CLI::Formatter {
 public:
  explicit WrappedHelp(std::size_t width) : width_(std::min(width, widest_text)) {
    column_width(name_column);
    label("REQUIRED", "");
  }

  std::string make_description(const CLI::App* command) const override {
    return report::wrap(command->get_description(), width_) + "\n";
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    return wrapped(option->get_description());
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, command->get_name(), wrapped(command->get_description()), name_column);
    return out.str();
  }

 private:
  std::string wrapped(const std::string& text) const {
    return report::wrap(text, width_ < name_column ? 0 : width_ - name_column);
  }

  std::size_t width_;
};

}  // namespace

void use_wrapped_help(CLI::App& app, std::size_t width) {
  app.formatter(std::make_shared<WrappedHelp>(width));
}

}  // namespace chipcast::cli
