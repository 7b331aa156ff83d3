#include "ops/enumerated.hpp"

#include <string>

namespace chipcast {
namespace {

constexpr DType int8 = DType::int8;
constexpr DType uint8 = DType::uint8;

Given scalar(DType dtype = DType::float32) { return weight({}, dtype); }

}  // namespace

std::vector<WindowAxis> window_axes() {
  std::vector<WindowAxis> axes;
  for (const std::int64_t input : {5, 8, 9}) {
    for (std::int64_t kernel = 1; kernel <= 3; ++kernel) {
      for (std::int64_t stride = 1; stride <= 3; ++stride) {
        for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
          for (std::int64_t begin = 0; begin <= 2; ++begin) {
            for (std::int64_t end = 0; end <= 2; ++end)
              axes.push_back({input, kernel, stride, dilation, begin, end});
          }
        }
      }
    }
  }
  return axes;
}

NamedAttributes window_attributes(const std::vector<WindowAxis>& axes) {
  Ints strides, dilations, pads(2 * axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    strides.push_back(axes[i].stride);
    dilations.push_back(axes[i].dilation);
    pads[i] = axes[i].pad_begin;
    pads[i + axes.size()] = axes[i].pad_end;
  }
  return {{"strides", strides}, {"dilations", dilations}, {"pads", pads}};
}

Applications enumerated_convolutions() {
  Applications all;
  for (const char* auto_pad : {"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"}) {
    for (std::int64_t input = 5; input <= 8; ++input) {
      for (std::int64_t kernel = 1; kernel <= 3; ++kernel) {
        for (std::int64_t stride = 1; stride <= 3; ++stride) {
          for (std::int64_t dilation = 1; dilation <= 2; ++dilation) {
            all.push_back({"Conv",
                           {data({1, 2, input, 7}), weight({2, 2, kernel, 2})},
                           {{"auto_pad", std::string(auto_pad)},
                            {"strides", Ints{stride, 2}},
                            {"dilations", Ints{dilation, 1}}}});
          }
        }
      }
    }
  }
  for (const std::int64_t groups : {1, 2, 4}) {
    const Given filters = weight({4, 4 / groups, 3, 2}, int8);
    const NamedAttributes attributes = {
        {"group", groups}, {"pads", Ints{1, 0, 1, 1}}, {"strides", Ints{2, 1}}};
    for (const std::int64_t scales : {1, 4}) {
      all.push_back({"ConvInteger",
                     {data({2, 4, 6, 5}, uint8), filters, scalar(uint8), weight({scales}, int8)},
                     attributes});
      all.push_back({"QLinearConv",
                     {data({2, 4, 6, 5}, uint8), scalar(), scalar(uint8), filters, weight({scales}),
                      weight({scales}, int8), scalar(), scalar(uint8), weight({4}, DType::int32)},
                     attributes});
    }
    NamedAttributes fused = attributes;
    fused.push_back({"activation", std::string("LeakyRelu")});
    all.push_back({"com.microsoft.FusedConv",
                   {data({2, 4, 6, 5}), weight({4, 4 / groups, 3, 2}), weight({4}), data({2, 4, 3, 5})},
                   fused});
    all.push_back({"com.microsoft.NhwcConv",
                   {data({2, 6, 5, 4}), weight({4, 4 / groups, 3, 2}), weight({4})},
                   attributes});
    all.push_back({"DeformConv",
                   {data({1, 4, 6, 5}), weight({4, 4 / groups, 3, 2}), data({1, 2 * 2 * 6, 3, 5}),
                    weight({4}), data({1, 2 * 6, 3, 5})},
                   {{"group", groups},
                    {"offset_group", std::int64_t{2}},
                    {"pads", Ints{1, 0, 1, 1}},
                    {"strides", Ints{2, 1}}}});
  }
  all.push_back({"Conv", {data({2, 0, 5}), weight({3, 0, 2})}});
  all.push_back({"Conv", {data({0, 2, 5}), weight({3, 2, 2}), weight({3})}});
  return all;
}

