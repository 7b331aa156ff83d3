// cli/amount.hpp: amounts on the command line, with units or without.
//
//   Joules capacity = amount<Joules>("--battery", "10Wh");
//   std::size_t rows = count_or_all("--operators", "all");
//   Hertz rate = rate_of("--rate", "100/day");
#pragma once

#include <cstddef>
#include <string>

#include "base/quantity.hpp"

namespace chipcast::cli {

// In base units of `dimension`; throws UsageError where it is none, or not above zero.
double amount_in(const std::string& option, const std::string& text, Dimension dimension);

template <class Q>
Q amount(const std::string& option, const std::string& text) {
  return Q::from_base_units(amount_in(option, text, Q::dimension));
}

// "2/s", "10/min", "100/day" or "5 Hz".
Hertz rate_of(const std::string& option, const std::string& text);

// A fraction of one: "12%" or "0.12".
double share_of(const std::string& option, const std::string& text);

// Grams of CO2 equivalent a joule: "400g/kWh".
double grid_intensity(const std::string& option, const std::string& text);

// How many rows to show: a number, "none" or "all" (the greatest number there is).
std::size_t count_or_all(const std::string& option, const std::string& text);

}  // namespace chipcast::cli
