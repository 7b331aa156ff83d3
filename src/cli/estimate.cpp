#include "report/estimate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/commands.hpp"
#include "cli/energy_options.hpp"
#include "cli/keeps.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/side_by_side.hpp"
#include "cli/targets.hpp"
#include "model/saturation.hpp"
#include "model/workload.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct EstimateArguments {
  std::vector<std::string> models;
  ShapingOptions shaping;
  TargetArguments targets;
  std::vector<std::int64_t> batches = {1};
  report::EstimateQuestion question;
  OutputOptions output;
};

// Of one network: worked out beside others, printed in the order they were asked for.
struct Outcome {
  Diagnostics errors, warnings;
  std::vector<report::Estimated> rows;
};

std::vector<report::Estimated> rows_of(const report::Network& network, const Targets& targets,
                                       const EstimateArguments& arguments, const KeptOperators& kept) {
  std::vector<report::Estimated> rows;
  const WorkloadMaker make(network.graph, network.complexity);
  std::map<decltype(Runtime::fusion), Workload> workloads;  // runtimes that fuse alike run the same kernels
  std::optional<Workload> mixed;
  for (const Target& target : targets.all) {
    const Workload* workload = nullptr;
    if (target.kept.empty()) {
      auto known = workloads.find(target.runtime->fusion);
      if (known == workloads.end())
        known = workloads.emplace(target.runtime->fusion, make(*target.runtime)).first;
      workload = &known->second;
    } else {
      workload = &mixed.emplace(make(target, kept));
    }
    std::int64_t saturating = -1;  // the same for every batch
    for (const std::int64_t batch : arguments.batches) {
      Estimate result = estimate(*workload, target,
                                 {.batch = static_cast<double>(batch),
                                  .keep_groups = false,
                                  .boundary = arguments.question.boundary});
      if (saturating < 0) saturating = saturating_batch(*workload, target, result.largest_batch);
      const Endurance endurance = endurance_of(result, target, arguments.question.battery);
      rows.push_back({.model = network.name,
                      .target = &target,
                      .estimate = std::move(result),
                      .endurance = endurance,
                      .saturating_batch = saturating,
                      .caveat = report::not_modelled_caveat(network.complexity),
                      .notes = workload->notes});
    }
  }
  return rows;
}

int run_estimate(const EstimateArguments& arguments, Streams streams) {
  const bool quiet = arguments.output.quiet;
  bool failed = false;
  const Result<std::unique_ptr<Targets>> targets = make_targets(arguments.targets);
  if (!targets) {
    print(targets.diagnostics(), quiet, streams);
    failed = true;
  }
  Models models;
  const std::vector<std::string> names = models.all_of(arguments.models);
  std::vector<Outcome> outcomes(names.size());
  Keeps keeps(arguments.targets.keeps);
  side_by_side(names.size(), [&](std::size_t i) {
    const Result<report::Network> network = load(models, names[i], arguments.shaping);
    if (!network) {
      outcomes[i].errors = network.diagnostics();
      return;
    }
    outcomes[i].warnings = network->shaped.warnings;
    const Result<KeptOperators> kept = keeps.in(*network);
    if (!kept) {
      outcomes[i].errors = kept.diagnostics();
    } else if (targets) {
      outcomes[i].rows = rows_of(*network, **targets, arguments, *kept);
    }
  });
  const Diagnostics unused = keeps.unused();
  print(unused, quiet, streams);
  failed = failed || !unused.empty();
  std::vector<report::Estimated> rows;
  for (Outcome& outcome : outcomes) {
    print(outcome.errors, quiet, streams);
    print(outcome.warnings, quiet, streams);
    failed = failed || !outcome.errors.empty();
    std::ranges::move(outcome.rows, std::back_inserter(rows));
  }
  if (failed) return exit_usage;
  std::string text;
  report::render(report::estimates(rows, arguments.question), arguments.output.format,
                 render_options(arguments.output, streams), text);
  return print(text, arguments.output, streams);
}

}  // namespace

void add_estimate(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<EstimateArguments>();
  CLI::App& command = *app.add_subcommand(
      "estimate",
      "How networks run on devices: latency, throughput, energy, power, battery life, and what bounds them.");
  command.add_option("MODEL", arguments->models, "networks, as 'describe' takes them; '*': all of the zoo")
      ->required()
      ->type_name("");
  add_target_options(command, arguments->targets);
  command
      .add_option("--batch", arguments->batches,
                  "samples at once; of an ONNX file with a fixed batch: how many of those")
      ->delimiter(',')
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->type_name("N...");
  command
      .add_option_function<std::string>(
          "--boundary",
          [arguments](const std::string& text) {
            arguments->question.boundary = text == "wall"    ? PowerBoundary::wall
                                           : text == "board" ? PowerBoundary::board
                                                             : PowerBoundary::package;
          },
          "what energy and power include: chip, board (and the rest of it), wall (and the supply)")
      ->check(CLI::IsMember({"chip", "board", "wall"}))
      ->type_name("BOUNDARY");
  add_energy_options(command, arguments->question);
  add_bindings(command, "--dim", "bind a symbolic extent: --dim sequence=128", arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--skip-unknown", arguments->shaping.skip_unknown_operators,
                   "go on at unknown operators and say what share is not modelled");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast estimate mobilenet_v3_small --on kpu-t2 nvidia-h100-pcie --batch 1,32\n"
      "  chipcast estimate resnet50 vit_b_16 --on jetson_agx_orin@15W --precision fp16,int8\n"
      "  chipcast estimate vit_b_16 --on nvidia-h100-pcie --precision int8 --keep fp16=first,last,attention\n"
      "  chipcast estimate mobilenet_v2 --on kpu-t2 --battery 10Wh --rate 1/s --format json\n"
      "  chipcast estimate '*' --on '*' --format csv -o all.csv");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_estimate(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
