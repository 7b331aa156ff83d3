#include "report/validate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

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
#include "report/parity_plot.hpp"
#include "report/render.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

using Names = std::vector<std::string>;

struct ValidateArguments {
  Names sets, devices, runtimes, metrics;
  std::string use = "all";
  std::optional<double> fail_over;
  report::ValidateOptions view;
  std::string plot;  // a file; empty: none
  OutputOptions output;
};

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
  const Validation result = validate(rows, machines, std::ref(workloads));
  if (!arguments.plot.empty()) {
    const Result<Done> written = write_whole(arguments.plot, report::parity_plot(result));
    if (!written) {
      print(written.diagnostics(), arguments.output.quiet, streams);
      return exit_usage;
    }
  }
  std::string text;
  report::render(report::validation(result, left_out, arguments.view), arguments.output.format,
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
