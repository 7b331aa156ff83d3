#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ostream>
#include <span>

#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/models.hpp"
#include "cli/reports.hpp"
#include "cli/targets.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "report/render.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

using Words = std::vector<std::string>;

// The option that waits for its value, if `before` is one that takes any.
const CLI::Option* awaiting_value(const CLI::App& command, const std::string& before) {
  if (!before.starts_with("-")) return nullptr;
  const CLI::Option* option = command.get_option_no_throw(before);
  return option != nullptr && option->get_items_expected_max() > 0 ? option : nullptr;
}

Words values(const CLI::Option& option) {
  if (option.check_lname("on") || option.check_lname("device")) return device_ids(device_folder());
  if (option.check_lname("runtime")) return runtime_ids(runtime_folder());
  if (option.check_lname("precision") || option.check_lname("weights")) {
    Words names;
    for (const Precision precision : precisions) names.emplace_back(name(precision));
    return names;
  }
  if (option.check_lname("keep")) {
    Words names;
    for (const Precision precision : precisions) names.push_back(std::string(name(precision)) + "=");
    return names;
  }
  if (option.check_lname("metric")) {
    Words names;
    for (const Metric metric : metrics) names.emplace_back(name(metric));
    return names;
  }
  if (option.check_lname("use")) return {"fit", "check", "all"};
  if (!option.check_lname("format")) return {};
  const auto formats = report::format_names();
  return {formats.begin(), formats.end()};
}

// Nothing where file names are what may follow: the shell knows those.
Words candidates(const CLI::App& app, std::span<const std::string> words) {
  const std::string& last = words.back();
  const CLI::App* command = words.size() < 2 ? nullptr : find_command(app, words.front());
  if (command == nullptr) {
    if (words.size() > 1) return {};
    return last.starts_with("-") ? option_names(app) : command_names(app);
  }
  if (const CLI::Option* option = awaiting_value(*command, words[words.size() - 2])) {
    return values(*option);
  }
  if (last.starts_with("-")) return option_names(*command);
  const std::string& name_of = command->get_name();
  if (name_of == "list" && words.size() == 2) return {"models", "devices", "runtimes", "measurements"};
  if (name_of == "list" && words[1] == "devices") return device_ids(device_folder());
  if (name_of == "list" && words[1] == "runtimes") return runtime_ids(runtime_folder());
  if (name_of == "list" && words[1] == "measurements") return measurement_sets(measurement_folder());
  if (name_of == "report") return report_names();
  if (name_of == "validate") return measurement_sets(measurement_folder());
  constexpr std::array<std::string_view, 6> take_models = {"describe", "list",   "estimate",
                                                           "explain",  "whatif", "solve"};
  const bool takes_models = std::ranges::find(take_models, name_of) != take_models.end();
  return takes_models ? Models().completions(last) : Words();
}

}  // namespace

// complete -- WORD...: the words after the program's name, the last being the one to complete (it may be empty).
int complete(const CLI::App& app, const std::vector<std::string>& words, Streams streams) {
  std::span<const std::string> typed(words);
  typed = typed.subspan(typed.size() > 1 && typed[1] == "--" ? 2 : 1);
  const std::string nothing;
  if (typed.empty()) typed = {&nothing, 1};
  for (const std::string& candidate : candidates(app, typed)) {
    if (candidate.starts_with(typed.back())) streams.out << candidate << '\n';
  }
  return exit_done;
}

}  // namespace chipcast::cli
