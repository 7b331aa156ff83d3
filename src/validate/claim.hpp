// validate/claim.hpp: figures that somebody published or measured, one a row, as `chipcast audit` takes them.
//
//   Result<std::vector<Claim>> claims = read_claims("reports/audit_2025_10/claims.csv");
//   claims->front().metric, claims->front().range()       // "latency", 0.225 ms to 0.235 ms for a printed "0.23"
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/device.hpp"
#include "validate/formula.hpp"
#include "validate/interval.hpp"

namespace chipcast {

// Texts are empty where the row does not say.
struct Claim {
  int line = 0;  // of the file
  std::string table;
  std::string model;    // as the command line takes it: "resnet50", "efficientnet_b1?resolution=224"
  std::string variant;  // what was done to the network (pruned, early exit): no longer the one of that name
  std::string device, operating_point, runtime;
  std::optional<Precision> precision;
  std::optional<double> batch;
  std::string boundary;  // of power and energy where it is more than the device: "wall"
  std::string metric;
  double value = 0;  // in base units of `dimension`
  double slack = 0;  // half a unit of the last digit that was printed
  Dimension dimension;
  std::string printed;
  std::optional<Formula> formula;

  Interval range() const { return {value > slack ? value - slack : 0, value + slack}; }
};

// RFC 4180 with a header; everything that is wrong with the file at once.
Result<std::vector<Claim>> read_claims(const std::string& path);
// As read_claims, from a text; `path` is only what messages call it.
Result<std::vector<Claim>> parse_claims(const std::string& path, std::string text);

// Whether the audit knows what to hold the figure against, given all it needs.
bool has_rule(const Claim& claim);

}  // namespace chipcast
