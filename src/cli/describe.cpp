#include "report/describe.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/amount.hpp"
#include "cli/app.hpp"
#include "cli/bindings.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"

namespace chipcast::cli {
namespace {

using report::Format;
using report::Network;

struct DescribeArguments {
  std::vector<std::string> models;
  ShapingOptions shaping;
  std::size_t operators = 10;
  OutputOptions output;
};

bool is_for_machines(Format format) { return format == Format::csv || format == Format::json; }

std::string rendered(const std::vector<Network>& networks, const DescribeArguments& arguments,
                     const Streams& streams) {
  std::string text;
  const Format format = arguments.output.format;
  const report::RenderOptions options = render_options(arguments.output, streams);
  const bool is_side_by_side =
      is_for_machines(format) ? format == Format::csv && arguments.operators == 0 : networks.size() > 1;
  if (is_side_by_side) {
    report::render(report::compare(networks), format, options, text);
  } else {
    std::vector<report::Report> reports;
    for (const Network& network : networks) {
      reports.push_back(report::describe(
          network,
          {.operators = arguments.operators, .baseline = networks.size() > 1 ? &networks[0] : nullptr}));
    }
    if (format == Format::json) {
      report::render_json(reports, text);
    } else if (format == Format::csv) {
      report::render_csv(reports, text);
    } else {
      report::render(reports.front(), format, options, text);
    }
  }
  return text;
}

int run_describe(const DescribeArguments& arguments, Streams streams) {
  Models models;
  std::vector<Network> networks;
  bool failed = false;
  for (const std::string& model : arguments.models) {
    Result<Network> network = load(models, model, arguments.shaping);
    if (!network) {
      print(network.diagnostics(), arguments.output.quiet, streams);
      failed = true;
      continue;
    }
    print(network->shaped.warnings, arguments.output.quiet, streams);
    // Formats for machines have no first line that could say so.
    const std::string caveat = report::not_modelled_caveat(network->complexity);
    if (!caveat.empty() && is_for_machines(arguments.output.format)) {
      print({{.severity = Severity::warning, .place = {.file = model}, .message = caveat}},
            arguments.output.quiet, streams);
    }
    networks.push_back(*std::move(network));
  }
  if (failed) return exit_usage;
  return print(rendered(networks, arguments, streams), arguments.output, streams);
}

}  // namespace

void add_describe(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<DescribeArguments>();
  CLI::App& command = *app.add_subcommand("describe",
                                          "What networks cost: parameters, MACs, FLOPs, memory; in total, by "
                                          "operator class, per operator. Several stand side by side.");
  command
      .add_option(
          "MODEL", arguments->models,
          "a name of the model zoo, with overrides (mobilenet_v2?resolution=160), or a .onnx or .yaml file")
      ->required()
      ->type_name("");
  add_bindings(command, "--dim", "bind a symbolic extent: --dim batch=8,sequence=128",
               arguments->shaping.dims);
  add_bindings(command, "--trip", "how often a Loop or Scan runs, by node name; without a name: all of them",
               arguments->shaping.trips, "*");
  command.add_flag("--skip-unknown", arguments->shaping.skip_unknown_operators,
                   "go on at unknown operators; the first line says what share is not modelled");
  command
      .add_option_function<std::string>(
          "--operators",
          [arguments](const std::string& text) { arguments->operators = count_or_all("--operators", text); },
          "how many operators to show, the heaviest first (10); json and csv carry all, csv with 'none' one "
          "row a "
          "network")
      ->type_name("N|all|none");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast describe resnet50\n"
      "  chipcast describe resnet18 resnet50 mobilenet_v2 --format md\n"
      "  chipcast describe detector.onnx --dim height=640,width=640 --format json -o detector.json");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_describe(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
