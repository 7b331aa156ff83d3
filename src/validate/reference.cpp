#include "validate/reference.hpp"

#include <algorithm>
#include <utility>

namespace chipcast {

NetworkFacts facts_of(const Complexity& complexity, std::string family) {
  NetworkFacts facts{.family = std::move(family),
                     .parameters = complexity.parameters,
                     .model_bytes = complexity.model_bytes,
                     .macs = complexity.macs,
                     .flops = complexity.flops,
                     .activation = complexity.activation};
  Bytes read;
  for (const OperatorComplexity& op : complexity.operators) {
    facts.flops_by_class[op.operator_class] += op.cost.flops;
    read += op.cost.read_weights;
  }
  if (complexity.model_bytes > Bytes()) facts.read_share = std::min(1.0, read / complexity.model_bytes);
  return facts;
}

}  // namespace chipcast
