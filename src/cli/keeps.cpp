#include "cli/keeps.hpp"

namespace chipcast::cli {

Result<KeptOperators> Keeps::in(const report::Network& network) {
  Result<KeptOperators> kept = keep(network.complexity, rules_);
  if (!kept) {
    Diagnostics diagnostics = kept.diagnostics();
    for (Diagnostic& diagnostic : diagnostics) diagnostic.place.file = network.name;
    return diagnostics;
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (kept->is_used[i]) {
      is_used_[i] = true;
    } else if (complaints_[i].message.empty()) {
      complaints_[i] = names_nothing(network.complexity, rules_[i]);
      complaints_[i].place.file = network.name;
    }
  }
  return kept;
}

Diagnostics Keeps::unused() const {
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!is_used_[i] && !complaints_[i].message.empty()) diagnostics.push_back(complaints_[i]);
  }
  return diagnostics;
}

Result<KeptOperators> kept_in(const report::Network& network, std::span<const Keep> rules) {
  Keeps keeps(rules);
  Result<KeptOperators> kept = keeps.in(network);
  const Diagnostics unused = keeps.unused();
  return kept && !unused.empty() ? unused : kept;
}

}  // namespace chipcast::cli
