#include "cli/output.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/usage_error.hpp"
#include "cli/whole_file.hpp"

namespace chipcast::cli {

void add_output_options(CLI::App& command, OutputOptions& options) {
  command
      .add_option_function<std::string>(
          "--format",
          [&options](const std::string& name) {
            const auto format = report::format_named(name);
            if (!format) {
              const std::string hint = suggest(name, report::format_names());
              throw UsageError{fmt::format("unknown format '{}'", printable(name)),
                               hint.empty() ? "there are table, md, csv, json and html" : hint};
            }
            options.format = *format;
          },
          "table (for terminals; the default), md, csv (every digit), json (SI base units) or html")
      ->type_name("FORMAT");
  command
      .add_option_function<std::string>(
          "-o,--output",
          [&options](const std::string& file) {
            if (file.empty()) throw UsageError{"the name of the output file is empty"};
            options.file = file;
          },
          "write to FILE, whole or not at all")
      ->type_name("FILE");
  command.add_flag("-q,--quiet", options.quiet, "no warnings and no progress");
}

void require_distinct(std::span<const NamedFile> files) {
  const auto place_of = [](std::string_view path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = i + 1; j < files.size(); ++j) {
      if (files[i].path.empty() || files[j].path.empty()) continue;
      const std::filesystem::path place = place_of(files[i].path);
      std::error_code error;
      const bool is_lost =
          !std::filesystem::exists(place, error) || std::filesystem::is_regular_file(place, error);
      if (is_lost && place == place_of(files[j].path))
        throw UsageError{fmt::format("{} and {} are one file, '{}'", files[i].role, files[j].role,
                                     printable(files[j].path)),
                         "give each a file of its own"};
    }
  }
}

report::RenderOptions render_options(const OutputOptions& output, const Streams& streams) {
  return {.width = streams.terminal.width, .color = streams.terminal.color && output.file.empty()};
}

int print(std::string_view text, const OutputOptions& output, Streams streams) {
  if (!output.file.empty()) {
    const Result<Done> written = write_whole(output.file, text);
    if (written) return exit_done;
    print(written.diagnostics(), output.quiet, streams);
    return exit_usage;
  }
  errno = 0;
  streams.out << text << std::flush;
  if (streams.out || errno == EPIPE) return exit_done;
  streams.err << fmt::format("chipcast: error: cannot write to standard output: {}\n", std::strerror(errno));
  return exit_usage;
}

void print(const Diagnostics& diagnostics, bool quiet, Streams streams) {
  constexpr std::size_t most_printed = 50;
  std::size_t hidden = 0;
  std::size_t printed = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (quiet && diagnostic.severity == Severity::warning) continue;
    if (printed < most_printed) {
      streams.err << render(diagnostic);
      ++printed;
    } else {
      ++hidden;
    }
  }
  if (hidden > 0) streams.err << fmt::format("... and {} more\n", hidden);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace chipcast::cli
