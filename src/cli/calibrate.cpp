#include "report/calibrate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "cli/whole_file.hpp"
#include "cli/workloads.hpp"
#include "hardware/datasheet_errors.hpp"
#include "report/render.hpp"
#include "validate/fits.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

struct CalibrateArguments {
  std::vector<std::string> targets;  // "ncnn.cpu"; none: all that there are rows for
  bool is_dry = false;
  OutputOptions output;
};

std::string today() {
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

// "energy.cpu"
std::string energy_target(DeviceKind kind) { return fmt::format("energy.{}", name(kind)); }

Diagnostics unknown_targets(const CalibrateArguments& arguments, Machines& machines) {
  std::vector<std::string> known;
  for (const std::string& id : machines.runtime_ids()) {
    const Runtime* runtime = machines.runtime(id);
    for (std::size_t k = 0; runtime != nullptr && k < device_kind_count; ++k) {
      const auto kind = static_cast<DeviceKind>(k);
      if (runtime->on(kind) != nullptr) known.push_back(calibration_id(id, kind));
    }
  }
  for (std::size_t k = 0; k < device_kind_count; ++k)
    known.push_back(energy_target(static_cast<DeviceKind>(k)));
  Diagnostics unknown;
  for (const std::string& target : arguments.targets) {
    if (std::ranges::find(known, target) != known.end()) continue;
    const std::string hint = suggest(target, known);
    unknown.push_back({.message = fmt::format("there is no target '{}'", printable(target)),
                       .hint = hint.empty() ? "a runtime and a kind of device, as in ncnn.cpu" : hint});
  }
  return unknown;
}

int run_calibrate(const CalibrateArguments& arguments, Streams streams) {
  Machines machines(device_folder(), runtime_folder());
  const Result<Measurements> read = read_measurements(measurement_folder(), {}, machines);
  if (!read) {
    print(read.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  const std::vector<Measurement> rows = read->rows();
  const std::vector<GroupMeasurement> groups = read->groups();
  Workloads workloads;
  Fits fits(rows, groups, machines, std::ref(workloads));
  const auto is_named = [&](const std::string& target) {
    return std::ranges::find(arguments.targets, target) != arguments.targets.end();
  };
  const auto is_wanted = [&](const std::string& target) {
    return arguments.targets.empty() || is_named(target);
  };
  std::vector<Calibration> all;
  std::vector<EnergyCalibration> energies;
  std::map<std::string, std::string> files;  // by target
  Diagnostics refused = unknown_targets(arguments, machines);
  for (std::size_t k = 0; k < device_kind_count; ++k) {
    const auto kind = static_cast<DeviceKind>(k);
    for (const std::string& id : machines.runtime_ids()) {
      const std::string target = calibration_id(id, kind);
      const Runtime* runtime = machines.runtime(id);
      if (runtime == nullptr || runtime->on(kind) == nullptr || !is_wanted(target)) continue;
      if (std::optional<Calibration> calibration = fits.calibration(id, kind, today())) {
        files[target] = to_yaml(*calibration);
        all.push_back(*std::move(calibration));
      } else if (is_named(target)) {
        refused.push_back({.message = fits.refusal(id, kind)});
      }
    }
    if (!is_wanted(energy_target(kind))) continue;
    if (std::optional<EnergyCalibration> calibration = fits.energy_calibration(kind, today())) {
      files[energy_target(kind)] = to_yaml(*calibration);
      energies.push_back(*std::move(calibration));
    } else if (is_named(energy_target(kind))) {
      refused.push_back({.message = fits.energy_refusal(kind)});
    }
  }
  if (arguments.targets.empty()) {
    DatasheetErrors errors{.date = today(), .kinds = {}};
    for (std::size_t k = 0; k < device_kind_count; ++k) {
      const auto kind = static_cast<DeviceKind>(k);
      if (const std::optional<FitError> error = fits.datasheet_error(kind))
        errors.kinds.emplace_back(kind, *error);
    }
    files["datasheet"] = to_yaml(errors);
  }
  std::ranges::sort(all, {}, [](const Calibration& c) { return std::pair(c.runtime, c.kind); });
  const Diagnostics& problems = machines.problems();
  refused.insert(refused.end(), problems.begin(), problems.end());
  if (!refused.empty()) {
    print(refused, arguments.output.quiet, streams);
    return exit_usage;
  }
  for (const auto& [target, text] : files) {
    if (arguments.is_dry) break;
    const Result<Done> written = write_whole(fmt::format("{}/{}.yaml", calibration_folder(), target), text);
    if (!written) {
      print(written.diagnostics(), arguments.output.quiet, streams);
      return exit_usage;
    }
  }
  std::string text;
  report::render(report::calibrations(all, energies), arguments.output.format,
                 render_options(arguments.output, streams), text);
  return print(text, arguments.output, streams);
}

}  // namespace

void add_calibrate(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<CalibrateArguments>();
  CLI::App& command = *app.add_subcommand(
      "calibrate",
      "Fits the coefficients of runtimes to measurements; says how far off they are on what was left out.");
  command
      .add_option("TARGET", arguments->targets,
                  "runtimes on kinds of device, as in ncnn.cpu; without one all that there are rows for")
      ->type_name("");
  command.add_flag("--dry-run", arguments->is_dry, "writes nothing into hardware_specs/calibrations");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast calibrate\n"
      "  chipcast calibrate pytorch_eager.cpu --dry-run --format json");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_calibrate(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
