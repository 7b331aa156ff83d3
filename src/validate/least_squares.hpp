// validate/least_squares.hpp: parameters that bring residuals near zero, held to what was believed of them before.
//
//   Solution s = least_squares([](std::span<const double> x) { return residuals_at(x); }, {.means = {0.0},
//                              .deviations = {0.3}}, {});
//   s.parameters[0], s.deviations[0]
//
// Levenberg-Marquardt on a loss that is squared near zero and in proportion far out, so that no outlier decides, with
// a normal prior on each parameter: one that the residuals say nothing about stays at its mean. Deterministic.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace chipcast {

// In units of their scatter; as many for any parameters.
using ResidualsOf = std::function<std::vector<double>(std::span<const double> parameters)>;

struct Priors {
  std::vector<double> means, deviations;
  // Those of one name, of parameters that have one, are believed to lie off together. Empty: none do.
  std::vector<std::string> alike = {};
};

struct Solution {
  std::vector<double> parameters;
  std::vector<double> deviations;  // of each, from the curvature
};

// `start`: as many as there are priors; none: from their means.
Solution least_squares(const ResidualsOf& residuals_of, const Priors& priors, std::span<const double> start);

}  // namespace chipcast
