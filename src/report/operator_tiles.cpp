#include "report/operator_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tiling/tiling.hpp"

namespace chipcast::report {
namespace {

std::vector<ElementBits> elements_of(const LoopNest& nest, const Graph& graph, const Operator& op,
                                     const Target& target) {
  std::vector<ElementBits> elements;
  for (const Access& access : nest.accesses()) {
    const auto index = static_cast<std::size_t>(access.operand.index);
    const bool is_stored = !access.operand.is_output && index < op.inputs.size() &&
                           op.inputs[index] != none && graph.tensor(op.inputs[index]).is_constant;
    // Sums are kept wider than what they are made of.
    elements.push_back({.bits = is_stored ? target.weight_bits : target.activation_bits,
                        .partial_bits = access.writes ? std::max(32, target.activation_bits) : 0});
  }
  return elements;
}

std::string order_of(const Tiling& tiling, const LoopNest& nest) {
  if (!tiling.fits) return "not even a point fits";
  std::string text;
  for (int i = 0; i < tiling.loop_count; ++i) {
    const TiledLoop& loop = tiling.loops[static_cast<std::size_t>(i)];
    if (loop.count == 1) continue;
    std::string name;
    for (std::size_t l = 0; l < nest.loops().size(); ++l) {
      if ((loop.nest_loops >> l & 1U) != 0) name += nest.loops()[l].name;
    }
    text += fmt::format("{}{} {} of {}", text.empty() ? "" : ", ", name, loop.tile, loop.extent);
  }
  return text.empty() ? "all of it at once" : text;
}

}  // namespace

std::optional<OperatorTiles> tiles_of(const Network& network, std::size_t row, const Target& target) {
  const Operator& op = network.graph.op(network.complexity.operators[row].source);
  if (op.type == nullptr || op.type->work == nullptr) return {};
  Inference inference = shaped_inference(network.graph, op);
  const Work work = op.type->work(inference);
  if (work.nests.empty()) return {};
  OperatorTiles tiles{
      .nest = *std::ranges::max_element(
          work.nests, {}, [](const LoopNest& n) { return std::pair(n.work().macs > 0, n.points()); }),
      .levels = {}};
  const Tiler tiler({.nest = &tiles.nest, .elements = elements_of(tiles.nest, network.graph, op, target)});
  for (const Boundary& boundary : on_chip_boundaries(*target.device)) {
    const Tiling tiling = tiler.at(boundary);
    tiles.levels.push_back({.order = order_of(tiling, tiles.nest),
                            .tiles = tiling.tiles,
                            .room = tiling.room,
                            .moved = tiling.moved(),
                            .compulsory = tiling.compulsory,
                            .over_bound = tiling.distance()});
  }
  return tiles;
}

}  // namespace chipcast::report
