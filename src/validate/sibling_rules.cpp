// Claims against those of other networks, and of the same network at another precision.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "validate/rules.hpp"

namespace chipcast {
namespace {

// Rows that were measured alike, whatever the network.
using Setting = std::tuple<std::string, std::string, std::string, std::string, int, double, std::string>;

Setting setting_of(const Claim& claim) {
  return {claim.table,
          claim.device,
          claim.operating_point,
          claim.runtime,
          claim.precision ? static_cast<int>(*claim.precision) : -1,
          claim.batch.value_or(0),
          claim.metric};
}

struct Timed {
  std::size_t claim = 0;
  const NetworkFacts* network = nullptr;
};

// More of everything: work, weights and activations.
bool is_larger(const NetworkFacts& a, const NetworkFacts& b) {
  constexpr double margin = 1.5;
  return a.family == b.family && in(a.macs, mac) > margin * in(b.macs, mac) && a.parameters >= b.parameters &&
         a.activation.sum >= b.activation.sum;
}

// Seconds or joules each FLOP takes by the table's own FLOPs.
struct PerFlop {
  std::size_t claim = 0;
  double value = 0;
};

double middle_of(std::vector<PerFlop>& rows) {
  std::ranges::sort(rows, {}, &PerFlop::value);
  return rows[rows.size() / 2].value;
}

// What a constant rate is to the machine's peak says how it came about.
std::string cause_of_rate(double rate, std::optional<double> peak) {
  std::string cause =
      "computed from FLOPs and a constant, not measured: no network differs in how well it runs";
  constexpr double least = 1.02, most = 10;
  if (peak && rate > least * *peak && rate < most * *peak) {
    cause += fmt::format(
        "; at {:.3g} times the peak, as if time were multiplied by a utilisation of {:.2g} where it "
        "should be divided",
        rate / *peak, *peak / rate);
  }
  return cause;
}

}  // namespace

void check_siblings(const Book& book, Findings& findings) {
  constexpr double margin = 1.25;
  std::map<Setting, std::vector<Timed>> settings;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const NetworkFacts* network = book.network(claim);
    if (network == nullptr || claim.device.empty() || !samples_per_second(claim)) continue;
    std::vector<Timed>& rows = settings[setting_of(claim)];
    const auto is_same = [&](const Timed& timed) { return timed.network == network; };
    if (std::ranges::none_of(rows, is_same)) rows.push_back({i, network});
  }
  for (const auto& [setting, rows] : settings) {
    for (const Timed& larger : rows) {
      const Timed* slowest = nullptr;
      for (const Timed& smaller : rows) {
        if (!is_larger(*larger.network, *smaller.network)) continue;
        if (slowest == nullptr || samples_per_second(book.claims()[smaller.claim])->high <
                                      samples_per_second(book.claims()[slowest->claim])->high) {
          slowest = &smaller;
        }
      }
      if (slowest == nullptr) continue;
      const Claim &claim = book.claims()[larger.claim], &other = book.claims()[slowest->claim];
      if (samples_per_second(claim)->low <= margin * samples_per_second(other)->high) continue;
      findings.push_back(
          {.claim = larger.claim,
           .fault = Fault::faster_than_smaller,
           .gravity = Gravity::warning,
           .side = claim.metric == "latency" ? Side::at_least : Side::at_most,
           .implied = other.value,
           .derivation = fmt::format("line {}: {} has {:.3g} of its {} and {}", other.line, other.model,
                                     in(slowest->network->macs, mac) / in(larger.network->macs, mac),
                                     written(in(larger.network->macs, mac), mac_dimension),
                                     written(other.value, other.dimension)),
           .cause = "rows swapped, or not measured alike"});
    }
  }
}

void check_kernels(const Book& book, Findings& findings) {
  constexpr double far_slower = 20;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    if (!claim.precision || bits(*claim.precision) >= bits(Precision::fp32) || !samples_per_second(claim))
      continue;
    Claim wide = claim;
    wide.precision = Precision::fp32;
    const Claim* other = book.find(claim.metric, wide, {}, Reach::table);
    if (other == nullptr || other->precision != Precision::fp32) continue;
    const double times = samples_per_second(*other)->high / samples_per_second(claim)->high;
    if (!(times >= far_slower)) continue;
    findings.push_back(
        {.claim = i,
         .fault = Fault::no_kernel,
         .gravity = Gravity::warning,
         .side = claim.metric == "latency" ? Side::at_most : Side::at_least,
         .implied = other->value,
         .derivation = fmt::format("line {}: {} at fp32, {:.3g} times as fast", other->line,
                                   written(other->value, other->dimension), times),
         .cause = fmt::format("the runtime has no {} kernel and emulates it", name(*claim.precision))});
  }
}

// Figures that are all the same multiple of the FLOPs printed beside them were computed, not measured; a row that
// leaves the multiple was computed otherwise.
void check_one_rate(const Book& book, Findings& findings) {
  constexpr std::size_t least_models = 5;
  constexpr double alike = 0.04, apart = 0.1, most_outliers = 0.25;
  std::map<Setting, std::vector<PerFlop>> settings;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const bool is_cost = claim.metric == "energy_per_inference" || samples_per_second(claim).has_value();
    const Claim* flops = is_cost && !claim.device.empty() ? book.find("flops", claim) : nullptr;
    if (flops == nullptr || flops->value <= 0 || claim.value <= 0) continue;
    Setting setting = setting_of(claim);
    std::get<0>(setting).clear();  // a report has several tables of one device
    const double value = claim.metric == "throughput" ? 1 / claim.value : claim.value;
    settings[setting].push_back({i, value / flops->value});
  }
  for (auto& [setting, rows] : settings) {
    std::set<std::string> models;
    for (const PerFlop& row : rows) models.insert(book.claims()[row.claim].model);
    if (models.size() < least_models) continue;
    const double middle = middle_of(rows);
    const auto distance = [middle](const PerFlop& row) { return std::abs(row.value / middle - 1); };
    const auto is_alike = [&](const PerFlop& row) { return distance(row) < alike; };
    const auto followers = static_cast<std::size_t>(std::ranges::count_if(rows, is_alike));
    if (static_cast<double>(rows.size() - followers) > most_outliers * static_cast<double>(rows.size()))
      continue;
    std::ranges::sort(rows, {}, &PerFlop::claim);
    const std::string& metric = std::get<6>(setting);
    const bool is_energy = metric == "energy_per_inference";
    const std::string constant = is_energy ? written(middle, JoulesPerFlop::dimension)
                                           : written(1 / middle, FlopsPerSecond::dimension);
    const Claim& first = book.claims()[rows.front().claim];
    findings.push_back(
        {.claim = rows.front().claim,
         .fault = Fault::one_rate,
         .gravity = Gravity::note,
         .implied = first.value,
         .derivation =
             fmt::format("{} of {} rows are the printed FLOPs at {}", followers, rows.size(), constant),
         .cause = cause_of_rate(1 / middle, is_energy ? std::nullopt : peak_flops_per_second(book, first))});
    for (const PerFlop& row : rows) {
      if (distance(row) < apart) continue;
      const Claim& claim = book.claims()[row.claim];
      const double times = middle / row.value;
      findings.push_back(
          {.claim = row.claim,
           .fault = Fault::off_the_one_rate,
           .gravity = Gravity::warning,
           .implied = metric == "throughput" ? claim.value / times : claim.value * times,
           .derivation = fmt::format("{} other rows are the printed FLOPs at {}", followers, constant),
           .cause = "a figure from elsewhere: what is compared with it is off by as much"});
    }
  }
}

}  // namespace chipcast
