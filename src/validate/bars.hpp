// validate/bars.hpp: how near estimates shall be to rows that no fit has seen, and whether they are.
//
//   Result<Bars> bars = read_bars("hardware_specs/measurements/bars.yaml", machines);
//   std::vector<BarOutcome> found = held_against(*bars, Left::network, held_out, machines);
//   found[0].is_met()
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "validate/fit.hpp"
#include "validate/validation.hpp"

namespace chipcast {

struct Bar {
  std::string name;
  std::string measure;                         // "time", "energy", "power"
  std::vector<std::string> devices, runtimes;  // empty: all
  std::optional<DeviceKind> kind;
  std::array<std::optional<double>, lefts.size()> most;  // mean error, by what is left out

  bool concerns(const Measurement& measurement, Machines& machines) const;
};

struct Bars {
  double rank = 0;                             // of each target, at least
  double least_covered = 0, most_covered = 1;  // of all rows
  std::vector<Bar> bars = {};
};
Result<Bars> read_bars(const std::string& path, Machines& machines);
Result<Bars> parse_bars(const std::string& path, std::string text, Machines& machines);

struct BarOutcome {
  std::string name;
  Left left = Left::network;  // out
  std::size_t rows = 0;       // of ranks: targets
  double value = 0;
  double least = 0, most = 1;

  bool is_met() const { return least <= value && value <= most; }
  double missed_by() const { return value > most ? value - most : value < least ? least - value : 0; }
};

// Of what was validated with `left` left out; a bar that no row concerns has no outcome. With networks left out also
// the share of rows that intervals hold, and of targets of five rows or more that order their networks.
std::vector<BarOutcome> held_against(const Bars& bars, Left left, const Validation& validation,
                                     Machines& machines);

}  // namespace chipcast
