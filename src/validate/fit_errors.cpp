#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/likeness.hpp"
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

bool is_seen_without(const Measurement& row, Left left, const std::string& label) {
  return left == Left::nothing || left == Left::everything || label_of(row, left) != label;
}

namespace {

// At no distance.
double score(const Residual& r) { return std::abs(r.value) / widened(1, r.distance); }

// Scores of rows, and what they are of: rows of one network, family or device are off alike and count as one draw.
struct Scores {
  std::vector<double> all;
  std::set<std::string> labels;

  void add(const Residual& r, Left left) {
    const bool has_label = left != Left::nothing && left != Left::everything;
    all.push_back(score(r));
    labels.insert(label_of(*r.row, has_label ? left : Left::network));
  }
};

// Conformal: of n draws and the one to come, nine in ten are within; of fewer than nine, as far as the farthest.
double margin_of(Scores scores) {
  const auto n = static_cast<double>(scores.labels.size());
  return percentile(std::move(scores.all), std::min(1.0, 0.9 * (n + 1) / n));
}

// Of rows of networks or of single operators, whichever this one is, that may be fitted to and do not share its label.
Scores scores_beside(const Residual& r, std::span<const Residual> residuals, Left left) {
  const std::string label = label_of(*r.row, left);
  Scores scores;
  for (const Residual& other : residuals) {
    const bool is_alike = is_of_operator(*other.row) == is_of_operator(*r.row);
    if (other.row->use == Use::fit && is_alike && is_seen_without(*other.row, left, label))
      scores.add(other, left);
  }
  return scores;
}

// What errors are stated of: rows that may be fitted to, of single operators only where there is no network.
bool is_counted(const Residual& r, bool has_networks) {
  return r.row->use == Use::fit && !(has_networks && is_of_operator(*r.row));
}
bool has_networks(std::span<const Residual> residuals) {
  return std::ranges::any_of(
      residuals, [](const Residual& r) { return r.row->use == Use::fit && !is_of_operator(*r.row); });
}

double mape_of(std::span<const Residual> residuals) {
  std::vector<Pair> pairs;
  for (const Residual& r : residuals) pairs.push_back({std::exp(r.value), 1});
  return mean_absolute_percentage_error(pairs);
}

// Whether a fit is nearer than data sheets to rows of other labels that may be fitted to.
bool is_nearer(std::span<const Residual> fit, std::span<const Residual> datasheet, Left left,
               const std::string& label) {
  const bool of_networks = has_networks(fit);
  std::vector<Residual> fitted, unfitted;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    if (!is_counted(fit[i], of_networks) || !is_seen_without(*fit[i].row, left, label)) continue;
    fitted.push_back(fit[i]);
    unfitted.push_back(datasheet[i]);
  }
  return !fitted.empty() && mape_of(fitted) < mape_of(unfitted);
}

bool is_device_seen(const Residual& r, std::span<const Residual> residuals, Left left) {
  const std::string label = label_of(*r.row, left);
  return std::ranges::any_of(residuals, [&](const Residual& other) {
    return other.row->use == Use::fit && other.row->device == r.row->device &&
           other.row->precision == r.row->precision && is_seen_without(*other.row, left, label);
  });
}

}  // namespace

std::vector<Residual> as_estimated(std::span<const Residual> residuals, Left left,
                                   std::span<const Residual> elsewhere, std::span<const Residual> datasheet) {
  std::set<std::string> seen;  // devices
  for (const Residual& r : residuals) {
    if (r.row->use == Use::fit) seen.insert(r.row->device);
  }
  std::map<std::pair<Left, std::string>, bool> known;
  std::vector<Residual> result(residuals.begin(), residuals.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const bool is_elsewhere = !seen.contains(result[i].row->device);
    const Left by = is_elsewhere ? Left::device : left;
    const std::string label = label_of(*result[i].row, by);
    const auto [helps, is_new] = known.try_emplace({by, label}, false);
    if (is_new) helps->second = is_nearer(is_elsewhere ? elsewhere : residuals, datasheet, by, label);
    if (!helps->second) result[i].value = datasheet[i].value;
  }
  return result;
}

std::vector<FittedRow> with_margins(std::span<const Residual> residuals, Left left,
                                    std::span<const Residual> elsewhere) {
  std::vector<FittedRow> rows;
  for (const Residual& r : residuals) {
    Scores scores;
    if (left != Left::nothing && !is_device_seen(r, residuals, left))
      scores = scores_beside(r, elsewhere, Left::device);
    if (scores.all.empty()) scores = scores_beside(r, residuals, left);
    const double margin = scores.all.empty() ? std::abs(r.value) : margin_of(std::move(scores));
    rows.push_back({r.row, r.value, widened(margin, r.distance)});
  }
  return rows;
}

FitError error_of(std::span<const Residual> residuals, Left left) {
  std::vector<Pair> pairs;
  Scores scores;
  const bool of_networks = has_networks(residuals);
  for (const Residual& r : residuals) {
    if (!is_counted(r, of_networks)) continue;
    pairs.push_back({std::exp(r.value), 1});
    scores.add(r, left);
  }
  FitError error{.left_out = std::string(name(left)), .rows = pairs.size()};
  error.mape = mean_absolute_percentage_error(pairs);
  error.median_log_ratio = median_log_ratio(pairs);
  error.margin = margin_of(std::move(scores));
  return error;
}

}  // namespace chipcast
