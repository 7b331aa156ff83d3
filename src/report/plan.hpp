// report/plan.hpp: what to characterize, as reports/<name>/report.yaml says it; reports/README.md has the language.
//
//   Result<Plan> plan = read_plan("reports/mobilenet_efficientnet/report.yaml");
//   if (!plan) return plan.diagnostics();
//   Diagnostics wrong = check_names(*plan, networks, devices);     // once globs have become names
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "base/result.hpp"
#include "hardware/device.hpp"

namespace chipcast::report {

// A name of something that the file does not define; whoever looks it up complains there.
struct Named {
  std::string text;
  Place place = {};
};

struct PlannedDevice {
  Named device;  // "jetson_agx_orin@15w"
  std::optional<Named> runtime;
  std::optional<Precision> precision;
};

// What somebody needs. What is absent is no condition.
struct Scenario {
  std::string name;
  std::vector<Named> devices;  // none: all of the report
  std::optional<Seconds> deadline;
  std::optional<Hertz> rate;  // of each stream
  std::int64_t streams = 1;
  std::optional<Joules> battery;
  std::optional<Seconds> lifetime;  // that the battery must last
  Watts other_loads;                // beside the device
  std::optional<Watts> max_power;   // of the device, at that rate
  std::optional<Bytes> memory;      // for weights and activations
  std::optional<double> accuracy;   // at least, a fraction

  std::optional<Hertz> total_rate() const {
    return rate ? std::optional<Hertz>(static_cast<double>(streams) * *rate) : std::nullopt;
  }
};

struct Accuracy {
  Named network;
  double fraction = 0;
};

// CO2 equivalent of the electricity that a device runs on.
struct Grid {
  double grams_per_joule = 0;
  std::string text;  // "380 g/kWh", as the file says it
  Source source;
};

// A report is about networks on devices, or about measurements (`validates`), or about a table of claims (`audits`).
struct Plan {
  std::string title;
  std::vector<Named> validates;  // sets of measurements; "all" names all of them
  std::optional<Named> audits;   // a CSV file beside the report.yaml
  std::vector<Named> networks;   // names or globs
  Named baseline;
  std::vector<PlannedDevice> devices;
  std::vector<std::int64_t> batches = {1};  // the first is that of all sections but batch scaling
  std::vector<Precision> precisions;
  std::string accuracy_of;  // "ImageNet-1k top-1"; empty: none is given
  Source accuracy_source;
  std::vector<Accuracy> accuracies;
  std::vector<Named> measured;  // sets of measurements
  std::optional<Grid> grid;
  std::vector<Scenario> scenarios;
  std::vector<std::string> sections;  // keys of report/sections.hpp, in order
  std::vector<std::string> notes;     // of the author
};

Result<Plan> read_plan(const std::string& path);
Result<Plan> parse_plan(const std::string& path, std::string text);

// Names that the file uses but that are none of the report's networks and devices.
Diagnostics check_names(const Plan& plan, std::span<const std::string> networks,
                        std::span<const std::string> devices);

}  // namespace chipcast::report
