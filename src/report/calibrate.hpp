// report/calibrate.hpp: what was fitted, and how far off it is on what it had not seen.
#pragma once

#include <span>

#include "hardware/calibration.hpp"
#include "hardware/energy_calibration.hpp"
#include "report/report.hpp"

namespace chipcast::report {

Report calibrations(std::span<const Calibration> all, std::span<const EnergyCalibration> energies);

}  // namespace chipcast::report
