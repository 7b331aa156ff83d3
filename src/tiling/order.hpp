// tiling/order.hpp: the loop orders worth trying: who keeps its tile while which loops advance.
//
//   // C[m,n] += A[m,k] * B[k,n]: loops m, n, k; tensors A, B, C as bits
//   const Orders orders = orders_of(std::array{0b101u, 0b110u, 0b011u}, 3, 0b111);
//   orders.count;                    // -> 3: keep A over n, keep B over m, or keep C over k
//
// A tensor keeps its tile exactly while loops inside the innermost loop that moves it advance. So an order is worth
// what it lets every tensor keep, and of two orders of which one lets every tensor keep more, the other is dropped.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace chipcast::tiling {

inline constexpr int most_loops = 12;
inline constexpr int most_groups = 8;  // tensors that are told apart

struct Order {
  std::array<std::uint32_t, most_loops> stays =
      {};  // by loop: the tensors whose tile is kept while it advances
  std::array<std::int8_t, most_loops> sequence = {};  // innermost first
};

struct Orders {
  static constexpr int most = 8;  // three tensors have 3; beyond the most the first found are kept
  int count = 0;
  std::array<Order, most> list;
};

// `moves[l]` has a bit for each tensor that loop l moves; `loops` are the loops that advance at all.
Orders orders_of(std::span<const std::uint32_t> moves, int tensors, std::uint32_t loops);

}  // namespace chipcast::tiling
