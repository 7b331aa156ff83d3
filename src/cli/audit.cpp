#include "report/audit.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "cli/amount.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/output.hpp"
#include "cli/targets.hpp"
#include "hardware/read_device.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct AuditArguments {
  std::string file;
  report::AuditOptions question;
  OutputOptions output;
};

// Reads what the claims name. What is unknown is no fault of the table: its rows are held against each other.
class Loader {
 public:
  Loader(const std::string& file, bool quiet, Streams streams)
      : file_(file), quiet_(quiet), streams_(streams) {}

  void add(const Claim& claim) {
    const Place place{.file = file_, .line = claim.line};
    if (!claim.model.empty() && claim.variant.empty()) add_network(claim.model, place);
    if (!claim.device.empty()) add_device(claim.device, place);
    if (!claim.operating_point.empty()) check_point(claim.device, claim.operating_point, place);
  }

  const Reference& reference() const { return reference_; }

 private:
  void add_network(const std::string& name, const Place& place) {
    if (!networks_.insert(name).second) return;
    const Result<report::Network> network = load(models_, name, {});
    if (!network) return warn(name, network.diagnostics().front(), place);
    reference_.networks.emplace(name, facts_of(network->complexity, family_of(name)));
  }

  void add_device(const std::string& name, const Place& place) {
    if (!devices_.insert(name).second) return;
    Result<Device> device = find_device(device_folder(), name);
    if (!device) return warn(name, device.diagnostics().front(), place);
    reference_.devices.emplace(name, *std::move(device));
  }

  void check_point(const std::string& device, const std::string& point, const Place& place) {
    const auto known = reference_.devices.find(device);
    if (known == reference_.devices.end() || known->second.operating_point(point) != nullptr) return;
    if (!points_.insert(device + "@" + point).second) return;
    warn(device, {.message = fmt::format("there is no operating point '{}'", point)}, place);
  }

  std::string family_of(const std::string& model) {
    if (!families_) {
      families_.emplace();
      const Result<std::vector<report::ListedModel>> all = models_.list();
      if (all) {
        for (const report::ListedModel& listed : *all) families_->emplace(listed.name, listed.family);
      }
    }
    const auto found = families_->find(model.substr(0, model.find('?')));
    return found == families_->end() ? model : found->second;
  }

  void warn(const std::string& name, const Diagnostic& unknown, const Place& place) const {
    print({{.severity = Severity::warning,
            .place = place,
            .message =
                fmt::format("'{}': {}; such rows are only held against each other", name, unknown.message),
            .hint = unknown.hint}},
          quiet_, streams_);
  }

  const std::string& file_;
  bool quiet_;
  Streams streams_;
  Models models_;
  Reference reference_;
  std::set<std::string> networks_, devices_, points_;
  std::optional<std::map<std::string, std::string>> families_;
};

int run_audit(const AuditArguments& arguments, Streams streams) {
  const Result<std::vector<Claim>> claims = read_claims(arguments.file);
  if (!claims) {
    print(claims.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  Loader loader(arguments.file, arguments.output.quiet, streams);
  for (const Claim& claim : *claims) loader.add(claim);
  const std::vector<Finding> findings = audit(*claims, loader.reference());
  std::string text;
  report::render(report::audit_report(arguments.file, *claims, findings, arguments.question),
                 arguments.output.format, render_options(arguments.output, streams), text);
  const int code = print(text, arguments.output, streams);
  const bool has_errors = std::ranges::count(findings, Gravity::error, &Finding::gravity) > 0;
  return code == exit_done && has_errors ? exit_no : code;
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<AuditArguments>();
  CLI::App& command = *app.add_subcommand(
      "audit", "Holds tables of published or measured figures against physics and against each other.");
  command
      .add_option("CLAIMS", arguments->file,
                  "a CSV file, one figure a row; reports/audit_2025_10/README.md has the columns")
      ->required()
      ->type_name("");
  command
      .add_option_function<std::string>(
          "--findings",
          [arguments](const std::string& text) {
            arguments->question.findings = count_or_all("--findings", text);
          },
          "how many findings to show, the gravest of each kind first (10); md too, json and csv carry all")
      ->type_name("N|all|none");
  add_output_options(command, arguments->output);
  command.footer(
      "Exit codes: 0 no finding is an error, 1 some are, 2 a file cannot be read.\n"
      "Example: chipcast audit reports/audit_2025_10/claims.csv --findings all");
  command.callback([arguments, &action] {
    action = [arguments](Streams streams) { return run_audit(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
