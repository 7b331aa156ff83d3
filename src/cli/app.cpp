#include "cli/app.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <ostream>

#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/usage_error.hpp"

namespace chipcast::cli {
namespace {

int usage_error(Streams streams, const UsageError& error, const std::string& command = {}) {
  const std::string see_help =
      fmt::format("run 'chipcast{} --help' for what there is", command.empty() ? "" : " " + command);
  streams.err << fmt::format("chipcast: error: {}\n  {}\n", error.message,
                             error.hint.empty() ? see_help : error.hint);
  return exit_usage;
}

// The subcommand that was given; the program itself where none was.
const CLI::App& chosen(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.front();
}

// CLI11 says only that arguments were left over.
UsageError surplus(const CLI::App& command, const std::vector<std::string>& arguments) {
  const auto option =
      std::ranges::find_if(arguments, [](const std::string& a) { return a.starts_with("-"); });
  if (option == arguments.end()) {
    return {fmt::format("unexpected argument '{}'", printable(arguments.front()))};
  }
  const std::string given = option->substr(0, option->find('='));
  return {fmt::format("unknown option '{}'", printable(given)), suggest(given, option_names(command))};
}

int parse_and_run(CLI::App& app, const Action& action, const std::vector<std::string>& arguments,
                  Streams streams) {
  const auto name = [&] { return &chosen(app) == &app ? std::string() : chosen(app).get_name(); };
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& answer) {  // --help, --version
    app.exit(answer, streams.out, streams.err);
    return exit_done;
  } catch (const CLI::ParseError& error) {
    // Whatever else is amiss, what nobody understands is named first.
    const std::vector<std::string> unknown = app.remaining(true);
    if (!unknown.empty()) return usage_error(streams, surplus(chosen(app), unknown), name());
    return usage_error(streams, {error.what()}, name());
  } catch (const UsageError& error) {
    return usage_error(streams, error, name());
  }
  return action(streams);
}

}  // namespace

int run(const std::vector<std::string>& arguments, Streams streams) try {
  CLI::App app{"Forecasts how a neural network runs on a chip.", "chipcast"};
  use_wrapped_help(app, streams.terminal.width);
  app.set_help_flag("-h,--help", "this help; 'chipcast COMMAND --help' has a command's");
  app.set_version_flag("--version", fmt::format("chipcast {}", version()), "the version");
  app.require_subcommand(1);
  Action action;
  add_describe(app, action);
  add_estimate(app, action);
  add_explain(app, action);
  add_whatif(app, action);
  add_solve(app, action);
  add_sweep(app, action);
  add_merge(app, action);
  add_validate(app, action);
  add_calibrate(app, action);
  add_report(app, action);
  add_list(app, action);
  add_audit(app, action);
  add_lint(app, action);
  // Set last: subcommands inherit what is there when they are added.
  app.footer(
      "Exit codes: 0 done, 1 the answer is \"no\", 2 bad input or usage.\n"
      "Environment: COLUMNS and NO_COLOR are respected, CHIPCAST_DATA is where model_zoo/ lies.");

  if (arguments.empty()) return usage_error(streams, {"no command given"});
  const std::string& first = arguments.front();
  if (first == "complete") return complete(app, arguments, streams);
  if (!first.starts_with("-") && find_command(app, first) == nullptr) {
    return usage_error(
        streams, {fmt::format("unknown command '{}'", printable(first)), suggest(first, command_names(app))});
  }
  return parse_and_run(app, action, arguments, streams);
} catch (const std::bad_alloc&) {
  streams.err << "chipcast: error: out of memory\n";
  return exit_usage;
} catch (const std::exception& error) {
  streams.err << fmt::format("chipcast: internal error: {}\n", error.what());
  return exit_usage;
}

}  // namespace chipcast::cli
