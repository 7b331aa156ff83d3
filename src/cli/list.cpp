#include <fmt/format.h>
#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/models.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "cli/usage_error.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "report/list_machines.hpp"
#include "report/list_models.hpp"
#include "report/validate.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

struct ListArguments {
  std::string what;
  std::string filter;
  OutputOptions output;
};

// Without a star a filter matches anywhere in the name.
bool matches(const std::string& filter, const std::string& name) {
  const std::string pattern = filter.find_first_of("*?[") == std::string::npos ? "*" + filter + "*" : filter;
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

// A filter matches a model by its name or by its family's.
std::vector<report::ListedModel> matching(std::vector<report::ListedModel> models,
                                          const std::string& filter) {
  std::erase_if(models, [&](const report::ListedModel& m) {
    return !matches(filter, m.name) && !matches(filter, m.family);
  });
  return models;
}

int print_report(const report::Report& report, const ListArguments& arguments, Streams streams) {
  std::string text;
  report::render(report, arguments.output.format, render_options(arguments.output, streams), text);
  return print(text, arguments.output, streams);
}

// Reads the files of the ids that match; a file that is wrong spoils no other.
template <class T, class Find>
std::vector<T> read_matching(const std::vector<std::string>& ids, std::string_view what, Find find,
                             const ListArguments& arguments, Streams streams) {
  std::vector<T> all;
  bool found = false;
  for (const std::string& id : ids) {
    if (!matches(arguments.filter, id)) continue;
    found = true;
    Result<T> one = find(id);
    if (one) {
      all.push_back(*std::move(one));
    } else {
      print(one.diagnostics(), arguments.output.quiet, streams);
    }
  }
  if (!found) {
    print({{.message = fmt::format("no {} matches '{}'", what, arguments.filter),
            .hint = suggest(arguments.filter, ids)}},
          arguments.output.quiet, streams);
  }
  return all;
}

int list_devices(const ListArguments& arguments, Streams streams) {
  const auto devices = read_matching<Device>(
      device_ids(device_folder()), "device",
      [](const std::string& id) { return find_device(device_folder(), id); }, arguments, streams);
  if (devices.empty()) return exit_usage;
  return print_report(report::list_devices(devices), arguments, streams);
}

int list_runtimes(const ListArguments& arguments, Streams streams) {
  const auto runtimes = read_matching<Runtime>(
      runtime_ids(runtime_folder()), "runtime",
      [](const std::string& id) { return find_runtime(runtime_folder(), id); }, arguments, streams);
  if (runtimes.empty()) return exit_usage;
  return print_report(report::list_runtimes(runtimes), arguments, streams);
}

int list_measurements(const ListArguments& arguments, Streams streams) {
  const std::vector<std::string> all = measurement_sets(measurement_folder());
  std::vector<std::string> sets;
  std::ranges::copy_if(all, std::back_inserter(sets),
                       [&](const std::string& set) { return matches(arguments.filter, set); });
  if (sets.empty()) {
    print({{.message = fmt::format("no measurements match '{}'", arguments.filter),
            .hint = suggest(arguments.filter, all)}},
          arguments.output.quiet, streams);
    return exit_usage;
  }
  Machines machines(device_folder(), runtime_folder());
  const Result<Measurements> read = read_measurements(measurement_folder(), sets, machines);
  if (!read) {
    print(read.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  return print_report(report::list_measurements(read->sets, read->sources), arguments, streams);
}

int run_list(const ListArguments& arguments, Streams streams) {
  if (arguments.what == "devices") return list_devices(arguments, streams);
  if (arguments.what == "runtimes") return list_runtimes(arguments, streams);
  if (arguments.what == "measurements") return list_measurements(arguments, streams);
  Result<std::vector<report::ListedModel>> all = Models().list();
  if (!all) {
    print(all.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  std::vector<std::string> names;
  for (const report::ListedModel& model : *all) names.push_back(model.name);
  const std::vector<report::ListedModel> models = matching(*std::move(all), arguments.filter);
  if (models.empty()) {
    print({{.message = fmt::format("no model matches '{}'", arguments.filter),
            .hint = suggest(arguments.filter, names)}},
          arguments.output.quiet, streams);
    return exit_usage;
  }
  return print_report(report::list_models(models, arguments.filter), arguments, streams);
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ListArguments>();
  CLI::App& command = *app.add_subcommand(
      "list", "What there is to name: list models|devices|runtimes|measurements [FILTER].");
  command
      .add_option_function<std::string>(
          "WHAT",
          [arguments](const std::string& what) {
            static const std::vector<std::string> kinds = {"models", "devices", "runtimes", "measurements"};
            if (std::ranges::find(kinds, what) == kinds.end()) {
              const std::string hint = suggest(what, kinds);
              throw UsageError{fmt::format("cannot list '{}'", printable(what)),
                               hint.empty() ? "there are models, devices, runtimes and measurements" : hint};
            }
            arguments->what = what;
          },
          "models, devices, runtimes or measurements")
      ->required()
      ->type_name("");
  command.add_option("FILTER", arguments->filter, "only names (or families) that match, as in 'mobilenet*'")
      ->type_name("");
  add_output_options(command, arguments->output);
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_list(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
