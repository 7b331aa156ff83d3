// hardware/catalog.hpp: folders of YAML files by id.
//
//   yaml_ids("hardware_specs")                                -> {"coral_edgetpu_usb", "google_tpu_v4", ...}
//   Result<std::string> path = yaml_path("hardware_specs", "kpu-t2", "device");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chipcast {

// "dir/kpu_t2.yaml" -> "kpu_t2"
std::string id_of(const std::string& path);
std::vector<std::string> yaml_ids(const std::string& folder);
// The file of an id (dashes count as underscores, capitals as small) or the path itself; an unknown one is a
// diagnostic with suggestions. `what` stands in it: "device".
Result<std::string> yaml_path(const std::string& folder, const std::string& name_or_path,
                              std::string_view what);

}  // namespace chipcast
