#include <algorithm>
#include <cmath>

#include "validate/fit.hpp"
#include "validate/statistics.hpp"

namespace chipcast {

std::string_view name(Left left) {
  switch (left) {
    case Left::nothing:
      return "nothing";
    case Left::network:
      return "network";
    case Left::family:
      return "family";
    case Left::device:
      return "device";
    case Left::everything:
      return "everything";
  }
  return "";
}

std::string label_of(const Measurement& row, Left left) {
  switch (left) {
    case Left::nothing:
    case Left::everything:
      return "";
    case Left::network:
      return row.model.substr(0, row.model.find('?'));  // at every size
    case Left::family:
      return row.family;
    case Left::device:
      return row.device;
  }
  return "";
}

namespace {

// Conformal: of n residuals and the one to come, nine in ten are within.
double margin_of(std::vector<double> sizes) {
  const auto n = static_cast<double>(sizes.size());
  return percentile(std::move(sizes), std::min(1.0, 0.9 * (n + 1) / n));
}

}  // namespace

std::vector<FittedRow> with_margins(std::span<const Residual> residuals, Left left) {
  std::vector<FittedRow> rows;
  for (const Residual& r : residuals) {
    const std::string label = label_of(*r.row, left);
    std::vector<double> others;
    for (const Residual& other : residuals) {
      const bool is_alike = is_of_operator(*other.row) == is_of_operator(*r.row);
      if (other.row->use == Use::fit && is_alike &&
          (left == Left::nothing || label_of(*other.row, left) != label))
        others.push_back(std::abs(other.value));
    }
    rows.push_back({r.row, r.value, others.empty() ? std::abs(r.value) : margin_of(std::move(others))});
  }
  return rows;
}

FitError error_of(std::span<const Residual> residuals, Left left) {
  std::vector<Pair> pairs;
  std::vector<double> sizes;
  const bool has_networks = std::ranges::any_of(
      residuals, [](const Residual& r) { return r.row->use == Use::fit && !is_of_operator(*r.row); });
  for (const Residual& r : residuals) {
    if (r.row->use != Use::fit || (has_networks && is_of_operator(*r.row))) continue;
    pairs.push_back({std::exp(r.value), 1});
    sizes.push_back(std::abs(r.value));
  }
  FitError error{.left_out = std::string(name(left)), .rows = pairs.size()};
  error.mape = mean_absolute_percentage_error(pairs);
  error.median_log_ratio = median_log_ratio(pairs);
  error.margin = margin_of(std::move(sizes));
  return error;
}

}  // namespace chipcast
