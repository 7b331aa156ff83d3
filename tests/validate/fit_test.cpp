// A runtime whose figures are known is "measured" by the model itself; the fit must find those figures again from
// times alone, and estimate networks it has not seen.
#include "validate/fit.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "base/text.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

GroupWork product(WorkKind kind, std::int64_t m, std::int64_t n, std::int64_t k) {
  GroupWork group;
  group.kind = kind;
  group.product = {.m = m, .n = n, .k = k};
  group.macs = static_cast<double>(m * n * k);
  group.weight_elements = static_cast<double>(n * k);
  group.activation_elements_read = static_cast<double>(m * k);
  group.activation_elements_written = static_cast<double>(m * n);
  return group;
}

// Layers of many shapes; networks of one family have the same kinds of layers.
Workload network(int size, bool has_dense) {
  Workload workload;
  for (int i = 1; i <= 4; ++i) {
    workload.groups.push_back(product(WorkKind::standard_convolution, 8192 / size, 64L * size, 288L * i));
    workload.groups.push_back(product(WorkKind::pointwise_convolution, 4096 / i, 64L * size, 256L * i));
  }
  if (has_dense) workload.groups.push_back(product(WorkKind::dense, 1, 1000, 512 * size));
  for (std::size_t i = 0; i < workload.groups.size(); ++i) {
    workload.groups[i].members = {"op" + std::to_string(i)};
    workload.weight_elements += workload.groups[i].weight_elements;
  }
  workload.predecessors.resize(workload.groups.size());
  return workload;
}

struct Lab {
  Machines machines{specs, specs + "/runtimes"};
  std::map<std::string, Workload> networks;
  std::vector<Measurement> rows;
  Runtime truth;

  Lab() {
    truth = *machines.runtime("ncnn");
    Execution& execution = *truth.executions[static_cast<std::size_t>(DeviceKind::cpu)];
    execution.priors[static_cast<std::size_t>(WorkKind::pointwise_convolution)].efficiency.value = 0.6;
    execution.priors[static_cast<std::size_t>(WorkKind::standard_convolution)].efficiency.value = 0.4;
    execution.dispatch.value = 2e-6 * second;
    for (int size = 1; size <= 8; ++size) {
      for (const bool has_dense : {false, true}) {
        const std::string name = (has_dense ? "dense" : "plain") + std::to_string(size);
        networks.emplace(name, network(size, has_dense));
        for (const std::string device : {"rpi4", "rpi5", "jetson_agx_orin_cpu"}) add(name, device, has_dense);
      }
    }
  }

  void add(const std::string& name, const std::string& device, bool has_dense) {
    Measurement m;
    m.source = "lab";
    m.device = device;
    m.runtime = "ncnn";
    m.model = name;
    m.family = has_dense ? "dense" : "plain";
    m.value = measured(m);
    rows.push_back(m);
  }
  double measured(const Measurement& m) {
    const Device& device = *machines.device(m.device);
    const Result<Target> target =
        make_target(device, device.operating_points[0], truth, {.precision = m.precision});
    REQUIRE(target);
    return in(estimate(networks.at(m.model), *target).latency, second);
  }
  Result<FitProblemPointer> problem() {
    return make_fit_problem(rows, {}, *machines.runtime("ncnn"), DeviceKind::cpu, machines,
                            [this](const std::string& model, const Runtime&) -> Result<const Workload*> {
                              const auto found = networks.find(model);
                              if (found == networks.end()) return Diagnostic{.message = "no such network"};
                              return &found->second;
                            });
  }
};

const Coefficient* coefficient(const Calibration& calibration, const std::string& path) {
  for (const Coefficient& c : calibration.coefficients) {
    if (c.path == path) return &c;
  }
  return nullptr;
}

