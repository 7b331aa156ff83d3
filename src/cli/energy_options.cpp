#include "cli/energy_options.hpp"

#include <CLI/CLI.hpp>

#include "cli/amount.hpp"

namespace chipcast::cli {

void add_energy_options(CLI::App& command, report::EstimateQuestion& question) {
  const auto add = [&](const std::string& option, const std::string& help, const std::string& type,
                       auto take) {
    command.add_option_function<std::string>(option, take, help)->type_name(type);
  };
  add("--battery", "capacity to count battery life from, all of it usable; without it the device's own",
      "ENERGY", [&question](const std::string& text) {
        question.battery.capacity = amount<Joules>("--battery", text);
      });
  add("--rate", "inferences the battery must last for, as in 1/s or 100/day; without it back to back", "RATE",
      [&question](const std::string& text) { question.battery.rate = rate_of("--rate", text); });
  add("--load", "what else the battery feeds, as in 100mW", "POWER",
      [&question](const std::string& text) { question.battery.other_loads = amount<Watts>("--load", text); });
  add("--grid", "carbon intensity of the electricity, as in 400g/kWh", "INTENSITY",
      [&question](const std::string& text) { question.grams_per_joule = grid_intensity("--grid", text); });
}

}  // namespace chipcast::cli
