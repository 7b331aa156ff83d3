#include "study/moves.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace chipcast {

Seconds term(const GroupEstimate& group, Bound bound) {
  const std::array<Seconds, 4> terms = {group.compute, group.memory_off_chip, group.memory_on_chip,
                                        group.dispatch};
  return terms[static_cast<std::size_t>(bound)];
}

Bound moved_most(const Move& move) {
  constexpr std::array bounds = {Bound::compute, Bound::off_chip, Bound::on_chip, Bound::dispatch};
  return *std::ranges::max_element(bounds, {}, [&](Bound bound) {
    const Seconds before = move.before ? term(*move.before, bound) : Seconds();
    const Seconds after = move.after ? term(*move.after, bound) : Seconds();
    return std::abs(in(after - before, second));
  });
}

std::vector<Move> moves(const Workload& workload_before, const Estimate& before,
                        const Workload& workload_after, const Estimate& after) {
  std::vector<Move> all;
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < workload_before.groups.size(); ++i) {
    const GroupWork& group = workload_before.groups[i];
    by_name.try_emplace(group.name, all.size());
    all.push_back({.name = group.name, .kind = group.kind, .before = &before.groups[i]});
  }
  for (std::size_t i = 0; i < workload_after.groups.size(); ++i) {
    const GroupWork& group = workload_after.groups[i];
    const auto found = by_name.find(group.name);
    if (found != by_name.end() && all[found->second].after == nullptr) {
      all[found->second].after = &after.groups[i];
    } else {
      all.push_back({.name = group.name, .kind = group.kind, .after = &after.groups[i]});
    }
  }
  const auto distance = [](const Move& move) { return std::abs(in(move.change(), second)); };
  std::erase_if(all, [&](const Move& move) { return distance(move) == 0; });
  std::ranges::stable_sort(all, std::ranges::greater(), distance);
  return all;
}

}  // namespace chipcast
