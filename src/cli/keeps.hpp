// cli/keeps.hpp: operators that the user keeps at precisions of their own: --keep PRECISION=PATTERN,...
//
//   Keeps keeps(arguments.targets.keeps);
//   Result<KeptOperators> kept = keeps.in(network);              // for each network
//   keeps.unused()                                      // complaints, after the last of them
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "model/workload.hpp"
#include "report/describe.hpp"
#include "transform/keep.hpp"

namespace chipcast::cli {

// One may be asked from several threads.
class Keeps {
 public:
  explicit Keeps(std::span<const Keep> rules) : rules_(rules), complaints_(rules.size()) {}

  Result<KeptOperators> in(const report::Network& network);

  // A complaint for each rule that named nothing in any of the networks.
  Diagnostics unused() const;

 private:
  std::span<const Keep> rules_;
  std::mutex mutex_;
  std::vector<bool> is_used_ = std::vector<bool>(rules_.size(), false);
  std::vector<Diagnostic> complaints_;  // by rule, of the network that was asked first
};

// Of a single network, in which every rule must name something.
Result<KeptOperators> kept_in(const report::Network& network, std::span<const Keep> rules);

}  // namespace chipcast::cli
