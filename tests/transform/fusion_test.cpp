#include "transform/fusion.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "graph/build.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

using namespace build;
using Rules = std::array<bool, fusion_rule_count>;

Rules rules(std::initializer_list<FusionRule> on) {
  Rules all = {};
  for (const FusionRule rule : on) all[static_cast<std::size_t>(rule)] = true;
  return all;
}
// ... that lets operators into a group.
Rules every_rule() {
  Rules all;
  all.fill(true);
  all[static_cast<std::size_t>(FusionRule::strided_views)] = false;
  return all;
}

struct Fused {
  Fusion fusion;
  Complexity complexity;

  // The names of each group's operators.
  std::vector<std::vector<std::string>> names() const {
    std::vector<std::vector<std::string>> all;
    for (const FusedGroup& group : fusion.groups) {
      std::vector<std::string>& members = all.emplace_back();
      for (const std::size_t row : group.rows) members.push_back(complexity.operators[row].name);
    }
    return all;
  }
  Bytes saved(FusionRule rule) const { return fusion.saved[static_cast<std::size_t>(rule)]; }
};

Fused fused(Graph& graph, const Rules& on) {
  const Result<Shaped> shaped = shape_graph(graph, {});
  REQUIRE_MESSAGE(shaped, (shaped ? "" : render(shaped.diagnostics())));
  Result<Complexity> complexity = characterize(graph, shaped->order);
  REQUIRE(complexity);
  return {.fusion = fuse(graph, *complexity, on), .complexity = *std::move(complexity)};
}

using Groups = std::vector<std::vector<std::string>>;

constexpr std::int64_t map_bytes = 4 * 2 * 4 * 4;  // of 1x2x4x4 in fp32

TensorId batch_norm(Graph& graph, const std::string& name, TensorId x) {
  std::vector<TensorId> inputs = {x};
  for (const char* part : {".scale", ".bias", ".mean", ".var"})
    inputs.push_back(weight(graph, name + part, {2}));
  return apply(graph, name, "BatchNormalization", inputs);
}

// conv, batch norm, relu; its sum with the input; relu.
Graph residual() {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 2, 4, 4});
  const TensorId stem = keep(graph, "stem", x, 2);
  const TensorId bn = batch_norm(graph, "bn", keep(graph, "conv", stem, 2));
  const TensorId sum = apply(graph, "add", "Add", {bn, stem});
  graph.add_output(apply(graph, "relu", "Relu", {sum}));
  return graph;
}

TEST_CASE("without rules every operator is a kernel of its own") {
  Graph graph = residual();
  const Fused none = fused(graph, {});
  CHECK(none.names() == Groups{{"stem"}, {"conv"}, {"bn"}, {"add"}, {"relu"}});
  for (const Bytes saved : none.fusion.saved) CHECK(saved == Bytes());
}

TEST_CASE("conv + batch norm + add + relu: each rule lets its own operator in, up to the first that is off") {
  Graph graph = residual();
  CHECK(fused(graph, rules({FusionRule::fold_batch_norm})).names() ==
        Groups{{"stem"}, {"conv", "bn"}, {"add"}, {"relu"}});
  CHECK(fused(graph, rules({FusionRule::fold_batch_norm, FusionRule::product_add})).names() ==
        Groups{{"stem"}, {"conv", "bn", "add"}, {"relu"}});
  CHECK(fused(graph, rules({FusionRule::product_add, FusionRule::product_activation})).names() ==
        Groups{{"stem"}, {"conv"}, {"bn"}, {"add"}, {"relu"}});
  CHECK(fused(graph, rules({FusionRule::elementwise_chain})).names() ==
        Groups{{"stem"}, {"conv"}, {"bn"}, {"add", "relu"}});
}

TEST_CASE("... and what that saves: a tensor between two members is neither written nor read") {
  Graph graph = residual();
  const Fused all = fused(graph, every_rule());
  CHECK(all.names() == Groups{{"stem"}, {"conv", "bn", "add", "relu"}});
  CHECK(all.saved(FusionRule::fold_batch_norm) == 2 * map_bytes * byte);
  CHECK(all.saved(FusionRule::product_add) == 2 * map_bytes * byte);
  CHECK(all.saved(FusionRule::product_activation) == 2 * map_bytes * byte);
  CHECK(all.fusion.groups[1].let_in_by[0] == std::nullopt);
  CHECK(all.fusion.groups[1].let_in_by[2] == FusionRule::product_add);
}

