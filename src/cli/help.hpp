// cli/help.hpp: help that fits the terminal.
//
//   CLI::App app{"Forecasts ..."};
//   use_wrapped_help(app, streams.terminal.width);    // before the subcommands, which inherit it
#pragma once

#include <cstddef>

namespace CLI {
class App;
}

namespace chipcast::cli {

void use_wrapped_help(CLI::App& app, std::size_t width);

}  // namespace chipcast::cli
