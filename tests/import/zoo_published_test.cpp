// Every network of the zoo against what others publish of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/zoo.hpp"

namespace chipcast {
namespace {

const Zoo& shipped() {
  static const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
  REQUIRE(zoo);
  return *zoo;
}

Complexity complexity_of(const std::string& model) {
  Result<Graph> graph = build_zoo_model(shipped(), model);
  REQUIRE_MESSAGE(graph, (graph ? std::string() : render(graph.diagnostics())));
  const Result<Shaped> shaped = shape_graph(*graph, {});
  REQUIRE_MESSAGE(shaped, (shaped ? std::string() : render(shaped.diagnostics())));
  Result<Complexity> complexity = characterize(*graph, shaped->order);
  REQUIRE(complexity);
  return *std::move(complexity);
}

struct Published {
  std::string model, parameters, gmacs, source;
};

std::vector<Published> published() {
  std::ifstream file(CHIPCAST_SOURCE_DIR "/tests/import/data/published.csv");
  std::vector<Published> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("model,")) continue;
    Published row;
    std::string* const fields[] = {&row.model, &row.parameters, &row.gmacs};
    for (std::string* field : fields) {
      *field = line.substr(0, line.find(','));
      line.erase(0, field->size() + 1);
    }
    row.source = line;
    rows.push_back(row);
  }
  return rows;
}

// "6.807Mb" was counted by convention b, "6.807M" as we count.
struct Figure {
  std::string printed;
  char convention = ' ';
};

Figure figure_of(std::string field, std::string_view conventions) {
  if (field.empty() || conventions.find(field.back()) == std::string_view::npos) return {std::move(field)};
  const char convention = field.back();
  field.pop_back();
  return {std::move(field), convention};
}

// Whether `value` is what "4.089" says, to the digits that are printed.
bool agrees(double value, const std::string& printed) {
  const std::size_t point = printed.find('.');
  const int digits = point == std::string::npos ? 0 : static_cast<int>(printed.size() - point - 1);
  return std::abs(value - std::stod(printed)) <= 0.5 * std::pow(10.0, -digits) * (1 + 1e-9);
}

// timm counts with fvcore, which adds to the MACs two for an element that batch normalization reads, and five for one that
// layer or group normalization reads.
double fvcore_count(const Complexity& complexity) {
  std::int64_t normalized = 0;
  for (const OperatorComplexity& op : complexity.operators) {
    if (op.kind == "BatchNormalization") normalized += 2 * op.input_shapes[0].elements();
    if (op.kind == "LayerNormalization" || op.kind == "GroupNormalization")
      normalized += 5 * op.input_shapes[0].elements();
  }
  return in(complexity.macs, mac) + static_cast<double>(normalized);
}

std::int64_t normalized_channels(const Complexity& complexity) {
  std::int64_t channels = 0;
  for (const OperatorComplexity& op : complexity.operators) {
    if (op.kind == "BatchNormalization") channels += op.input_shapes[1].elements();
  }
  return channels;
}

// Converters that fold batch normalization leave a bias of its scale and shift; Keras counts running statistics too.
std::int64_t parameters_counted_as(char convention, const Complexity& complexity) {
  if (convention == 'b') return complexity.parameters - normalized_channels(complexity);
  if (convention == 's') return complexity.parameters + 2 * normalized_channels(complexity);
  return complexity.parameters;
}

bool parameters_agree(std::int64_t parameters, const std::string& printed) {
  if (printed.empty()) return true;
  if (printed.ends_with('M')) {
    return agrees(static_cast<double>(parameters) / 1e6, printed.substr(0, printed.size() - 1));
  }
  return parameters == std::stoll(printed);
}

// Of encoders and decoders alike: four projections, two dense layers, scores and weighted sums.
std::int64_t transformer_macs(std::int64_t layers, std::int64_t s, std::int64_t h, std::int64_t feedforward) {
  return layers * (4 * s * h * h + 2 * s * h * feedforward + 2 * s * s * h);
}

std::int64_t macs_of(const std::string& model) { return count_of(complexity_of(model).macs); }

}  // namespace

TEST_CASE("parameters and MACs are the published ones, network by network") {
  const std::vector<Published> rows = published();
  CHECK(rows.size() >= 110);
  for (const Published& row : rows) {
    CAPTURE(row.model);
    CAPTURE(row.source);
    const Complexity complexity = complexity_of(row.model);
    const Figure parameters = figure_of(row.parameters, "bs");
    const std::int64_t counted = parameters_counted_as(parameters.convention, complexity);
    CHECK_MESSAGE(parameters_agree(counted, parameters.printed),
                  counted << " parameters, published " << row.parameters);
    const Figure gmacs = figure_of(row.gmacs, "f");
    const double counted_gmacs =
        (gmacs.convention == 'f' ? fvcore_count(complexity) : in(complexity.macs, mac)) / 1e9;
    if (!gmacs.printed.empty())
      CHECK_MESSAGE(agrees(counted_gmacs, gmacs.printed), counted_gmacs << " GMACs, published " << row.gmacs);
    CHECK(row.source.size() > 2);
  }
}

TEST_CASE("every network of the zoo is shaped and counted, and all but the micro networks are in the table") {
  std::set<std::string> in_table;
  for (const Published& row : published()) in_table.insert(row.model);
  const std::set<std::string> micro = {
      "mlp", "mlp_wide", "conv_stack", "residual_block", "separable_stack", "matmul", "linear", "vector_add"};
  const std::vector<std::string> names = shipped().names();
  CHECK(names.size() >= 110);
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(complexity_of(name).flops > 0 * flop);
    CHECK((in_table.contains(name) || micro.contains(name)));
  }
}

