// The one list of operators: a family is registered by naming it here, since a linker drops what registers itself.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "ops/families.hpp"
#include "ops/operator_type.hpp"

namespace chipcast {
namespace {

using Family = std::span<const OperatorType> (*)();

constexpr Family families[] = {
    activation_operators,
    arg_reduction_operators,
    batch_normalization_operators,
    concat_operators,
    conv_transpose_operators,
    convolution_operators,
    deform_conv_operators,
    einsum_operators,
    elementwise_operators,
    embedding_normalization_operators,
    gather_operators,
    gemm_operators,
    generator_operators,
    layer_normalization_operators,
    loss_operators,
    matmul_operators,
    matrix_operators,
    multi_head_attention_operators,
    optimizer_operators,
    pad_operators,
    pooling_operators,
    projected_attention_operators,
    quantization_operators,
    quantized_elementwise_operators,
    recurrent_operators,
    reduction_operators,
    resize_operators,
    sampling_operators,
    scatter_operators,
    selecting_operators,
    selection_operators,
    shape_operators,
    signal_operators,
    slice_operators,
    softmax_operators,
    text_operators,
    tile_operators,
    transpose_operators,
    unary_operators,
    unpooling_operators,
    variadic_operators,
    view_operators,
};

struct Key {
  std::string_view domain;
  std::string_view name;
  friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    return std::hash<std::string_view>()(key.domain) * 31 + std::hash<std::string_view>()(key.name);
  }
};
using Table = std::unordered_map<Key, const OperatorType*, KeyHash>;

const Table& table() {
  static const Table table = [] {
    Table built;
    for (const Family family : families) {
      for (const OperatorType& type : family()) built.emplace(Key{type.domain, type.name}, &type);
    }
    return built;
  }();
  return table;
}

}  // namespace

const OperatorType* find_operator(std::string_view domain, std::string_view name) {
  if (domain == "ai.onnx") domain = "";
  const auto found = table().find(Key{domain, name});
  return found == table().end() ? nullptr : found->second;
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (const auto& [key, type] : table()) {
    names.push_back(key.domain.empty() ? std::string(key.name)
                                       : std::string(key.domain) + "." + std::string(key.name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace chipcast
