#include "report/calibrate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "cli/whole_file.hpp"
#include "cli/workloads.hpp"
#include "report/render.hpp"
#include "validate/fit.hpp"
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

Calibration fitted(const FitProblem& problem) {
  const Fit fit = solve(problem);
  Calibration calibration = calibration_of(problem, fit, today());
  for (const Left left : lefts) {
    if (left == Left::device && calibration.devices.size() < 2) continue;  // nothing would be left
    calibration.errors.push_back(error_of(residuals(problem, fit, left), left));
  }
  return calibration;
}

Diagnostics unknown_targets(const CalibrateArguments& arguments, Machines& machines) {
  std::vector<std::string> known;
  for (const std::string& id : machines.runtime_ids()) {
    const Runtime* runtime = machines.runtime(id);
    for (std::size_t k = 0; runtime != nullptr && k < device_kind_count; ++k) {
      const auto kind = static_cast<DeviceKind>(k);
      if (runtime->on(kind) != nullptr) known.push_back(calibration_id(id, kind));
    }
  }
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
  std::vector<Calibration> all;
  Diagnostics refused = unknown_targets(arguments, machines);
  for (const std::string& id : machines.runtime_ids()) {
    const Runtime* runtime = machines.runtime(id);
    for (std::size_t k = 0; runtime != nullptr && k < device_kind_count; ++k) {
      const auto kind = static_cast<DeviceKind>(k);
      const std::string target = calibration_id(id, kind);
      const bool is_wanted = std::ranges::find(arguments.targets, target) != arguments.targets.end();
      if (runtime->on(kind) == nullptr || (!arguments.targets.empty() && !is_wanted)) continue;
      const Result<FitProblemPointer> problem =
          make_fit_problem(rows, groups, *runtime, kind, machines, std::ref(workloads));
      if (!problem) {
        if (is_wanted) refused.push_back(problem.diagnostics().front());
        continue;
      }
      all.push_back(fitted(**problem));
    }
  }
  const Diagnostics& problems = machines.problems();
  refused.insert(refused.end(), problems.begin(), problems.end());
  if (!refused.empty()) {
    print(refused, arguments.output.quiet, streams);
    return exit_usage;
  }
  for (const Calibration& calibration : all) {
    if (arguments.is_dry) break;
    const std::string path = fmt::format("{}/{}.yaml", calibration_folder(),
                                         calibration_id(calibration.runtime, calibration.kind));
    const Result<Done> written = write_whole(path, to_yaml(calibration));
    if (!written) {
      print(written.diagnostics(), arguments.output.quiet, streams);
      return exit_usage;
    }
  }
  std::string text;
  report::render(report::calibrations(all), arguments.output.format,
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
