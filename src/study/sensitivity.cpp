#include "study/sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include "hardware/figures.hpp"
#include "model/estimate.hpp"

namespace chipcast {
namespace {

// Small beside what moves a device to another limit, large beside the rounding of what is counted in bytes.
constexpr double step = 1e-3;

Estimate estimate_scaled(const Workload& workload, Design design, const std::string& path, double factor) {
  scale(design, path, factor);
  // Whether a device runs a precision at all does not depend on how fast it is.
  const Result<Target> target = target_of(design);
  return estimate(workload, *target, {.batch = design.batch, .keep_groups = false, .has_interval = false});
}

// d log(y) / d log(x) from both sides of x.
double slope(double below, double above) {
  return below > 0 && above > 0 ? std::log(above / below) / std::log((1 + step) / (1 - step)) : 0;
}

}  // namespace

std::vector<Elasticity> elasticities(const Workload& workload, const Design& design) {
  std::vector<Elasticity> all;
  visit_figures(design.device, [&](const std::string& path, const auto& figure) {
    if (figure.value <= std::remove_cvref_t<decltype(figure.value)>{}) return;
    const Estimate below = estimate_scaled(workload, design, path, 1 - step);
    const Estimate above = estimate_scaled(workload, design, path, 1 + step);
    Elasticity e{.path = path, .latency = slope(in(below.latency, second), in(above.latency, second))};
    if (below.energy && above.energy)
      e.energy = slope(in(below.energy->total(), joule), in(above.energy->total(), joule));
    all.push_back(std::move(e));
  });
  std::ranges::stable_sort(all, std::ranges::greater(), [](const Elasticity& e) {
    return std::pair(std::abs(e.latency), std::abs(e.energy.value_or(0)));
  });
  return all;
}

}  // namespace chipcast
