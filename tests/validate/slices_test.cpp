#include "validate/slices.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "validate/kernels.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

const Slice* find(const std::vector<Slice>& all, std::string_view measure, std::string_view of) {
  const auto found =
      std::ranges::find_if(all, [&](const Slice& s) { return s.measure == measure && s.of == of; });
  return found == all.end() ? nullptr : &*found;
}

Measurement row(double batch, Metric metric, double value, std::string family) {
  Measurement m;
  m.batch = batch;
  m.metric = metric;
  m.value = value;
  m.family = std::move(family);
  return m;
}

TEST_CASE("errors by family, batch and size; a throughput is a time, energies are apart, operators in none") {
  const std::vector<Measurement> rows = {
      row(1, Metric::latency, 1, "resnet"), row(8, Metric::throughput, 8, "resnet"),
      row(1, Metric::energy, 1, "resnet"), row(1, Metric::latency, 1, "gemm")};
  Validation validation;
  for (const Measurement& m : rows)
    validation.compared.push_back(
        {.measured = &m, .estimate = 2 * m.value, .flops = 5e8, .flops_per_value = 40});
  const std::vector<Slice> all = slices(validation);
  REQUIRE(find(all, "time", "resnet") != nullptr);
  CHECK(find(all, "time", "resnet")->rows == 2);
  // One takes twice as long as measured, the other half as long.
  CHECK(find(all, "time", "resnet")->mape == Approx((1.0 + 0.5) / 2));
  CHECK(find(all, "time", "resnet")->median_log_ratio == Approx(0));
  CHECK(find(all, "time", "2 to 8")->mape == Approx(0.5));
  CHECK(find(all, "time", "0.3 to 1 GFLOP")->rows == 2);
  CHECK(find(all, "time", "30 to 60")->rows == 2);
  CHECK(find(all, "energy", "resnet")->mape == Approx(1));
  CHECK(find(all, "time", "gemm") == nullptr);
}

TEST_CASE("kernels by kind of work: single errors, and what they come to together") {
  const std::vector<GroupResidual> groups = {
      {.device = "d", .kind = WorkKind::dense, .measured = 1, .value = std::log(2)},
      {.device = "d", .kind = WorkKind::dense, .measured = 3, .value = std::log(0.5)},
      {.device = "d", .kind = WorkKind::pooling, .measured = 12, .value = 0}};
  const std::vector<KernelError> errors = kernel_errors("r", groups);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].kind == WorkKind::pooling);  // three quarters of the time
  CHECK(errors[0].share == Approx(0.75));
  CHECK(errors[0].mape == Approx(0));
  CHECK(errors[1].groups == 2);
  CHECK(errors[1].mape == Approx((1.0 + 0.5) / 2));
  CHECK(errors[1].total == Approx((2.0 + 1.5) / 4));
}

}  // namespace
}  // namespace chipcast
