#include "validate/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace chipcast {
namespace {

// 1 for the least; equal values share the mean of their ranks.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    const double shared = 0.5 * static_cast<double>(first + 1 + end);
    for (std::size_t i = first; i < end; ++i) rank[order[i]] = shared;
  }
  return rank;
}

}  // namespace

double relative_error(Pair pair) { return std::abs(pair.estimate - pair.measured) / pair.measured; }

double mean_absolute_percentage_error(std::span<const Pair> pairs) {
  assert(!pairs.empty());
  double sum = 0;
  for (const Pair& pair : pairs) sum += relative_error(pair);
  return sum / static_cast<double>(pairs.size());
}

double median_log_ratio(std::span<const Pair> pairs) {
  std::vector<double> ratios;
  for (const Pair& pair : pairs) ratios.push_back(std::log(pair.estimate / pair.measured));
  return percentile(std::move(ratios), 0.5);
}

double percentile(std::vector<double> values, double p) {
  assert(!values.empty());
  std::ranges::sort(values);
  const double position = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], position - static_cast<double>(below));
}

std::optional<double> spearman(std::span<const Pair> pairs) {
  std::vector<double> estimates, measured;
  for (const Pair& pair : pairs) {
    estimates.push_back(pair.estimate);
    measured.push_back(pair.measured);
  }
  const std::vector<double> a = ranks(estimates);
  const std::vector<double> b = ranks(measured);
  const double mean = 0.5 * (static_cast<double>(pairs.size()) + 1);
  double both = 0, of_a = 0, of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean) * (b[i] - mean);
    of_a += (a[i] - mean) * (a[i] - mean);
    of_b += (b[i] - mean) * (b[i] - mean);
  }
  if (of_a == 0 || of_b == 0) return std::nullopt;
  return both / std::sqrt(of_a * of_b);
}

}  // namespace chipcast
