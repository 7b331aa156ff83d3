// hardware/read_runtime.hpp: hardware_specs/runtimes/*.yaml as Runtime values.
//
//   Result<Runtime> runtime = read_runtime("hardware_specs/runtimes/tensorrt.yaml");
//   Result<Runtime> runtime = find_runtime("hardware_specs/runtimes", "onnxruntime-cpu");
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

Result<Runtime> read_runtime(const std::string& path);
Result<Runtime> parse_runtime(const std::string& path, std::string text);

std::vector<std::string> runtime_ids(const std::string& folder);
Result<Runtime> find_runtime(const std::string& folder, const std::string& name_or_path);

}  // namespace chipcast
