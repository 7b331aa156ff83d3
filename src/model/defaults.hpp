// model/defaults.hpp: what a device is run with where nobody says: the runtime and the precision people would choose.
//
//   default_runtime(device)       // "tensorrt" for a GPU, what the file names for an NPU
//   default_precision(device)     // fp32 on a CPU, fp16 on a GPU, bf16 on a TPU, int8 on NPUs and microcontrollers
#pragma once

#include <string>

#include "hardware/device.hpp"

namespace chipcast {

std::string default_runtime(const Device& device);
Precision default_precision(const Device& device);

}  // namespace chipcast
