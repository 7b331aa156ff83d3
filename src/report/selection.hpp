// report/selection.hpp: which networks on which devices meet a scenario, and which of them is best.
//
//   for (const Candidate& candidate : candidates(c, scenario)) ...         // the best first
//   judge(c, scenario, 2, 0).missed                                        // {"latency 8.1 ms, deadline 5 ms"}
//
// Best: the most accurate; of equals the one with the least energy an inference, then the fastest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/characterization.hpp"

namespace chipcast::report {

struct Verdict {
  std::vector<std::string> missed;  // conditions, in the words of a reader; empty: meets all
  bool holds_at_worst = false;      // also at the slow end of the estimate's interval
  std::optional<Watts> power;   // of the device at the scenario's rate; nothing: unknown, or no rate is given
  std::optional<Seconds> life;  // of the battery
};
Verdict judge(const Characterization& c, const Scenario& scenario, std::size_t network, std::size_t target);

struct Candidate {
  std::size_t network = 0, target = 0;
  Verdict verdict;
};
// Those that meet all conditions.
std::vector<Candidate> candidates(const Characterization& c, const Scenario& scenario);

// Why the first is put before the second.
std::string advantage(const Characterization& c, const Candidate& first, const Candidate& second);

}  // namespace chipcast::report
