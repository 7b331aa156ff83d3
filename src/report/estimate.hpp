// report/estimate.hpp: estimates of networks on targets, side by side, as a report.
//
//   Report report = report::estimates({{.model = "resnet50", .target = &target, .estimate = estimate}}, {});
//   render(report, Format::json, {}, text);            // a list, one object an estimate
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/battery.hpp"
#include "model/estimate.hpp"
#include "report/report.hpp"

namespace chipcast::report {

struct Estimated {
  std::string model;
  const Target* target = nullptr;
  Estimate estimate;
  Endurance endurance;
  std::int64_t saturating_batch = 0;    // 0: not known
  std::string caveat = {};              // what of the network is not modelled
  std::vector<std::string> notes = {};  // of its workload
};

struct EstimateQuestion {
  BatteryQuestion battery;
  std::optional<double> grams_per_joule = {};       // CO2 equivalent, of the grid
  PowerBoundary boundary = PowerBoundary::package;  // what energies and powers of the estimates include
};

// Rows in the order given. For people what all rows share stands above the table, and what is unknown below it.
Report estimates(std::span<const Estimated> rows, const EstimateQuestion& question);

// Its table alone, "estimates", of at least one row.
Table estimate_table(std::span<const Estimated> rows, const EstimateQuestion& question);

// What a reader must know of one row, beside its figures: throttled, does not fit, ...
std::vector<std::string> remarks(const Estimated& row);

// What a reader must know beside the figures, each remark once with the devices it is true of.
std::vector<std::string> remarks_on(std::span<const Estimated> rows);

// "jetson_agx_orin@15W"; the device alone at its first operating point.
std::string device_text(const Target& target);
// "fp16", "fp16, weights int4", "int8 + fp16"
std::string precision_text(const Target& target);

// What runs at each precision of estimates that have several, "precisions"; nothing where none has.
std::optional<Table> precision_table(std::span<const Estimated> rows);

// How sure an estimate is: what it rests on beside the data sheet.
inline constexpr std::string_view datasheet_only = "datasheet only";
std::string_view basis_of(const Target& target);  // "calibrated", "calibrated on others", datasheet_only

}  // namespace chipcast::report