Applications enumerated_transposed_convolutions() {
  Applications all;
  for (const WindowAxis& axis : window_axes()) {
    if (axis.input == 9 || (axis.input - 1) * axis.stride + axis.reach() <= axis.pad_begin + axis.pad_end)
      continue;
    all.push_back({"ConvTranspose",
                   {data({1, 2, axis.input}), weight({2, 3, axis.kernel})},
                   window_attributes({axis})});
  }
  for (const std::int64_t groups : {1, 2, 4}) {
    for (std::int64_t stride = 1; stride <= 3; ++stride) {
      for (std::int64_t padding = 0; padding < stride; ++padding) {
        all.push_back({"ConvTranspose",
                       {data({2, 4, 3, 4}), weight({4, 2, 3, 2}), weight({2 * groups})},
                       {{"group", groups},
                        {"strides", Ints{stride, stride}},
                        {"output_padding", Ints{padding, 0}},
                        {"pads", Ints{1, 0, 1, 1}}}});
      }
      for (const char* auto_pad : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
        all.push_back(
            {"ConvTranspose",
             {data({1, 4, 3, 4}), weight({4, 2, 3, 2})},
             {{"group", groups}, {"strides", Ints{stride, 2}}, {"auto_pad", std::string(auto_pad)}}});
      }
      all.push_back(
          {"ConvTranspose",
           {data({1, 4, 3, 4}), weight({4, 2, 3, 2})},
           {{"group", groups}, {"strides", Ints{stride, 2}}, {"output_shape", Ints{3 * stride, 9}}}});
    }
  }
  return all;
}

Applications enumerated_products() {
  Applications all;
  const std::vector<Ints> stacks = {{}, {1}, {3}, {2, 1}, {1, 3}, {2, 3}};
  const auto stacked = [](Ints stack, std::int64_t rows, std::int64_t columns) {
    stack.push_back(rows);
    stack.push_back(columns);
    return Shape(std::move(stack));
  };
  for (const Ints& left : stacks) {
    all.push_back({"MatMul", {data(stacked(left, 4, 5)), weight({5})}});
    all.push_back({"MatMul", {data({4}), weight(stacked(left, 4, 5))}});
    for (const Ints& right : stacks) {
      all.push_back({"MatMul", {data(stacked(left, 4, 5)), data(stacked(right, 5, 2))}});
      all.push_back({"MatMulInteger",
                     {data(stacked(left, 4, 5), uint8), weight(stacked(right, 5, 2), int8), scalar(uint8),
                      weight({2}, int8)}});
      for (const std::int64_t a : {0, 1}) {
        for (const std::int64_t b : {0, 1}) {
          for (const char* name : {"com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul"}) {
            all.push_back({name,
                           {data(a != 0 ? stacked(left, 5, 4) : stacked(left, 4, 5)),
                            data(b != 0 ? stacked(right, 2, 5) : stacked(right, 5, 2))},
                           {{"transA", a}, {"transB", b}, {"alpha", 0.5}}});
          }
        }
      }
    }
  }
  for (const std::int64_t a : {0, 1}) {
    all.push_back({"com.microsoft.FusedMatMul",  // rows first, then the stack
                   {data(a != 0 ? Shape{5, 2, 3, 4} : Shape{4, 2, 3, 5}), data({2, 3, 5, 2})},
                   {{"transA", a}, {"transBatchA", std::int64_t{1}}}});
    for (const std::int64_t b : {0, 1}) {
      for (const Shape& c : {Shape{}, Shape{1}, Shape{2}, Shape{4, 1}, Shape{1, 2}, Shape{4, 2}}) {
        const NamedAttributes attributes = {{"transA", a}, {"transB", b}, {"beta", 0.5}, {"alpha", 2.0}};
        const Given left = data(a != 0 ? Shape{5, 4} : Shape{4, 5});
        const Given right = weight(b != 0 ? Shape{2, 5} : Shape{5, 2});
        all.push_back({"Gemm", {left, right, weight(c)}, attributes});
        all.push_back({"com.microsoft.FusedGemm",
                       {left, right, weight(c)},
                       {{"transA", a}, {"transB", b}, {"activation", std::string("Relu")}}});
        all.push_back({"com.microsoft.QGemm",
                       {data(left.type.shape, uint8), scalar(), scalar(uint8), weight(right.type.shape, int8),
                        weight({2}), weight({2}, int8), weight(c, DType::int32), scalar(), scalar(uint8)},
                       {{"transA", a}, {"transB", b}}});
      }
    }
  }
  all.push_back({"MatMul", {data({5}), weight({5})}});
  all.push_back({"MatMul", {data({4, 0}), weight({0, 2})}});
  all.push_back(
      {"com.microsoft.MatMulInteger16", {data({3, 5}, DType::int16), weight({5, 2}, DType::int16)}});
  for (const std::int64_t scales : {1, 2}) {
    all.push_back({"QLinearMatMul",
                   {data({3, 4, 5}, uint8), scalar(), scalar(uint8), weight({5, 2}, int8), weight({scales}),
                    weight({scales}, int8), scalar(), scalar(uint8)}});
    all.push_back({"com.microsoft.MatMulIntegerToFloat",
                   {data({3, 4, 5}, uint8), weight({5, 2}, int8), scalar(), weight({scales}), scalar(uint8),
                    weight({scales}, int8), weight({2})}});
    all.push_back(
        {"com.microsoft.DynamicQuantizeMatMul",
         {data({3, 4, 5}), weight({5, 2}, int8), weight({scales}), weight({scales}, int8), weight({2})}});
  }
  all.push_back(
      {"com.microsoft.MatMulNBits",
       {data({2, 3, 40}), weight({6, 2, 16}, uint8), weight({12}), weight({6}, uint8), absent(), weight({6})},
       {{"N", std::int64_t{6}}, {"K", std::int64_t{40}}, {"block_size", std::int64_t{32}}}});
  return all;
}

