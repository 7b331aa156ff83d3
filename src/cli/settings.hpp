// cli/settings.hpp: what is to be different, on the command line: --set PATH=VALUE.
//
//   add_settings(command, texts);                                     // --set memory.dram.bandwidth=2x width=0.5
//   Result<Settings> settings = parse_settings(texts);
//   Result<std::string> name = take_network_settings(models, "mobilenet_v2", *settings);   // "mobilenet_v2?width=0.5"
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/models.hpp"
#include "study/settings.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

void add_settings(CLI::App& command, std::vector<std::string>& texts);

// Settings that are parameters of a network of the zoo become overrides of its name, and are taken out.
Result<std::string> take_network_settings(Models& models, const std::string& model, Settings& settings);

}  // namespace chipcast::cli
