// cli/commands.hpp: the subcommands there are; each has a file of its own and a line in app.cpp.
//
//   Action action;
//   add_describe(app, action);        // declares its options; parsing sets `action` where the user asked for it
//   if (action) return action(streams);
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/streams.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

using Action = std::function<int(Streams)>;

void add_describe(CLI::App& app, Action& action);
void add_estimate(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_audit(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_lint(CLI::App& app, Action& action);
void add_calibrate(CLI::App& app, Action& action);
void add_validate(CLI::App& app, Action& action);
void add_whatif(CLI::App& app, Action& action);
void add_solve(CLI::App& app, Action& action);
void add_sweep(CLI::App& app, Action& action);
void add_merge(CLI::App& app, Action& action);

// Null where there is no such command.
const CLI::App* find_command(const CLI::App& app, const std::string& name);
std::vector<std::string> command_names(const CLI::App& app);
std::vector<std::string> option_names(const CLI::App& command);  // the long ones, with their dashes

// Hidden, for tools/completion: prints what the last of `words` may become, one per line.
int complete(const CLI::App& app, const std::vector<std::string>& words, Streams streams);

}  // namespace chipcast::cli
