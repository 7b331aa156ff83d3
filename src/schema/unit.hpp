// schema/unit.hpp: units as text: "TB/s", "pJ/B", "Wh", "GFLOP/s"; the one table of prefixes and units.
//
//   parse_unit("GiB/s")->factor         -> 1073741824, with dimension byte / second
//   describe(Watts::dimension)          -> {"a power", "15 W"}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/quantity.hpp"

namespace chipcast {

struct Unit {
  double factor = 1;  // in base units
  Dimension dimension;
};

// What is wrong with it and the way out, for units that people write but that say too little ("GFLOPS", "KB").
struct UnitAdvice {
  std::string message;
  std::string hint;
};

std::optional<Unit> parse_unit(std::string_view text);
std::optional<UnitAdvice> advice_on_unit(std::string_view text);

struct DimensionName {
  std::string_view name;     // "a bandwidth"
  std::string_view example;  // "4.8 TB/s"
};
DimensionName describe(Dimension dimension);

}  // namespace chipcast
