#include "report/solve.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/commands.hpp"
#include "cli/energy_options.hpp"
#include "cli/keeps.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/targets.hpp"
#include "model/workload.hpp"
#include "report/estimate.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct SolveArguments {
  std::vector<std::string> models, settings, goals, paths;
  ShapingOptions shaping;
  TargetArguments targets;
  std::int64_t batch = 1;
  report::EstimateQuestion question;
  OutputOptions output;
};

// A goal about energy needs a device that says what it takes.
Diagnostics unanswerable(const std::vector<Goal>& goals, const Target& target,
                         const BatteryQuestion& battery) {
  Diagnostics all;
  for (const Goal& goal : goals) {
    const bool is_timed = goal.metric == GoalMetric::latency || goal.metric == GoalMetric::throughput;
    if (!is_timed && !target.energy_unknown.empty()) {
      all.push_back({.message = fmt::format("the {} on '{}' is unknown: its file gives no {}",
                                            name(goal.metric), target.device->id, target.energy_unknown)});
    } else if (goal.metric == GoalMetric::battery && !battery.capacity && !target.device->battery) {
      all.push_back({.message = fmt::format("'{}' has no battery", target.device->id),
                     .hint = "give its capacity, as in --battery 10Wh"});
    }
  }
  return all;
}

class Solving {
 public:
  Solving(const SolveArguments& arguments, Streams streams) : arguments_(arguments), streams_(streams) {}

  int run() {
    const Result<std::vector<Goal>> goals = parse_goals(arguments_.goals);
    if (!goals) return fail(goals.diagnostics());
    const Result<Settings> settings = parse_settings(arguments_.settings);
    if (!settings) return fail(settings.diagnostics());
    const Result<std::unique_ptr<Targets>> targets = make_one_target(arguments_.targets, "solve");
    if (!targets) return fail(targets.diagnostics());
    const Target& before = (*targets)->all.front();
    Design design = design_of(before, static_cast<double>(arguments_.batch));
    std::vector<std::string> names;
    for (const std::string& model : arguments_.models) {
      Result<Changed> changed =
          apply(*settings, models_, model, design_of(before, static_cast<double>(arguments_.batch)));
      if (!changed) return fail(changed.diagnostics());
      design = std::move(changed->design);  // the same for all of them
      names.push_back(std::move(changed->model));
    }
    const Diagnostics unknown = unknown_paths(design);
    if (!unknown.empty()) return fail(unknown);
    const Result<Target> target = target_of(design);
    if (!target) return fail(target.diagnostics());
    const Diagnostics missing = unanswerable(*goals, *target, arguments_.question.battery);
    if (!missing.empty()) return fail(missing);
    Question question{.design = &design,
                      .networks = {},
                      .path = arguments_.paths.back(),
                      .goals = *goals,
                      .battery = arguments_.question.battery};
    std::deque<Workload> workloads;  // which stay where they are
    for (const std::string& name : names) {
      const Result<report::Network> network = load(models_, name, arguments_.shaping);
      if (!network) return fail(network.diagnostics());
      print(network->shaped.warnings, arguments_.output.quiet, streams_);
      const Result<KeptOperators> kept = kept_in(*network, arguments_.targets.keeps);
      if (!kept) return fail(kept.diagnostics());
      workloads.push_back(WorkloadMaker(network->graph, network->complexity)(*target, *kept));
      question.networks.push_back({name, &workloads.back()});
    }
    return answer(question, before, *target);
  }

 private:
  int answer(const Question& question, const Target& before, const Target& after) {
    const std::string on =
        fmt::format("{} with {}, {}, batch {}", report::device_text(before), question.design->runtime.id,
                    report::precision_text(after), question.design->batch);
    if (arguments_.paths.size() == 2) {
      const Front found = front(question, arguments_.paths[0]);
      return show(report::solution(question, arguments_.paths[0], found, on), !found.points.empty());
    }
    const Solution found = solve(question);
    return show(report::solution(question, found, on), found.answer.has_value());
  }

  int show(const report::Report& report, bool has_answer) {
    std::string text;
    report::render(report, arguments_.output.format, render_options(arguments_.output, streams_), text);
    const int printed = print(text, arguments_.output, streams_);
    return printed == exit_done && !has_answer ? exit_no : printed;
  }

  Diagnostics unknown_paths(const Design& design) const {
    const std::vector<std::string> paths = scalable_figures(design);
    Diagnostics all;
    for (const std::string& path : arguments_.paths) {
      if (std::ranges::find(paths, path) != paths.end()) continue;
      const std::string hint = suggest(path, paths);
      all.push_back({.message = fmt::format("--vary: '{}' and '{}' have no figure '{}' above zero",
                                            design.device.id, design.runtime.id, path),
                     .hint = hint.empty() ? "'chipcast lint --show FILE' lists what a file gives" : hint});
    }
    if (arguments_.paths.size() == 2 && arguments_.paths[0] == arguments_.paths[1])
      all.push_back({.message = fmt::format("--vary: '{}' is there twice", arguments_.paths[0])});
    return all;
  }

  int fail(const Diagnostics& diagnostics) {
    print(diagnostics, arguments_.output.quiet, streams_);
    return exit_usage;
  }

  const SolveArguments& arguments_;
  Streams streams_;
  Models models_;
};

}  // namespace

void add_solve(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<SolveArguments>();
  CLI::App& command = *app.add_subcommand("solve",
                                          "The least value of one or two figures that lets networks meet "
                                          "goals, or what stands in the way (exit code 1).");
  command
      .add_option("MODEL", arguments->models,
                  "networks that all must meet the goals, as 'describe' takes them")
      ->required()
      ->type_name("");
  add_target_options(command, arguments->targets);
  command
      .add_option(
          "--vary", arguments->paths,
          "the figure of the device or runtime, between a thousandth and a thousand times what it is; "
          "of two figures all pairs of which less of one needs more of the other")
      ->required()
      ->expected(1, 2)
      ->type_name("PATH...");
  command
      .add_option(
          "--goal", arguments->goals,
          "'latency<33ms', 'throughput>30/s', 'energy<5mJ', 'power<2W' or 'battery>10h'; latency and energy "
          "are of a batch")
      ->required()
      ->type_name("GOAL...");
  add_settings(command, arguments->settings);
  command.add_option("--batch", arguments->batch, "samples at once")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->type_name("N");
  add_energy_options(command, arguments->question);
  add_bindings(command, "--dim", "bind a symbolic extent: --dim sequence=128", arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--skip-unknown", arguments->shaping.skip_unknown_operators, "go on at unknown operators");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast solve mobilenet_v2 efficientnet_b0 --on kpu-t2 --vary memory.dram.bandwidth \\\n"
      "      --goal 'latency<5ms' 'power<2W'\n"
      "  chipcast solve resnet50 --on nvidia-t4 --set precision=int8 --vary engines.tensor.clock --goal "
      "'throughput>1000/s'");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return Solving(*arguments, streams).run(); };
  });
}

}  // namespace chipcast::cli
