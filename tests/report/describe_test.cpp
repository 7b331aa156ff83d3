#include "report/describe.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.hpp"
#include "report/example_network.hpp"
#include "report/render.hpp"

namespace chipcast::report {
namespace {

using Json = nlohmann::json;

std::string rendered(const Report& report, Format format, std::size_t width = 100) {
  std::string text;
  render(report, format, {.width = width}, text);
  return text;
}
Json json(const Report& report) { return Json::parse(rendered(report, Format::json)); }

TEST_CASE("the JSON of describe keeps its contract") {
  const Json net = json(describe(example_network(), {}));
  CHECK(net["model"] == "net");
  CHECK(net["parameters"] == 124);
  CHECK(net["model_bytes"] == 496);
  CHECK(net["macs"] == 4'000);
  CHECK(net["flops"] == 8'256);
  CHECK(net["activation_bytes"] == Json{{"sum", 3'072}, {"peak", 2'048}, {"arena", 2'048}});
  CHECK(net["not_modelled"] == Json::array());
  REQUIRE(net["operators"].size() == 3);
  const Json& left = net["operators"][1];
  CHECK(left["name"] == "left");
  CHECK(left["kind"] == "Conv");
  CHECK(left["class"] == "pointwise convolution");
  CHECK(left["output_shape"] == Json{1, 4, 8, 8});
  CHECK(left["macs"] == 3'000);
  CHECK(left["flops"] == 6'000);
  CHECK(left["parameters"] == 16);
  CHECK(left["bytes"] == 2'000);
  for (const char* count : {"macs", "flops", "parameters", "bytes"}) CHECK(left[count].is_number_integer());
}

TEST_CASE("keys of machines end in the unit or name a count") {
  const auto names_unit = [](const std::string& key, Unit unit) {
    switch (unit) {
      case Unit::bytes:
        return key.ends_with("bytes");
      case Unit::flops:
        return key.ends_with("flops");
      case Unit::macs:
        return key.ends_with("macs");
      case Unit::flops_per_byte:
        return key.ends_with("_flops_per_byte");
      case Unit::ratio:
        return key.ends_with("ratio");
      case Unit::share:
        return key.ends_with("share");
      default:
        return true;
    }
  };
  const std::vector<Network> networks(1, example_network());
  for (const Report& report : {describe(networks[0], {}), compare(networks)}) {
    for (const Part& part : report.parts) {
      if (const auto* field = std::get_if<Field>(&part)) CHECK(names_unit(field->key, field->unit));
      const auto* table = std::get_if<Table>(&part);
      if (table == nullptr || table->audience == Audience::people) continue;
      for (const Column& column : table->columns) {
        CAPTURE(column.key);
        CHECK(names_unit(column.key, column.unit));
      }
    }
  }
}

TEST_CASE("the graph: two operators deep, two side by side, the heaviest path takes the heavier branch") {
  const GraphFacts facts = facts_of(example_network());
  CHECK(facts.operators == 3);
  CHECK(facts.depth == 2);
  CHECK(facts.most_concurrent == 2);
  CHECK(facts.heaviest_path_operators == 2);
  CHECK(facts.heaviest_path_flops == 8'000 * flop);  // stem and left: 2 * (1000 + 3000)
}

TEST_CASE("classes stand heaviest first and add up") {
  const std::vector<ClassTotal> totals = class_totals(example_network().complexity);
  REQUIRE(totals.size() == 3);
  CHECK(totals[0].operator_class == OperatorClass::pointwise_convolution);
  CHECK(totals[2].operator_class == OperatorClass::activation);
  Flops sum;
  for (const ClassTotal& total : totals) sum += total.flops;
  CHECK(sum == 8'256 * flop);
}

TEST_CASE("people see the heaviest operators and how many are hidden") {
  const std::string text = rendered(describe(example_network(), {.operators = 1}), Format::table);
  CHECK(text.find("The 1 operators with most FLOPs") == std::string::npos);
  CHECK(text.find("The operator with most FLOPs\n") != std::string::npos);
  CHECK(text.find("\n  left ") != std::string::npos);
  CHECK(text.find("\n  stem ") == std::string::npos);
  CHECK(text.find("2 more operators with 2.256 kFLOP together (--operators all shows them)") !=
        std::string::npos);
}

TEST_CASE("without operators the table is left out for people") {
  CHECK(rendered(describe(example_network(), {.operators = 0}), Format::table).find("\n  left ") ==
        std::string::npos);
  CHECK(json(describe(example_network(), {.operators = 0}))["operators"].size() == 3);
}

TEST_CASE("the share that is not modelled stands in the first line, and its numbers are unknown, not zero") {
  Network network = example_network();
  network.complexity.operators[2].is_modelled = false;
  network.complexity.not_modelled = {"node 'right' (Fancy)"};
  const Report report = describe(network, {});
  CHECK(
      rendered(report, Format::table).starts_with("net: 33.3% of the operators (1 of 3) are not modelled\n"));
  CHECK(rendered(report, Format::table).find("node 'right' (Fancy)") != std::string::npos);
  const Json net = json(report);
  CHECK(net["not_modelled"] == Json{"node 'right' (Fancy)"});
  CHECK(net["not_modelled_share"].get<double>() == doctest::Approx(1.0 / 3));
  CHECK(net["operators"][2]["flops"].is_null());
  CHECK(net["operators"][2]["is_modelled"] == false);
}

TEST_CASE("a network of no operators has no shares and no intensity") {
  Network empty;
  empty.name = "empty";
  const Json net = json(describe(empty, {}));
  CHECK(net["operators"] == Json::array());
  CHECK(net["intensity_flops_per_byte"].is_null());
  CHECK(!rendered(describe(empty, {}), Format::table).empty());
  CHECK(!rendered(compare({&empty, 1}), Format::table).empty());
}

TEST_CASE("side by side: each quantity with its ratio to the first network") {
  std::vector<Network> networks(2, example_network());
  networks[1].name = "half";
  networks[1].complexity.macs = 2'000 * mac;
  networks[1].complexity.parameters = 31;
  const Json table = json(compare(networks))["networks"];
  CHECK(table[0]["macs_ratio"] == 1.0);
  CHECK(table[1]["macs_ratio"] == 0.5);
  CHECK(table[1]["parameters_ratio"] == 0.25);
  CHECK(table[1]["flops_ratio"] == 1.0);
  CHECK(json(describe(networks[1], {.baseline = &networks[0]}))["ratio_to_first"]["macs"] == 0.5);
}

TEST_CASE("side by side: CSV has one row a network") {
  const std::vector<Network> networks(2, example_network());
  const std::string text = rendered(compare(networks), Format::csv);
  CHECK(text.starts_with("model,parameters,parameters_ratio,model_bytes,"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("both views fit 80 and 200 columns with long names") {
  std::vector<Network> networks(3, example_network());
  for (Network& network : networks) {
    network.name = "efficientnet_v2_b0_with_a_long_name?resolution=192,classes=1000";
    for (OperatorComplexity& row : network.complexity.operators) {
      row.name = "features.denseblock3.denselayer12.bottleneck." + row.name;
      row.cost.macs = 1'234'567'890 * mac;
      row.input_shapes = {{1, 1024, 14, 14}, {1024, 1024, 3, 3}, {1024}};
    }
  }
  for (const std::size_t width : {80U, 200U}) {
    for (const Report& report : {describe(networks[0], {}), compare(networks)}) {
      std::istringstream lines(rendered(report, Format::table, width));
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(display_width(line) <= width);
      }
    }
  }
}

}  // namespace
}  // namespace chipcast::report
