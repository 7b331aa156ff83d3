// study/moves.hpp: which operators a change moved, and by which of their terms.
//
//   for (const Move& move : moves(workload, before, workload_after, after)) move.name, move.after->total
#pragma once

#include <string>
#include <vector>

#include "model/estimate.hpp"

namespace chipcast {

// A fused group before and after; one of them is absent where operators came to run together or apart.
struct Move {
  std::string name;
  WorkKind kind = WorkKind::other;
  const GroupEstimate* before = nullptr;
  const GroupEstimate* after = nullptr;

  Seconds change() const { return (after ? after->total : Seconds()) - (before ? before->total : Seconds()); }
};

// What a group's time is made of.
Seconds term(const GroupEstimate& group, Bound bound);
// The term that changed most.
Bound moved_most(const Move& move);

// Those that moved most come first, what did not move is left out. Estimates must have kept their groups, and live on.
std::vector<Move> moves(const Workload& workload_before, const Estimate& before,
                        const Workload& workload_after, const Estimate& after);

}  // namespace chipcast
