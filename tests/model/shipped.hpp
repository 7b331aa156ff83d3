// tests/model/shipped.hpp: the devices of hardware_specs, each read once.
//
//   for (const Device& device : shipped_devices()) ...
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <utility>

#include "hardware/read_device.hpp"

namespace chipcast {

inline const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

inline const std::deque<Device>& shipped_devices() {
  static const std::deque<Device> all = [] {
    std::deque<Device> read;
    for (const std::string& id : device_ids(specs)) {
      Result<Device> device = find_device(specs, id);
      REQUIRE(device);
      read.push_back(*std::move(device));
    }
    return read;
  }();
  return all;
}

}  // namespace chipcast
