#include "report/validate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "cli/amount.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "cli/usage_error.hpp"
#include "cli/whole_file.hpp"
#include "cli/workloads.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/workload.hpp"
#include "report/draw.hpp"
#include "report/parity_plot.hpp"
#include "report/render.hpp"
#include "report/svg.hpp"
#include "validate/fits.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

using Names = std::vector<std::string>;

struct ValidateArguments {
  Names sets, devices, runtimes, metrics;
  std::string use = "all", mode = "datasheet", left_out = "network";
  std::optional<double> fail_over;
  bool holds_against_bars = false;
  report::ValidateOptions view;
  std::string plot, residual_plot;  // files; empty: none
  OutputOptions output;
};

Left left_named(const std::string& text) {
  return *std::ranges::find(lefts, text, [](Left left) { return name(left); });
}

bool has(const Names& wanted, std::string_view name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

bool is_wanted(const Measurement& m, const ValidateArguments& arguments) {
  return has(arguments.devices, m.device) && has(arguments.runtimes, m.runtime) &&
         has(arguments.metrics, name(m.metric)) && (arguments.use == "all" || arguments.use == name(m.use));
}

// What such a row was run with and measured in is told in the words of its source: no filter but a device's chooses any.
bool is_wanted(const LeftOut& row, const ValidateArguments& arguments) {
  return has(arguments.devices, row.device) && arguments.runtimes.empty() && arguments.metrics.empty() &&
         arguments.use == "all";
}

// The exit code: whether all targets keep the bar that was set, if any.
int verdict(const Validation& validation, const ValidateArguments& arguments, Streams streams) {
  if (!arguments.fail_over) return exit_done;
  const auto misses = std::ranges::count_if(
      validation.targets, [&](const TargetError& target) { return target.mape > *arguments.fail_over; });
  if (misses == 0) return exit_done;
  if (!arguments.output.quiet)
    streams.err << fmt::format("{} of {} targets are more than {:.4g}% off\n", misses,
                               validation.targets.size(), 100 * *arguments.fail_over);
  return exit_no;
}

// Fits see all rows there are, those of the user's own files too; filters only choose which are shown.
Result<Measurements> read_for_fits(const Names& sets, Machines& machines) {
  Names all = measurement_sets(measurement_folder());
  for (const std::string& set : sets) {
    if (!has(all, set)) all.push_back(set);
  }
  return read_measurements(measurement_folder(), all, machines);
}

// As estimated by fits that had not seen what is left out; nothing left out: in sample.
Validation validate_fits(std::span<const Measurement> wanted, Fits& fits, Machines& machines,
                         Workloads& workloads, Left left) {
  // By set and line.
  std::map<std::pair<std::string, int>, FittedRow> fitted;
  std::set<const Residuals*> seen;
  const auto take = [&](const Residuals* found, const Residuals* elsewhere) {
    if (found == nullptr || !seen.insert(found).second) return;
    for (const FittedRow& row : with_margins(*found, left, *elsewhere))
      fitted[{row.measured->set, row.measured->line}] = row;
  };
  std::vector<FittedRow> shown;
  std::vector<Skipped> skipped;
  for (const Measurement& m : wanted) {
    const Device* device = machines.device(m.device);
    if (device == nullptr) continue;  // said already
    const bool is_time = m.metric == Metric::latency || m.metric == Metric::throughput;
    if (is_time) {
      take(fits.times_as_estimated(m.runtime, device->kind, left),
           fits.times_as_estimated(m.runtime, device->kind, Left::device));
    } else {
      take(fits.energies_as_estimated(device->kind, left),
           fits.energies_as_estimated(device->kind, Left::device));
    }
    const auto found = fitted.find({m.set, m.line});
    if (found != fitted.end()) {
      shown.push_back({&m, found->second.log_ratio, found->second.margin});
      continue;
    }
    const std::string refusal =
        is_time ? fits.refusal(m.runtime, device->kind) : fits.energy_refusal(device->kind);
    skipped.push_back({&m, !refusal.empty() ? refusal
                           : is_time        ? "no network or precision to estimate it with"
                                     : "no network, time or figure of the device to estimate it with"});
  }
  Validation result = validate(shown, machines, std::ref(workloads),
                               left == Left::nothing ? Mode::in_sample : Mode::held_out);
  result.skipped.insert(result.skipped.end(), skipped.begin(), skipped.end());
  return result;
}

// Each reason once, with the first row that it holds for.
Diagnostics none_estimated(const Validation& validation) {
  Diagnostics all;
  std::set<std::string> reasons;
  for (const Skipped& row : validation.skipped) {
    if (!reasons.insert(row.reason).second) continue;
    const Measurement& m = *row.measured;
    all.push_back({.place = {.file = m.set + ".csv", .line = m.line},
                   .message = fmt::format("'{}': {}", m.model, row.reason),
                   .hint = row.hint});
  }
  return all;
}

std::vector<KernelError> kernels_of(std::span<const GroupMeasurement> groups, Fits& fits, Machines& machines,
                                    const ValidateArguments& arguments, Left left) {
  std::set<std::pair<std::string, DeviceKind>> targets;
  for (const GroupMeasurement& g : groups) {
    const Device* device = machines.device(g.device);
    if (device != nullptr && has(arguments.runtimes, g.runtime)) targets.emplace(g.runtime, device->kind);
  }
  std::vector<KernelError> all;
  for (const auto& [runtime, kind] : targets) {
    for (KernelError& error : kernel_errors(runtime, fits.groups(runtime, kind, left))) {
      if (has(arguments.devices, error.device)) all.push_back(std::move(error));
    }
  }
  return all;
}

int print_bars(std::span<const Measurement> rows, Fits& fits, Machines& machines, Workloads& workloads,
               const ValidateArguments& arguments, Streams streams) {
  const Result<Bars> bars = read_bars(measurement_folder() + "/bars.yaml", machines);
  if (!bars) {
    print(bars.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  std::vector<BarOutcome> outcomes;
  for (const Left left : {Left::network, Left::family, Left::device}) {
    const Validation validation = validate_fits(rows, fits, machines, workloads, left);
    std::ranges::move(held_against(*bars, left, validation, machines), std::back_inserter(outcomes));
  }
  std::string text;
  report::render(report::bars(outcomes), arguments.output.format, render_options(arguments.output, streams),
                 text);
  const int printed = print(text, arguments.output, streams);
  return printed == exit_done && !std::ranges::all_of(outcomes, &BarOutcome::is_met) ? exit_no : printed;
}

int run_validate(const ValidateArguments& arguments, Streams streams) {
  Machines machines(device_folder(), runtime_folder());
  const Result<Measurements> read = read_measurements(measurement_folder(), arguments.sets, machines);
  if (!read) {
    print(read.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  std::vector<Measurement> rows;
  std::vector<LeftOut> left_out;
  for (const MeasurementSet& set : read->sets) {
    std::ranges::copy_if(set.rows, std::back_inserter(rows),
                         [&](const Measurement& m) { return is_wanted(m, arguments); });
    std::ranges::copy_if(set.left_out, std::back_inserter(left_out),
                         [&](const LeftOut& row) { return is_wanted(row, arguments); });
  }
  if (rows.empty()) {
    print({{.message = "no measured figure is left to compare with",
            .hint = "'chipcast list measurements' says what there is; name fewer filters"}},
          false, streams);
    return exit_usage;
  }
  Workloads workloads;
  const bool is_datasheet = arguments.mode == "datasheet" && !arguments.holds_against_bars;
  const std::vector<GroupMeasurement> groups = read->groups();
  const bool is_fitted = !is_datasheet || !groups.empty();
  const Result<Measurements> to_fit =
      is_fitted ? read_for_fits(arguments.sets, machines) : Result<Measurements>(Measurements());
  if (!to_fit) {
    print(to_fit.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  const std::vector<Measurement> rows_to_fit = to_fit->rows();
  const std::vector<GroupMeasurement> groups_to_fit = to_fit->groups();
  Fits fits(rows_to_fit, groups_to_fit, machines, std::ref(workloads));
  if (arguments.holds_against_bars) return print_bars(rows, fits, machines, workloads, arguments, streams);
  const Left left = is_datasheet                   ? Left::everything
                    : arguments.mode == "held-out" ? left_named(arguments.left_out)
                                                   : Left::nothing;
  const std::vector<KernelError> kernels = has(arguments.metrics, name(Metric::latency))
                                               ? kernels_of(groups, fits, machines, arguments, left)
                                               : std::vector<KernelError>();
  const Validation result = is_datasheet ? validate(rows, machines, std::ref(workloads))
                                         : validate_fits(rows, fits, machines, workloads, left);
  if (is_datasheet && result.compared.empty() && kernels.empty()) {
    print(none_estimated(result), arguments.output.quiet, streams);
    return exit_usage;
  }
  if (!arguments.plot.empty()) {
    const Result<Done> written = write_whole(arguments.plot, report::parity_plot(result));
    if (!written) {
      print(written.diagnostics(), arguments.output.quiet, streams);
      return exit_usage;
    }
  }
  if (!arguments.residual_plot.empty()) {
    const Result<Done> written = write_whole(
        arguments.residual_plot, report::standalone(report::draw_all(report::residual_points(result))));
    if (!written) {
      print(written.diagnostics(), arguments.output.quiet, streams);
      return exit_usage;
    }
  }
  std::string text;
  report::ValidateOptions view = arguments.view;
  view.has_points = arguments.output.format == report::Format::html;
  view.shows_slices = view.shows_slices || view.has_points;
  report::render(report::validation(result, left_out, view, kernels), arguments.output.format,
                 render_options(arguments.output, streams), text);
  const int printed = print(text, arguments.output, streams);
  return printed == exit_done ? verdict(result, arguments, streams) : printed;
}

// A list of names, each one of `known()`.
template <class Known>
void add_filter(CLI::App& command, const std::string& option, const std::string& help, Names& chosen,
                Known known) {
  command
      .add_option_function<Names>(
          option,
          [option, known, &chosen](const Names& names) {
            const Names all = known();
            for (const std::string& name : names) {
              if (std::ranges::find(all, name) == all.end()) {
                const std::string hint = suggest(name, all);
                throw UsageError{fmt::format("{} knows no '{}'", option, printable(name)),
                                 hint.empty() ? fmt::format("there are {}", fmt::join(all, ", ")) : hint};
              }
            }
            chosen = names;
          },
          help)
      ->delimiter(',')
      ->type_name("NAME");
}

}  // namespace

void add_validate(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ValidateArguments>();
  CLI::App& command = *app.add_subcommand(
      "validate", "How far estimates are from what was measured: error, bias, order, and the worst rows.");
  command
      .add_option("SET", arguments->sets,
                  "sets of hardware_specs/measurements, or .csv files with a sources.yaml beside them; "
                  "without one all sets")
      ->type_name("");
  add_filter(command, "--device", "only rows of these devices", arguments->devices,
             [] { return device_ids(device_folder()); });
  add_filter(command, "--runtime", "only rows of these runtimes", arguments->runtimes,
             [] { return runtime_ids(runtime_folder()); });
  add_filter(command, "--metric", "latency, throughput, energy or power", arguments->metrics, [] {
    Names names;
    for (const Metric metric : metrics) names.emplace_back(name(metric));
    return names;
  });
  command.add_option("--use", arguments->use, "fit: rows that may be fitted to; check: the others; or all")
      ->check(CLI::IsMember({"fit", "check", "all"}))
      ->type_name("USE");
  command
      .add_option(
          "--mode", arguments->mode,
          "datasheet: nothing fitted; held-out: fitted without what --leave names; in-sample: fitted to all")
      ->check(CLI::IsMember({"datasheet", "held-out", "in-sample"}))
      ->type_name("MODE");
  command
      .add_option("--leave", arguments->left_out,
                  "what of a row a held-out fit has not seen: network, family or device")
      ->check(CLI::IsMember({"network", "family", "device"}))
      ->type_name("WHAT");
  command.add_option("--worst", arguments->view.worst, "how many of the worst rows of each target to show")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1000}))
      ->type_name("N");
  command
      .add_option_function<std::string>(
          "--fail-over",
          [arguments](const std::string& text) { arguments->fail_over = share_of("--fail-over", text); },
          "exit with 1 if the error of a target is larger, as in 12%")
      ->type_name("SHARE");
  command
      .add_option("--plot", arguments->plot,
                  "draw estimates over measurements into an .svg file, on logarithmic axes")
      ->type_name("FILE");
  command
      .add_option("--plot-residuals", arguments->residual_plot,
                  "draw how far networks are off over their intensity, size and batch into an .svg file")
      ->type_name("FILE");
  command.add_flag("--residuals", arguments->view.shows_slices,
                   "show the error by intensity, size, batch and family, too");
  command.add_flag("--bars", arguments->holds_against_bars,
                   "hold the errors of what was left out against hardware_specs/measurements/bars.yaml; exit "
                   "with 1 where one is missed");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast validate\n"
      "  chipcast validate timm ncnn --metric latency --use fit --fail-over 20%\n"
      "  chipcast validate my_rows.csv --format json");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_validate(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