Applications enumerated_einsums() {
  Applications all;
  const auto add = [&](std::string equation, std::vector<Shape> shapes) {
    Application application{"Einsum", {}, {{"equation", std::move(equation)}}};
    for (Shape& shape : shapes) application.inputs.push_back(data(std::move(shape)));
    all.push_back(std::move(application));
  };
  for (const char* equation :
       {"ij,jk->ik", "ij,jk", "ij,jk->ki", "ij,jk->i", "ij,jk->", "ij,jk->ijk", " i j , j k -> i k "}) {
    add(equation, {{3, 4}, {4, 5}});
  }
  for (const char* equation : {"i,j->ij", "i,j->ji", "i,j"}) add(equation, {{3}, {4}});
  for (const char* equation : {"ij->ji", "ij->i", "ij->", "ij"}) add(equation, {{3, 4}});
  for (const char* equation : {"ii->i", "ii->", "ii"}) add(equation, {{4, 4}});
  for (const char* equation : {"...ij,...jk->...ik", "...ij,...jk"}) {
    add(equation, {{2, 3, 4}, {4, 5}});
    add(equation, {{2, 1, 3, 4}, {3, 4, 5}});
    add(equation, {{3, 4}, {4, 5}});
  }
  add("bhid,bhjd->bhij", {{2, 3, 4, 5}, {2, 3, 6, 5}});
  add("bhij,bhjd->bihd", {{2, 3, 4, 6}, {2, 3, 6, 5}});
  add("abc,cd->abd", {{2, 3, 4}, {4, 5}});
  add("i...j->j...", {{2, 3, 4, 5}});
  add("...->...", {{2, 3}});
  add("ij,ij->ij", {{3, 1}, {3, 4}});
  add("ii,ij->j", {{3, 3}, {3, 4}});
  add("i,i->", {{5}, {5}});
  add("i,i,i->i", {{5}, {5}, {5}});
  add("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}});
  add("ij,jk,kl,lm->im", {{2, 3}, {3, 4}, {4, 5}, {5, 2}});
  add(",i->i", {{}, {5}});
  add("->", {{}});
  add("ij,jk->ik", {{3, 0}, {0, 5}});
  return all;
}

Applications enumerated_poolings() {
  Applications all;
  for (const WindowAxis& axis : window_axes()) {
    if (!axis.fits() || axis.input == 8) continue;
    for (const std::int64_t ceil_mode : {0, 1}) {
      NamedAttributes attributes = window_attributes({axis});
      attributes.push_back({"kernel_shape", Ints{axis.kernel}});
      attributes.push_back({"ceil_mode", ceil_mode});
      all.push_back({"MaxPool", {data({2, 2, axis.input})}, attributes, 2});
      if (axis.dilation == 1) all.push_back({"AveragePool", {data({2, 2, axis.input})}, attributes});
    }
  }
  for (std::int64_t kernel = 1; kernel <= 3; ++kernel) {
    for (std::int64_t stride = 1; stride <= 3; ++stride) {
      const NamedAttributes flat = {
          {"kernel_shape", Ints{kernel, 2}}, {"strides", Ints{stride, 1}}, {"pads", Ints{0, 1, 0, 1}}};
      for (const char* name : {"MaxPool", "AveragePool", "LpPool"})
        all.push_back({name, {data({1, 3, 5, 6})}, flat});
      for (const std::int64_t p : {1, 3}) {
        NamedAttributes norm = flat;
        norm.push_back({"p", p});
        all.push_back({"LpPool", {data({1, 3, 5, 6})}, norm});
      }
      all.push_back({"com.microsoft.NhwcMaxPool", {data({1, 5, 6, 3}, int8)}, flat});
      for (const std::int64_t last : {0, 1}) {
        NamedAttributes placed = flat;
        placed.push_back({"channels_last", last});
        all.push_back({"com.microsoft.QLinearAveragePool",
                       {data(last != 0 ? Shape{1, 5, 6, 3} : Shape{1, 3, 5, 6}, uint8), scalar(),
                        scalar(uint8), scalar(), scalar(uint8)},
                       placed});
      }
      all.push_back({"AveragePool",
                     {data({1, 2, 4, 3, 5})},
                     {{"kernel_shape", Ints{kernel, 2, 3}},
                      {"strides", Ints{stride, 2, 1}},
                      {"auto_pad", std::string("SAME_UPPER")}}});
      all.push_back({"MaxUnpool",
                     {data({1, 2, 4, 3}), data({1, 2, 4, 3}, DType::int64)},
                     {{"kernel_shape", Ints{kernel, 2}}, {"strides", Ints{stride, 2}}}});
    }
  }
  for (const char* name : {"GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"}) {
    for (const Shape& shape :
         {Shape{2, 3}, Shape{2, 3, 4}, Shape{2, 3, 4, 5}, Shape{1, 2, 3, 2, 3}, Shape{1, 2, 0, 2}}) {
      all.push_back({name, {data(shape)}});
    }
  }
  for (const std::int64_t last : {0, 1}) {
    all.push_back({"com.microsoft.QLinearGlobalAveragePool",
                   {data({2, 3, 4, 5}, uint8), scalar(), scalar(uint8), scalar(), scalar(uint8)},
                   {{"channels_last", last}}});
  }
  all.push_back({"MaxRoiPool", {data({1, 2, 5, 6}), data({4, 5})}, {{"pooled_shape", Ints{2, 3}}}});
  return all;
}

Applications enumerated_normalizations() {
  Applications all;
  for (const Shape& shape :
       {Shape{3}, Shape{2, 3}, Shape{2, 3, 4}, Shape{2, 3, 4, 5}, Shape{1, 3, 2, 3, 2}}) {
    const std::int64_t channels = shape.rank() == 1 ? 1 : 3;
    const Given c = weight({channels});
    all.push_back({"BatchNormalization", {data(shape), c, c, c, c}});
    all.push_back({"BatchNormalization", {data(shape), c, c, c, c}, {{"training_mode", std::int64_t{1}}}, 3});
    all.push_back({"BatchNormalization", {data(shape), c, c, c, c}, {}, 5, 9});
    if (shape.rank() >= 2) {
      all.push_back({"InstanceNormalization", {data(shape), c, c}});
      for (std::int64_t size = 1; size <= 4; ++size) all.push_back({"LRN", {data(shape)}, {{"size", size}}});
    }
    for (std::int64_t axis = -shape.rank(); axis < shape.rank(); ++axis) {
      const std::int64_t first = axis < 0 ? axis + shape.rank() : axis;
      const Shape normalized(Ints(shape.begin() + first, shape.end()));
      const NamedAttributes attributes = {{"axis", axis}};
      const Given p = weight(normalized);
      for (const char* domain : {"", "com.microsoft."}) {
        static std::vector<std::string> names;  // Application holds a view
        names.reserve(1000);
        names.push_back(std::string(domain) + "LayerNormalization");
        all.push_back({names.back(), {data(shape), p, p}, attributes, 3});
        all.push_back({names.back(), {data(shape), p}, attributes});
        names.push_back(std::string(domain) + "SimplifiedLayerNormalization");
        all.push_back({names.back(), {data(shape), p}, attributes, 2});
      }
      all.push_back({"RMSNormalization", {data(shape), p}, attributes, 1, 23});
      for (const std::int64_t norm : {1, 2})
        all.push_back({"LpNormalization", {data(shape)}, {{"axis", axis}, {"p", norm}}});
      all.push_back({"MeanVarianceNormalization", {data(shape)}, {{"axes", Ints{axis}}}});
    }
  }
  all.push_back({"MeanVarianceNormalization", {data({2, 3, 4, 5})}});
  for (const std::int64_t groups : {1, 2, 3, 6}) {
    const NamedAttributes counted = {{"num_groups", groups}};
    for (const Shape& shape : {Shape{2, 6}, Shape{2, 6, 4}, Shape{2, 6, 4, 5}}) {
      all.push_back(
          {"GroupNormalization", {data(shape), weight({groups}), weight({groups})}, counted, 1, 18});
      all.push_back({"GroupNormalization", {data(shape), weight({6}), weight({6})}, counted, 1, 21});
    }
    for (const std::int64_t activation : {0, 1}) {
      all.push_back({"com.microsoft.GroupNorm",
                     {data({2, 4, 5, 6}), weight({6}), weight({6})},
                     {{"groups", groups}, {"activation", activation}}});
    }
  }
  for (const Shape& skip : {Shape{2, 3, 4}, Shape{1, 3, 4}, Shape{3, 4}}) {
    all.push_back({"com.microsoft.SkipLayerNormalization",
                   {data({2, 3, 4}), data(skip), weight({4}), weight({4}), weight({4})},
                   {},
                   4});
    all.push_back({"com.microsoft.SkipSimplifiedLayerNormalization",
                   {data({2, 3, 4}), data(skip), weight({4}), weight({4})},
                   {},
                   4});
  }
  const DType int32 = DType::int32;
  all.push_back({"com.microsoft.EmbedLayerNormalization",
                 {data({2, 3}, int32), data({2, 3}, int32), weight({10, 4}), weight({8, 4}), weight({2, 4}),
                  weight({4}), weight({4}), data({2, 3}, int32)},
                 {},
                 3});
  return all;
}

Applications enumerated_recurrences() {
  Applications all;
  constexpr std::int64_t steps = 3, batch = 2, inputs = 4, hidden = 3;
  for (const auto& [name, gates] : {std::pair("LSTM", 4), std::pair("GRU", 3), std::pair("RNN", 1)}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      const std::int64_t d = std::string(direction) == "bidirectional" ? 2 : 1;
      for (const std::int64_t layout : {0, 1}) {
        for (const bool is_full : {false, true}) {
          const Shape x = layout != 0 ? Shape{batch, steps, inputs} : Shape{steps, batch, inputs};
          const Given state = data(layout != 0 ? Shape{batch, d, hidden} : Shape{d, batch, hidden});
          Application application{
              name,
              {data(x), weight({d, gates * hidden, inputs}), weight({d, gates * hidden, hidden})},
              {{"direction", std::string(direction)}, {"hidden_size", hidden}, {"layout", layout}},
              is_full ? (gates == 4 ? 3 : 2) : 1};
          if (is_full) {
            application.inputs.push_back(weight({d, 2 * gates * hidden}));
            application.inputs.push_back(data({batch}, DType::int32));
            application.inputs.push_back(state);
            if (gates == 4) application.inputs.push_back(state);
            if (gates == 4) application.inputs.push_back(weight({d, 3 * hidden}));
          }
          all.push_back(std::move(application));
        }
      }
    }
  }
  all.push_back({"com.microsoft.DynamicQuantizeLSTM",
                 {data({steps, batch, inputs}), weight({1, inputs, 4 * hidden}, int8),
                  weight({1, hidden, 4 * hidden}, int8), absent(), absent(), absent(), absent(), absent(),
                  weight({1}), weight({1}, int8), weight({1}), weight({1}, int8)},
                 {{"hidden_size", hidden}},
                 3});
  return all;
}

