#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <ostream>

#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/studies.hpp"
#include "study/findings_file.hpp"

namespace chipcast::cli {
namespace {

struct MergeArguments {
  std::vector<std::string> files;
  OutputOptions output;
};

bool overlap(const DesignRange& a, const DesignRange& b) { return a.from < b.to && b.from < a.to; }

class Merging {
 public:
  Merging(const MergeArguments& arguments, Streams streams) : arguments_(arguments), streams_(streams) {}

  int run() {
    std::vector<SavedFindings> parts;
    for (const std::string& file : arguments_.files) {
      Result<SavedFindings> part = read_findings(file);
      if (!part) return fail(part.diagnostics());
      const Diagnostics wrong = contradictions(*part, parts);
      if (!wrong.empty()) return fail(wrong);
      parts.push_back(*std::move(part));
    }
    const Result<LoadedStudy> study = load_study(parts.front().study);
    if (!study) return fail(study.diagnostics());
    if (study->file.digest != parts.front().digest)
      return fail(
          {{.place = {.file = parts.front().study},
            .message = fmt::format("the study, or a file behind it, has changed since '{}' was made of it",
                                   parts.front().file),
            .hint = "sweep its parts anew, or put devices, networks and calibrations back as they were"}});
    Findings all = study->sweep.empty();
    for (const SavedFindings& part : parts) {
      const Result<Findings> findings = restored(part, study->sweep);
      if (!findings) return fail(findings.diagnostics());
      all.add(*findings);
    }
    return show(*study, all);
  }

 private:
  static Diagnostics contradictions(const SavedFindings& part, const std::vector<SavedFindings>& before) {
    for (const SavedFindings& other : before) {
      if (other.digest != part.digest)
        return {{.place = {.file = part.file},
                 .message = fmt::format("it is of another study than '{}'", other.file),
                 .hint = "merge parts of one study"}};
      for (const DesignRange& a : part.done) {
        for (const DesignRange& b : other.done) {
          if (overlap(a, b))
            return {{.place = {.file = part.file},
                     .message = fmt::format("it has designs that '{}' has, too: {}-{}", other.file,
                                            std::max(a.from, b.from), std::min(a.to, b.to)),
                     .hint = "leave one of the two out"}};
        }
      }
    }
    return {};
  }

  int show(const LoadedStudy& study, const Findings& findings) {
    const int printed = print_findings(study, findings, arguments_.output, streams_);
    const std::vector<DesignRange> gaps = missing({0, study.sweep.designs()}, findings.done);
    if (gaps.empty()) return printed;
    streams_.err << fmt::format("chipcast: no part has designs {}\n", text_of(gaps));
    return printed == exit_done ? exit_no : printed;
  }

  int fail(const Diagnostics& diagnostics) {
    print(diagnostics, arguments_.output.quiet, streams_);
    return exit_usage;
  }

  const MergeArguments& arguments_;
  Streams streams_;
};

}  // namespace

void add_merge(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<MergeArguments>();
  CLI::App& command = *app.add_subcommand(
      "merge", "Joins what parts of a sweep found (exit code 1 where parts are missing).");
  command.add_option("FILE", arguments->files, "files of 'sweep --shard I/N --resume FILE'")
      ->required()
      ->type_name("");
  add_output_options(command, arguments->output);
  command.footer("Example:\n  chipcast merge part*.yaml --format html -o study.html");
  command.callback([arguments, &action] {
    for (const std::string& file : arguments->files)
      require_distinct(std::array<NamedFile, 2>{{{"--output", arguments->output.file}, {"FILE", file}}});
    action = [arguments](Streams streams) { return Merging(*arguments, streams).run(); };
  });
}

}  // namespace chipcast::cli
