// What a given schedule moves, in integers, and the bounds it is held against.
#include <algorithm>
#include <cmath>

#include "tiling/space.hpp"

namespace chipcast::tiling {
namespace {

using Int = std::int64_t;

constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

Bytes bytes_of_bits(Int bits) {
  return (bits == saturated ? saturated : bits / 8 + (bits % 8 != 0 ? 1 : 0)) * byte;
}
Bytes bytes_of_elements(Int elements, int bits) { return bytes_of_bits(saturating_multiply(elements, bits)); }

Int tile_count(const Space& space, const Schedule& schedule, int loop) {
  const Int extent = space.loops[at(loop)].extent;
  const Int tile = schedule.tile[at(loop)];
  return (extent + tile - 1) / tile;
}

std::uint32_t split_loops(const Space& space, const Schedule& schedule) {
  std::uint32_t split = 0;
  for (int l = 0; l < space.loop_count; ++l) {
    if (schedule.tile[at(l)] < space.loops[at(l)].extent) split |= 1u << l;
  }
  return split;
}

Covered covered_by(const Space& space, const Schedule& schedule, int window) {
  const WindowedAxis& w = space.windows[at(window)];
  return covered(w.axis, schedule.tile[at(w.loop_a)], w.loop_b < 0 ? 1 : schedule.tile[at(w.loop_b)]);
}

// Elements of the largest tile.
Int tile_elements(const Space& space, const Schedule& schedule, const Tensor& tensor) {
  Int elements = tensor.fixed;
  for (int l = 0; l < space.loop_count; ++l) {
    if ((tensor.plain >> l & 1) != 0) elements = saturating_multiply(elements, schedule.tile[at(l)]);
  }
  for (const std::int8_t w : tensor.windows) {
    if (w >= 0) elements = saturating_multiply(elements, covered_by(space, schedule, w).widest);
  }
  return elements;
}

Int held_bits(const Tensor& tensor, std::uint32_t split) {
  return (tensor.sums_over & split) != 0 ? tensor.partial_bits : tensor.bits;
}

struct Visits {
  Int tiles = 1;     // brought in
  Int elements = 0;  // of all of them
};

// The i-th loop of a schedule, innermost first; a schedule names every loop, so it is never negative.
int loop_at(const Schedule& schedule, int i) { return static_cast<unsigned char>(schedule.sequence[at(i)]); }

Visits visits_of(const Space& space, const Schedule& schedule, const Tensor& tensor) {
  Int repeats = 1;
  Visits visits;
  bool moved = false;  // by a loop further in
  for (int i = 0; i < space.loop_count; ++i) {
    const int loop = loop_at(schedule, i);
    const Int count = tile_count(space, schedule, loop);
    if ((tensor.loops >> loop & 1) != 0) {
      visits.tiles = saturating_multiply(visits.tiles, count);
      moved = moved || count > 1;
    } else if (moved) {
      repeats = saturating_multiply(repeats, count);
    }
  }
  visits.tiles = saturating_multiply(visits.tiles, repeats);
  visits.elements = saturating_multiply(repeats, tensor.fixed);
  for (int l = 0; l < space.loop_count; ++l) {
    if ((tensor.plain >> l & 1) != 0)
      visits.elements = saturating_multiply(visits.elements, space.loops[at(l)].extent);
  }
  for (const std::int8_t w : tensor.windows) {
    if (w >= 0) visits.elements = saturating_multiply(visits.elements, covered_by(space, schedule, w).sum);
  }
  return visits;
}

TensorTraffic traffic_of(const Space& space, const Schedule& schedule, const Tensor& tensor,
                         std::uint32_t split) {
  TensorTraffic traffic;
  if (tensor.bits == 0) return traffic;
  traffic.compulsory = bytes_of_elements(tensor.distinct, tensor.bits);
  Visits visits{.tiles = 1, .elements = tensor.distinct};
  if (!schedule.fits) {
    visits = {.tiles = space.points, .elements = std::max(space.points, tensor.distinct)};
  } else if (tensor.is_tiled) {
    visits = visits_of(space, schedule, tensor);
    traffic.tile =
        bytes_of_elements(tile_elements(space, schedule, tensor), static_cast<int>(held_bits(tensor, split)));
  }
  traffic.loads = visits.tiles;
  if (tensor.writes) {
    // The first visit begins from nothing and the last leaves what is final; what lies between goes out and comes back.
    const Int again = visits.elements == saturated ? saturated : visits.elements - tensor.distinct;
    traffic.read = bytes_of_elements(again, tensor.partial_bits);
    traffic.written = traffic.read + traffic.compulsory;
  } else {
    traffic.read = bytes_of_elements(visits.elements, tensor.bits);
  }
  traffic.reuse =
      visits.elements == 0 ? 0 : static_cast<double>(space.points) / static_cast<double>(visits.elements);
  return traffic;
}

// A phase of 2S transfers of elements, S of which fit on chip, can use at most 3S elements of the three matrices, so
// it does at most S^1.5 of the V multiplications (Loomis and Whitney): at least 2V/sqrt(S) - 2S transfers in all
// (Hong and Kung 1981; Smith, Lowery, Langou and van de Geijn 2019 for the factor). That counts reads of an operand
// C that is added to; where C begins from nothing, C's reads are at most saved once, and its writes come on top.
double product_bound_bits(const Space& space, double capacity_bits) {
  if (space.product_bits == 0) return 0;
  const double elements = capacity_bits / space.product_bits;
  if (elements < 3) return 0;
  const double transfers = 2 * space.product_points / std::sqrt(elements) - 2 * elements;
  return std::max(0.0, transfers) * space.product_bits + space.bits_beside_product;
}

}  // namespace

Int room(const Space& space, const Schedule& schedule, bool double_buffered) {
  const std::uint32_t split = split_loops(space, schedule);
  Int bits = 0;
  for (const Tensor& tensor : space.tensors) {
    if (tensor.bits == 0 || !tensor.is_tiled) continue;
    const Int copies = double_buffered && (tensor.loops & split) != 0 ? 2 : 1;
    const Int each = saturating_multiply(tile_elements(space, schedule, tensor), held_bits(tensor, split));
    bits = saturating_add(bits, saturating_multiply(copies, each));
  }
  return bits;
}

Schedule schedule_of(const Space& space, const Choice& choice, const Boundary& boundary) {
  Schedule schedule{.fits = choice.fits, .tile = choice.tile};
  int placed = 0;
  std::uint32_t left = (1u << space.loop_count) - 1;
  const auto place = [&](int loop) {
    schedule.sequence[at(placed++)] = static_cast<std::int8_t>(loop);
    left &= ~(1u << loop);
  };
  for (int l = 0; l < space.loop_count; ++l) {
    if (!choice.fits) schedule.tile[at(l)] = 1;
    if ((choice.split >> l & 1) == 0 || !choice.fits) place(l);
  }
  for (int i = 0; i < space.kind_count && placed < space.loop_count; ++i) {
    for (int l = 0; l < space.loop_count; ++l) {
      if ((left >> l & 1) != 0 && space.loops[at(l)].kind == choice.order.sequence[at(i)]) place(l);
    }
  }
  if (!choice.fits) return schedule;

  // The search makes a tile 1 where its size moves nothing: every tensor moves with the loop or stays over it. Fewer,
  // larger tiles are the better schedule. Others are left alone, though the room might do for a better tile than the
  // candidates: what is moved must be the minimum over a set that does not depend on the capacity.
  const std::uint32_t all_groups = (1u << space.group_count) - 1;
  const Int capacity = saturating_multiply(count_of(boundary.capacity - space.problem.resident), 8);
  for (int i = 0; i < space.loop_count; ++i) {
    const int loop = loop_at(schedule, i);
    const Int extent = space.loops[at(loop)].extent;
    if ((choice.split >> loop & 1) == 0 || schedule.tile[at(loop)] != 1 || extent <= 2) continue;
    if (space.units[at(space.loops[at(loop)].unit)].axis_count != 0) continue;
    const auto kind = at(space.loops[at(loop)].kind);
    if ((space.moved_by_kind[kind] | choice.order.stays[kind]) != all_groups) continue;
    const Int least = room(space, schedule, boundary.double_buffered);
    schedule.tile[at(loop)] = 2;
    const Int more = room(space, schedule, boundary.double_buffered) - least;
    const Int most = (extent + 1) / 2;
    const Int tile = more <= 0 ? most : std::min(most, 1 + std::max<Int>(0, capacity - least) / more);
    const Int count = (extent + tile - 1) / tile;
    schedule.tile[at(loop)] = (extent + count - 1) / count;
  }
  return schedule;
}

Tiling count(const Space& space, const Schedule& schedule, const Boundary& boundary) {
  Tiling tiling;
  tiling.fits = schedule.fits;
  tiling.loop_count = space.loop_count;
  for (int i = 0; i < space.loop_count; ++i) {
    const int loop = loop_at(schedule, space.loop_count - 1 - i);
    const FusedLoop& fused = space.loops[at(loop)];
    const Int tiles = tile_count(space, schedule, loop);
    tiling.loops[at(i)] = {fused.nest_loops, fused.extent, schedule.tile[at(loop)], tiles};
    tiling.tiles = saturating_multiply(tiling.tiles, tiles);
  }
  if (!schedule.fits) tiling.tiles = space.points;
  const std::uint32_t split = split_loops(space, schedule);
  tiling.tensor_count = static_cast<int>(std::min(space.tensors.size(), Tiling::most_tensors));
  for (std::size_t i = 0; i < space.tensors.size(); ++i) {
    const TensorTraffic traffic = traffic_of(space, schedule, space.tensors[i], split);
    if (i < Tiling::most_tensors) tiling.tensors[i] = traffic;
    tiling.read += traffic.read;
    tiling.written += traffic.written;
    tiling.compulsory += traffic.compulsory;
  }
  const Bytes streamed = space.problem.streamed_in + space.problem.streamed_out;
  tiling.read += space.problem.streamed_in;
  tiling.written += space.problem.streamed_out;
  tiling.compulsory += streamed;
  tiling.room = space.problem.resident;
  if (schedule.fits) tiling.room += bytes_of_bits(room(space, schedule, boundary.double_buffered));
  const double bound = product_bound_bits(space, 8 * static_cast<double>(count_of(boundary.capacity))) / 8;
  const double streamed_bytes = static_cast<double>(count_of(streamed));
  tiling.lower_bound = tiling.compulsory;
  if (bound + streamed_bytes > static_cast<double>(count_of(tiling.compulsory)) && bound < 9e18) {
    tiling.lower_bound = static_cast<Int>(bound + streamed_bytes) * byte;
  }
  return tiling;
}

}  // namespace chipcast::tiling
