// LSTM, GRU, RNN; attention in all its forms.
#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

const NamedAttributes four_heads = {{"num_heads", std::int64_t{4}}};

TEST_CASE("LSTM: steps x batch x directions x 4 gates x hidden x (input + hidden) MACs") {
  const std::int64_t steps = 20, batch = 2, inputs = 64, hidden = 128;
  const Applied lstm = apply("LSTM",
                             {data({steps, batch, inputs}), weight({2, 4 * hidden, inputs}),
                              weight({2, 4 * hidden, hidden}), weight({2, 8 * hidden})},
                             {{"direction", std::string("bidirectional")}, {"hidden_size", hidden}}, 3);
  CHECK(lstm.shape(0) == Shape{steps, 2, batch, hidden});
  CHECK(lstm.shape(1) == Shape{2, batch, hidden});
  CHECK(lstm.shape(2) == Shape{2, batch, hidden});
  CHECK(lstm.cost.macs == steps * batch * 2 * 4 * hidden * (inputs + hidden) * mac);
  // Per hidden value: 3 sums a gate, three sigmoids of 3 FLOPs, four FLOPs for the states; five transcendentals.
  const std::int64_t values = steps * batch * 2 * hidden;
  CHECK(lstm.cost.flops == flops_of(lstm.cost.macs) + (4 * 3 + 3 * 3 + 4) * values * flop);
  CHECK(lstm.cost.transcendentals == 5 * values);
}

TEST_CASE("GRU has three gates, RNN one; layout 1 puts the batch first") {
  const Applied gru = apply("GRU", {data({5, 2, 4}), weight({1, 9, 4}), weight({1, 9, 3})}, {}, 2);
  CHECK(gru.cost.macs == 5 * 2 * 3 * 3 * (4 + 3) * mac);
  const Applied rnn =
      apply("RNN", {data({2, 5, 4}), weight({1, 3, 4}), weight({1, 3, 3})}, {{"layout", std::int64_t{1}}}, 2);
  CHECK(rnn.cost.macs == 5 * 2 * 3 * (4 + 3) * mac);
  CHECK(rnn.shape(0) == Shape{2, 5, 1, 3});
  CHECK(rnn.shape(1) == Shape{2, 1, 3});
}

TEST_CASE("named activations replace the defaults, whatever their case") {
  const std::vector<std::string> relu = {"relu"};
  const Applied rnn =
      apply("RNN", {data({5, 2, 4}), weight({1, 3, 4}), weight({1, 3, 3})}, {{"activations", relu}});
  CHECK(rnn.cost.transcendentals == 0);
  CHECK(rnn.cost.flops == flops_of(rnn.cost.macs) + 5 * 2 * 3 * (1 + 1) * flop);
}

TEST_CASE("Attention: the projection, the scores, the sums") {
  const Applied attention =
      apply("com.microsoft.Attention", {data({2, 5, 64}), weight({64, 192}), weight({192})}, four_heads);
  CHECK(attention.shape() == Shape{2, 5, 64});
  CHECK(attention.cost.macs == (2 * 5 * 64 * 192 + 2 * (2 * 4 * 5 * 5 * 16)) * mac);
  CHECK(attention.cost.transcendentals == 2 * 4 * 5 * 5);
  // Bias; per score a factor, maximum, difference, sum and division.
  CHECK(attention.cost.flops == flops_of(attention.cost.macs) + (2 * 5 * 192 + 5 * (2 * 4 * 5 * 5)) * flop);
}

TEST_CASE("Attention with a past attends to it too, and gives back both") {
  const Applied attention = apply(
      "com.microsoft.Attention",
      {data({2, 5, 64}), weight({64, 192}), weight({192}), absent(), data({2, 2, 4, 6, 16})}, four_heads, 2);
  CHECK(attention.shape(1) == Shape{2, 2, 4, 6 + 5, 16});
  CHECK(attention.cost.macs == (2 * 5 * 64 * 192 + 2 * (2 * 4 * 5 * (6 + 5) * 16)) * mac);
}

