#include <doctest/doctest.h>

#include "validate/validation.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

// One product of 1 GMAC, which every runtime has.
Workload one_product() {
  Workload workload;
  GroupWork group;
  group.name = "fc";
  group.kind = WorkKind::dense;
  group.macs = 1e9;
  group.weight_elements = 1e6;
  group.activation_elements_read = 1e6;
  group.activation_elements_written = 1e3;
  workload.groups = {group};
  workload.predecessors = {{}};
  return workload;
}

Measurement latency_of(const std::string& model, double seconds) {
  Measurement m;
  m.device = "rpi4";
  m.runtime = "ncnn";
  m.model = model;
  m.value = seconds;
  return m;
}

struct Bench {
  Machines machines{specs, specs + "/runtimes"};
  Workload workload = one_product();

  Validation run(const std::vector<Measurement>& rows) {
    return validate(rows, machines,
                    [this](const std::string& model, const Runtime&) -> Result<const Workload*> {
                      if (model == "unknown") return Diagnostic{.message = "no such network"};
                      return &workload;
                    });
  }
  double estimated() { return run({latency_of("net", 1)}).compared[0].estimate; }
};

TEST_CASE("a target's rows are held against its estimates") {
  Bench bench;
  const double t = bench.estimated();
  // 25% too low, exact, and 100% too high.
  const std::vector<Measurement> rows = {latency_of("a", t / 0.75), latency_of("b", t),
                                         latency_of("c", t / 2)};
  const Validation result = bench.run(rows);
  REQUIRE(result.targets.size() == 1);
  const TargetError& target = result.targets[0];
  CHECK(target.device == "rpi4");
  CHECK(target.mode == Mode::datasheet);
  CHECK(target.mape == Approx((0.25 + 0 + 1) / 3));
  CHECK(target.median_log_ratio == Approx(0));
  CHECK(target.worst == std::vector<std::size_t>{2, 0, 1});
  CHECK(result.compared[target.worst[0]].measured == &rows[2]);
}

TEST_CASE("throughput counts samples: batch over latency, its interval turned round") {
  Bench bench;
  Measurement m = latency_of("net", 1);
  m.batch = 8;
  Measurement throughput = m;
  throughput.metric = Metric::throughput;
  const std::vector<Measurement> rows = {m, throughput};
  const Validation result = bench.run(rows);
  REQUIRE(result.compared.size() == 2);
  CHECK(result.targets.size() == 2);
  CHECK(result.compared[1].estimate == Approx(8 / result.compared[0].estimate));
  CHECK(*result.compared[1].low == Approx(8 / *result.compared[0].high));
  CHECK(*result.compared[1].high == Approx(8 / *result.compared[0].low));
}

TEST_CASE("coverage is the share of rows within the stated interval") {
  Bench bench;
  const Compared known = bench.run({latency_of("net", 1)}).compared[0];
  const std::vector<Measurement> rows = {latency_of("a", *known.low), latency_of("b", *known.high),
                                         latency_of("c", *known.high * 1.01),
                                         latency_of("d", *known.low * 0.99)};
  CHECK(*bench.run(rows).targets[0].coverage == Approx(0.5));
}

TEST_CASE("targets are apart by device, runtime, precision, metric and boundary") {
  Bench bench;
  std::vector<Measurement> rows(6, latency_of("net", 1));
  rows[1].device = "rpi5";
  rows[2].runtime = "tflite";
  rows[3].precision = Precision::int8;
  rows[4].metric = Metric::throughput;
  rows[5].family = "gemm";  // single operators are no networks
  CHECK(bench.run(rows).targets.size() == 6);
}

TEST_CASE("what cannot be estimated is skipped with a reason, never dropped") {
  Bench bench;
  std::vector<Measurement> rows(4, latency_of("net", 1));
  rows[0].model = "unknown";
  rows[1].runtime = "tensorrt";  // not on a CPU
  rows[2].device = "nowhere";
  const Validation result = bench.run(rows);
  CHECK(result.compared.size() == 1);
  REQUIRE(result.skipped.size() == 3);
  CHECK(result.skipped[0].reason == "no such network");
  for (const Skipped& row : result.skipped) CHECK(!row.reason.empty());
}

}  // namespace
}  // namespace chipcast
