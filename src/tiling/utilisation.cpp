#include "tiling/utilisation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chipcast {
namespace {

using Int = std::int64_t;

Int at_least_one(Int value) { return std::max<Int>(1, value); }
Int parts(Int extent, Int tile) { return extent / tile + (extent % tile != 0 ? 1 : 0); }

bool has_loop(const Access& access, int loop) {
  for (const Affine& axis : access.axes) {
    for (const AffineTerm& term : axis.terms()) {
      if (term.loop == loop && term.coefficient != 0) return true;
    }
  }
  return false;
}

}  // namespace

Product product_of(const LoopNest& nest) {
  std::array<const Access*, 2> operands = {};
  const Access* result = nullptr;
  for (const Access& access : nest.accesses()) {
    if (access.writes) {
      if (result == nullptr) result = &access;
    } else if (operands[0] == nullptr) {
      operands[0] = &access;
    } else if (operands[1] == nullptr) {
      operands[1] = &access;
    }
  }
  Product product;
  if (operands[1] == nullptr || result == nullptr || nest.work().macs == 0) {
    product.m = at_least_one(nest.points());
    return product;
  }
  for (std::size_t l = 0; l < nest.loops().size(); ++l) {
    const int loop = static_cast<int>(l);
    const bool in_first = has_loop(*operands[0], loop), in_second = has_loop(*operands[1], loop);
    Int& extent = !has_loop(*result, loop) ? product.k
                  : in_first && in_second  ? product.stack
                  : in_first               ? product.m
                                           : product.n;
    extent = saturating_multiply(extent, at_least_one(nest.loops()[l].extent));
  }
  return product;
}

double padding_share(Int extent, Int tile) {
  extent = at_least_one(extent);
  tile = at_least_one(tile);
  return static_cast<double>(extent) / (static_cast<double>(parts(extent, tile)) * static_cast<double>(tile));
}

double fill_share(Int length, Int passes, Int rows, Int columns) {
  const auto stream = static_cast<double>(at_least_one(length));
  const auto times = static_cast<double>(at_least_one(passes));
  const auto height = static_cast<double>(at_least_one(rows)),
             width = static_cast<double>(at_least_one(columns));
  return times * stream / (times * std::max(stream, height) + height + width - 2);
}

double wave_share(Int blocks, Int units) {
  blocks = at_least_one(blocks);
  units = at_least_one(units);
  return static_cast<double>(blocks) /
         (static_cast<double>(parts(blocks, units)) * static_cast<double>(units));
}

Utilisation utilisation(const Product& given, const Engine& engine, const UtilisationOptions& options) {
  const Product product{at_least_one(given.m), at_least_one(given.n), at_least_one(given.k),
                        at_least_one(given.stack)};
  const Int tile_m = at_least_one(engine.tile_m), tile_k = at_least_one(engine.tile_k);
  Int tile_n = at_least_one(engine.tile_n);
  Utilisation u;
  u.units =
      options.units > 0 ? options.units : at_least_one(static_cast<Int>(std::min(engine.count.value, 1e15)));

  Int rows = product.m, columns = product.n, stack = product.stack;
  if (engine.kind == EngineKind::scalar || engine.kind == EngineKind::simd) {
    // Code may vectorize along any of the three: a depthwise convolution has no n, but a stack of channels.
    tile_n =
        engine.kind == EngineKind::scalar ? 1 : at_least_one(tile_n * 32 / std::max(1, options.element_bits));
    const std::array<double, 3> shares = {padding_share(columns, tile_n), padding_share(rows, tile_n),
                                          padding_share(stack, tile_n)};
    const auto widest = std::ranges::max_element(shares) - shares.begin();
    u.lanes = shares[static_cast<std::size_t>(widest)];
    if (widest == 1) std::swap(rows, columns);
    if (widest == 2) std::swap(stack, columns);
  } else {
    u.padding_m = engine.kind == EngineKind::systolic ? 1 : padding_share(rows, tile_m);  // rows are streamed
    u.padding_n = padding_share(columns, tile_n);
    u.padding_k = padding_share(product.k, tile_k);
  }

  if (engine.kind == EngineKind::systolic) {
    // A weight tile is the least that an array takes; where arrays would idle, the stream is shared out as well.
    const Int weights =
        saturating_multiply(saturating_multiply(stack, parts(columns, tile_n)), parts(product.k, tile_k));
    const Int most_shares = parts(rows, tile_k);  // shorter streams would only wait for weights
    const Int shares = std::clamp<Int>(u.units / weights, 1, most_shares);
    u.blocks = saturating_multiply(weights, shares);
    u.rounds = parts(u.blocks, u.units);
    u.fill = fill_share(parts(rows, shares), u.rounds, tile_k, tile_n);
  } else {
    const Int block_m = std::max(tile_m, options.block_m), block_n = std::max(tile_n, options.block_n);
    u.blocks = saturating_multiply(saturating_multiply(stack, parts(rows, block_m)), parts(columns, block_n));
    u.rounds = parts(u.blocks, u.units);
  }
  u.waves = wave_share(u.blocks, u.units);
  return u;
}

std::string Utilisation::reason() const {
  const double least = std::min({padding_m, padding_n, padding_k, lanes, fill, waves});
  if (least > 0.99) return {};
  const double percent = 100 * least;
  if (least == waves) {
    if (blocks < units) return fmt::format("{} tiles for {} units: {:.0f}%", blocks, units, percent);
    return fmt::format("{} tiles on {} units take {} rounds: {:.0f}%", blocks, units, rounds, percent);
  }
  if (least == fill) return fmt::format("loading weights, filling and draining the array: {:.0f}%", percent);
  if (least == lanes) return fmt::format("vectors that are not full: {:.0f}%", percent);
  const char* axis = least == padding_m ? "rows" : least == padding_n ? "columns" : "the reduction";
  return fmt::format("padding {} to the native tile: {:.0f}%", axis, percent);
}

}  // namespace chipcast
