#include "report/whatif.hpp"
#include "model/saturation.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "cli/amount.hpp"
#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/commands.hpp"
#include "cli/energy_options.hpp"
#include "cli/keeps.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/targets.hpp"
#include "cli/whole_file.hpp"
#include "report/render.hpp"
#include "report/tornado_plot.hpp"

namespace chipcast::cli {
namespace {

struct WhatIfArguments {
  std::string model;
  std::vector<std::string> settings;
  ShapingOptions shaping;
  TargetArguments targets;
  std::int64_t batch = 1;
  report::EstimateQuestion question;
  std::size_t operators = 10;
  bool ideal = false, sensitivity = false;
  std::string plot;  // a file; empty: none
  OutputOptions output;
};

// A network on a design, and what it comes to.
struct Case {
  report::Network network;
  Design design;
  Target target;  // points into `design`
  Workload workload;
  Estimate result;

  report::Variant variant(const report::EstimateQuestion& question) const {
    return {.estimated = {.model = network.name,
                          .target = &target,
                          .estimate = result,
                          .endurance = endurance_of(result, target, question.battery),
                          .saturating_batch = saturating_batch(workload, target, result.largest_batch),
                          .caveat = report::not_modelled_caveat(network.complexity),
                          .notes = workload.notes},
            .design = &design,
            .workload = &workload};
  }
};

Result<std::unique_ptr<Case>> make_case(report::Network network, Design design, std::span<const Keep> keeps) {
  const Result<KeptOperators> kept = kept_in(network, keeps);
  if (!kept) return kept.diagnostics();
  auto made = std::make_unique<Case>();
  made->network = std::move(network);
  made->design = std::move(design);
  Result<Target> target = target_of(made->design);
  if (!target) return target.diagnostics();
  made->target = *std::move(target);
  made->workload = WorkloadMaker(made->network.graph, made->network.complexity)(made->target, *kept);
  made->result = estimate(made->workload, made->target, {.batch = made->design.batch});
  return made;
}

class Study {
 public:
  Study(const WhatIfArguments& arguments, Streams streams) : arguments_(arguments), streams_(streams) {}

  int run() {
    if (arguments_.settings.empty() && !arguments_.ideal && !arguments_.sensitivity &&
        arguments_.plot.empty()) {
      return fail({{.message = "nothing is to be different",
                    .hint = "give --set PATH=VALUE, --sensitivity, --plot or --ideal"}});
    }
    const Result<std::unique_ptr<Targets>> targets = make_one_target(arguments_.targets, "whatif");
    if (!targets) return fail(targets.diagnostics());
    const Target& target = (*targets)->all.front();
    Result<Settings> settings = parse_settings(arguments_.settings);
    if (!settings) return fail(settings.diagnostics());
    const Design design = design_of(target, static_cast<double>(arguments_.batch));
    Result<Changed> changed = apply(*std::move(settings), models_, arguments_.model, design);
    if (!changed) return fail(changed.diagnostics());
    const auto before = case_of(arguments_.model, design);
    if (!before) return fail(before.diagnostics());
    const auto after = case_of(changed->model, std::move(changed->design));
    if (!after) return fail(after.diagnostics());
    return show(**before, **after, target);
  }

 private:
  Result<std::unique_ptr<Case>> case_of(const std::string& model, Design design) {
    Result<report::Network> network = load(models_, model, arguments_.shaping);
    if (!network) return network.diagnostics();
    print(network->shaped.warnings, arguments_.output.quiet, streams_);
    return make_case(*std::move(network), std::move(design), arguments_.targets.keeps);
  }

  int show(const Case& before, const Case& after, const Target& target) {
    report::WhatIf study{.before = before.variant(arguments_.question),
                         .after = after.variant(arguments_.question),
                         .has_settings = !arguments_.settings.empty(),
                         .question = arguments_.question,
                         .operators = arguments_.operators,
                         .shows_ladder = arguments_.ideal};
    study.before.estimated.target = &target;  // says its operating point
    std::vector<Elasticity> sensitivities;
    if (arguments_.sensitivity || !arguments_.plot.empty())
      sensitivities = elasticities(after.workload, after.design);
    if (arguments_.sensitivity) study.sensitivities = sensitivities;
    if (!arguments_.plot.empty()) {
      const std::string title = fmt::format("{} on {}", after.network.name, report::device_text(target));
      const Result<Done> written = write_whole(arguments_.plot, report::tornado_plot(title, sensitivities));
      if (!written) return fail(written.diagnostics());
    }
    std::string text;
    report::render(report::whatif(study), arguments_.output.format,
                   render_options(arguments_.output, streams_), text);
    return print(text, arguments_.output, streams_);
  }

  int fail(const Diagnostics& diagnostics) {
    print(diagnostics, arguments_.output.quiet, streams_);
    return exit_usage;
  }

  const WhatIfArguments& arguments_;
  Streams streams_;
  Models models_;
};

}  // namespace

void add_whatif(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<WhatIfArguments>();
  CLI::App& command = *app.add_subcommand(
      "whatif", "What a change of device, software or network gives: before, after, and what moved.");
  command.add_option("MODEL", arguments->model, "a network, as 'describe' takes it")
      ->required()
      ->type_name("");
  add_target_options(command, arguments->targets);
  add_settings(command, arguments->settings);
  command.add_option("--batch", arguments->batch, "samples at once, before")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->type_name("N");
  command.add_flag("--sensitivity", arguments->sensitivity,
                   "percent that latency and energy change per percent of every figure of the device");
  command
      .add_option("--plot", arguments->plot, "draw the sensitivities into an .svg file, the largest on top")
      ->type_name("FILE");
  command.add_flag("--ideal", arguments->ideal, "the latency if each limit were lifted");
  command
      .add_option_function<std::string>(
          "--operators",
          [arguments](const std::string& text) { arguments->operators = count_or_all("--operators", text); },
          "how many of the operators that moved to show: a number, 'all' or 'none'")
      ->type_name("N");
  add_energy_options(command, arguments->question);
  add_bindings(command, "--dim", "bind a symbolic extent: --dim sequence=128", arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--skip-unknown", arguments->shaping.skip_unknown_operators, "go on at unknown operators");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast whatif mobilenet_v2 --on kpu-t2 --set memory.shared.capacity=2x precision=int8\n"
      "  chipcast whatif resnet50 --on jetson_agx_orin@30W --set memory.dram.bandwidth=+20% batch=8\n"
      "  chipcast whatif vit_b_16 --on nvidia-t4 --sensitivity --ideal");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return Study(*arguments, streams).run(); };
  });
}

}  // namespace chipcast::cli
