// Devices whose powers are known are "measured" by the model itself; the fit must find those powers again.
#include "validate/energy_fit.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace chipcast {
namespace {

using doctest::Approx;

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

Workload network(double macs, double values) {
  Workload workload;
  GroupWork& group = workload.groups.emplace_back();
  group.kind = WorkKind::standard_convolution;
  group.macs = macs;
  group.product = {.m = 1024, .n = 64, .k = 64};
  group.activation_elements_read = values;
  workload.predecessors.resize(1);
  return workload;
}

struct Lab {
  Machines machines{specs, specs + "/runtimes"};
  std::map<std::string, Workload> networks;
  std::vector<Measurement> rows;
  EnergyScale truth = {.per_flop = 1.5, .busy = 2};

  Lab() {
    for (int i = 1; i <= 6; ++i)
      networks.emplace("n" + std::to_string(i), network(4e7 * i * i, 1e6 * (7 - i)));
    for (const auto& [name, workload] : networks) {
      for (const std::string device : {"jetson_agx_orin_cpu", "rpi4", "rpi5"}) add(name, device);
    }
  }
  void add(const std::string& name, const std::string& device) {
    Measurement m;
    m.source = "lab";
    m.device = device;
    m.runtime = "tflite";
    m.model = m.family = name;
    Target target = *target_of(m, machines);
    const Estimate e = estimate(networks.at(name), target);
    m.value = in(e.latency, second);
    rows.push_back(m);
    target.energy_scale = truth;
    m.metric = Metric::energy;
    m.boundary = PowerBoundary::wall;
    m.value = in(energy_of(e.amounts, target, e.latency, m.boundary).total(), joule);
    rows.push_back(m);
  }
  Result<EnergyProblemPointer> problem() {
    return make_energy_problem(rows, DeviceKind::cpu, machines,
                               [this](const std::string& model, const Runtime&) -> Result<const Workload*> {
                                 return &networks.at(model);
                               });
  }
};

double error(const EnergyProblem& problem, const EnergySolution& fit, Left left) {
  return error_of(residuals(problem, fit, left, {}), left).mape;
}

TEST_CASE("energies are found again, and estimated for networks and devices that were left out") {
  Lab lab;
  const Result<EnergyProblemPointer> problem = lab.problem();
  REQUIRE(problem);
  const EnergySolution fit = solve(**problem);
  const double datasheet = error(**problem, fit, Left::everything);
  CHECK(datasheet > 0.1);
  CHECK(error(**problem, fit, Left::nothing) < 0.02);
  CHECK(error(**problem, fit, Left::network) < datasheet / 3);
  CHECK(error(**problem, fit, Left::device) < datasheet / 2);
  const EnergyCalibration c = energy_calibration_of(**problem, fit, "2026-01-01");
  CHECK(c.rows == 18);
  CHECK(c.devices.size() == 3);
  CHECK(c.runtimes.size() == 1);
}

TEST_CASE("a row is estimated at the time that is estimated for it") {
  Lab lab;
  const Result<EnergyProblemPointer> problem = lab.problem();
  REQUIRE(problem);
  const EnergySolution fit = solve(**problem);
  std::vector<Residual> times;
  for (const Measurement& m : lab.rows) {
    if (m.metric == Metric::latency) times.push_back({&m, std::log(2.0)});  // twice what was measured
  }
  const std::vector<Residual> right = residuals(**problem, fit, Left::nothing, {});
  const std::vector<Residual> late = residuals(**problem, fit, Left::nothing, estimated_times(times));
  REQUIRE(late.size() == 18);
  for (std::size_t i = 0; i < late.size(); ++i) {
    CHECK(late[i].value > right[i].value);
    CHECK(late[i].value < right[i].value + std::log(2.0));  // operations take no longer for it
  }
}

TEST_CASE("rows that may not be fitted to, and energies without a time beside them, change nothing") {
  Lab lab;
  const Result<EnergyProblemPointer> before = lab.problem();
  REQUIRE(before);
  Measurement alone = lab.rows[1];
  alone.run = "another";
  alone.value *= 100;
  lab.rows.push_back(alone);
  Measurement check = lab.rows[1];
  check.use = Use::check;
  check.value *= 100;
  lab.rows.push_back(check);
  const Result<EnergyProblemPointer> after = lab.problem();
  REQUIRE(after);
  const EnergySolution fit = solve(**after);
  CHECK(fit.parameters == solve(**before).parameters);
  CHECK(residuals(**after, fit, Left::nothing, {}).size() == 19);
}

TEST_CASE("too few rows are refused") {
  Lab lab;
  lab.rows.resize(6);
  const Result<EnergyProblemPointer> problem = lab.problem();
  REQUIRE_FALSE(problem);
  CHECK(problem.diagnostics().front().message ==
        "only 3 rows of energy or power on cpu devices may be fitted to: 4 are needed");
}

}  // namespace
}  // namespace chipcast
