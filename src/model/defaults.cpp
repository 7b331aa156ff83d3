#include "model/defaults.hpp"

namespace chipcast {

std::string default_runtime(const Device& device) {
  if (!device.runtime.empty()) return device.runtime;
  switch (device.kind) {
    case DeviceKind::cpu:
      return "onnxruntime_cpu";
    case DeviceKind::gpu:
      return "tensorrt";
    case DeviceKind::tpu:
      return "xla";
    case DeviceKind::npu:
      return "ideal";  // every maker has its own, so that the device's file must name it
    case DeviceKind::mcu:
      return "x_cube_ai";
  }
  return "ideal";
}

Precision default_precision(const Device& device) {
  switch (device.kind) {
    case DeviceKind::cpu:
      return Precision::fp32;
    case DeviceKind::gpu:
      return Precision::fp16;
    case DeviceKind::tpu:
      return Precision::bf16;
    case DeviceKind::npu:
    case DeviceKind::mcu:
      return Precision::int8;
  }
  return Precision::fp32;
}

}  // namespace chipcast
