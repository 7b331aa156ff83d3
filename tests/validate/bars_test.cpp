#include "validate/bars.hpp"

#include <doctest/doctest.h>

namespace chipcast {
namespace {

using doctest::Approx;

const std::string specs = CHIPCAST_SOURCE_DIR "/hardware_specs";

const std::string example =
    "schema: bars/1\n"
    "rank: 0.97\n"
    "coverage: {least: 0.85, most: 0.95}\n"
    "bars:\n"
    "  - {name: small boards, measure: time, devices: [rpi4, rpi5], runtimes: [ncnn], network: 0.12}\n"
    "  - {name: any CPU, measure: time, kind: cpu, network: 0.05, device: 0.25}\n"
    "  - {name: energy, measure: energy, network: 0.2}\n";

Measurement row(std::string device, std::string runtime) {
  Measurement m;
  m.device = std::move(device);
  m.runtime = std::move(runtime);
  m.value = 1;
  return m;
}

TEST_CASE("each bar by the rows that it concerns") {
  Machines machines(specs, specs + "/runtimes");
  const Result<Bars> bars = parse_bars("bars.yaml", example, machines);
  REQUIRE_MESSAGE(bars, (bars ? "" : render(bars.diagnostics())));
  const std::vector<Measurement> rows = {row("rpi4", "ncnn"), row("rpi5", "tflite"),
                                         row("nvidia_t4", "tensorrt")};
  Validation validation;
  const std::vector<double> estimates = {1.1, 0.7, 9};
  for (std::size_t i = 0; i < rows.size(); ++i)
    validation.compared.push_back(
        {.measured = &rows[i], .estimate = estimates[i], .low = 0.9, .high = 0.5 + estimates[i]});
  const std::vector<BarOutcome> found = held_against(*bars, Left::network, validation, machines);
  REQUIRE(found.size() == 3);  // no row has an energy
  CHECK(found[0].name == "small boards");
  CHECK(found[0].rows == 1);
  CHECK(found[0].value == Approx(0.1));
  CHECK(found[0].is_met());
  CHECK(found[1].value == Approx((0.1 + 0.3) / 2));
  CHECK(found[1].missed_by() == Approx(0.2 - 0.05));
  CHECK(found[2].name == "times within their interval");  // all three are within
  CHECK(found[2].value == Approx(1));
  CHECK(found[2].missed_by() == Approx(0.05));
  CHECK(held_against(*bars, Left::device, validation, machines).size() == 1);
}

TEST_CASE("every target shall order its networks") {
  Machines machines(specs, specs + "/runtimes");
  const Bars bars{.rank = 0.97};
  Validation validation;
  validation.targets = {{.device = "rpi4", .runtime = "ncnn", .spearman = 0.9, .worst = {0, 1, 2, 3, 4}},
                        {.device = "rpi5", .runtime = "ncnn", .spearman = 0.98, .worst = {5, 6, 7, 8, 9}},
                        {.device = "rpi5", .runtime = "tflite", .spearman = 0.5, .worst = {10, 11}}};
  const std::vector<BarOutcome> found = held_against(bars, Left::network, validation, machines);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rows == 2);  // two rows have no order to speak of
  CHECK(found[0].value == Approx(0.5));
  CHECK_FALSE(found[0].is_met());
}

TEST_CASE("a bar that says nothing, and one of what there is not, are refused with their place") {
  Machines machines(specs, specs + "/runtimes");
  const auto complaint = [&](const std::string& from, const std::string& to) {
    std::string text = example;
    text.replace(text.find(from), from.size(), to);
    const Result<Bars> bars = parse_bars("bars.yaml", text, machines);
    REQUIRE_FALSE(bars);
    return render(bars.diagnostics());
  };
  CHECK(complaint(", network: 0.2}", "}").find("bars.yaml:7:5: error: a bar without height") == 0);
  CHECK(complaint("rpi5", "rpi6").find("'rpi4' or 'rpi5'") != std::string::npos);
  CHECK(complaint("measure: energy", "measure: heat").find("bars.yaml:7:") == 0);
}

TEST_CASE("the shipped bars can be read") {
  Machines machines(specs, specs + "/runtimes");
  const Result<Bars> bars = read_bars(specs + "/measurements/bars.yaml", machines);
  CHECK_MESSAGE(bars, (bars ? "" : render(bars.diagnostics())));
}

}  // namespace
}  // namespace chipcast
