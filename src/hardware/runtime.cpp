#include "hardware/runtime.hpp"

#include <algorithm>

namespace chipcast {

std::string_view name(FusionRule rule) {
  constexpr std::array<std::string_view, fusion_rule_count> names = {
      "fold_constants", "fold_batch_norm",      "product_bias",      "product_activation",
      "product_add",    "gated_activation",     "elementwise_chain", "normalization",
      "attention",      "pooling_into_product", "squeeze_excite",    "strided_views"};
  return names[static_cast<std::size_t>(rule)];
}

std::string_view name(Layout layout) {
  constexpr std::array<std::string_view, layout_count> names = {"nchw", "nhwc", "blocked"};
  return names[static_cast<std::size_t>(layout)];
}

std::string_view name(WorkKind kind) {
  constexpr std::array<std::string_view, work_kind_count> names = {"standard_convolution",
                                                                   "winograd_convolution",
                                                                   "grouped_convolution",
                                                                   "depthwise_convolution",
                                                                   "pointwise_convolution",
                                                                   "dense",
                                                                   "attention",
                                                                   "recurrent",
                                                                   "normalization",
                                                                   "elementwise",
                                                                   "pooling",
                                                                   "data_movement",
                                                                   "other"};
  return names[static_cast<std::size_t>(kind)];
}

bool Execution::runs(Precision precision) const {
  return std::ranges::find(native, precision) != native.end();
}

}  // namespace chipcast
