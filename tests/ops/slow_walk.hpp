// tests/ops/slow_walk.hpp: walks a loop nest point by point, the slow way to what footprint() and cost_of() derive.
//
//   Walk walk = walk_nest(nest, whole_range(nest));
//   walk.points, walk.touched[access]            // distinct elements inside the tensor
//   hold_against_walk({"Conv", {data({1, 2, 9}), weight({4, 2, 3})}});   // complains through doctest where they differ
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "ops/apply.hpp"

namespace chipcast {

struct Walk {
  std::int64_t points = 0;
  std::vector<std::int64_t> touched;  // by access
};

inline std::vector<LoopRange> whole_range(const LoopNest& nest) {
  std::vector<LoopRange> ranges;
  for (const Loop& loop : nest.loops()) ranges.push_back({0, loop.extent});
  return ranges;
}

// One odometer step of `at` within `ranges`; false after the last point.
inline bool next_point(std::vector<std::int64_t>& at, const std::vector<LoopRange>& ranges) {
  for (std::size_t loop = at.size(); loop-- > 0;) {
    if (++at[loop] < ranges[loop].start + ranges[loop].extent) return true;
    at[loop] = ranges[loop].start;
  }
  return false;
}

// The element that `access` touches at a point; -1 outside the tensor.
inline std::int64_t element_at(const Access& access, const std::vector<std::int64_t>& at) {
  std::int64_t element = 0;
  for (std::size_t axis = 0; axis < access.axes.size(); ++axis) {
    std::int64_t index = access.axes[axis].offset();
    for (const AffineTerm& term : access.axes[axis].terms()) {
      index += term.coefficient * at[static_cast<std::size_t>(term.loop)];
    }
    const std::int64_t extent = access.shape[static_cast<std::int64_t>(axis)];
    if (index < 0 || index >= extent) return -1;
    element = element * extent + index;
  }
  return element;
}

inline Walk walk_nest(const LoopNest& nest, const std::vector<LoopRange>& ranges) {
  Walk walk;
  std::vector<std::vector<bool>> seen;
  for (const Access& access : nest.accesses()) {
    seen.emplace_back(static_cast<std::size_t>(access.shape.elements()), false);
  }
  walk.touched.assign(seen.size(), 0);
  if (std::ranges::any_of(ranges, [](LoopRange range) { return range.extent <= 0; })) return walk;
  std::vector<std::int64_t> at;
  for (const LoopRange& range : ranges) at.push_back(range.start);
  do {
    ++walk.points;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const std::int64_t element = element_at(nest.accesses()[i], at);
      if (element < 0 || seen[i][static_cast<std::size_t>(element)]) continue;
      seen[i][static_cast<std::size_t>(element)] = true;
      ++walk.touched[i];
    }
  } while (next_point(at, ranges));
  return walk;
}

inline std::string describe(const Application& application) {
  std::string text(application.name);
  for (const Given& given : application.inputs)
    text += " " + (given.present ? format(given.type.shape) : "-");
  for (const Attribute& attribute : application.attributes) {
    text += " " + attribute.name + "=";
    if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) text += fmt::format("{}", *number);
    if (const auto* list = std::get_if<Ints>(&attribute.value)) text += format(Shape(*list));
    if (const auto* word = std::get_if<std::string>(&attribute.value)) text += *word;
  }
  return text;
}

// Applies, then compares points, footprints (of the whole and of random tiles) and cost with the walk. Returns what was
// applied, so that a test can ask more of it.
inline Applied hold_against_walk(const Application& application) {
  static std::mt19937 random(1);
  Applied applied = apply(application);
  if (!applied.error.empty()) {
    FAIL_CHECK(describe(application) << ": " << applied.error);
    return applied;
  }
  std::int64_t macs = 0, other = 0, transcendentals = 0;
  std::vector<std::int64_t> read(application.inputs.size(), 0), written(applied.outputs.size(), 0);
  for (const LoopNest& nest : applied.work.nests) {
    const Walk walk = walk_nest(nest, whole_range(nest));
    if (walk.points != nest.points()) {
      FAIL_CHECK(describe(application) << ": " << nest.points() << " points, walked " << walk.points);
    }
    macs += walk.points * nest.work().macs;
    other += walk.points * nest.work().flops;
    transcendentals += walk.points * nest.work().transcendentals;
    std::vector<LoopRange> tile = whole_range(nest);
    const bool is_empty = nest.points() == 0;
    for (LoopRange& range : tile) {
      if (is_empty) break;
      const std::int64_t whole = range.extent;
      range.extent = std::uniform_int_distribution<std::int64_t>(1, whole)(random);
      range.start = std::uniform_int_distribution<std::int64_t>(0, whole - range.extent)(random);
    }
    const Walk part = walk_nest(nest, tile);
    for (std::size_t i = 0; i < nest.accesses().size(); ++i) {
      const Access& access = nest.accesses()[i];
      if (footprint(access, nest) != walk.touched[i]) {
        FAIL_CHECK(describe(application) << ": access " << i << " touches " << walk.touched[i]
                                         << ", footprint says " << footprint(access, nest));
      }
      if (footprint(access, tile) != part.touched[i]) {
        FAIL_CHECK(describe(application) << ": a tile of access " << i << " touches " << part.touched[i]
                                         << ", footprint says " << footprint(access, tile));
      }
      std::vector<std::int64_t>& counts = access.operand.is_output ? written : read;
      const auto index = static_cast<std::size_t>(access.operand.index);
      if (index < counts.size()) counts[index] = std::max(counts[index], walk.touched[i]);
    }
  }
  if (applied.work.stated) return applied;  // what is stated outright has no walk
  Bytes bytes_read, bytes_written;
  for (std::size_t i = 0; i < read.size(); ++i)
    bytes_read += bytes_of(read[i], application.inputs[i].type.dtype);
  for (std::size_t i = 0; i < written.size(); ++i)
    bytes_written += bytes_of(written[i], applied.outputs[i].dtype);
  const Cost& cost = applied.cost;
  if (cost.macs != macs * mac || cost.flops != (2 * macs + other) * flop ||
      cost.transcendentals != transcendentals || cost.read != bytes_read || cost.written != bytes_written) {
    FAIL_CHECK(describe(application) << ": cost is " << count_of(cost.macs) << " MACs, "
                                     << count_of(cost.flops) << " FLOPs, " << count_of(cost.read) << " + "
                                     << count_of(cost.written) << " bytes; walked " << macs << ", "
                                     << 2 * macs + other << ", " << count_of(bytes_read) << " + "
                                     << count_of(bytes_written));
  }
  return applied;
}

}  // namespace chipcast
