#include "report/calibrate.hpp"

#include <fmt/format.h>

namespace chipcast::report {
namespace {

Value share_off(std::span<const FitError> errors, std::string_view left_out) {
  const FitError* error = find_error(errors, left_out);
  return error == nullptr ? Value() : Value(error->mape);
}

Table errors(std::span<const Calibration> all) {
  Table table{.key = "calibrations",
              .title = "Mean error of whole networks, by what the fit had not seen",
              .columns = {{"runtime", "runtime"},
                          {"kind", "kind"},
                          {"rows", "rows", Unit::count},
                          {"groups", "groups", Unit::count},
                          {"coefficients", "coeff.", Unit::count},
                          {"datasheet", "datasheet", Unit::share},
                          {"in_sample", "in sample", Unit::share},
                          {"network_left_out", "network", Unit::share},
                          {"family_left_out", "family", Unit::share},
                          {"device_left_out", "device", Unit::share}},
              .rows = {}};
  for (const Calibration& c : all) {
    table.rows.push_back({c.runtime, name(c.kind), static_cast<std::int64_t>(c.rows),
                          static_cast<std::int64_t>(c.groups),
                          static_cast<std::int64_t>(c.coefficients.size()), share_off(c.errors, "everything"),
                          share_off(c.errors, "nothing"), share_off(c.errors, "network"),
                          share_off(c.errors, "family"), share_off(c.errors, "device")});
  }
  return table;
}

Table energy_errors(std::span<const EnergyCalibration> all) {
  Table table{.key = "energy_calibrations",
              .title = "Mean error of energies, by what the fits of times and energies had not seen",
              .columns = {{"kind", "kind"},
                          {"rows", "rows", Unit::count},
                          {"datasheet", "datasheet", Unit::share},
                          {"in_sample", "in sample", Unit::share},
                          {"network_left_out", "network", Unit::share},
                          {"family_left_out", "family", Unit::share},
                          {"device_left_out", "device", Unit::share}},
              .rows = {}};
  for (const EnergyCalibration& c : all) {
    table.rows.push_back({name(c.kind), static_cast<std::int64_t>(c.rows), share_off(c.errors, "everything"),
                          share_off(c.errors, "nothing"), share_off(c.errors, "network"),
                          share_off(c.errors, "family"), share_off(c.errors, "device")});
  }
  return table;
}

Table energy_scales_of(std::span<const EnergyCalibration> all) {
  Table table{.key = "energy_scales",
              .title = "Energies and powers, as multiples of what device files give",
              .columns = {{"kind", "kind"},
                          {"figure", "figure"},
                          {"value", "value", Unit::ratio},
                          {"low", "low", Unit::ratio},
                          {"high", "high", Unit::ratio}},
              .rows = {}};
  for (const EnergyCalibration& c : all) {
    for (const Coefficient& k : c.coefficients)
      table.rows.push_back({name(c.kind), k.path, k.value, k.low, k.high});
    for (const auto& [id, scale] : c.runtimes)
      table.rows.push_back({name(c.kind), "busy with " + id, scale, Value(), Value()});
    for (const auto& [id, scale] : c.devices)
      table.rows.push_back({name(c.kind), "all powers of " + id, scale, Value(), Value()});
  }
  return table;
}

Table coefficients(std::span<const Calibration> all) {
  Table table{.key = "coefficients",
              .title = "Coefficients that the rows determine, in base units",
              .columns = {{"runtime", "runtime"},
                          {"path", "figure"},
                          {"value", "value"},
                          {"low", "low"},
                          {"high", "high"}},
              .rows = {}};
  for (const Calibration& c : all) {
    for (const Coefficient& k : c.coefficients)
      table.rows.push_back({c.runtime, k.path, k.value, k.low, k.high});
  }
  return table;
}

Table devices(std::span<const Calibration> all) {
  Table table{.key = "devices",
              .title = "Devices, as multiples of what their data sheets give",
              .columns = {{"runtime", "runtime"},
                          {"device", "device"},
                          {"compute", "compute", Unit::ratio},
                          {"memory", "memory", Unit::ratio},
                          {"dispatch", "dispatch time", Unit::ratio}},
              .rows = {}};
  for (const Calibration& c : all) {
    for (const auto& [id, scale] : c.devices)
      table.rows.push_back({c.runtime, id, scale.compute, scale.memory, scale.dispatch});
  }
  return table;
}

}  // namespace

Report calibrations(std::span<const Calibration> all, std::span<const EnergyCalibration> energies) {
  Report report{.title = fmt::format("{} calibrations", all.size() + energies.size()),
                .csv = "calibrations",
                .csv_subject = ""};
  if (!all.empty()) report.parts.emplace_back(errors(all));
  if (!energies.empty()) report.parts.emplace_back(energy_errors(energies));
  if (!all.empty()) report.parts.emplace_back(devices(all));
  if (!energies.empty()) report.parts.emplace_back(energy_scales_of(energies));
  if (!all.empty()) report.parts.emplace_back(coefficients(all));
  report.notes.emplace_back(
      "Left out: a network at all its sizes, a family of networks, or a device with all its rows; they are "
      "estimated by a fit to "
      "the others. Rows that may not be fitted to count nowhere here: 'chipcast validate --mode held-out' "
      "has them.");
  return report;
}

}  // namespace chipcast::report
