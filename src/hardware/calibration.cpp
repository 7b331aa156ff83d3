#include "hardware/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <type_traits>

#include "hardware/datasheet_errors.hpp"
#include "hardware/energy_calibration.hpp"
#include "hardware/figures.hpp"
#include "schema/document.hpp"
#include "schema/reading.hpp"

namespace chipcast {
namespace {

constexpr Bounds<double> any_positive = {1e-15, 1e15};

template <class E, std::size_t count>
std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(name(static_cast<E>(i)));
  return names;
}

class CalibrationReader {
 public:
  explicit CalibrationReader(const Document& document) : reading_(document) {}

  Result<Calibration> read() {
    Fields root = reading_.root("calibration", 1, "a calibration");
    if (reading_.failed()) return reading_.diagnostics();
    result_.runtime = root.get("runtime").text();
    const std::vector<std::string> kinds = names_of_all<DeviceKind, device_kind_count>();
    if (const Value kind = root.get("kind")) {
      result_.kind = static_cast<DeviceKind>(kind.index_in(kinds).value_or(0));
    }
    result_.date = root.get("date").text();
    if (const Value data = root.get("data")) read_data(data);
    if (const Value list = root.get("coefficients")) {
      for (const Value& item : list.items()) result_.coefficients.push_back(read_coefficient(item));
    }
    if (const Value list = root.get("devices")) {
      for (const Value& item : list.items()) read_device(item);
    }
    if (const Value map = root.find("precisions")) {
      for (const auto& [key, value] : map.entries()) {
        const std::optional<Precision> precision = precision_named(key);
        if (!precision) value.fail(fmt::format("there is no precision '{}'", key));
        result_.precisions.emplace_back(precision.value_or(Precision::fp32), value.real(any_positive));
      }
    }
    if (const Value list = root.find("networks")) {
      for (const Value& item : list.items()) read_traits(item);
    }
    if (const Value list = root.get("errors")) {
      for (const Value& item : list.items()) result_.errors.push_back(read_fit_error(item));
    }
    root.close();
    if (reading_.failed()) return reading_.diagnostics();
    return std::move(result_);
  }

