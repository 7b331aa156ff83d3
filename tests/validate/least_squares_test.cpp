#include "validate/least_squares.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace chipcast {
namespace {

using doctest::Approx;

TEST_CASE("one measurement and one belief of equal weight meet half-way; the curvature says how sure") {
  // Small residuals are squared: (x - 0.02)^2 + x^2 is least at 0.01, its curvature that of two unit weights.
  const Solution s = least_squares([](std::span<const double> x) { return std::vector{x[0] - 0.02}; },
                                   {.means = {0}, .deviations = {1}}, {});
  CHECK(s.parameters[0] == Approx(0.01).epsilon(1e-3));
  CHECK(s.deviations[0] == Approx(std::sqrt(0.5)).epsilon(1e-3));
}

TEST_CASE("what no residual depends on stays as it was believed") {
  const Solution s = least_squares([](std::span<const double> x) { return std::vector{10 * (x[0] - 3)}; },
                                   {.means = {0, 7}, .deviations = {100, 0.5}}, {});
  CHECK(s.parameters[0] == Approx(3).epsilon(1e-3));
  CHECK(s.parameters[1] == 7);
  CHECK(s.deviations[1] == Approx(0.5));
}

TEST_CASE("an outlier pulls no more than another one farther out") {
  const auto fit = [](double outlier) {
    const auto residuals = [=](std::span<const double> x) {
      std::vector<double> all(9, 10 * x[0]);
      all.push_back(10 * (x[0] - outlier));
      return all;
    };
    return least_squares(residuals, {.means = {0}, .deviations = {100}}, {}).parameters[0];
  };
  CHECK(fit(100) == Approx(fit(10)).epsilon(0.01));
  CHECK(fit(10) < 0.1);
}

TEST_CASE("a curve is followed, from wherever one starts") {
  const auto residuals = [](std::span<const double> x) {
    std::vector<double> all;
    for (const double t : {0.0, 1.0, 2.0, 3.0}) all.push_back(100 * (std::exp(x[0] * t) - std::exp(0.5 * t)));
    return all;
  };
  for (const double start : {0.0, 0.3, 0.8}) {
    const Solution s =
        least_squares(residuals, {.means = {0}, .deviations = {100}}, std::vector<double>{start});
    CHECK(s.parameters[0] == Approx(0.5).epsilon(1e-3));
  }
}

TEST_CASE("what lies off together moves together, what has no name alone") {
  // Only the first is told of, a hundred times better than it was believed: to 3 of its deviations.
  const Solution s =
      least_squares([](std::span<const double> x) { return std::vector{100 * (x[0] - 3)}; },
                    {.means = {0, 0, 0}, .deviations = {1, 2, 1}, .alike = {"rate", "rate", ""}}, {});
  CHECK(s.parameters[0] == Approx(3).epsilon(0.01));
  CHECK(s.parameters[1] == Approx(0.7 * 3 * 2).epsilon(0.01));  // correlation 0.7, twice the deviation
  CHECK(s.parameters[2] == Approx(0).epsilon(1e-6));
  // What the second keeps of its deviation: sqrt(1 - 0.7^2).
  CHECK(s.deviations[1] == Approx(2 * std::sqrt(1 - 0.49)).epsilon(0.01));
}

}  // namespace
}  // namespace chipcast
