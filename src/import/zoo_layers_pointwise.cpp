// Activations, elementwise arithmetic and reductions.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "import/zoo_layers.hpp"

namespace chipcast::zoo {
namespace {

using Kind = LayerParameter::Kind;

// ---- of one tensor

template <const char* Name>
void unary(Lowering& layer) {
  layer.yield(layer.op(Name, {}, {layer.current()}));
}
constexpr char relu_name[] = "Relu", sigmoid_name[] = "Sigmoid", tanh_name[] = "Tanh", gelu_name[] = "Gelu",
               hard_swish_name[] = "HardSwish", exp_name[] = "Exp", sqrt_name[] = "Sqrt", erf_name[] = "Erf";

void leaky_relu(Lowering& layer) {  // of Darknet's slope
  Attributes attributes;
  attributes.set("alpha", 0.1);
  layer.yield(layer.op("LeakyRelu", std::move(attributes), {layer.current()}));
}
void relu6(Lowering& layer) {
  const TensorId least = layer.real_constant("min", 0);
  const TensorId most = layer.real_constant("max", 6);
  layer.yield(layer.op("Clip", {}, {layer.current(), least, most}));
}
void hard_sigmoid(Lowering& layer) {
  Attributes attributes;
  attributes.set("alpha", 1.0 / 6);
  layer.yield(layer.op("HardSigmoid", std::move(attributes), {layer.current()}));
}
// ONNX has no SiLU: exporters write it as two operators.
void silu(Lowering& layer) {
  const TensorId gate = layer.op("Sigmoid", {}, {layer.current()});
  layer.yield(layer.op("Mul", {}, {layer.current(), gate}));
}
void gelu_tanh(Lowering& layer) {
  Attributes attributes;
  attributes.set("approximate", std::string("tanh"));
  layer.yield(layer.op("Gelu", std::move(attributes), {layer.current()}));
}
void identity(Lowering& layer) { layer.yield(layer.current()); }

constexpr LayerParameter softmax_parameters[] = {{"axis"}};
void softmax(Lowering& layer) {
  Attributes attributes;
  attributes.set("axis", layer.axis(0, -1));
  layer.yield(layer.op("Softmax", std::move(attributes), {layer.current()}));
}

struct Activation {
  std::string_view name;
  void (*lower)(Lowering& layer);
};
constexpr std::array activations = {
    Activation{"relu", unary<relu_name>},
    Activation{"relu6", relu6},
    Activation{"leaky_relu", leaky_relu},
    Activation{"hard_swish", unary<hard_swish_name>},
    Activation{"hard_sigmoid", hard_sigmoid},
    Activation{"silu", silu},
    Activation{"gelu", unary<gelu_name>},
    Activation{"gelu_tanh", gelu_tanh},
    Activation{"sigmoid", unary<sigmoid_name>},
    Activation{"tanh", unary<tanh_name>},
    Activation{"none", identity},
};

constexpr LayerParameter activation_parameters[] = {{"kind", Kind::value, true}};
void activation(Lowering& layer) {
  const std::string kind = layer.text(0, "relu");
  const auto found = std::ranges::find(activations, kind, &Activation::name);
  if (found != activations.end()) return found->lower(layer);
  std::vector<std::string> names;
  names.reserve(activations.size());
  for (const Activation& known : activations) names.emplace_back(known.name);
  const std::string suggestion = suggest(kind, names);
  layer.fail(
      fmt::format("no activation is called '{}'{}", kind, suggestion.empty() ? "" : "; " + suggestion));
}

// ---- of two

constexpr LayerParameter binary_parameters[] = {{"a", Kind::tensor, true}, {"b", Kind::tensor, true}};
template <const char* Name>
void binary(Lowering& layer) {
  layer.yield(layer.op(Name, {}, {layer.tensors(0)[0], layer.tensors(1)[0]}));
}
constexpr char add_name[] = "Add", sub_name[] = "Sub", mul_name[] = "Mul", div_name[] = "Div";

constexpr LayerParameter factor_parameters[] = {{"factor", Kind::value, true}};
void scale(Lowering& layer) {
  const TensorId factor = layer.real_constant("factor", layer.real(0, 1));
  layer.yield(layer.op("Mul", {}, {layer.current(), factor}));
}

// ---- reductions

constexpr LayerParameter reduce_parameters[] = {{"axes", Kind::value, true}, {"keep"}};
template <const char* Name>
void reduce(Lowering& layer) {
  const TensorId axes = layer.integers_constant("axes", layer.list(0));
  Attributes attributes;
  attributes.set("keepdims", std::int64_t{layer.flag(1, false)});
  layer.yield(layer.op(Name, std::move(attributes), {layer.current(), axes}));
}
constexpr char mean_name[] = "ReduceMean", sum_name[] = "ReduceSum", l2_name[] = "ReduceL2";

constexpr Layer layers[] = {
    {"relu", {}, unary<relu_name>},
    {"relu6", {}, relu6},
    {"leaky_relu", {}, leaky_relu},
    {"hard_swish", {}, unary<hard_swish_name>},
    {"hard_sigmoid", {}, hard_sigmoid},
    {"silu", {}, silu},
    {"gelu", {}, unary<gelu_name>},
    {"gelu_tanh", {}, gelu_tanh},
    {"sigmoid", {}, unary<sigmoid_name>},
    {"tanh", {}, unary<tanh_name>},
    {"exp", {}, unary<exp_name>},
    {"sqrt", {}, unary<sqrt_name>},
    {"erf", {}, unary<erf_name>},
    {"identity", {}, identity},
    {"activation", activation_parameters, activation},
    {"softmax", softmax_parameters, softmax},
    {"add", binary_parameters, binary<add_name>},
    {"sub", binary_parameters, binary<sub_name>},
    {"mul", binary_parameters, binary<mul_name>},
    {"div", binary_parameters, binary<div_name>},
    {"scale", factor_parameters, scale},
    {"mean", reduce_parameters, reduce<mean_name>},
    {"sum", reduce_parameters, reduce<sum_name>},
    {"l2_norm", reduce_parameters, reduce<l2_name>},
};

}  // namespace

std::span<const Layer> pointwise_layers() { return layers; }

}  // namespace chipcast::zoo
