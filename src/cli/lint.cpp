#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/check.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "report/figures.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct LintArguments {
  std::vector<std::string> files;
  ShapingOptions shaping;
  bool quiet = false;
  bool show = false;
};

// Every figure of a file that is all right; nothing of a network.
void show_figures(const std::string& file, Streams streams) {
  const auto shown = [&](const auto& result) {
    if (!result) return;
    std::string text;
    report::render(report::show(*result), report::Format::table, {.width = streams.terminal.width}, text);
    streams.out << text;
  };
  if (!file.ends_with(".yaml") && !file.ends_with(".yml")) return;
  const FileKind kind = kind_of_yaml(file);
  if (kind == FileKind::device) shown(read_device(file));
  if (kind == FileKind::runtime) shown(read_runtime(file));
}

int run_lint(const LintArguments& arguments, Streams streams) {
  int code = exit_done;
  for (const std::string& file : arguments.files) {
    const Diagnostics diagnostics = check_file(file, arguments.shaping);
    print(diagnostics, false, streams);
    if (has_errors(diagnostics)) {
      code = exit_usage;
    } else if (!arguments.quiet) {
      streams.out << fmt::format("{}: ok{}\n", printable(file),
                                 diagnostics.empty() ? ""
                                                     : fmt::format(", with {} warning{}", diagnostics.size(),
                                                                   diagnostics.size() == 1 ? "" : "s"));
    }
    if (arguments.show && !has_errors(diagnostics)) show_figures(file, streams);
  }
  return code;
}

}  // namespace

void add_lint(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<LintArguments>();
  CLI::App& command =
      *app.add_subcommand("lint",
                          "Checks files (devices, runtimes, families of the model zoo, measurements, ONNX) "
                          "and says all that is wrong at once.");
  command
      .add_option(
          "FILE", arguments->files,
          "a .yaml of a device, a runtime or the model zoo, an .onnx network, or a .csv of measurements")
      ->required()
      ->type_name("");
  add_bindings(command, "--dim", "bind a symbolic extent of an ONNX file", arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--show", arguments->show,
                   "list every figure of a device or runtime with its source and what was inherited");
  command.add_flag("-q,--quiet", arguments->quiet, "no line for files that are all right");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_lint(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
