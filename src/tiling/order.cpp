#include "tiling/order.hpp"

namespace chipcast::tiling {
namespace {

struct Builder {
  std::span<const std::uint32_t> moves;
  Orders& orders;

  struct State {
    Order order = {};
    int placed = 0;
    std::uint32_t keeping;  // tensors that no loop so far has moved
    std::uint32_t left;     // loops to place
  };

  void place(State& state, int loop) const {
    state.keeping &= ~moves[static_cast<std::size_t>(loop)];
    state.order.stays[static_cast<std::size_t>(loop)] = state.keeping;
    state.order.sequence[static_cast<std::size_t>(state.placed++)] = static_cast<std::int8_t>(loop);
    state.left &= ~(1u << loop);
  }

  // Grows an order from the innermost loop outwards.
  void extend(State state) {
    // Loops that move nothing of what is still kept cost nothing here and gain something.
    for (int loop = 0; state.left >> loop != 0; ++loop) {
      const bool is_left = (state.left >> loop & 1) != 0;
      if (is_left && (moves[static_cast<std::size_t>(loop)] & state.keeping) == 0) place(state, loop);
    }
    if (state.left == 0) {
      if (orders.count < Orders::most) orders.list[static_cast<std::size_t>(orders.count++)] = state.order;
      return;
    }
    for (int loop = 0; state.left >> loop != 0; ++loop) {
      if ((state.left >> loop & 1) == 0 || !is_worth_placing(loop, state.keeping, state.left)) continue;
      State next = state;
      place(next, loop);
      extend(next);
    }
  }

  // Not if another loop moves less of what is kept (it goes first, at no loss), or moves the same (the closure in
  // `extend` places it right after the first of its kind).
  bool is_worth_placing(int loop, std::uint32_t keeping, std::uint32_t left) const {
    const std::uint32_t moved = moves[static_cast<std::size_t>(loop)] & keeping;
    for (int other = 0; left >> other != 0; ++other) {
      if (other == loop || (left >> other & 1) == 0) continue;
      const std::uint32_t others = moves[static_cast<std::size_t>(other)] & keeping;
      if ((others & ~moved) == 0 && (others != moved || other < loop)) return false;
    }
    return true;
  }
};

}  // namespace

Orders orders_of(std::span<const std::uint32_t> moves, int tensors, std::uint32_t loops) {
  Orders orders;
  Builder{moves, orders}.extend({.keeping = (1u << tensors) - 1, .left = loops});
  return orders;
}

}  // namespace chipcast::tiling
