// study/design.hpp: a device at one operating point and its software, free to be changed: what a study varies.
//
//   Design design = design_of(target, 8);
//   Result<Design> changed = with_settings(design, settings, {});
//   Result<Target> after = target_of(*changed);             // points into `changed`
//
// The operating point is worked into the device: each clock, count, bandwidth and power is what it is there, so that
// whatever is changed takes effect. Software for other kinds of device is left out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/target.hpp"
#include "study/settings.hpp"

namespace chipcast {

struct Design {
  Device device;  // one operating point, which overrides nothing
  Runtime runtime;
  TargetOptions options;
  double batch = 1;
};

bool has_figure(const Design& design, std::string_view path);

Design design_of(const Target& target, double batch);
Result<Target> target_of(const Design& design);

// The paths of all figures that are above zero: what can be scaled.
std::vector<std::string> scalable_figures(const Design& design);

// Multiplies a figure and the ends of its range. With the clock of an engine go the bandwidths of the levels that are
// `clocked_by` it, with its count those of a core's own levels. An unknown path changes nothing.
void scale(Design& design, const std::string& path, double factor);

// Beside figures: fusion.RULE, precision, weights, batch, threads. Clocks and counts come first, so that a bandwidth
// that is set is what it is set to. The device must still be a possible one (hardware/check_device.hpp).
// `other_names` are what else may be set, for suggestions.
Result<Design> with_settings(const Design& design, const Settings& settings,
                             std::span<const std::string> other_names);

// The same, whether the device is a possible one or not.
Result<Design> with_settings_unchecked(const Design& design, const Settings& settings,
                                       std::span<const std::string> other_names);

// Whether devices that differ from `before` in what is set are possible ones; complains at the setting.
class DeviceCheck {
 public:
  DeviceCheck(const Device& before, const Settings& settings);
  ~DeviceCheck();
  DeviceCheck(DeviceCheck&&) noexcept;
  DeviceCheck& operator=(DeviceCheck&&) = delete;
  DeviceCheck(const DeviceCheck&) = delete;
  DeviceCheck& operator=(const DeviceCheck&) = delete;

  // What makes it impossible that `before` was not.
  Diagnostics operator()(const Device& after);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What makes a device impossible that `before` was not, in a sentence each.
std::vector<std::string> new_faults(const Device& before, const Device& after);

}  // namespace chipcast
