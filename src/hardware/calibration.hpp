// hardware/calibration.hpp: a runtime's figures on a kind of device as fitted to measurements, and how far off they were.
//
//   Result<Calibration> fit = read_calibration("hardware_specs/calibrations/ncnn.cpu.yaml");
//   apply(*fit, runtime);                    // its figures are now the fitted ones, with intervals
//   runtime.on(DeviceKind::cpu)->fitted      // devices it has seen, margins
//
// Coefficients belong to the runtime and are shared by all devices of a kind; a device differs from its data sheet by
// a Scale. That is what makes a device predictable that was never measured.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/fit_record.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

struct Calibration {
  std::string runtime;
  DeviceKind kind = DeviceKind::cpu;
  std::string date;
  std::vector<std::string> sources;  // of the measurements fitted to
  std::size_t rows = 0, groups = 0;  // of whole networks, and of groups of operators
  std::vector<Coefficient> coefficients;
  std::vector<std::pair<std::string, Scale>> devices;
  std::vector<std::pair<Precision, double>> precisions;
  std::vector<Traits> networks;  // that it was fitted to
  std::vector<FitError> errors;

  const FitError* error(std::string_view left_out) const { return find_error(errors, left_out); }
};

// "ncnn.cpu"
std::string calibration_id(const std::string& runtime, DeviceKind kind);

// Coefficients whose path the runtime does not have are passed over.
void apply(const Calibration& calibration, Runtime& runtime);

Result<Calibration> read_calibration(const std::string& path);
Result<Calibration> parse_calibration(const std::string& path, std::string text);
std::string to_yaml(const Calibration& calibration);

// Whether its figures are nearer to networks that it has not seen, on this device, than the data sheet is.
bool helps(const Calibration& calibration, const std::string& device);

// Applies the folder's calibrations of this runtime on this kind of device and of the kind's energies, where there are
// any that help; where none does, the margin that data sheets alone have earned.
Result<Done> calibrate_from(const std::string& folder, const Device& device, Runtime& runtime);

}  // namespace chipcast
