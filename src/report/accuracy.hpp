// report/accuracy.hpp: how far estimates are from measurements, as a page of its own.
//
//   Page page = accuracy_page(plan, {.validation = validation, .left_out = left_out, ...});
//
// Estimates from data sheets alone and those of calibrations never stand in one drawing.
#pragma once

#include <span>
#include <vector>

#include "hardware/calibration.hpp"
#include "hardware/energy_calibration.hpp"
#include "report/plan.hpp"
#include "report/report.hpp"
#include "validate/validation.hpp"

namespace chipcast::report {

struct AccuracyInput {
  const Validation& validation;  // of data sheets alone
  std::span<const LeftOut> left_out;
  std::span<const Calibration> calibrations;
  std::span<const EnergyCalibration> energies;
  std::span<const MeasurementSet> sets;
  std::span<const MeasurementSource> sources;
};

Page accuracy_page(const Plan& plan, const AccuracyInput& input);

}  // namespace chipcast::report
