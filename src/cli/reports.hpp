// cli/reports.hpp: report.yaml files and the files that are made of them.
//
//   Result<std::vector<NamedText>> files = make_report("reports/edge_devices/report.yaml", folder);
//   report_names()                          // {"edge_devices", "mobilenet_efficientnet"}: folders of reports/
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/whole_file.hpp"

namespace chipcast::cli {

std::vector<std::string> report_names();
// The report.yaml of a name, or the file itself; an unknown one is a diagnostic with suggestions.
Result<std::string> report_file(const std::string& name_or_file);

// What belongs into `folder`, all of it.
Result<std::vector<NamedText>> make_report(const std::string& file, const std::string& folder);

}  // namespace chipcast::cli
