// report/numbers.hpp: how numbers are written: scaled alone, at one scale down a column, or exactly.
//
//   text(Value(1.814e9), Unit::macs)                 // "1.814 GMAC"
//   ColumnNumbers c = fit({Value(3'500'000), Value(25)}, Unit::bytes);
//   c.heading("size"), c.text(Value(3'500'000))      // "size (MB)", "3.500000" cut to sensible decimals: "3.500"
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/value.hpp"

namespace chipcast::report {

// For people: four significant digits and a prefix; counts exactly; "-" for what is not known.
std::string text(const Value& value, Unit unit);

// As `text` with three digits, for cells; times beyond minutes in hours and days.
std::string short_text(const Value& value, Unit unit);

// "J", "FLOP/s"; empty for what is counted or compared.
std::string_view symbol_of(Unit unit);

// For machines: every digit, SI base units; empty for what is not known.
std::string exact(const Value& value);

// One scale and one number of decimals for a whole column, so that its numbers can be compared by eye.
struct ColumnNumbers {
  Unit unit = Unit::none;
  double scale = 1;         // base units in one of the column's
  std::string symbol = {};  // "MB"; empty where the heading needs none
  int decimals = 0;

  std::string heading(std::string_view label) const;
  std::string text(const Value& value) const;
};
ColumnNumbers fit(std::span<const Value* const> values, Unit unit);

}  // namespace chipcast::report
