// cli/energy_options.hpp: what battery life is counted from: the battery, how often, beside what.
//
//   report::EstimateQuestion question;
//   add_energy_options(command, question);           // --battery, --rate, --load, --grid
#pragma once

#include "report/estimate.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

void add_energy_options(CLI::App& command, report::EstimateQuestion& question);

}  // namespace chipcast::cli
