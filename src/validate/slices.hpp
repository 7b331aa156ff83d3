// validate/slices.hpp: errors by what networks are like, so that one sees where a model fails.
//
//   for (const Slice& slice : slices(validation)) slice.by, slice.of      // "batch", "9 to 64"
//
// Single operators are in none of them; times, energies and powers are never averaged together.
#pragma once

#include <string>
#include <vector>

#include "validate/validation.hpp"

namespace chipcast {

// Latency and throughput are both times.
std::string_view measure_of(Metric metric);  // "time", "energy", "power"

struct Slice {
  std::string_view measure;
  std::string_view by;  // "intensity", "size", "batch", "family"
  std::string of;       // "below 10 FLOP a value", "0.1 to 1 GFLOP", "1", "resnet"
  std::size_t rows = 0;
  double mape = 0, median_log_ratio = 0;  // of times, also where throughput was measured
};

std::vector<Slice> slices(const Validation& validation);

}  // namespace chipcast