TEST_CASE("every operator of the zoo is of use: its result is read, or is the network's") {
  for (const std::string& name : shipped().names()) {
    const Result<Graph> graph = build_zoo_model(shipped(), name);
    REQUIRE(graph);
    std::set<TensorId> used(graph->outputs().begin(), graph->outputs().end());
    for (const Operator& op : graph->operators()) used.insert(op.inputs.begin(), op.inputs.end());
    for (const Operator& op : graph->operators()) {
      for (const TensorId output : op.outputs) {
        CAPTURE(name);
        CAPTURE(op.name);
        CHECK(used.contains(output));
      }
    }
  }
}

TEST_CASE("with 100 classes the sizes are those of exported files, within 1.5%") {
  const std::pair<const char*, double> measured[] = {
      // Megabytes of the .onnx files that exports of these networks take.
      {"resnet152?classes=100", 233.2},
      {"efficientnet_b2?classes=100", 31.3},
      {"mobilenet_v2?classes=100", 9.4},
      {"shufflenet_v2_x1_0?classes=100", 5.5},
  };
  for (const auto& row : measured) {
    const std::string model = row.first;
    const double megabytes = row.second;
    CAPTURE(model);
    const Complexity complexity = complexity_of(model);
    CHECK(in(complexity.model_bytes, megabyte) == doctest::Approx(megabytes).epsilon(0.015));
    CHECK(complexity.model_bytes == 4 * complexity.parameters * byte);  // float32, nothing else is stored
  }
}

TEST_CASE("transformers of text cost what their layers' sizes say") {
  // The pooler is one more dense layer on one token.
  CHECK(macs_of("bert_base") == transformer_macs(12, 128, 768, 3072) + 768 * 768);
  CHECK(macs_of("bert_base?sequence=384") == transformer_macs(12, 384, 768, 3072) + 768 * 768);
  // The start and the end of an answer are scored at every token.
  CHECK(macs_of("bert_large_squad") == transformer_macs(24, 384, 1024, 4096) + 384 * 1024 * 2);
  CHECK(macs_of("bert_tiny") == transformer_macs(2, 128, 128, 512) + 128 * 128);
  CHECK(macs_of("distilbert") == transformer_macs(6, 128, 768, 3072));
  CHECK(macs_of("tinybert") == transformer_macs(4, 128, 312, 1200) + 312 * 312);
  // Every position is scored against the vocabulary.
  CHECK(macs_of("gpt2") == transformer_macs(12, 1024, 768, 3072) + std::int64_t{1024} * 768 * 50257);
  CHECK(macs_of("gptj_6b?sequence=128") ==
        transformer_macs(28, 128, 4096, 16384) + std::int64_t{128} * 4096 * 50400);
  CHECK(macs_of("gpt2?sequence=1") == transformer_macs(12, 1, 768, 3072) + std::int64_t{768} * 50257);
}

TEST_CASE("micro networks cost what their sizes say") {
  CHECK(macs_of("mlp") == 784 * 256 + 256 * 256 + 256 * 10);
  CHECK(macs_of("mlp?features=10,width=20,depth=1,classes=5,batch=3") == 3 * (10 * 20 + 20 * 5));
  CHECK(macs_of("mlp?depth=0") == 784 * 10);
  CHECK(macs_of("conv_stack") == 4 * (56 * 56 * 64) * (64 * 3 * 3));
  CHECK(macs_of("residual_block?resolution=7") == 2 * (7 * 7 * 64) * (64 * 3 * 3));
  CHECK(macs_of("separable_stack?depth=1") == 56 * 56 * (64 * 9 + 64 * 64));
  CHECK(macs_of("matmul?m=2,k=3,n=5") == 2 * 3 * 5);
  CHECK(macs_of("linear?m=2,k=3,n=5") == 2 * 3 * 5);
  CHECK(complexity_of("matmul?m=2,k=3,n=5").parameters == 0);
  CHECK(complexity_of("linear?m=2,k=3,n=5").parameters == (3 + 1) * 5);
  CHECK(complexity_of("vector_add?size=7,rows=2").flops == 14 * flop);
}

TEST_CASE("a batch multiplies the work and leaves the parameters") {
  for (const std::string& model : shipped().names()) {
    CAPTURE(model);
    const Complexity one = complexity_of(model);
    const Complexity eight = complexity_of(model + "?batch=8");
    CHECK(eight.parameters == one.parameters);
    // The position bias of swin_v2 is computed once, whatever the batch: less than 1% of the work.
    CHECK(in(eight.macs, mac) == doctest::Approx(8 * in(one.macs, mac)).epsilon(0.01));
  }
}

TEST_CASE("classes and resolution change what they should") {
  // The classifier of ResNet-18 reads 512 features.
  CHECK(complexity_of("resnet18?classes=10").parameters == 11'689'512 - 990 * (512 + 1));
  CHECK(complexity_of("resnet18?resolution=448").parameters == 11'689'512);
  CHECK(macs_of("vgg11?resolution=448") > 3 * macs_of("vgg11"));
  for (const std::string& name : shipped().names()) {
    const bool is_image = name.find("bert") == std::string::npos && !name.starts_with("gpt") &&
                          !name.starts_with("mlp") && name != "dscnn_kws" && name != "autoencoder_toycar";
    if (!is_image || name.find("stack") != std::string::npos || name == "residual_block") continue;
    if (name == "matmul" || name == "linear" || name == "vector_add") continue;
    CAPTURE(name);
    CHECK(complexity_of(name + "?resolution=512,classes=7").macs > 0 * mac);
  }
}

}  // namespace chipcast
