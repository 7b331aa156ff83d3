#include "hardware/calibration.hpp"

#include <doctest/doctest.h>

#include "hardware/read_runtime.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

Calibration example() {
  Calibration c;
  c.runtime = "ncnn";
  c.kind = DeviceKind::cpu;
  c.date = "2026-01-02";
  c.sources = {"here", "there"};
  c.rows = 12;
  c.groups = 34;
  c.coefficients = {{"on.cpu.dispatch", 2e-6, 1e-6, 4e-6}, {"on.cpu.half_rows", 20, 10, 40}};
  Scale scale;
  scale.compute = 0.5;
  scale.dispatch = 2;
  scale.precisions[static_cast<std::size_t>(Precision::int8)] = 1.25;
  c.devices = {{"rpi4", scale}};
  c.precisions = {{Precision::int8, 0.75}};
  c.errors = {
      {"network", 12, 0.1, -0.02, 0.2}, {"device", 12, 0.3, 0.1, 0.5}, {"everything", 12, 0.25, 0.1, 0.6}};
  return c;
}

TEST_CASE("what is written is what is read") {
  const std::string text = to_yaml(example());
  const Result<Calibration> read = parse_calibration("ncnn.cpu.yaml", text);
  REQUIRE_MESSAGE(read, (read ? "" : render(read.diagnostics())));
  CHECK(to_yaml(*read) == text);
  CHECK(read->coefficients[1].high == 40);
  CHECK(read->devices[0].second.precisions[static_cast<std::size_t>(Precision::int8)] == 1.25);
  CHECK(read->error("device")->mape == 0.3);
  CHECK(read->error("family") == nullptr);
}

TEST_CASE("applied, a runtime has the fitted figures, their source, and how sure they are") {
  Result<Runtime> runtime = read_runtime(CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes/ncnn.yaml");
  REQUIRE(runtime);
  apply(example(), *runtime);
  const Execution& execution = *runtime->on(DeviceKind::cpu);
  CHECK(execution.dispatch.value == 2e-6 * second);
  CHECK(*execution.dispatch.high == 4e-6 * second);
  CHECK(execution.dispatch.source == "ncnn.cpu");
  CHECK(runtime->sources.back().key == "ncnn.cpu");
  CHECK(execution.bandwidth_efficiency.is_assumed());  // nothing was said about it
  REQUIRE(execution.fitted);
  CHECK(execution.fitted->devices.at("rpi4").compute == 0.5);
  CHECK(execution.fitted->margin == 0.2);
  CHECK(execution.fitted->margin_elsewhere == 0.5);
}

TEST_CASE("a calibration serves where it is nearer than the data sheet to what it has not seen") {
  Calibration c = example();
  CHECK(helps(c, "rpi4"));        // 10% with the network left out, the data sheet is off by 25%
  CHECK_FALSE(helps(c, "rpi5"));  // 30% with the device left out
  c.errors[1].mape = 0.2;
  CHECK(helps(c, "rpi5"));
  c.errors.erase(c.errors.begin() + 1);  // one device only: how others would fare is not known
  CHECK_FALSE(helps(c, "rpi5"));
}

TEST_CASE("a wrong file is told with its place") {
  const auto complaint = [](std::string from, std::string to) {
    std::string text = to_yaml(example());
    text.replace(text.find(from), from.size(), to);
    const Result<Calibration> read = parse_calibration("c.yaml", text);
    return read ? "" : render(read.diagnostics());
  };
  CHECK(complaint("low: 10", "low: 30").find("c.yaml:12:") == 0);
  CHECK(complaint("kind: cpu", "kind: cpus").find("did you mean 'cpu'?") != std::string::npos);
  CHECK(complaint("compute: 0.5", "compute: -1").find("c.yaml:14:") == 0);
  CHECK(complaint("int8: 0.75", "int9: 0.75").find("there is no precision 'int9'") != std::string::npos);
  CHECK(complaint("schema: calibration/1", "schema: device/1").find("c.yaml:1:") == 0);
}

}  // namespace
}  // namespace chipcast