TEST_CASE("SiLU, x times its sigmoid, joins a convolution whole or not at all") {
  Graph graph;
  const TensorId y = keep(graph, "conv", input(graph, "x", {1, 2, 4, 4}), 2);
  const TensorId s = apply(graph, "sigmoid", "Sigmoid", {y});
  graph.add_output(apply(graph, "mul", "Mul", {y, s}));
  const Fused silu = fused(graph, rules({FusionRule::product_activation}));
  CHECK(silu.names() == Groups{{"conv", "sigmoid", "mul"}});
  // The convolution's result: written once and read twice; the sigmoid's: written and read once.
  CHECK(silu.saved(FusionRule::product_activation) == 5 * map_bytes * byte);
  CHECK(fused(graph, rules({FusionRule::product_add})).names() == Groups{{"conv"}, {"sigmoid"}, {"mul"}});
}

TEST_CASE("... and is one kernel by itself where the runtime has it as one operator") {
  Graph graph;
  const TensorId y = keep(graph, "conv", input(graph, "x", {1, 2, 4, 4}), 2);
  const TensorId s = apply(graph, "sigmoid", "Sigmoid", {y});
  const TensorId other = apply(graph, "other", "Sigmoid", {apply(graph, "mul", "Mul", {y, s})});
  graph.add_output(
      apply(graph, "gate", "Mul", {y, other}));  // gates something else than what it was computed from
  CHECK(fused(graph, rules({FusionRule::gated_activation})).names() ==
        Groups{{"conv"}, {"sigmoid", "mul"}, {"other"}, {"gate"}});
}

TEST_CASE("a bias joins its product, the sum with a computed tensor does not") {
  Graph graph;
  const TensorId x = input(graph, "x", {3, 4});
  const TensorId y = apply(graph, "matmul", "MatMul", {x, weight(graph, "w", {4, 4})});
  const TensorId biased = apply(graph, "bias", "Add", {y, weight(graph, "b", {4})});
  graph.add_output(apply(graph, "sum", "Add", {biased, x}));
  CHECK(fused(graph, rules({FusionRule::product_bias})).names() == Groups{{"matmul", "bias"}, {"sum"}});
}

TEST_CASE("strided views move nothing, unless a reshape takes them in one piece") {
  Graph graph;
  const TensorId x = input(graph, "x", {2, 3, 4});
  Attributes perm;
  perm.set("perm", std::vector<std::int64_t>{0, 2, 1});
  const TensorId t = apply(graph, "transposed", "Transpose", {x}, perm);
  graph.add_output(apply(graph, "relu", "Relu", {t}));
  const TensorId u = apply(graph, "copied", "Transpose", {x}, perm);
  const TensorId flat = apply(graph, "flat", "Flatten", {u});
  graph.add_output(apply(graph, "tanh", "Tanh", {flat}));
  const Fused views = fused(graph, rules({FusionRule::strided_views}));
  CHECK(views.names() == Groups{{"relu"}, {"copied"}, {"tanh"}});
  CHECK(views.fusion.groups[0].reads == std::vector<TensorId>{x});
  CHECK(fused(graph, {}).names() == Groups{{"transposed"}, {"relu"}, {"copied"}, {"tanh"}});
}

TEST_CASE("a tensor that somebody else reads, or that the network gives away, ends a group") {
  Graph graph;
  const TensorId y = keep(graph, "conv", input(graph, "x", {1, 2, 4, 4}), 2);
  const TensorId r = apply(graph, "relu", "Relu", {y});
  graph.add_output(r);
  graph.add_output(keep(graph, "other", y, 2));
  CHECK(fused(graph, every_rule()).names() == Groups{{"conv"}, {"relu"}, {"other"}});
  Graph given;
  const TensorId z = keep(given, "conv", input(given, "x", {1, 2, 4, 4}), 2);
  given.add_output(z);
  given.add_output(apply(given, "relu", "Relu", {z}));
  CHECK(fused(given, every_rule()).names() == Groups{{"conv"}, {"relu"}});
}

TEST_CASE("attention is one kernel from the scores to the sum of values, or stays apart") {
  Graph graph;
  const TensorId q = input(graph, "q", {1, 2, 8, 4}), k = input(graph, "k", {1, 2, 4, 8}),
                 v = input(graph, "v", {1, 2, 8, 4}), scale = weight(graph, "scale", {1});
  const TensorId scores = apply(graph, "scores", "MatMul", {q, k});
  const TensorId scaled = apply(graph, "scaled", "Mul", {scores, scale});
  const TensorId shares = apply(graph, "softmax", "Softmax", {scaled});
  graph.add_output(apply(graph, "mix", "MatMul", {shares, v}));
  const Fused whole = fused(graph, rules({FusionRule::attention}));
  CHECK(whole.names() == Groups{{"scores", "scaled", "softmax", "mix"}});
  // Scores of 2 heads, 8 x 8, in fp32: three of them, each written and read.
  CHECK(whole.saved(FusionRule::attention) == 3 * 2 * (4 * 2 * 8 * 8) * byte);
  CHECK(fused(graph, {}).names().size() == 4);
}

// ---- oracle: which tensors cross between groups, straight from the graph