TEST_CASE("MultiHeadAttention: every form of queries, keys and values multiplies alike") {
  const auto attend = [](std::vector<Given> inputs) {
    return apply("com.microsoft.MultiHeadAttention", std::move(inputs), four_heads);
  };
  const Given query = data({2, 5, 64});
  const Macs expected = 2 * (2 * 4 * 5 * 5 * 16) * mac;
  CHECK(attend({query, data({2, 5, 64}), data({2, 5, 64})}).cost.macs == expected);
  CHECK(attend({data({2, 5, 4, 3, 16})}).cost.macs == expected);
  CHECK(attend({query, data({2, 5, 4, 2, 16})}).cost.macs == expected);
  CHECK(attend({query, data({2, 4, 5, 16}), data({2, 4, 5, 16})}).cost.macs == expected);
  CHECK(attend({data({2, 5, 4, 3, 16})}).shape() == Shape{2, 5, 64});
  // Nine keys for five queries, values of 8.
  const Applied cross = attend({query, data({2, 9, 64}), data({2, 9, 32})});
  CHECK(cross.cost.macs == 2 * 4 * 5 * 9 * (16 + 8) * mac);
  CHECK(cross.shape() == Shape{2, 5, 32});
}

TEST_CASE("GroupQueryAttention: query heads share keys, which are read once") {
  const std::int64_t hidden = 8 * 16, shared = 2 * 16;
  const Applied attention = apply("com.microsoft.GroupQueryAttention",
                                  {data({1, 1, hidden}), data({1, 1, shared}), data({1, 1, shared}),
                                   data({1, 2, 99, 16}), data({1, 2, 99, 16})},
                                  {{"num_heads", std::int64_t{8}}, {"kv_num_heads", std::int64_t{2}}}, 3);
  CHECK(attention.shape(1) == Shape{1, 2, 100, 16});
  CHECK(attention.cost.macs == 2 * (8 * 1 * 100 * 16) * mac);
  CHECK(attention.cost.read == 4 * (hidden + 2 * shared + 2 * (2 * 99 * 16)) * byte);
}

TEST_CASE("GroupQueryAttention over a buffer: the total length says how much of it is read") {
  const Applied attention =
      apply("com.microsoft.GroupQueryAttention",
            {data({1, 1, 64}), data({1, 1, 32}), data({1, 1, 32}), data({1, 2, 256, 16}),
             data({1, 2, 256, 16}), data({1}, DType::int32), known_scalar(100, DType::int32)},
            {{"num_heads", std::int64_t{4}}, {"kv_num_heads", std::int64_t{2}}}, 3);
  CHECK(attention.shape(1) == Shape{1, 2, 256, 16});
  CHECK(attention.cost.macs == 2 * (4 * 100 * 16) * mac);
}

TEST_CASE("ONNX's Attention: heads merged or split, grouped or not") {
  const Applied split =
      apply("Attention", {data({2, 8, 5, 16}), data({2, 2, 9, 16}), data({2, 2, 9, 24})}, {}, 1, 23);
  CHECK(split.shape() == Shape{2, 8, 5, 24});
  CHECK(split.cost.macs == 2 * 8 * 5 * 9 * (16 + 24) * mac);
  const Applied merged = apply("Attention", {data({2, 5, 128}), data({2, 9, 32}), data({2, 9, 48})},
                               {{"q_num_heads", std::int64_t{8}}, {"kv_num_heads", std::int64_t{2}}}, 1, 23);
  CHECK(merged.shape() == Shape{2, 5, 8 * 24});
  CHECK(merged.cost.macs == split.cost.macs);
}

TEST_CASE("complaints name what contradicts what") {
  CHECK(apply("LSTM", {data({5, 2, 4}), weight({1, 9, 4}), weight({1, 12, 3})}).error ==
        "input 1 (input weights) has shape 1x9x4; expected 1x12x4");
  CHECK(apply("RNN", {data({5, 2, 4}), weight({1, 3, 4}), weight({1, 3, 3})},
              {{"hidden_size", std::int64_t{5}}})
            .error == "attribute 'hidden_size' is 5, but the recurrent weights of shape 1x3x3 take 3");
  CHECK(apply("RNN", {data({5, 2, 4}), weight({1, 3, 4}), weight({1, 3, 3})},
              {{"direction", std::string("up")}})
            .error == "attribute 'direction' is 'up'; expected forward, reverse or bidirectional");
  CHECK(apply("com.microsoft.Attention", {data({2, 5, 64}), weight({64, 192})}).error ==
        "attribute 'num_heads' is missing");
  CHECK(apply("com.microsoft.MultiHeadAttention", {data({2, 5, 66}), data({2, 5, 66}), data({2, 5, 66})},
              four_heads)
            .error == "66 values of the queries do not divide into 4 heads");
  CHECK(apply("com.microsoft.MultiHeadAttention", {data({2, 5, 64}), data({3, 5, 64}), data({2, 5, 64})},
              four_heads)
            .error == "the keys have a batch of 3, the queries one of 2");
}

}  // namespace
}  // namespace chipcast
