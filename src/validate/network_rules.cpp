// Claims against the network's own graph: parameters, operations, activations, size.
#include <fmt/format.h>

#include <cmath>

#include "validate/rules.hpp"

namespace chipcast {
namespace {

// What a figure may be by any convention that is in use, and the one chipcast prints.
struct Own {
  Interval accepted;
  double value = 0;
  std::string what;
};

Interval around(double low, double high, double tolerance) {
  return {low * (1 - tolerance), high * (1 + tolerance)};
}

// "flops_depthwise_convolution" with the prefix "flops_"; nothing where it names no class.
std::optional<Flops> flops_of_class(const NetworkFacts& network, std::string_view metric,
                                    std::string_view prefix) {
  if (!metric.starts_with(prefix)) return std::nullopt;
  std::string wanted(metric.substr(prefix.size()));
  std::ranges::replace(wanted, '_', ' ');
  for (const auto& [operator_class, flops] : network.flops_by_class) {
    if (wanted == name(operator_class)) return flops;
  }
  return std::nullopt;
}

std::optional<Own> own_count(const NetworkFacts& network, const std::string& metric) {
  const double macs = in(network.macs, mac), flops = in(network.flops, flop);
  if (metric == "parameters") {
    const auto parameters = static_cast<double>(network.parameters);
    return Own{around(parameters, parameters, 0.015), parameters, "parameters of the graph"};
  }
  if (metric == "macs") return Own{around(macs, macs, 0.02), macs, "MACs of the graph"};
  // With or without what is no multiply-accumulate.
  if (metric == "flops") {
    return Own{around(2 * macs, flops, 0.02), flops,
               fmt::format("2 x {} and the rest", written(macs, mac_dimension))};
  }
  if (const auto share = flops_of_class(network, metric, "flop_share_"); share && flops > 0) {
    const double value = in(*share, flop) / flops;
    return Own{around(value, value, 0.1), value, "share of the graph's FLOPs"};
  }
  if (const auto of_class = flops_of_class(network, metric, "flops_")) {
    const double value = in(*of_class, flop);
    return Own{around(value, value, 0.05), value, "FLOPs of the graph's operators of that class"};
  }
  return std::nullopt;
}

std::string cause_of_count(const std::string& metric, double factor, const NetworkFacts& network) {
  if (std::string cause = cause_of_factor(factor); !cause.empty()) return cause;
  if (metric == "parameters") return "another width, head or number of classes";
  const auto is_near = [factor](double wanted) { return std::abs(factor / wanted - 1) < 0.05; };
  if (is_near(2) || is_near(0.5)) return "off by 2: MACs and FLOPs";
  constexpr double least_repeats = 2.3, most_repeats = 3.5;
  const bool is_separable = network.flops_by_class.contains(OperatorClass::depthwise_convolution);
  if (is_separable && factor > least_repeats && factor < most_repeats) {
    return "operators counted more than once: about 3 is usual on inverted-residual networks";
  }
  if (metric != "flops" && metric != "macs") return "operators of other classes counted along";
  constexpr double little = 1.1;
  if (factor > 1 && factor < little) return "batch normalization and elementwise work counted apart";
  return "another input size, width or way to count";
}

}  // namespace

void check_counts(const Book& book, Findings& findings) {
  constexpr double large = 0.1;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const NetworkFacts* network = book.network(claim);
    if (network == nullptr) continue;
    const std::optional<Own> own = own_count(*network, claim.metric);
    if (!own || own->value <= 0 || gap(own->accepted, claim.range()) == 0) continue;
    const double factor = claim.value / own->value;
    findings.push_back({.claim = i,
                        .fault = Fault::not_the_network,
                        .gravity = std::abs(factor - 1) < large ? Gravity::warning : Gravity::error,
                        .implied = own->value,
                        .derivation = fmt::format("{}: {}", own->what, written(own->value, claim.dimension)),
                        .cause = cause_of_count(claim.metric, factor, *network)});
  }
}

void check_activations(const Book& book, Findings& findings) {
  constexpr double widest_bits = 32, tolerance = 0.05, large = 1.2;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const NetworkFacts* network = book.network(claim);
    if (network == nullptr || claim.metric != "activation_memory") continue;
    const double scale = claim.precision ? bits(*claim.precision) / widest_bits : 1;
    const double sum = scale * in(network->activation.sum, byte) * claim.batch.value_or(1);
    const double peak = scale * in(network->activation.peak, byte) * claim.batch.value_or(1);
    // A precision that is not stated may have been the narrowest.
    const double least = claim.precision ? peak : peak * bits(Precision::int4) / widest_bits;
    if (gap(claim.range(), around(least, sum, tolerance)) == 0) continue;
    const bool is_above = claim.value > sum;
    findings.push_back(
        {.claim = i,
         .fault = Fault::not_the_activations,
         .gravity = is_above && claim.value < large * sum ? Gravity::warning : Gravity::error,
         .side = is_above ? Side::at_most : Side::at_least,
         .implied = is_above ? sum : least,
         .derivation =
             is_above
                 ? fmt::format("the outputs of all operators together are {}, at most {} of them at once",
                               written(sum, byte_dimension), written(peak, byte_dimension))
                 : fmt::format("{} are live at once", written(least, byte_dimension)),
         .cause = is_above ? "weights, inputs or buffers counted along, or another input size" : ""});
  }
}

void check_size(const Book& book, Findings& findings) {
  constexpr double tolerance = 0.02, large = 0.25;
  constexpr double mebi = 0x1p20 / 1e6;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const NetworkFacts* network = book.network(claim);
    if (network == nullptr || claim.metric != "model_size" || !claim.precision) continue;
    const double parameters = static_cast<double>(network->parameters);
    // A file holds statistics and its own structure beside the parameters.
    constexpr double most_overhead = 1.1;
    const auto expected = [&](Precision precision) {
      const double bytes = parameters * bits(precision) / 8;
      return around(bytes, bytes * most_overhead, tolerance);
    };
    if (gap(claim.range(), expected(*claim.precision)) == 0) continue;
    const double own = parameters * bits(*claim.precision) / 8;
    Finding found{.claim = i,
                  .fault = Fault::not_the_precision,
                  .gravity = std::abs(claim.value / own - 1) < large ? Gravity::warning : Gravity::error,
                  .implied = own,
                  .derivation = fmt::format("{} parameters of {} bits", written(parameters, {}),
                                            bits(*claim.precision))};
    const Interval in_mebibytes = claim.range() * Interval{mebi, mebi};
    if (gap(in_mebibytes, expected(*claim.precision)) == 0) {
      found.gravity = Gravity::note;
      found.cause = "MiB printed as MB";
    }
    for (const Precision other : precisions) {
      if (!found.cause.empty() || gap(claim.range(), expected(other)) > 0) continue;
      found.cause = fmt::format("the size at {} bits each", bits(other));
    }
    if (found.cause.empty()) found.cause = cause_of_factor(claim.value / own);
    findings.push_back(std::move(found));
  }
}

}  // namespace chipcast
