// validate/formula.hpp: how one figure of a table follows from others, as products and quotients.
//
//   Result<Formula> f = parse_formula("latency[resnet18] / latency");   // of another model or variant, of its own
//   parse_formula("battery_capacity / energy_per_inference / 2 Hz")     // numbers may have units
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "base/result.hpp"
#include "schema/unit.hpp"

namespace chipcast {

struct Factor {
  bool divides = false;
  std::string metric = {};  // empty: the number; "batch" is the row's own
  std::string of = {};      // the model or variant in brackets; empty: that of the row
  double number = 1;        // in base units of `dimension`
  Dimension dimension = {};
};

struct Formula {
  std::string text;
  std::vector<Factor> factors;
};

// A diagnostic's column counts from the beginning of `text`.
Result<Formula> parse_formula(const std::string& text);

// The units of schema/unit.hpp, and "1", "%" and "1/s" for what a table counts, shares and repeats.
std::optional<Unit> parse_table_unit(std::string_view text);

}  // namespace chipcast