TEST_CASE("figures are found again, those that nothing tells of stay the runtime's own") {
  Lab lab;
  const Result<FitProblemPointer> problem = lab.problem();
  REQUIRE(problem);
  const Fit fit = solve(**problem);
  const Calibration calibration = calibration_of(**problem, fit, "2026-01-01");
  CHECK(calibration.rows == 48);
  CHECK(calibration.sources == std::vector<std::string>{"lab"});
  const Coefficient* pointwise = coefficient(calibration, "on.cpu.priors.pointwise_convolution.efficiency");
  REQUIRE(pointwise != nullptr);
  CHECK(pointwise->low <= 0.6);
  CHECK(0.6 <= pointwise->high);
  const Coefficient* standard = coefficient(calibration, "on.cpu.priors.standard_convolution.efficiency");
  REQUIRE(standard != nullptr);
  CHECK(standard->low <= 0.4);
  CHECK(0.4 <= standard->high);
  // Attention was not measured, but lies off as the other products do, if not for sure.
  const Coefficient* attention = coefficient(calibration, "on.cpu.priors.attention.efficiency");
  REQUIRE(attention != nullptr);
  CHECK(attention->high / attention->low > pointwise->high / pointwise->low);
  CHECK(coefficient(calibration, "on.cpu.priors.normalization.efficiency") == nullptr);
  CHECK(coefficient(calibration, "on.cpu.priors.pooling.half_cycles") == nullptr);
  // Nothing about the devices was changed: their scales stay near one.
  for (const auto& [id, scale] : calibration.devices) CHECK(scale.compute == Approx(1).epsilon(0.1));
}

TEST_CASE("what was left out is estimated by the others, and better than by the data sheet") {
  Lab lab;
  const Result<FitProblemPointer> problem = lab.problem();
  REQUIRE(problem);
  const Fit fit = solve(**problem);
  const double datasheet = error_of(residuals(**problem, fit, Left::everything), Left::everything).mape;
  CHECK(datasheet > 0.15);
  const double in_sample = error_of(residuals(**problem, fit, Left::nothing), Left::nothing).mape;
  CHECK(in_sample < 0.01);
  for (const Left left : {Left::network, Left::device}) {
    CAPTURE(std::string(name(left)));
    CHECK(error_of(residuals(**problem, fit, left), left).mape < datasheet / 3);
  }
  // A fit without its family knows nothing of a dense layer beyond the prior.
  CHECK(error_of(residuals(**problem, fit, Left::family), Left::family).mape < datasheet);
}

TEST_CASE("rows that may not be fitted to change nothing, however wrong they are") {
  Lab lab;
  const Result<FitProblemPointer> before = lab.problem();
  REQUIRE(before);
  const Fit fit = solve(**before);
  for (int i = 0; i < 10; ++i) {
    Measurement wrong = lab.rows[0];
    wrong.use = Use::check;
    wrong.value = 100;
    lab.rows.push_back(wrong);
  }
  const Result<FitProblemPointer> after = lab.problem();
  REQUIRE(after);
  CHECK(solve(**after).parameters == fit.parameters);
  const std::vector<Residual> all = residuals(**after, fit, Left::nothing);
  CHECK(all.size() == 58);  // but they are estimated
  CHECK(error_of(all, Left::nothing).rows == 48);
}

TEST_CASE("too few rows are refused") {
  Lab lab;
  lab.rows.resize(3);
  const Result<FitProblemPointer> problem = lab.problem();
  REQUIRE_FALSE(problem);
  CHECK(problem.diagnostics().front().message ==
        "only 3 rows of 'ncnn' on cpu devices may be fitted to: 4 are needed");
}

TEST_CASE("an interval holds nine in ten of what was left out beside the row itself") {
  std::vector<Measurement> rows(11);
  std::vector<Residual> residuals;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].model = "network" + std::to_string(i);
    residuals.push_back({&rows[i], 0.1 * static_cast<double>(i)});
  }
  // Without itself ten are left: the (0.9 x 11/10 = 0.99)-th part of them, on the line between the last two, which are 0.9
  // and 1.0 (position 0.99 x 9 = 8.91); for the last row 0.8 and 0.9.
  const std::vector<FittedRow> fitted = with_margins(residuals, Left::network, {});
  CHECK(fitted[0].margin == Approx(0.9 + 0.91 * 0.1));
  CHECK(fitted[10].margin == Approx(0.8 + 0.91 * 0.1));
}

