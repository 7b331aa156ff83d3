// hardware/datasheet_errors.hpp: how far off estimates are that rest on data sheets and priors alone, by kind of device.
//
//   Result<DatasheetErrors> errors = read_datasheet_errors("hardware_specs/calibrations/datasheet.yaml");
//   borrow_margin(*errors, device.kind, runtime);     // its estimates now state an interval, and stay what they were
//
// What was measured on other devices of a kind says how far to trust an estimate where nothing was.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "hardware/fit_record.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

struct DatasheetErrors {
  std::string date;
  std::vector<std::pair<DeviceKind, FitError>> kinds;
};

// Nothing where nothing was measured on devices of the kind.
void borrow_margin(const DatasheetErrors& errors, DeviceKind kind, Runtime& runtime);

Result<DatasheetErrors> read_datasheet_errors(const std::string& path);
Result<DatasheetErrors> parse_datasheet_errors(const std::string& path, std::string text);
std::string to_yaml(const DatasheetErrors& errors);

}  // namespace chipcast
