// What only moves or renames elements.
#include <fmt/format.h>

#include <algorithm>

#include "import/zoo_layers.hpp"

namespace chipcast::zoo {
namespace {

using Kind = LayerParameter::Kind;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t far = std::int64_t{1} << 40;

constexpr LayerParameter flatten_parameters[] = {{"axis"}};
void flatten(Lowering& layer) {
  Attributes attributes;
  attributes.set("axis", layer.integer(0, 1, 0, layer.rank()));
  layer.yield(layer.op("Flatten", std::move(attributes), {layer.current()}));
}

constexpr LayerParameter shape_parameters[] = {{"shape", Kind::value, true}};
template <const char* Name>
void shaped(Lowering& layer) {
  const TensorId shape = layer.integers_constant("shape", layer.list(0));
  layer.yield(layer.op(Name, {}, {layer.current(), shape}));
}
constexpr char reshape_name[] = "Reshape", expand_name[] = "Expand";

constexpr LayerParameter transpose_parameters[] = {{"order", Kind::value, true}};
void transpose(Lowering& layer) {
  Attributes attributes;
  attributes.set("perm", layer.list(0));
  layer.yield(layer.op("Transpose", std::move(attributes), {layer.current()}));
}

constexpr LayerParameter axes_parameters[] = {{"axes", Kind::value, true}};
template <const char* Name>
void along_axes(Lowering& layer) {
  const TensorId axes = layer.integers_constant("axes", layer.list(0));
  layer.yield(layer.op(Name, {}, {layer.current(), axes}));
}
constexpr char squeeze_name[] = "Squeeze", unsqueeze_name[] = "Unsqueeze";

constexpr LayerParameter concat_parameters[] = {{"tensors", Kind::tensors, true}, {"axis"}};
void concat(Lowering& layer) {
  Attributes attributes;
  attributes.set("axis", layer.integer(1, 1, -8, 8));
  layer.yield(layer.op("Concat", std::move(attributes), layer.tensors(0)));
}

TensorId slice_of(Lowering& layer, TensorId from, std::int64_t axis, std::int64_t begin, std::int64_t end,
                  std::int64_t step) {
  return layer.op("Slice", {},
                  {from, layer.integers_constant("starts", {begin}), layer.integers_constant("ends", {end}),
                   layer.integers_constant("axes", {axis}), layer.integers_constant("steps", {step})});
}

constexpr LayerParameter slice_parameters[] = {
    {"axis", Kind::value, true}, {"begin", Kind::value, true}, {"end"}, {"step"}};
void slice(Lowering& layer) {
  layer.yield(slice_of(layer, layer.current(), layer.axis(0, 0), layer.integer(1, 0, -far, far),
                       layer.integer(2, far, -far, far), layer.integer(3, 1, 1, far)));
}

// Into as many parts as the step has names: equal ones, or of the sizes given.
constexpr LayerParameter split_parameters[] = {{"axis"}, {"sizes"}};
void split(Lowering& layer) {
  const std::int64_t axis = layer.axis(0, 1);
  const auto parts = static_cast<std::int64_t>(layer.wanted_outputs());
  Integers sizes;
  if (layer.has(1)) {
    sizes = layer.list(1);
  } else {
    const std::int64_t extent = layer.extent(axis);
    if (extent % parts != 0)
      return layer.fail(fmt::format("{} do not split into {} equal parts", extent, parts));
    sizes.assign(static_cast<std::size_t>(parts), extent / parts);
  }
  if (static_cast<std::int64_t>(sizes.size()) != parts)
    return layer.fail("as many sizes as names are wanted");
  Attributes attributes;
  attributes.set("axis", axis);
  const TensorId split_sizes = layer.integers_constant("split", sizes);
  layer.yield(layer.op_many("Split", std::move(attributes), {layer.current(), split_sizes}, sizes.size()));
}

// Rotates along axes, as torch.roll: two slices and a concatenation each.
constexpr LayerParameter roll_parameters[] = {{"axes", Kind::value, true}, {"shift", Kind::value, true}};
void roll(Lowering& layer) {
  TensorId rolled = layer.current();
  for (const std::int64_t axis : layer.list(0)) {
    const std::int64_t extent = layer.extent(axis);
    const std::int64_t shift = layer.integer(1, 0, -far, far) % extent;
    if (shift == 0 || layer.failed()) continue;
    const std::int64_t cut = shift > 0 ? extent - shift : -shift;
    const TensorId head = slice_of(layer, rolled, axis, 0, cut, 1);
    const TensorId tail = slice_of(layer, rolled, axis, cut, extent, 1);
    Attributes attributes;
    attributes.set("axis", axis);
    rolled = layer.op("Concat", std::move(attributes), {tail, head});
  }
  layer.yield(rolled);
}

// An image repeated `factor` times along each of its axes: every point becomes a square.
constexpr LayerParameter upsample_parameters[] = {{"factor", Kind::value, true}};
void upsample(Lowering& layer) {
  if (!layer.expect_rank(3, 5)) return;
  const std::int64_t factor = layer.integer(0, 2, 1, 1024);
  Integers sizes;
  for (std::int64_t axis = 0; axis < layer.rank(); ++axis)
    sizes.push_back(axis < 2 ? layer.extent(axis) : layer.extent(axis) * factor);
  Attributes attributes;
  attributes.set("mode", std::string("nearest"));
  layer.yield(layer.op("Resize", std::move(attributes),
                       {layer.current(), none, none, layer.integers_constant("sizes", sizes)}));
}

// Zeros behind the elements: how many along each axis.
constexpr LayerParameter pad_parameters[] = {{"before", Kind::value, true}, {"after", Kind::value, true}};
void pad(Lowering& layer) {
  Integers pads = layer.list(0);
  const Integers after = layer.list(1);
  pads.insert(pads.end(), after.begin(), after.end());
  if (std::ranges::all_of(pads, [](std::int64_t p) { return p == 0; })) return layer.yield(layer.current());
  layer.yield(layer.op("Pad", {}, {layer.current(), layer.integers_constant("pads", pads)}));
}

constexpr Layer layers[] = {
    {"flatten", flatten_parameters, flatten},
    {"reshape", shape_parameters, shaped<reshape_name>},
    {"expand", shape_parameters, shaped<expand_name>},
    {"transpose", transpose_parameters, transpose},
    {"squeeze", axes_parameters, along_axes<squeeze_name>},
    {"unsqueeze", axes_parameters, along_axes<unsqueeze_name>},
    {"concat", concat_parameters, concat},
    {"slice", slice_parameters, slice},
    {"split", split_parameters, split, true},
    {"upsample", upsample_parameters, upsample},
    {"roll", roll_parameters, roll},
    {"pad", pad_parameters, pad},
};

}  // namespace

std::span<const Layer> shape_layers() { return layers; }

}  // namespace chipcast::zoo
