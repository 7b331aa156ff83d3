// cli/output.hpp: the options every command that prints a report has, and the printing.
//
//   OutputOptions output;
//   add_output_options(command, output);                       // --format, -o, --quiet
//   return print(text, output, streams);                       // the exit code
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/diagnostic.hpp"
#include "cli/streams.hpp"
#include "report/render.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

struct OutputOptions {
  report::Format format = report::Format::table;
  std::string file = {};  // empty: standard output
  bool quiet = false;     // no warnings, no progress
};
void add_output_options(CLI::App& command, OutputOptions& options);

// How a report for people looks where it goes: a file has no terminal.
report::RenderOptions render_options(const OutputOptions& output, const Streams& streams);

// Throws a UsageError where two of these are one file: what one is for, and its name; those without a name are none.
struct NamedFile {
  std::string_view role, path;
};
void require_distinct(std::span<const NamedFile> files);

// The exit code; a reader that closed the pipe has what it wanted.
int print(std::string_view text, const OutputOptions& output, Streams streams);

// Errors and, unless `quiet`, warnings to `err`; the first few, and how many more there are.
void print(const Diagnostics& diagnostics, bool quiet, Streams streams);
bool has_errors(const Diagnostics& diagnostics);

}  // namespace chipcast::cli
