#include "transform/keep.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "zoo_network.hpp"

namespace chipcast {
namespace {

// The names of what rules keep, with the precision.
std::vector<std::string> kept(const std::string& network, const std::vector<Keep>& rules) {
  const Complexity& complexity = zoo_network(network).complexity;
  const Result<KeptOperators> kept = keep(complexity, rules);
  REQUIRE(kept);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kept->precisions.size(); ++i) {
    if (kept->precisions[i])
      names.push_back(complexity.operators[i].name + " " + std::string(name(*kept->precisions[i])));
  }
  return names;
}

std::size_t count_of(const std::string& network, const std::string& pattern) {
  return kept(network, {{Precision::fp32, pattern}}).size();
}

TEST_CASE("an operator is named by its name, in which * and ? stand for anything") {
  CHECK(kept("resnet18", {{Precision::fp16, "layer1.0.conv1"}}) ==
        std::vector<std::string>{"layer1.0.conv1 fp16"});
  CHECK(count_of("resnet18", "layer?.0.downsample.0") == 3);  // of stages 2 to 4
  CHECK(count_of("resnet18", "*") == zoo_network("resnet18").complexity.operators.size());
}

TEST_CASE("... by its kind or its class, whatever the case and with or without underscores") {
  // Two layer norms in each of 12 blocks and one behind them; a softmax in each block.
  CHECK(count_of("vit_b_16", "LayerNormalization") == 25);
  CHECK(count_of("vit_b_16", "layer_normalization") == 25);
  CHECK(count_of("vit_b_16", "normalization") == 25);
  CHECK(count_of("vit_b_16", "softmax") == 12);
  CHECK(count_of("vit_b_16", "attention") == 24);                  // QK^T and PV
  CHECK(count_of("mobilenet_v2", "depthwise_convolution") == 17);  // one a block
}

TEST_CASE("first and last are operators that multiply with stored weights") {
  CHECK(kept("resnet18", {{Precision::fp16, "first"}, {Precision::fp32, "last"}}) ==
        std::vector<std::string>{"conv1 fp16", "fc fp32"});
}

TEST_CASE("no rules keep nothing; a rule that names nothing is known") {
  const Complexity& complexity = zoo_network("resnet18").complexity;
  CHECK(keep(complexity, {})->precisions.empty());
  const std::vector<Keep> rules = {{Precision::fp32, "softmax"}, {Precision::fp32, "fc"}};
  CHECK(keep(complexity, rules)->is_used == std::vector<bool>{false, true});
  CHECK(names_nothing(complexity, {Precision::fp32, "frist"}).hint == "did you mean 'first'?");
  CHECK(names_nothing(complexity, {Precision::fp32, "frist"}).message ==
        "nothing is called 'frist', to be kept at fp32");
}

TEST_CASE("an operator that two rules keep at different precisions is an error, at the same one it is not") {
  const Complexity& complexity = zoo_network("resnet18").complexity;
  const std::vector<Keep> apart = {{Precision::fp32, "dense"}, {Precision::fp16, "last"}};
  const Result<KeptOperators> contradiction = keep(complexity, apart);
  REQUIRE_FALSE(contradiction);
  CHECK(contradiction.diagnostics()[0].message ==
        "operator 'fc' is kept at fp32 by 'dense' and at fp16 by 'last'");
  const std::vector<Keep> alike = {{Precision::fp32, "dense"}, {Precision::fp32, "last"}};
  CHECK(keep(complexity, alike));
}

}  // namespace
}  // namespace chipcast