Applications enumerated_attentions() {
  Applications all;
  const NamedAttributes two_heads = {{"num_heads", std::int64_t{2}}};
  const Given mask = data({2, 3}, DType::int32);
  all.push_back({"com.microsoft.Attention", {data({2, 3, 4}), weight({4, 12}), weight({12})}, two_heads});
  all.push_back(
      {"com.microsoft.Attention",
       {data({2, 3, 4}), weight({4, 12}), absent(), mask, data({2, 2, 2, 5, 2}), data({1, 2, 3, 8})},
       two_heads,
       2});
  all.push_back({"com.microsoft.Attention",
                 {data({2, 3, 4}), weight({4, 14})},
                 {{"num_heads", std::int64_t{2}}, {"qkv_hidden_sizes", Ints{4, 4, 6}}}});
  all.push_back({"com.microsoft.QAttention",
                 {data({2, 3, 4}, uint8), weight({4, 12}, int8), weight({12}), scalar(), scalar(), mask,
                  scalar(uint8), scalar(int8), data({2, 2, 2, 5, 2})},
                 two_heads,
                 2});
  const char* multi_head = "com.microsoft.MultiHeadAttention";
  const Given past = data({2, 2, 5, 2});
  all.push_back({multi_head, {data({2, 3, 4}), data({2, 6, 4}), data({2, 6, 8}), weight({16})}, two_heads});
  all.push_back({multi_head, {data({2, 3, 2, 3, 2})}, two_heads});
  all.push_back({multi_head, {data({2, 3, 4}), data({2, 6, 2, 2, 2})}, two_heads});
  all.push_back({multi_head, {data({2, 3, 4}), data({2, 2, 6, 2}), data({2, 2, 6, 2})}, two_heads});
  all.push_back(
      {multi_head,
       {data({2, 3, 4}), data({2, 3, 4}), data({2, 3, 4}), absent(), mask, data({1, 2, 3, 8}), past, past},
       two_heads,
       4});
  for (const std::int64_t kv_heads : {1, 2, 4}) {
    const NamedAttributes grouped = {
        {"num_heads", std::int64_t{4}}, {"kv_num_heads", kv_heads}, {"do_rotary", std::int64_t{1}}};
    const Given cache = data({2, kv_heads, 5, 3});
    const Given keys = data({2, 2, kv_heads * 3});
    for (const Given& total : {absent(), known_scalar(4, DType::int32), known_scalar(7, DType::int32)}) {
      all.push_back({"com.microsoft.GroupQueryAttention",
                     {data({2, 2, 12}), keys, keys, cache, cache, data({2}, DType::int32), total,
                      weight({8, 1}), weight({8, 1})},
                     grouped,
                     3});
    }
    all.push_back({"com.microsoft.GroupQueryAttention",
                   {data({2, 2, 3 * (4 + 2 * kv_heads)}), absent(), absent(), cache, cache},
                   grouped,
                   3});
    const NamedAttributes onnx = {{"q_num_heads", std::int64_t{4}}, {"kv_num_heads", kv_heads}};
    all.push_back({"Attention", {data({2, 2, 12}), keys, keys, absent(), cache, cache}, onnx, 4, 23});
    all.push_back({"Attention",
                   {data({2, 4, 2, 3}), data({2, kv_heads, 6, 3}), data({2, kv_heads, 6, 5}), data({2, 6})},
                   {},
                   1,
                   23});
  }
  all.push_back(
      {"com.microsoft.DecoderMaskedMultiHeadAttention",
       {data({2, 1, 4}), data({2, 1, 4}), data({2, 1, 4}), absent(), absent(), past, past, known_scalar(3)},
       two_heads,
       3});
  all.push_back({"com.microsoft.DecoderMaskedMultiHeadAttention",
                 {data({2, 1, 12}), absent(), absent(), absent(), absent(), past, past},
                 two_heads,
                 3});
  all.push_back({"com.microsoft.RotaryEmbedding",
                 {data({2, 3, 8}), data({2, 3}, DType::int64), weight({10, 4}), weight({10, 4})}});
  all.push_back({"RotaryEmbedding", {data({2, 2, 3, 8}), weight({2, 3, 4}), weight({2, 3, 4})}, {}, 1, 23});
  return all;
}

