// base/diagnostic.hpp: what is wrong with an input, where, and the way out.
//
//   return Diagnostic{.place = {.file = path, .line = 8, .column = 5}, .message = "unknown key 'bandwith'",
//                     .hint = "did you mean 'bandwidth'?"};
#pragma once

#include <string>
#include <vector>

namespace chipcast {

// Where in the input: a line of a text file, or a named part of a binary one ("node 'conv1' (Conv)").
struct Place {
  std::string file = {};
  int line = 0;             // 1-based; 0: the file as a whole
  int column = 0;           // 1-based; 0: the line as a whole
  int length = 1;           // characters to underline
  std::string source = {};  // the line itself, for the caret
  std::string part = {};    // what inside a binary file
};

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  Place place = {};
  std::string message = {};  // one sentence without a full stop
  std::string hint = {};     // the way out; empty when the message says it all
};

using Diagnostics = std::vector<Diagnostic>;

// "file:line:column: error: message", the source line, a caret and the hint, each line ended.
std::string render(const Diagnostic& diagnostic);
std::string render(const Diagnostics& diagnostics);

}  // namespace chipcast
