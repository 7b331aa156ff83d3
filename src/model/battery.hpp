// model/battery.hpp: how long a battery lasts, and what drains it.
//
//   BatteryUse use{.energy_per_inference = 29e-3 * joule, .inferences_per_second = 1.0 * hertz};
//   battery_life(10.0 * watt_hour, use).life      // 14.4 days: 36,000 J at 29 mW
//
//   Endurance endurance = endurance_of(estimate, target, {.capacity = 10.0 * watt_hour});
#pragma once

#include <optional>
#include <string>

#include "base/quantity.hpp"
#include "model/estimate.hpp"

namespace chipcast {

struct BatteryUse {
  Joules energy_per_inference = {};     // above the idle power
  Hertz inferences_per_second = {};     // the duty cycle
  Watts idle_power = {};                // of the device, always
  Watts other_loads = {};               // sensor, radio, display
  double usable = 1;                    // fraction of the capacity
  double conversion = 1;                // efficiency between battery and device
  double self_discharge_per_month = 0;  // fraction
};

enum class Drain : std::uint8_t { inference, idle, other_loads, self_discharge };
std::string_view name(Drain drain);

struct BatteryLife {
  Seconds life;
  Watts inference, idle, other_loads, self_discharge;  // as drawn from the battery
  Drain most = Drain::inference;
};

BatteryLife battery_life(Joules capacity, const BatteryUse& use);

struct BatteryQuestion {
  std::optional<Joules> capacity = {};  // all of it usable, without losses; absent: the device's own battery
  std::optional<Hertz> rate = {};       // inferences a second; absent: back to back
  Watts other_loads = {};
};

struct Endurance {
  std::optional<BatteryLife>
      battery;  // absent: there is no battery, its energy is unknown, or it cannot keep up
  Joules capacity;
  Hertz rate;
  bool keeps_up = true;  // the rate is within what the device reaches
};

Endurance endurance_of(const Estimate& estimate, const Target& target, const BatteryQuestion& question);

}  // namespace chipcast
