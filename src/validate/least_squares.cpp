#include "validate/least_squares.hpp"

#include <Eigen/Dense>
#include <algorithm>

namespace chipcast {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr int most_iterations = 40;
constexpr double step = 1e-4;
// Between parameters that are believed to lie off together.
constexpr double correlation = 0.7;

Vector vector_of(std::span<const double> values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

Matrix covariance_of(const Priors& priors) {
  const Vector deviations = vector_of(priors.deviations);
  Matrix covariance = deviations.array().square().matrix().asDiagonal();
  for (std::size_t i = 0; i < priors.alike.size(); ++i) {
    for (std::size_t j = 0; j < priors.alike.size(); ++j) {
      if (i == j || priors.alike[i].empty() || priors.alike[i] != priors.alike[j]) continue;
      covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          correlation * priors.deviations[i] * priors.deviations[j];
    }
  }
  return covariance;
}

}  // namespace

Solution least_squares(const ResidualsOf& residuals_of, const Priors& priors, std::span<const double> start) {
  const auto evaluate = [&](const Vector& x) -> Vector {
    return vector_of(residuals_of({x.data(), static_cast<std::size_t>(x.size())}));
  };
  const Vector prior = vector_of(priors.means);
  const Matrix precision = covariance_of(priors).inverse();
  // Twice sqrt(1 + z^2) - 1: squared near zero, in proportion far out.
  const auto loss = [&](const Vector& z, const Vector& x) {
    return 2 * ((1 + z.array().square()).sqrt() - 1).sum() + (x - prior).dot(precision * (x - prior));
  };
  Vector x = start.empty() ? prior : vector_of(start);
  Vector z = evaluate(x);
  double now = loss(z, x), damping = 1e-2;
  Matrix hessian;
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    Matrix jacobian(z.size(), x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      Vector moved = x;
      moved[i] += step;
      jacobian.col(i) = (evaluate(moved) - z) / step;
    }
    const Vector weight = (1 + z.array().square()).rsqrt();
    hessian = jacobian.transpose() * weight.asDiagonal() * jacobian + precision;
    const Vector gradient =
        jacobian.transpose() * (weight.array() * z.array()).matrix() + precision * (x - prior);
    bool is_better = false;
    double gained = 0;
    for (int attempt = 0; attempt < 8 && !is_better; ++attempt) {
      Matrix damped = hessian;
      damped.diagonal() += damping * hessian.diagonal();
      const Vector candidate = x - damped.ldlt().solve(gradient);
      const Vector residuals = evaluate(candidate);
      const double then = loss(residuals, candidate);
      is_better = then < now;
      if (is_better) {
        gained = now - then;
        x = candidate;
        z = residuals;
        now = then;
        damping = std::max(damping / 5, 1e-6);
      } else {
        damping *= 5;
      }
    }
    if (!is_better || gained < 1e-5 * now) break;
  }
  const Vector deviations = hessian.inverse().diagonal().cwiseSqrt();
  return {.parameters = {x.begin(), x.end()}, .deviations = {deviations.begin(), deviations.end()}};
}

}  // namespace chipcast
