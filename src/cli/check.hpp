// cli/check.hpp: everything that is wrong with a file people write or bring.
//
//   Diagnostics found = check_file("my_net.yaml", {});        // empty: it is all right
//   has_errors(found)
#pragma once

#include <cstdint>
#include <string>

#include "base/diagnostic.hpp"
#include "graph/shaping.hpp"

namespace chipcast::cli {

// What a YAML file says it is in its `schema:`; a family where it says nothing else.
enum class FileKind : std::uint8_t { family, device, runtime, sources, bars, report, study };
FileKind kind_of_yaml(const std::string& file);

// A device, a runtime, a report, a study, measurements (.csv), their sources or their bars are read. A family of the zoo
// (.yaml): every variant is built, shaped and counted. A network (.onnx): likewise.
Diagnostics check_file(const std::string& file, const ShapingOptions& options);

}  // namespace chipcast::cli
