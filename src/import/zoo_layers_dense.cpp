// Matrix products, embeddings, normalizations over features, and tensors that stand alone.
#include <fmt/format.h>

#include "import/zoo_layers.hpp"

namespace chipcast::zoo {
namespace {

using Kind = LayerParameter::Kind;

constexpr std::int64_t most_features = 1 << 24;

// Of a matrix a Gemm with weights as PyTorch stores them; of anything else a MatMul and an Add, as it is exported.
constexpr LayerParameter linear_parameters[] = {{"features", Kind::value, true}, {"bias"}};
void linear(Lowering& layer) {
  const std::int64_t features = layer.integer(0, 1, 1, most_features);
  const bool has_bias = layer.flag(1, true);
  const std::int64_t inputs = layer.extent(-1);
  if (layer.failed()) return;
  if (layer.rank() == 2) {
    Attributes attributes;
    attributes.set("transB", std::int64_t{1});
    std::vector<TensorId> operands = {layer.current(), layer.weight("weight", {features, inputs})};
    if (has_bias) operands.push_back(layer.weight("bias", {features}));
    return layer.yield(layer.op("Gemm", std::move(attributes), std::move(operands)));
  }
  TensorId result = layer.op("MatMul", {}, {layer.current(), layer.weight("weight", {inputs, features})});
  if (has_bias) result = layer.op("Add", {}, {result, layer.weight("bias", {features})});
  layer.yield(result);
}

constexpr LayerParameter matmul_parameters[] = {{"a", Kind::tensor, true}, {"b", Kind::tensor, true}};
void matmul(Lowering& layer) {
  layer.yield(layer.op("MatMul", {}, {layer.tensors(0)[0], layer.tensors(1)[0]}));
}

constexpr LayerParameter embedding_parameters[] = {{"rows", Kind::value, true},
                                                   {"features", Kind::value, true}};
void embedding(Lowering& layer) {
  const Shape table = {layer.integer(0, 1, 1, most_features), layer.integer(1, 1, 1, most_features)};
  layer.yield(layer.op("Gather", {}, {layer.weight("weight", table), layer.current()}));
}

// Over the last `axes` dimensions.
constexpr LayerParameter layer_norm_parameters[] = {{"axes"}};
void layer_norm(Lowering& layer) {
  const std::int64_t axes = layer.integer(0, 1, 1, layer.rank());
  Shape features;
  for (std::int64_t axis = layer.rank() - axes; axis < layer.rank(); ++axis)
    features.push_back(layer.extent(axis));
  Attributes attributes;
  attributes.set("axis", -axes);
  const TensorId scale = layer.weight("weight", features);
  const TensorId shift = layer.weight("bias", features);
  layer.yield(layer.op("LayerNormalization", std::move(attributes), {layer.current(), scale, shift}));
}

// Over the channels of a group and all that lies behind them; 1 group is what MetaFormers use for images.
constexpr LayerParameter group_norm_parameters[] = {{"groups"}};
void group_norm(Lowering& layer) {
  const std::int64_t channels = layer.extent(1);
  Attributes attributes;
  attributes.set("num_groups", layer.integer(0, 1, 1, channels));
  const TensorId scale = layer.weight("weight", {channels});
  const TensorId shift = layer.weight("bias", {channels});
  layer.yield(layer.op("GroupNormalization", std::move(attributes), {layer.current(), scale, shift}));
}

// A trained tensor that is no layer's weight: a class token, a position embedding, a layer scale.
constexpr LayerParameter weight_parameters[] = {{"shape", Kind::value, true}};
void weight(Lowering& layer) { layer.yield(layer.weight("", Shape(layer.list(0)))); }

// A table that is computed once and not trained: a mask, indices.
constexpr LayerParameter buffer_parameters[] = {{"shape", Kind::value, true}, {"dtype"}};
void buffer(Lowering& layer) {
  const std::string dtype = layer.text(1, "float32");
  const std::optional<DType> type = dtype_named(dtype);
  if (!type) return layer.fail(fmt::format("'{}' is not an element type", dtype));
  layer.yield(layer.buffer("", *type, Shape(layer.list(0))));
}

constexpr LayerParameter gather_parameters[] = {
    {"table", Kind::tensor, true}, {"indices", Kind::tensor, true}, {"axis"}};
void gather(Lowering& layer) {
  Attributes attributes;
  attributes.set("axis", layer.integer(2, 0, -8, 8));
  layer.yield(layer.op("Gather", std::move(attributes), {layer.tensors(0)[0], layer.tensors(1)[0]}));
}

constexpr Layer layers[] = {
    {"linear", linear_parameters, linear},
    {"matmul", matmul_parameters, matmul},
    {"embedding", embedding_parameters, embedding},
    {"layer_norm", layer_norm_parameters, layer_norm},
    {"weight", weight_parameters, weight},
    {"buffer", buffer_parameters, buffer},
    {"group_norm", group_norm_parameters, group_norm},
    {"gather", gather_parameters, gather},
};

}  // namespace

std::span<const Layer> dense_layers() { return layers; }

}  // namespace chipcast::zoo
