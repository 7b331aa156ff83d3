// hardware/read_device.hpp: hardware_specs/*.yaml as Device values; everything wrong with a file, all at once.
//
//   Result<Device> device = read_device("hardware_specs/nvidia_h100_pcie.yaml");
//   Result<Device> device = find_device("hardware_specs", "kpu-t2");        // dashes or underscores, or a path
//   for (const std::string& id : device_ids("hardware_specs")) ...
//
// `extends: other` takes every figure over from other.yaml in the same folder (marked `inherited_from`), except the
// published peaks and the price, which belong to one product; engines and memory levels are matched by name, and
// operating points are taken over unless the file gives its own.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/device.hpp"

namespace chipcast {

Result<Device> read_device(const std::string& path);
// As read_device, from a text; `extends` looks in the folder of `path`.
Result<Device> parse_device(const std::string& path, std::string text);

// The ids of a folder's YAML files, sorted; empty where there is no such folder.
std::vector<std::string> device_ids(const std::string& folder);
Result<Device> find_device(const std::string& folder, const std::string& name_or_path);

}  // namespace chipcast
