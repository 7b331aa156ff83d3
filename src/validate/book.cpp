#include "validate/book.hpp"

#include <fmt/format.h>

#include "validate/audit.hpp"

namespace chipcast {
namespace {

// How well two statements go together: against each other, silent on one side, the same.
template <class T>
int agreement(const T& a, const T& b) {
  if (a == b) return 1;
  return a == T() || b == T() ? 0 : -1;
}

constexpr int incompatible = -1;

int agreement(const Claim& a, const Claim& b, bool is_other_variant) {
  const int parts[] = {agreement(a.device, b.device), agreement(a.operating_point, b.operating_point),
                       agreement(a.runtime, b.runtime), agreement(a.batch, b.batch),
                       // A variant may be one because of its precision.
                       is_other_variant ? 0 : agreement(a.precision, b.precision)};
  int sum = 0;
  for (const int part : parts) {
    if (part < 0) return incompatible;
    sum += part;
  }
  constexpr int more_than_all_parts = 8;
  return a.table == b.table ? sum + more_than_all_parts : sum;
}

}  // namespace

Book::Book(std::span<const Claim> claims, const Reference& reference)
    : claims_(claims), reference_(reference) {
  for (std::size_t i = 0; i < claims.size(); ++i)
    index_[{claims[i].metric, claims[i].model, claims[i].device}].push_back(i);
}

const Claim* Book::find(const std::string& metric, const Claim& like, const std::string& of,
                        Reach reach) const {
  const Claim* best = nullptr;
  int best_agreement = incompatible;
  const auto search = [&](const std::string& model, const std::string& variant) {
    for (const std::string& device : {like.device, std::string()}) {
      const auto found = index_.find({metric, model, device});
      if (found == index_.end()) continue;
      for (const std::size_t i : found->second) {
        if (claims_[i].variant != variant) continue;
        if (reach == Reach::table && claims_[i].table != like.table) continue;
        const int agrees = agreement(like, claims_[i], variant != like.variant);
        if (agrees <= best_agreement) continue;
        best = &claims_[i];
        best_agreement = agrees;
      }
    }
  };
  if (of.empty()) {
    search(like.model, like.variant);
    if (best == nullptr) search("", "");  // what a table says of all its rows
  } else {
    search(of, like.variant);
    if (best == nullptr) search(like.model, of);
  }
  return best;
}

std::optional<Evaluated> Book::evaluate(const Formula& formula, const Claim& claim, Reach reach) const {
  Evaluated result{.range = {1, 1}, .value = 1, .derivation = {}};
  Dimension dimension;
  for (const Factor& factor : formula.factors) {
    Interval range{factor.number, factor.number};
    double value = factor.number;
    Dimension its = factor.dimension;
    if (factor.metric == "batch") {
      value = claim.batch.value_or(1);
      range = {value, value};
    } else if (!factor.metric.empty()) {
      const Claim* operand = find(factor.metric, claim, factor.of, reach);
      if (operand == nullptr || operand == &claim) return std::nullopt;
      range = operand->range();
      value = operand->value;
      its = operand->dimension;
    }
    if (factor.divides && value == 0) return std::nullopt;
    result.range = factor.divides ? result.range / range : result.range * range;
    result.value = factor.divides ? result.value / value : result.value * value;
    dimension = factor.divides ? dimension - its : dimension + its;
    result.derivation += fmt::format("{}{}",
                                     result.derivation.empty() ? ""
                                     : factor.divides          ? " / "
                                                               : " x ",
                                     written(value, its));
  }
  if (dimension != claim.dimension) return std::nullopt;
  result.derivation = fmt::format("{} = {}", formula.text, result.derivation);
  return result;
}

const NetworkFacts* Book::network(const Claim& claim) const {
  if (!claim.variant.empty()) return nullptr;
  const auto found = reference_.networks.find(claim.model);
  return found == reference_.networks.end() ? nullptr : &found->second;
}

std::optional<Machine> Book::machine(const Claim& claim) const {
  const auto found = reference_.devices.find(claim.device);
  if (found == reference_.devices.end()) return std::nullopt;
  const Device& device = found->second;
  const OperatingPoint* point = claim.operating_point.empty() ? &device.operating_points.front()
                                                              : device.operating_point(claim.operating_point);
  if (point == nullptr) return std::nullopt;
  return Machine{.device = &device, .point = point};
}

}  // namespace chipcast
