// ops/attention.hpp: the two products and the softmax that all attention operators share.
//
//   Attention a{.batch = 1, .heads = 12, .queries = 128, .keys = 128, .head_size = 64, .value_size = 64};
//   a.query = {.input = 0, .layout = HeadLayout::merged};  ...
//   append_attention(op, a, work);     // Q K^T, softmax, P V
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ops/operator_type.hpp"

namespace chipcast {

// How a tensor of heads lies in memory.
enum class HeadLayout : std::uint8_t {
  merged,       // batch, position, head x size
  split,        // batch, head, position, size
  interleaved,  // batch, position, head, `part` of several, size
  stacked,      // `part` of several, batch, head, position, size
};

struct HeadTensor {
  int input = -1;  // below 0: made within the operator (a projection), so no traffic
  HeadLayout layout = HeadLayout::merged;
  std::int64_t part = 0;    // which of those that lie together
  std::int64_t offset = 0;  // where merged: of the first head's first value
};

struct Attention {
  std::int64_t batch = 1;
  std::int64_t heads = 1;    // of keys and values
  std::int64_t sharing = 1;  // query heads to each of them
  std::int64_t queries = 1;
  std::int64_t past = 0;  // keys from the cache, which come first
  std::int64_t keys = 1;  // keys beside those
  std::int64_t head_size = 1, value_size = 1;
  HeadTensor query, key, value, past_key, past_value;
  HeadLayout output_layout = HeadLayout::merged;
  std::int64_t masks = 0;  // additions to the scores

  std::int64_t all_keys() const { return saturating_add(past, keys); }
  std::int64_t query_heads() const { return saturating_multiply(heads, sharing); }
};

// The values of one head, a complaint where `size` does not divide.
std::int64_t size_of_head(Inference& op, std::int64_t size, std::int64_t heads, std::string_view what);
// An attribute that counts heads.
std::int64_t head_count(Inference& op, std::string_view attribute);

// Appends Q K^T (a MAC per query, key and value of a head), the softmax over the keys and P V. Scores that a causal
// mask hides are counted, as engines compute them. Softmax takes, per score: a factor, the masks' additions, the
// maximum, a difference, an exponential, the sum and a division.
void append_attention(const Inference& op, const Attention& attention, Work& work);

// Turns the heads of a tensor by position: two products and a sum per value.
void append_rotation(const Attention& attention, Work& work);

// Shape of one of the present keys or values, or of the scores.
Shape cache_shape(const Attention& attention, std::int64_t size);
Shape score_shape(const Attention& attention);

}  // namespace chipcast
