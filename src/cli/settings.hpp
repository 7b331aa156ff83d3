// cli/settings.hpp: what is to be different, on the command line: --set PATH=VALUE.
//
//   add_settings(command, texts);                                     // --set memory.dram.bandwidth=2x width=0.5
//   Result<Settings> settings = parse_settings(texts);
//   Result<Changed> changed = apply(*settings, models, "mobilenet_v2", design);
//   changed->model, changed->design                                   // "mobilenet_v2?width=0.5", ...
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/models.hpp"
#include "study/design.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

void add_settings(CLI::App& command, std::vector<std::string>& texts);

// Settings that are parameters of a network of the zoo become overrides of its name; the others are the design's.
struct Changed {
  std::string model;
  Design design;
};
Result<Changed> apply(Settings settings, Models& models, const std::string& model, const Design& design);

}  // namespace chipcast::cli