Applications enumerated_quantizations() {
  Applications all;
  for (const Shape& shape : {Shape{}, Shape{6}, Shape{3, 6}, Shape{2, 3, 6}}) {
    for (const char* name : {"QuantizeLinear", "DequantizeLinear", "com.microsoft.QuantizeLinear",
                             "com.microsoft.DequantizeLinear"}) {
      all.push_back({name, {data(shape), scalar()}});
      all.push_back({name, {data(shape), weight({1}), weight({1}, int8)}});
      for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
        all.push_back(
            {name, {data(shape), weight({shape[axis]}), weight({shape[axis]}, int8)}, {{"axis", axis}}});
        for (std::int64_t block = 1; block <= 7; ++block) {
          Shape scales = shape;
          scales[axis] = (shape[axis] + block - 1) / block;
          all.push_back({name,
                         {data(shape), weight(scales), weight(scales, int8)},
                         {{"axis", axis}, {"block_size", block}},
                         1,
                         21});
        }
      }
    }
    all.push_back({"DynamicQuantizeLinear", {data(shape)}, {}, 3});
    for (const char* name :
         {"com.microsoft.QLinearSigmoid", "com.microsoft.QLinearLeakyRelu", "com.microsoft.QLinearSoftmax"}) {
      if (shape.rank() > 0)
        all.push_back({name, {data(shape, uint8), scalar(), scalar(uint8), scalar(), scalar(uint8)}});
    }
    for (const Shape& other : {Shape{}, Shape{6}, Shape{3, 1}}) {
      for (const char* name : {"com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"}) {
        if (!broadcast(shape, other)) continue;
        all.push_back({name,
                       {data(shape, uint8), scalar(), scalar(uint8), data(other, uint8), scalar(),
                        scalar(uint8), scalar(), scalar(uint8)}});
      }
    }
  }
  for (std::int64_t axis = -2; axis < 2; ++axis) {
    all.push_back({"com.microsoft.QLinearConcat",
                   {scalar(), scalar(uint8), data({3, 3}, uint8), scalar(), scalar(uint8),
                    data({3, 3}, uint8), scalar(), scalar(uint8)},
                   {{"axis", axis}}});
  }
  return all;
}

}  // namespace chipcast