TEST_CASE("an interval is wider the farther a network lies from those that were seen") {
  std::vector<Measurement> rows(12);
  std::vector<Residual> residuals;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].model = "network" + std::to_string(i);
    residuals.push_back({&rows[i], 0.1, 0});
  }
  residuals[0].distance = 0.5;  // all the others are off by 0.1 at no distance
  residuals[11].distance = 9;   // beyond what margins grow to
  const std::vector<FittedRow> fitted = with_margins(residuals, Left::network, {});
  CHECK(fitted[0].margin == Approx(0.15));
  CHECK(fitted[1].margin == Approx(0.1));
  CHECK(fitted[11].margin == Approx(0.2));
}

TEST_CASE("a row of a device that was not fitted to goes by what devices that were left out leave") {
  std::vector<Measurement> rows(12);
  std::vector<Residual> seen, elsewhere;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].model = "network" + std::to_string(i);
    rows[i].device = i % 2 == 0 ? "one" : "two";
    seen.push_back({&rows[i], 0.1});
    elsewhere.push_back({&rows[i], 0.5});
  }
  rows[0].device = "three";
  rows[0].use = Use::check;
  rows[1].precision = Precision::int8;
  rows[1].use = Use::check;
  const std::vector<FittedRow> fitted = with_margins(seen, Left::network, elsewhere);
  CHECK(fitted[0].margin == Approx(0.5));
  CHECK(fitted[1].margin == Approx(0.5));  // the device is known, not at this precision
  CHECK(fitted[2].margin == Approx(0.1));
}

// A row of a network on a device, and what a fit and the data sheet leave of it.
struct TwoErrors {
  const char *network, *device;
  double fit, datasheet;
  Use use = Use::fit;
};

TEST_CASE("what is estimated with is chosen by the rows of other labels: the fit or the data sheet") {
  // Without "c" the fit is nearer (0.1 and 0.1 against 0.3 and 0.3); without "a" or "b" it is not (0.1 and 0.9 against 0.3
  // twice). The device "new" no fit has seen: it goes by devices left out, all of which are one.
  const std::vector<TwoErrors> table = {{"a", "old", 0.1, 0.3},
                                        {"b", "old", 0.1, 0.3},
                                        {"c", "old", 0.9, 0.3},
                                        {"c", "old", 0.5, 0.4, Use::check},
                                        {"a", "new", 0.2, 0.6, Use::check}};
  std::vector<Measurement> rows(table.size());
  std::vector<Residual> fit, elsewhere, datasheet;
  for (std::size_t i = 0; i < table.size(); ++i) {
    rows[i].model = table[i].network;
    rows[i].device = table[i].device;
    rows[i].use = table[i].use;
    fit.push_back({.row = &rows[i], .value = table[i].fit});
    elsewhere.push_back({.row = &rows[i], .value = 0.2});
    datasheet.push_back({.row = &rows[i], .value = table[i].datasheet});
  }
  const auto values = [](const std::vector<Residual>& residuals) {
    std::vector<double> all;
    for (const Residual& r : residuals) all.push_back(r.value);
    return all;
  };
  // Off by 0.2 where devices are left out, the fit is nearer than 0.3 to the rows of "old", all of which are beside "new".
  CHECK(values(as_estimated(fit, Left::network, elsewhere, datasheet)) ==
        std::vector<double>{0.3, 0.3, 0.9, 0.5, 0.2});
  // "old" left out, no other device has rows to tell by.
  CHECK(values(as_estimated(elsewhere, Left::device, elsewhere, datasheet)) ==
        std::vector<double>{0.3, 0.3, 0.3, 0.4, 0.2});
}

}  // namespace
}  // namespace chipcast
