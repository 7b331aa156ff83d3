// hardware/energy_calibration.hpp: what devices of a kind take in energy, as multiples of what their files say.
//
//   Result<EnergyCalibration> fit = read_energy_calibration("hardware_specs/calibrations/energy.cpu.yaml");
//   apply(*fit, device, runtime);            // make_target on this device then counts with the fitted energies
//
// Energies per operation and byte, idle, busy and board power each have a scale that all devices of the kind share;
// how many units a runtime keeps busy is a scale of its own, as is a device's power beside all of these.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "hardware/fit_record.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

// In the order of EnergyScale.
inline constexpr std::array<std::string_view, 5> energy_scales = {"per_flop", "per_byte", "idle", "busy",
                                                                  "board"};

struct EnergyCalibration {
  DeviceKind kind = DeviceKind::cpu;
  std::string date;
  std::vector<std::string> sources;
  std::size_t rows = 0;
  std::vector<Coefficient> coefficients;                 // of energy_scales
  std::vector<std::pair<std::string, double>> runtimes;  // of busy power
  std::vector<std::pair<std::string, double>> devices;   // of idle, busy and board power
  std::vector<FitError> errors;

  // Whether it is nearer to what it has not seen, on this device, than the device's file is.
  bool helps(const std::string& device) const;
};

void apply(const EnergyCalibration& calibration, Runtime& runtime);

Result<EnergyCalibration> read_energy_calibration(const std::string& path);
Result<EnergyCalibration> parse_energy_calibration(const std::string& path, std::string text);
std::string to_yaml(const EnergyCalibration& calibration);

// Applies the folder's calibration of this kind of device, if there is one that helps.
Result<Done> calibrate_energy_from(const std::string& folder, const Device& device, Runtime& runtime);

}  // namespace chipcast
