// validate/statistics.hpp: how estimates compare with what was measured, as numbers.
//
//   mean_absolute_percentage_error(pairs)     // 0.12: 12% off on average
//   median_log_ratio(pairs)                   // 0.69: estimates are twice what was measured
//   spearman(pairs)                           // 1: in the right order
//
// Every measured value is positive; there is at least one pair unless a function says otherwise.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace chipcast {

struct Pair {
  double estimate = 0, measured = 0;
};

// |estimate - measured| / measured
double relative_error(Pair pair);
double mean_absolute_percentage_error(std::span<const Pair> pairs);
// Natural logarithm of estimate / measured; 0: no bias.
double median_log_ratio(std::span<const Pair> pairs);
// The p-th part (0 to 1) of the sorted values, linear between neighbours; NumPy's default.
double percentile(std::vector<double> values, double p);
// Correlation of ranks, ties sharing their mean rank; nothing where one side has fewer than two different values.
std::optional<double> spearman(std::span<const Pair> pairs);

}  // namespace chipcast
