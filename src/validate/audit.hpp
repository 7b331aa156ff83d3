// validate/audit.hpp: a table of claims against physics and against itself.
//
//   for (const Finding& f : audit(claims, reference))
//     claims[f.claim].line, name(f.fault), f.implied, f.derivation, f.cause
//
// A rule says something only where all it needs is known; what was printed counts with the rounding it was printed with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "validate/claim.hpp"
#include "validate/reference.hpp"

namespace chipcast {

enum class Fault : std::uint8_t {
  above_peak,
  above_bandwidth,
  above_power,
  below_idle,
  not_its_formula,
  mixed_formulas,
  not_the_network,
  not_the_activations,
  not_the_precision,
  faster_than_smaller,
  no_kernel,
  contradicts_itself,
  one_rate,
  off_the_one_rate,
};
inline constexpr std::size_t fault_count = 14;
std::string_view name(Fault fault);   // "above_peak"
std::string_view about(Fault fault);  // "rate above the device's peak"

// A note is no fault of the figure: how it was rounded, or what it seems to come from.
enum class Gravity : std::uint8_t { error, warning, note };
std::string_view name(Gravity gravity);

enum class Side : std::uint8_t { equal, at_most, at_least };

struct Finding {
  std::size_t claim = 0;  // index
  Fault fault = Fault::not_its_formula;
  Gravity gravity = Gravity::error;
  Side side = Side::equal;
  double implied = 0;      // what the figure would have to be, in its own dimension
  std::string derivation;  // how that follows
  std::string cause = {};  // the likely one; empty: nobody knows
};

// In the order of the claims.
std::vector<Finding> audit(std::span<const Claim> claims, const Reference& reference);

// "3.35 TFLOP/s", "14.4 days", "11,549/s"
std::string written(double amount, Dimension dimension);

}  // namespace chipcast
