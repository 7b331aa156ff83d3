#include "model/battery.hpp"

#include <doctest/doctest.h>

namespace chipcast {
namespace {

using doctest::Approx;

TEST_CASE("10 Wh, one inference a second at 0.029 J and nothing else: 14.4 days, not 1,435") {
  const BatteryLife life = battery_life(
      10.0 * watt_hour, {.energy_per_inference = 0.029 * joule, .inferences_per_second = 1.0 * hertz});
  // 36,000 J / 0.029 W = 1,241,379 s
  CHECK(in(life.life, second) == Approx(36'000 / 0.029));
  CHECK(in(life.life, day) == Approx(14.37).epsilon(1e-3));
  CHECK(life.most == Drain::inference);
}

TEST_CASE("idle power, losses and self-discharge take their part, and the largest is named") {
  const BatteryLife life = battery_life(10.0 * watt_hour, {.energy_per_inference = 0.01 * joule,
                                                           .inferences_per_second = 1.0 * hertz,
                                                           .idle_power = 0.03 * watt,
                                                           .other_loads = 0.02 * watt,
                                                           .usable = 0.9,
                                                           .conversion = 0.8,
                                                           .self_discharge_per_month = 0.03});
  // (10 + 30 + 20) mW / 0.8 = 75 mW; 3% of 36,000 J in 30 days of 86,400 s: 0.41667 mW.
  CHECK(in(life.self_discharge, watt) == Approx(0.03 * 36'000 / (30 * 86'400.0)));
  CHECK(in(life.life, second) == Approx(0.9 * 36'000 / (0.075 + 0.03 * 36'000 / (30 * 86'400.0))));
  CHECK(life.most == Drain::idle);
}

TEST_CASE("a battery that feeds nothing lasts for ever") {
  CHECK(in(battery_life(1.0 * watt_hour, {}).life, second) > 1e300);
}

}  // namespace
}  // namespace chipcast
