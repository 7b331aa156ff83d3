// The sums and paths that `describe` and `compare` show.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "graph/topology.hpp"
#include "report/describe.hpp"

namespace chipcast::report {

GraphFacts facts_of(const Network& network) {
  GraphFacts facts;
  const std::vector<std::int64_t> profile = concurrency_profile(network.graph, network.shaped.order);
  facts.operators = static_cast<std::int64_t>(network.graph.operators().size());
  facts.depth = static_cast<std::int64_t>(profile.size());
  facts.most_concurrent = profile.empty() ? 0 : std::ranges::max(profile);

  std::vector<double> weights(network.graph.operators().size(), 0);
  std::vector<Flops> flops(weights.size());
  for (const OperatorComplexity& row : network.complexity.operators) {
    if (row.source == none) continue;
    flops[row.source] += row.cost.flops;
    weights[row.source] += in(row.cost.flops, flop);
  }
  const CriticalPath path = critical_path(network.graph, network.shaped.order, weights);
  facts.heaviest_path_operators = static_cast<std::int64_t>(path.operators.size());
  for (const OperatorId id : path.operators) facts.heaviest_path_flops += flops[id];
  return facts;
}

double not_modelled_share(const Complexity& complexity) {
  if (complexity.operators.empty()) return 0;
  return static_cast<double>(complexity.not_modelled.size()) /
         static_cast<double>(complexity.operators.size());
}

std::string not_modelled_caveat(const Complexity& complexity) {
  if (complexity.not_modelled.empty()) return {};
  return fmt::format("{:.3g}% of the operators ({} of {}) are not modelled",
                     100 * not_modelled_share(complexity), complexity.not_modelled.size(),
                     complexity.operators.size());
}

std::vector<ClassTotal> class_totals(const Complexity& complexity) {
  std::array<ClassTotal, static_cast<std::size_t>(OperatorClass::other) + 1> by_class;
  for (std::size_t i = 0; i < by_class.size(); ++i)
    by_class[i].operator_class = static_cast<OperatorClass>(i);
  for (const OperatorComplexity& row : complexity.operators) {
    ClassTotal& total = by_class[static_cast<std::size_t>(row.operator_class)];
    ++total.operators;
    total.parameters = saturating_add(total.parameters, row.parameters);
    total.macs += row.cost.macs;
    total.flops += row.cost.flops;
    total.bytes += row.cost.bytes();
  }
  std::vector<ClassTotal> totals;
  std::ranges::copy_if(by_class, std::back_inserter(totals),
                       [](const ClassTotal& t) { return t.operators > 0; });
  std::ranges::stable_sort(totals, std::ranges::greater{}, [](const ClassTotal& t) {
    return std::pair(count_of(t.flops), count_of(t.bytes));
  });
  return totals;
}

}  // namespace chipcast::report
