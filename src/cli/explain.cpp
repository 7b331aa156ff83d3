#include "report/explain.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/commands.hpp"
#include "cli/keeps.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "model/workload.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct ExplainArguments {
  std::string model, op;
  ShapingOptions shaping;
  TargetArguments targets;
  std::int64_t batch = 1;
  OutputOptions output;
};

Diagnostic unknown_operator(const Complexity& complexity, const ExplainArguments& arguments) {
  std::vector<std::string> names, holding;
  for (const OperatorComplexity& row : complexity.operators) {
    names.push_back(row.name);
    if (row.name.find(arguments.op) != std::string::npos && holding.size() < 5) holding.push_back(row.name);
  }
  std::string hint = suggest(arguments.op, names);
  if (!holding.empty()) hint = fmt::format("names that hold it: {}", fmt::join(holding, ", "));
  if (hint.empty()) hint = fmt::format("'chipcast describe {} --operators all' names them", arguments.model);
  return {.place = {.file = arguments.model},
          .message = fmt::format("no operator is called '{}'", arguments.op),
          .hint = hint};
}

// The fused group that runs the operator; a complaint where there is no such operator or nothing to run.
Result<std::size_t> group_of(const Complexity& complexity, const Workload& workload,
                             const ExplainArguments& arguments) {
  const auto row = std::ranges::find(complexity.operators, arguments.op, &OperatorComplexity::name);
  if (row == complexity.operators.end()) return unknown_operator(complexity, arguments);
  const auto index = static_cast<std::size_t>(row - complexity.operators.begin());
  for (std::size_t group = 0; group < workload.groups.size(); ++group) {
    if (std::ranges::find(workload.groups[group].rows, index) != workload.groups[group].rows.end())
      return group;
  }
  const std::string_view why = row->storage == Storage::view    ? "it only renames a tensor"
                               : row->storage == Storage::ahead ? "it runs once, when the network is loaded"
                                                                : "it is not modelled";
  return Diagnostic{.place = {.file = arguments.model},
                    .message = fmt::format("'{}' takes no time: {}", arguments.op, why)};
}

int run_explain(const ExplainArguments& arguments, Streams streams) {
  const bool quiet = arguments.output.quiet;
  const auto fail = [&](const Diagnostics& diagnostics) {
    print(diagnostics, quiet, streams);
    return exit_usage;
  };
  const Result<std::unique_ptr<Targets>> targets = make_targets(arguments.targets);
  if (!targets) return fail(targets.diagnostics());
  Models models;
  const Result<report::Network> network = load(models, arguments.model, arguments.shaping);
  if (!network) return fail(network.diagnostics());
  print(network->shaped.warnings, quiet, streams);
  const Result<KeptOperators> kept = kept_in(*network, arguments.targets.keeps);
  if (!kept) return fail(kept.diagnostics());
  std::vector<report::Report> reports;
  for (const Target& target : (*targets)->all) {
    const Workload workload = WorkloadMaker(network->graph, network->complexity)(target, *kept);
    const Estimate result = estimate(workload, target, {.batch = static_cast<double>(arguments.batch)});
    const report::ExplainInput input{
        .network = *network, .workload = workload, .target = target, .estimate = result};
    if (arguments.op.empty()) {
      reports.push_back(report::explain(input));
      continue;
    }
    const Result<std::size_t> group = group_of(network->complexity, workload, arguments);
    if (!group) return fail(group.diagnostics());
    reports.push_back(report::explain(input, *group));
  }
  std::string text;
  if (arguments.output.format == report::Format::json) {
    report::render_json(reports, text);
  } else if (arguments.output.format == report::Format::csv) {
    report::render_csv(reports, text);
  } else if (arguments.output.format == report::Format::html) {
    report::render_html(reports, text);
  } else {
    for (const report::Report& one : reports) {
      if (!text.empty()) text += "\n";
      report::render(one, arguments.output.format, render_options(arguments.output, streams), text);
    }
  }
  return print(text, arguments.output, streams);
}

}  // namespace

void add_explain(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ExplainArguments>();
  CLI::App& command = *app.add_subcommand(
      "explain",
      "Where the numbers of a network or an operator come from, step by step, with units and sources.");
  command.add_option("MODEL", arguments->model, "a network, as 'describe' takes it")
      ->required()
      ->type_name("");
  command
      .add_option("--op", arguments->op,
                  "the operator, as 'describe --operators all' names it; without one the whole network")
      ->type_name("NAME");
  add_target_options(command, arguments->targets);
  command.add_option("--batch", arguments->batch, "samples at once")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->type_name("N");
  add_bindings(command, "--dim", "bind a symbolic extent: --dim sequence=128", arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--skip-unknown", arguments->shaping.skip_unknown_operators, "go on at unknown operators");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast explain resnet50 --on nvidia_h100_pcie\n"
      "  chipcast explain resnet50 --on nvidia_h100_pcie --op layer1.0.conv2\n"
      "  chipcast explain mobilenet_v2 --on kpu-t2 --op features.0.0 --batch 8 --format md");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_explain(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
