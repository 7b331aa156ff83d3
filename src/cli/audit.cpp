#include "report/audit.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/amount.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/references.hpp"
#include "report/render.hpp"

namespace chipcast::cli {
namespace {

struct AuditArguments {
  std::string file;
  report::AuditOptions question;
  OutputOptions output;
};

int run_audit(const AuditArguments& arguments, Streams streams) {
  const Result<std::vector<Claim>> claims = read_claims(arguments.file);
  if (!claims) {
    print(claims.diagnostics(), arguments.output.quiet, streams);
    return exit_usage;
  }
  const References found = references_of(arguments.file, *claims);
  print(found.unknown, arguments.output.quiet, streams);
  const std::vector<Finding> findings = audit(*claims, found.reference);
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
