// hardware/check_device.hpp: what no single figure shows: levels in impossible order, peaks that contradict the vendor.
//
//   check_device(device, places);   // complains at the place of the figure that this file gives
#pragma once

#include <array>
#include <vector>

#include "hardware/device.hpp"
#include "hardware/read_figure.hpp"

namespace chipcast {

// Where this file says what; all of it empty where it was inherited.
struct EnginePlaces {
  Value item;
  Value count, clock;
  std::array<FigurePlace, precision_count> rates;
  std::array<Value, precision_count> fallbacks;
};
struct LevelPlaces {
  Value item;
  FigurePlace capacity, bandwidth;
};
struct PointPlaces {
  Value item;
  Value max_power, idle_power;
  std::vector<Value> counts;  // by engine
};
struct DevicePlaces {
  Value root;
  std::vector<EnginePlaces> engines;
  std::vector<LevelPlaces> memory;
  std::vector<PointPlaces> points;
  std::vector<Value> published_peaks;
  Value max_power, idle_power, busy_power;
};

void check_device(const Device& device, const DevicePlaces& places);
// Only of a device that is otherwise right: a wrong clock would be complained of twice.
void check_published_peaks(const Device& device, const DevicePlaces& places);

}  // namespace chipcast
