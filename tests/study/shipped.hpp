// tests/study/shipped.hpp: every device of hardware_specs as a target.
//
//   everywhere([](const Target& target) { ... });
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/target.hpp"

namespace chipcast {

// Calls `check` with every shipped device at every operating point, under its usual runtime.
template <class Check>
void everywhere(Check check) {
  const std::string folder = CHIPCAST_SOURCE_DIR "/hardware_specs";
  for (const std::string& id : device_ids(folder)) {
    CAPTURE(id);
    const Result<Device> device = find_device(folder, id);
    REQUIRE(device);
    const Result<Runtime> runtime = find_runtime(folder + "/runtimes", default_runtime(*device));
    REQUIRE(runtime);
    for (const OperatingPoint& point : device->operating_points) {
      CAPTURE(point.name);
      const Result<Target> target =
          make_target(*device, point, *runtime, {.precision = default_precision(*device)});
      REQUIRE(target);
      check(*target);
    }
  }
}

}  // namespace chipcast
