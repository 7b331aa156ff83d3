#include "hardware/energy_calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "schema/document.hpp"
#include "schema/reading.hpp"

namespace chipcast {
namespace {

constexpr Bounds<double> any_positive = {1e-6, 1e6};

std::vector<std::pair<std::string, double>> read_scales(Fields& root, std::string_view key) {
  std::vector<std::pair<std::string, double>> scales;
  if (const Value map = root.find(key)) {
    for (const auto& [id, value] : map.entries()) scales.emplace_back(id, value.real(any_positive));
  }
  return scales;
}

Result<EnergyCalibration> read_document_as_energy_calibration(const Document& document) {
  Reading reading(document);
  Fields root = reading.root("energy_calibration", 1, "a calibration of energies");
  if (reading.failed()) return reading.diagnostics();
  EnergyCalibration c;
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < device_kind_count; ++i) kinds.emplace_back(name(static_cast<DeviceKind>(i)));
  if (const Value kind = root.get("kind")) c.kind = static_cast<DeviceKind>(kind.index_in(kinds).value_or(0));
  c.date = root.get("date").text();
  if (const Value sources = root.get("sources")) {
    for (const Value& source : sources.items()) c.sources.push_back(source.text());
  }
  c.rows = static_cast<std::size_t>(root.get("rows").integer({0, 1'000'000'000}));
  if (const Value list = root.get("coefficients")) {
    for (const Value& item : list.items()) c.coefficients.push_back(read_coefficient(item));
  }
  c.runtimes = read_scales(root, "runtimes");
  c.devices = read_scales(root, "devices");
  if (const Value list = root.get("errors")) {
    for (const Value& item : list.items()) c.errors.push_back(read_fit_error(item));
  }
  root.close();
  if (reading.failed()) return reading.diagnostics();
  return c;
}

std::string to_yaml(std::string_view key, const std::vector<std::pair<std::string, double>>& scales) {
  if (scales.empty()) return "";
  std::string text = fmt::format("{}:\n", key);
  for (const auto& [id, scale] : scales) text += fmt::format("  {}: {:.4g}\n", id, scale);
  return text;
}

}  // namespace

bool EnergyCalibration::helps(const std::string& device) const {
  const bool is_known = std::ranges::any_of(devices, [&](const auto& d) { return d.first == device; });
  const FitError* fitted = find_error(errors, is_known ? "network" : "device");
  const FitError* datasheet = find_error(errors, "everything");
  return fitted != nullptr && datasheet != nullptr && fitted->mape < datasheet->mape;
}

void apply(const EnergyCalibration& calibration, Runtime& runtime) {
  auto& execution = runtime.executions[static_cast<std::size_t>(calibration.kind)];
  if (!execution) return;
  EnergyFit& fit = execution->energy.emplace();
  const std::array<double*, energy_scales.size()> scales = {
      &fit.scale.per_flop, &fit.scale.per_byte, &fit.scale.idle, &fit.scale.busy, &fit.scale.board};
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const auto found = std::ranges::find(calibration.coefficients, energy_scales[i], &Coefficient::path);
    if (found != calibration.coefficients.end()) *scales[i] = found->value;
  }
  for (const auto& [id, scale] : calibration.runtimes) {
    if (id == runtime.id) fit.scale.busy *= scale;
  }
  fit.devices = {calibration.devices.begin(), calibration.devices.end()};
}

Result<EnergyCalibration> read_energy_calibration(const std::string& path) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_energy_calibration(*document);
}

Result<EnergyCalibration> parse_energy_calibration(const std::string& path, std::string text) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_energy_calibration(*document);
}

std::string to_yaml(const EnergyCalibration& c) {
  return fmt::format(
             "schema: energy_calibration/1\n# written by 'chipcast calibrate', never by hand; multiples of "
             "what device files say, intervals of 90%\nkind: {}\ndate: {}\nsources: [{}]\nrows: {}\n",
             name(c.kind), c.date, fmt::join(c.sources, ", "), c.rows) +
         to_yaml(std::span<const Coefficient>(c.coefficients)) + to_yaml("runtimes", c.runtimes) +
         to_yaml("devices", c.devices) + to_yaml(std::span<const FitError>(c.errors));
}

Result<Done> calibrate_energy_from(const std::string& folder, const Device& device, Runtime& runtime) {
  const std::string path = fmt::format("{}/energy.{}.yaml", folder, name(device.kind));
  if (!std::filesystem::exists(path)) return Done{};
  const Result<EnergyCalibration> calibration = read_energy_calibration(path);
  if (!calibration) return calibration.diagnostics();
  if (calibration->helps(device.id)) apply(*calibration, runtime);
  return Done{};
}

}  // namespace chipcast