 private:
  void read_data(const Value& data) {
    Fields fields = data.fields("'data'");
    if (const Value sources = fields.get("sources")) {
      for (const Value& source : sources.items()) result_.sources.push_back(source.text());
    }
    result_.rows = static_cast<std::size_t>(fields.get("rows").integer({0, 1'000'000'000}));
    result_.groups = static_cast<std::size_t>(fields.get("groups").integer({0, 1'000'000'000}));
    fields.close();
  }

  void read_device(const Value& item) {
    Fields fields = item.fields("a device");
    auto& [id, scale] = result_.devices.emplace_back();
    id = fields.get("id").text();
    scale.compute = fields.get("compute").real(any_positive);
    scale.memory = fields.get("memory").real(any_positive);
    scale.dispatch = fields.get("dispatch").real(any_positive);
    for (const Precision precision : precisions) {
      const Value by_precision = fields.find(name(precision));
      if (by_precision)
        scale.precisions[static_cast<std::size_t>(precision)] = by_precision.real(any_positive);
    }
    fields.close();
  }

  void read_traits(const Value& item) {
    const std::vector<Value> numbers = item.items();
    Traits& traits = result_.networks.emplace_back();
    if (numbers.size() != trait_count)
      return item.fail(fmt::format("{} numbers, not {}", numbers.size(), trait_count));
    std::ranges::transform(numbers, traits.begin(), [](const Value& number) { return number.real(); });
  }

  Reading reading_;
  Calibration result_;
};

Result<Calibration> read_document_as_calibration(const Document& document) {
  return CalibrationReader(document).read();
}

}  // namespace

std::string calibration_id(const std::string& runtime, DeviceKind kind) {
  return fmt::format("{}.{}", runtime, name(kind));
}

void apply(const Calibration& calibration, Runtime& runtime) {
  auto& execution = runtime.executions[static_cast<std::size_t>(calibration.kind)];
  if (!execution) return;
  const std::string id = calibration_id(calibration.runtime, calibration.kind);
  visit_figures(runtime, [&](const std::string& path, auto& figure) {
    using Q = std::remove_cvref_t<decltype(figure.value)>;
    const auto fitted = std::ranges::find(calibration.coefficients, path, &Coefficient::path);
    if (fitted == calibration.coefficients.end()) return;
    const auto amount = [](double number) {
      if constexpr (std::is_same_v<Q, double>) {
        return number;
      } else {
        return Q::from_base_units(number);
      }
    };
    figure.value = amount(fitted->value);
    figure.low = amount(fitted->low);
    figure.high = amount(fitted->high);
    figure.source = id;
    figure.basis.clear();
  });
  runtime.sources.push_back({.key = id,
                             .title = fmt::format("fitted to {} rows and {} groups of measurements",
                                                  calibration.rows, calibration.groups),
                             .page = "hardware_specs/calibrations/" + id + ".yaml",
                             .date = calibration.date});
  Fitted& fitted = execution->fitted.emplace();
  for (const auto& [device, scale] : calibration.devices) fitted.devices[device] = scale;
  for (const auto& [precision, scale] : calibration.precisions) {
    fitted.precisions[static_cast<std::size_t>(precision)] = scale;
  }
  const FitError* network = calibration.error("network");
  const FitError* device = calibration.error("device");
  fitted.margin = network != nullptr ? network->margin : 0;
  fitted.margin_elsewhere = device != nullptr ? device->margin : 0;
  fitted.networks = calibration.networks;
}

Result<Calibration> read_calibration(const std::string& path) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_calibration(*document);
}

Result<Calibration> parse_calibration(const std::string& path, std::string text) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_calibration(*document);
}

std::string to_yaml(const Calibration& c) {
  std::string text = fmt::format(
      "schema: calibration/1\n# written by 'chipcast calibrate', never by hand; base units, intervals of "
      "90%\n"
      "runtime: {}\nkind: {}\ndate: {}\ndata:\n  sources: [{}]\n  rows: {}\n  groups: {}\n",
      c.runtime, name(c.kind), c.date, fmt::join(c.sources, ", "), c.rows, c.groups);
  text += to_yaml(std::span<const Coefficient>(c.coefficients));
  text += "devices:\n";
  for (const auto& [id, scale] : c.devices) {
    text += fmt::format("  - {{id: {}, compute: {:.4g}, memory: {:.4g}, dispatch: {:.4g}", id, scale.compute,
                        scale.memory, scale.dispatch);
    for (const Precision precision : precisions) {
      const double by_precision = scale.precisions[static_cast<std::size_t>(precision)];
      if (by_precision > 0) text += fmt::format(", {}: {:.4g}", name(precision), by_precision);
    }
    text += "}\n";
  }
  if (!c.precisions.empty()) {
    text += "precisions:\n";
    for (const auto& [precision, scale] : c.precisions)
      text += fmt::format("  {}: {:.4g}\n", name(precision), scale);
  }
  if (!c.networks.empty()) text += "networks:\n";
  for (const Traits& traits : c.networks) text += fmt::format("  - [{:.4g}]\n", fmt::join(traits, ", "));
  text += to_yaml(std::span<const FitError>(c.errors));
  return text;
}

bool helps(const Calibration& calibration, const std::string& device) {
  const bool is_known =
      std::ranges::any_of(calibration.devices, [&](const auto& d) { return d.first == device; });
  const FitError* fitted = calibration.error(is_known ? "network" : "device");
  const FitError* datasheet = calibration.error("everything");
  return fitted != nullptr && (datasheet == nullptr || fitted->mape < datasheet->mape);
}

Result<Done> calibrate_from(const std::string& folder, const Device& device, Runtime& runtime) {
  const std::string path = fmt::format("{}/{}.yaml", folder, calibration_id(runtime.id, device.kind));
  bool is_applied = false;
  if (std::filesystem::exists(path)) {
    const Result<Calibration> calibration = read_calibration(path);
    if (!calibration) return calibration.diagnostics();
    is_applied = helps(*calibration, device.id);
    if (is_applied) apply(*calibration, runtime);
  }
  const std::string others = folder + "/datasheet.yaml";
  if (!is_applied && std::filesystem::exists(others)) {
    const Result<DatasheetErrors> errors = read_datasheet_errors(others);
    if (!errors) return errors.diagnostics();
    borrow_margin(*errors, device.kind, runtime);
  }
  return calibrate_energy_from(folder, device, runtime);
}

}  // namespace chipcast
