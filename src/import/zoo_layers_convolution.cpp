// Convolutions, poolings and batch normalization. Weights are called as PyTorch calls them.
#include <fmt/format.h>

#include "import/zoo_layers.hpp"

namespace chipcast::zoo {
namespace {

using Kind = LayerParameter::Kind;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t most_channels = 1 << 24;
constexpr std::int64_t largest_window = 1 << 16;

// 'same' pads as TensorFlow does, so that output = ceil(input / stride); an integer or a list pads both ends alike.
void set_padding(Lowering& layer, Attributes& attributes, std::size_t index, Integers symmetric) {
  if (layer.is_text(index)) {
    if (layer.text(index, "") != "same") layer.fail("'pad' is an integer, a list or 'same'");
    attributes.set("auto_pad", std::string("SAME_UPPER"));
    return;
  }
  const std::size_t axes = symmetric.size();
  Integers pads = layer.integers(index, std::move(symmetric), axes, 0, largest_window);
  pads.insert(pads.end(), pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  attributes.set("pads", std::move(pads));
}

struct ConvolutionArguments {
  std::int64_t filters, groups;
  std::size_t kernel, stride, pad, dilation, bias;
  std::string weights;  // of whom; empty: its own
};

void convolve(Lowering& layer, const ConvolutionArguments& at) {
  if (!layer.expect_rank(3, 5)) return;
  const auto axes = static_cast<std::size_t>(layer.rank() - 2);
  const Integers kernel = layer.integers(at.kernel, Integers(axes, 1), axes, 1, largest_window);
  const Integers stride = layer.integers(at.stride, Integers(axes, 1), axes, 1, largest_window);
  const Integers dilation = layer.integers(at.dilation, Integers(axes, 1), axes, 1, largest_window);
  const std::int64_t channels = layer.extent(1);
  if (at.groups < 1 || channels % at.groups != 0 || at.filters % at.groups != 0) {
    return layer.fail(
        fmt::format("{} channels to {} do not divide into {} groups", channels, at.filters, at.groups));
  }
  Attributes attributes;
  attributes.set("kernel_shape", kernel);
  attributes.set("strides", stride);
  attributes.set("dilations", dilation);
  attributes.set("group", at.groups);
  Integers centred;
  for (std::size_t i = 0; i < axes; ++i) centred.push_back((kernel[i] - 1) / 2 * dilation[i]);
  set_padding(layer, attributes, at.pad, std::move(centred));
  Shape weight = {at.filters, channels / at.groups};
  for (const std::int64_t extent : kernel) weight.push_back(extent);
  const auto trained = [&](std::string_view suffix, Shape of) {
    return at.weights.empty() ? layer.weight(suffix, std::move(of))
                              : layer.shared_weight(at.weights, suffix, std::move(of));
  };
  std::vector<TensorId> inputs = {layer.current(), trained("weight", std::move(weight))};
  if (layer.flag(at.bias, false)) inputs.push_back(trained("bias", {at.filters}));
  layer.yield(layer.op("Conv", std::move(attributes), std::move(inputs)));
}

constexpr LayerParameter conv_parameters[] = {{"filters", Kind::value, true},
                                              {"kernel"},
                                              {"stride"},
                                              {"pad"},
                                              {"groups"},
                                              {"dilation"},
                                              {"bias"},
                                              {"weights"}};
void conv(Lowering& layer) {
  convolve(layer, {.filters = layer.integer(0, 1, 1, most_channels),
                   .groups = layer.integer(4, 1, 1, most_channels),
                   .kernel = 1,
                   .stride = 2,
                   .pad = 3,
                   .dilation = 5,
                   .bias = 6,
                   .weights = layer.text(7, "")});
}

constexpr LayerParameter depthwise_parameters[] = {
    {"kernel", Kind::value, true}, {"stride"}, {"pad"}, {"dilation"}, {"bias"}, {"multiplier"}};
void depthwise(Lowering& layer) {
  if (!layer.expect_rank(3, 5)) return;
  const std::int64_t channels = layer.extent(1);
  convolve(layer, {.filters = channels * layer.integer(5, 1, 1, largest_window),
                   .groups = channels,
                   .kernel = 0,
                   .stride = 1,
                   .pad = 2,
                   .dilation = 3,
                   .bias = 4,
                   .weights = {}});
}

// As PyTorch's ConvTranspose2d: the output is (input - 1) * stride - 2 * pad + kernel wide.
constexpr LayerParameter conv_transpose_parameters[] = {
    {"filters", Kind::value, true}, {"kernel", Kind::value, true}, {"stride"}, {"pad"}, {"bias"}};
void conv_transpose(Lowering& layer) {
  if (!layer.expect_rank(3, 5)) return;
  const auto axes = static_cast<std::size_t>(layer.rank() - 2);
  const std::int64_t filters = layer.integer(0, 1, 1, most_channels);
  const Integers kernel = layer.integers(1, Integers(axes, 1), axes, 1, largest_window);
  Attributes attributes;
  attributes.set("kernel_shape", kernel);
  attributes.set("strides", layer.integers(2, Integers(axes, 1), axes, 1, largest_window));
  set_padding(layer, attributes, 3, Integers(axes, 0));
  Shape weight = {layer.extent(1), filters};
  for (const std::int64_t extent : kernel) weight.push_back(extent);
  std::vector<TensorId> inputs = {layer.current(), layer.weight("weight", std::move(weight))};
  if (layer.flag(4, false)) inputs.push_back(layer.weight("bias", {filters}));
  layer.yield(layer.op("ConvTranspose", std::move(attributes), std::move(inputs)));
}

// Scale and shift are trained; the running statistics are folded away with them.
void bn(Lowering& layer) {
  if (!layer.expect_rank(2, 5)) return;
  const std::int64_t channels = layer.extent(1);
  const TensorId scale = layer.weight("weight", {channels});
  const TensorId shift = layer.weight("bias", {channels});
  const TensorId mean = layer.buffer("running_mean", DType::float32, {channels});
  const TensorId variance = layer.buffer("running_var", DType::float32, {channels});
  layer.yield(layer.op("BatchNormalization", {}, {layer.current(), scale, shift, mean, variance}));
}

constexpr LayerParameter pool_parameters[] = {
    {"kernel", Kind::value, true}, {"stride"}, {"pad"}, {"ceil"}, {"count_padding"}};
void pool(Lowering& layer, std::string_view kind) {
  if (!layer.expect_rank(3, 5)) return;
  const auto axes = static_cast<std::size_t>(layer.rank() - 2);
  const Integers kernel = layer.integers(0, Integers(axes, 1), axes, 1, largest_window);
  Attributes attributes;
  attributes.set("kernel_shape", kernel);
  attributes.set("strides", layer.integers(1, kernel, axes, 1, largest_window));
  set_padding(layer, attributes, 2, Integers(axes, 0));
  attributes.set("ceil_mode", std::int64_t{layer.flag(3, false)});
  if (kind == "AveragePool") attributes.set("count_include_pad", std::int64_t{layer.flag(4, true)});
  layer.yield(layer.op(kind, std::move(attributes), {layer.current()}));
}
void max_pool(Lowering& layer) { pool(layer, "MaxPool"); }
void avg_pool(Lowering& layer) { pool(layer, "AveragePool"); }

void global_avg_pool(Lowering& layer) { layer.yield(layer.op("GlobalAveragePool", {}, {layer.current()})); }

// To a fixed extent: windows of one size as even as they can be. ONNX has no adaptive pooling, and exporters do the same.
constexpr LayerParameter adaptive_parameters[] = {{"extent", Kind::value, true}};
void adaptive_avg_pool(Lowering& layer) {
  if (!layer.expect_rank(3, 5)) return;
  const auto axes = static_cast<std::size_t>(layer.rank() - 2);
  const Integers extent = layer.integers(0, Integers(axes, 1), axes, 1, largest_window);
  Integers kernel, stride;
  bool changes = false;
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t have = layer.extent(static_cast<std::int64_t>(i) + 2);
    if (have < extent[i]) {
      return layer.fail(
          fmt::format("the image has shrunk to {}, below the {} that are pooled here: raise the resolution",
                      have, extent[i]));
    }
    stride.push_back(have / extent[i]);
    kernel.push_back(have - (extent[i] - 1) * stride.back());
    changes = changes || have != extent[i];
  }
  if (!changes) return layer.yield(layer.current());
  Attributes attributes;
  attributes.set("kernel_shape", kernel);
  attributes.set("strides", stride);
  layer.yield(layer.op("AveragePool", std::move(attributes), {layer.current()}));
}

constexpr Layer layers[] = {
    {"conv", conv_parameters, conv},
    {"depthwise", depthwise_parameters, depthwise},
    {"conv_transpose", conv_transpose_parameters, conv_transpose},
    {"bn", {}, bn},
    {"max_pool", pool_parameters, max_pool},
    {"avg_pool", pool_parameters, avg_pool},
    {"global_avg_pool", {}, global_avg_pool},
    {"adaptive_avg_pool", adaptive_parameters, adaptive_avg_pool},
};

}  // namespace

std::span<const Layer> convolution_layers() { return layers; }

}  // namespace chipcast::zoo
