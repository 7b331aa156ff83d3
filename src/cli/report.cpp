#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>

#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/reports.hpp"
#include "cli/usage_error.hpp"
#include "report/svg.hpp"

namespace chipcast::cli {
namespace {

namespace fs = std::filesystem;

struct ReportArguments {
  std::vector<std::string> reports;
  std::string folder;  // empty: that of the report.yaml
  bool all = false, check = false, quiet = false;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t new_lines(const std::string& text, const std::string& before) {
  const auto lines = [](std::string_view all) {
    std::multiset<std::string_view> found;
    while (!all.empty()) {
      const std::size_t end = std::min(all.find('\n'), all.size() - 1);
      found.insert(all.substr(0, end + 1));
      all.remove_prefix(end + 1);
    }
    return found;
  };
  const auto now = lines(text), old = lines(before);
  std::vector<std::string_view> changed;
  std::ranges::set_difference(now, old, std::back_inserter(changed));
  return changed.size();
}

// Says what moved, and returns those that did.
std::vector<NamedText> changed_files(std::vector<NamedText> files, const ReportArguments& arguments,
                                     Streams streams) {
  std::vector<NamedText> changed;
  for (NamedText& file : files) {
    std::error_code error;
    const bool exists = fs::exists(file.path, error);
    const std::string before = exists ? content_of(file.path) : std::string();
    if (exists && before == file.text) continue;
    if (!arguments.quiet && exists)
      streams.out << fmt::format("{}: {} new lines\n", file.path, new_lines(file.text, before));
    if (!arguments.quiet && !exists) streams.out << fmt::format("{}: new\n", file.path);
    changed.push_back(std::move(file));
  }
  return changed;
}

// Drawings of ours that the report no longer has.
std::vector<fs::path> stale_pictures(const std::string& folder, const std::vector<NamedText>& files) {
  std::vector<fs::path> stale;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder + "/pictures", error)) {
    const std::string path = entry.path().string();
    const bool is_wanted = std::ranges::find(files, path, &NamedText::path) != files.end();
    if (!is_wanted && entry.path().extension() == ".svg" && report::is_drawing(content_of(path)))
      stale.push_back(entry.path());
  }
  std::ranges::sort(stale);
  return stale;
}

Result<Done> make_folders(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder + "/pictures", error);
  if (!error) return Done{};
  return Diagnostic{.place = {.file = folder},
                    .message = fmt::format("cannot make the folder: {}", error.message()),
                    .hint = "nothing was written; choose another place with -o"};
}

// The exit code.
int run_one(const std::string& name, const ReportArguments& arguments, Streams streams) {
  const auto fail = [&](const Diagnostics& diagnostics) {
    print(diagnostics, arguments.quiet, streams);
    return exit_usage;
  };
  const Result<std::string> file = report_file(name);
  if (!file) return fail(file.diagnostics());
  const fs::path beside = fs::path(*file).parent_path();
  const std::string folder = !arguments.folder.empty() ? arguments.folder
                             : beside.empty()          ? "."
                                                       : beside.string();
  Result<std::vector<NamedText>> files = make_report(*file, folder);
  if (!files) return fail(files.diagnostics());
  const std::vector<fs::path> stale = stale_pictures(folder, *files);
  const std::vector<NamedText> changed = changed_files(*std::move(files), arguments, streams);
  for (const fs::path& path : stale) {
    if (!arguments.quiet) streams.out << fmt::format("{}: no longer part of it\n", path.string());
  }
  if (arguments.check) return changed.empty() && stale.empty() ? exit_done : exit_no;
  const Result<Done> made = make_folders(folder);
  if (!made) return fail(made.diagnostics());
  const Result<Done> written = write_together(changed);
  if (!written) return fail(written.diagnostics());
  std::error_code ignored;
  for (const fs::path& path : stale) fs::remove(path, ignored);
  return exit_done;
}

int run_report(const ReportArguments& arguments, Streams streams) {
  int worst = exit_done;
  for (const std::string& name : arguments.all ? report_names() : arguments.reports)
    worst = std::max(worst, run_one(name, arguments, streams));
  return worst;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App& command = *app.add_subcommand(
      "report", "Characterization reports: report.html, report.md with pictures, data.csv and data.json.");
  command
      .add_option("REPORT", arguments->reports,
                  "names of folders in reports/, or report.yaml files of your own")
      ->type_name("");
  command.add_flag("--all", arguments->all, "every report in reports/");
  command.add_flag("--check", arguments->check,
                   "write nothing; say which files would change, and exit with 1 if any would");
  command
      .add_option("-o,--output", arguments->folder,
                  "folder to write to; without it the one of the report.yaml")
      ->type_name("FOLDER");
  command.add_flag("-q,--quiet", arguments->quiet, "do not say what moved");
  command.footer(
      "Examples:\n"
      "  chipcast report mobilenet_efficientnet\n"
      "  chipcast report my_report.yaml -o mine\n"
      "  chipcast report --all --check");
  command.callback([arguments, &action] {
    if (arguments->reports.empty() && !arguments->all)
      throw UsageError{"no report is named", "name one, or say --all; 'chipcast report --help' says more"};
    if (!arguments->folder.empty() && (arguments->all || arguments->reports.size() > 1))
      throw UsageError{"several reports do not go into one folder", "name one report with -o"};
    action = [arguments](Streams streams) { return run_report(*arguments, streams); };
  });
}

}  // namespace chipcast::cli