struct Crossing {
  std::set<std::pair<std::size_t, TensorId>> reads, writes;  // group and tensor
};

Crossing crossing(const Graph& graph, const Complexity& complexity, const Fusion& fusion) {
  constexpr std::size_t nowhere = ~std::size_t{0};
  std::vector<std::size_t> group_of(graph.operators().size(), nowhere);
  for (std::size_t g = 0; g < fusion.groups.size(); ++g) {
    for (const std::size_t row : fusion.groups[g].rows) group_of[complexity.operators[row].source] = g;
  }
  std::set<OperatorId> views;
  for (const OperatorComplexity& row : complexity.operators) {
    if (row.storage == Storage::view) views.insert(row.source);
  }
  const auto stored = [&](TensorId tensor) {
    while (graph.tensor(tensor).producer != none && views.contains(graph.tensor(tensor).producer))
      tensor = graph.op(graph.tensor(tensor).producer).inputs[0];
    return tensor;
  };
  Crossing all;
  const auto read_by = [&](TensorId tensor, std::size_t group) {
    const OperatorId producer = graph.tensor(tensor).producer;
    const std::size_t made_in = producer == none ? nowhere : group_of[producer];
    if (group == made_in) return;
    if (group != nowhere) all.reads.emplace(group, tensor);
    if (made_in != nowhere) all.writes.emplace(made_in, tensor);
  };
  for (OperatorId id = 0; id < graph.operators().size(); ++id) {
    if (views.contains(id)) continue;
    for (const TensorId tensor : graph.op(id).inputs) {
      if (tensor != none) read_by(stored(tensor), group_of[id]);
    }
  }
  for (const TensorId output : graph.outputs()) read_by(stored(output), nowhere);
  return all;
}

Bytes traffic(const Graph& graph, const Fusion& fusion) {
  Bytes total;
  for (const FusedGroup& group : fusion.groups) {
    for (const TensorId tensor : group.reads) total += bytes_of(graph.tensor(tensor).type);
    for (const TensorId tensor : group.writes) total += bytes_of(graph.tensor(tensor).type);
  }
  return total;
}

TEST_CASE("over networks: groups read and write exactly what crosses between them, and saved adds up") {
  for (const char* name : {"mobilenet_v3_small", "resnet18", "densenet121", "squeezenet1_1", "googlenet",
                           "efficientnet_b0", "shufflenet_v2_x1_0", "vit_b_32", "bert_tiny", "swin_t",
                           "convnext_tiny", "mobilevit_xxs", "gpt2", "regnet_y_400mf", "mlp"}) {
    CAPTURE(name);
    const ZooNetwork& network = zoo_network(name);
    Rules ahead_only = rules({FusionRule::fold_constants});
    const Fusion apart = fuse(network.graph, network.complexity, ahead_only);
    for (const Rules& on :
         {ahead_only, every_rule(), rules({FusionRule::fold_constants, FusionRule::product_activation}),
          rules({FusionRule::fold_constants, FusionRule::fold_batch_norm, FusionRule::product_activation,
                 FusionRule::product_add, FusionRule::elementwise_chain, FusionRule::normalization})}) {
      const Fusion fusion = fuse(network.graph, network.complexity, on);
      const Crossing expected = crossing(network.graph, network.complexity, fusion);
      Crossing found;
      std::size_t rows = 0;
      for (std::size_t g = 0; g < fusion.groups.size(); ++g) {
        for (const TensorId tensor : fusion.groups[g].reads) found.reads.emplace(g, tensor);
        for (const TensorId tensor : fusion.groups[g].writes) found.writes.emplace(g, tensor);
        rows += fusion.groups[g].rows.size();
      }
      CHECK(rows == apart.groups.size());
      CHECK(found.reads == expected.reads);
      CHECK(found.writes == expected.writes);
      Bytes saved;
      for (const Bytes bytes : fusion.saved) saved += bytes;
      // A tensor that two members read counts twice apart and once together: never less than what is named saved.
      CHECK(traffic(network.graph, apart) - traffic(network.graph, fusion) >= saved);
    }
  }
}

TEST_CASE("groups run in an order in which everything they read has been written") {
  for (const char* name : {"resnet18", "densenet121", "efficientnet_b0", "swin_t", "bert_tiny"}) {
    CAPTURE(name);
    const ZooNetwork& network = zoo_network(name);
    const Fusion fusion = fuse(network.graph, network.complexity, every_rule());
    std::set<TensorId> written, to_write;
    for (const FusedGroup& group : fusion.groups) to_write.insert(group.writes.begin(), group.writes.end());
    for (const FusedGroup& group : fusion.groups) {
      for (const TensorId tensor : group.reads)
        CHECK((!to_write.contains(tensor) || written.contains(tensor)));
      written.insert(group.writes.begin(), group.writes.end());
    }
  }
}

}  // namespace
}  // namespace chipcast
