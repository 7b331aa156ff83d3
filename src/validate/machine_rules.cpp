// Claims against the machine: rate, bandwidth and power.
#include <fmt/format.h>

#include <algorithm>

#include "model/defaults.hpp"
#include "validate/rules.hpp"

namespace chipcast {
namespace {

// A data sheet's figures are round: what is beyond by less than this is not beyond.
constexpr double tolerance = 1.02;

// The end of an assumed figure's range that lets more pass.
template <class Q>
double at_most(const Figure<Q>& figure) {
  return figure.high.value_or(figure.value).in_base_units();
}
template <class Q>
double at_least(const Figure<Q>& figure) {
  return figure.low.value_or(figure.value).in_base_units();
}

struct Peak {
  double rate = 0;
  EngineKind engine = EngineKind::simd;
  std::string at;  // "at int8"
  bool is_stated = true;
};

// How far beyond its value an assumed figure may lie.
template <class Q>
double headroom(const Figure<Q>& figure) {
  return figure.high ? *figure.high / figure.value : 1;
}

// What the vendor prints is sure; without that, each assumed figure may be as high as it is believed to be.
double peak_headroom(const Device& device, const Placement& place) {
  const auto is_printed = [&](const PublishedPeak& peak) { return peak.precision == place.runs_as; };
  if (std::ranges::any_of(device.published_peaks, is_printed)) return 1;
  const Engine& engine = device.engines[place.engine];
  const auto& rate = engine.flops_per_cycle[static_cast<std::size_t>(place.runs_as)];
  return headroom(engine.count) * headroom(engine.clock) * (rate ? headroom(*rate) : 1);
}

// Of a row that does not state it: the one people would choose, or else the one that the vendor prints a peak for.
Precision usual_precision(const Device& device) {
  const Precision usual = default_precision(device);
  const auto& printed = device.published_peaks;
  const bool is_printed = std::ranges::find(printed, usual, &PublishedPeak::precision) != printed.end();
  return is_printed || printed.empty() ? usual : printed.front().precision;
}

std::optional<Peak> peak_of(const Machine& machine, const Claim& claim) {
  const Precision precision = claim.precision.value_or(usual_precision(*machine.device));
  const std::optional<Placement> place = placement(*machine.device, precision, true, *machine.point);
  if (!place) return std::nullopt;
  const FlopsPerSecond rate = peak_headroom(*machine.device, *place) *
                              joint_peak_rate(*machine.device, place->engine, place->runs_as, *machine.point);
  if (rate <= FlopsPerSecond()) return std::nullopt;
  return Peak{
      .rate = rate.in_base_units(),
      .engine = machine.device->engines[place->engine].kind,
      .at = fmt::format("at {}{}", name(place->runs_as), claim.precision ? "" : ", its usual precision"),
      .is_stated = claim.precision.has_value()};
}

// Winograd's F(4x4, 3x3) multiplies a fourth as often; vector engines run it, matrix engines gain nothing.
double least_flops(const NetworkFacts& network, const Peak& peak) {
  const double all = in(flops_of(network.macs), flop);
  const bool may_transform = peak.engine == EngineKind::simd || peak.engine == EngineKind::scalar;
  const auto found = network.flops_by_class.find(OperatorClass::standard_convolution);
  if (!may_transform || found == network.flops_by_class.end()) return all;
  return std::max(0.0, all - 0.75 * in(found->second, flop));
}

// A latency or a throughput that goes with `per_second` samples, turned into the claim's own figure.
double as_claimed(const Claim& claim, double per_second) {
  return claim.metric == "latency" ? claim.batch.value_or(1) / per_second : per_second;
}
Side side_of(const Claim& claim) { return claim.metric == "latency" ? Side::at_least : Side::at_most; }

std::optional<Finding> above_peak(const Claim& claim, const Peak& peak, Interval flops, double flops_value,
                                  const std::string& whose) {
  const double slowest = samples_per_second(claim)->low;
  if (slowest * flops.low <= tolerance * peak.rate) return std::nullopt;
  const double per_second = claim.metric == "latency" ? claim.batch.value_or(1) / claim.value : claim.value;
  return Finding{.fault = Fault::above_peak,
                 .gravity = peak.is_stated ? Gravity::error : Gravity::warning,
                 .side = side_of(claim),
                 .implied = as_claimed(claim, peak.rate / flops_value),
                 .derivation = fmt::format("{} x {} ({}) = {}, {:.3g} times the peak of {} {}",
                                           written(per_second, Dimension{} - second_dimension),
                                           written(flops_value, flop_dimension), whose,
                                           written(per_second * flops_value, FlopsPerSecond::dimension),
                                           per_second * flops_value / peak.rate,
                                           written(peak.rate, FlopsPerSecond::dimension), peak.at)};
}

// Bytes that all levels on the chip hold together.
double on_chip_capacity(const Device& device) {
  double sum = 0;
  for (const MemoryLevel& level : device.memory) {
    if (level.scope == MemoryScope::off_chip) continue;
    const double instances = level.instances.high.value_or(level.instances.value);
    const Bytes capacity = level.capacity.high.value_or(level.capacity.value);
    sum += in(capacity, byte) * instances;
  }
  return sum;
}

// What the device itself may take, as far as its file is sure.
double greatest_power(const Machine& machine) {
  return at_most(machine.point->max_power ? *machine.point->max_power : machine.device->max_power);
}
double least_power(const Machine& machine) {
  return at_least(machine.point->idle_power ? *machine.point->idle_power : machine.device->idle_power);
}

struct Drawn {
  Interval power;
  double value = 0;
  std::string derivation;
  bool grows = true;  // with the claim's figure: of a battery's life it falls
};

std::optional<Drawn> power_of(const Book& book, const Claim& claim) {
  constexpr Dimension power = Watts::dimension;
  if (claim.metric == "power") return Drawn{claim.range(), claim.value, written(claim.value, power)};
  if (claim.metric == "battery_life") {
    const Claim* capacity = book.find("battery_capacity", claim);
    if (capacity == nullptr) return std::nullopt;
    const double value = capacity->value / claim.value;
    return Drawn{capacity->range() / claim.range(), value,
                 fmt::format("{:.4g} Wh / {} = {}", capacity->value / 3600,
                             written(claim.value, claim.dimension), written(value, power)),
                 false};
  }
  if (claim.metric != "energy_per_inference") return std::nullopt;
  for (const char* metric : {"throughput", "latency"}) {
    const Claim* speed = book.find(metric, claim, {}, Reach::table);
    if (speed == nullptr) continue;
    const Interval rate = *samples_per_second(*speed);
    const double per_second =
        speed->metric == "latency" ? speed->batch.value_or(1) / speed->value : speed->value;
    const double value = claim.value * per_second;
    return Drawn{claim.range() * rate, value,
                 fmt::format("{} x {} = {}", written(claim.value, claim.dimension),
                             written(per_second, Dimension{} - second_dimension), written(value, power))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Interval> samples_per_second(const Claim& claim) {
  const double batch = claim.batch.value_or(1);
  if (claim.metric == "throughput") return claim.range();
  if (claim.metric == "latency") return Interval{batch, batch} / claim.range();
  return std::nullopt;
}

std::optional<double> peak_flops_per_second(const Book& book, const Claim& claim) {
  const std::optional<Machine> machine = book.machine(claim);
  const std::optional<Peak> peak = machine ? peak_of(*machine, claim) : std::nullopt;
  return peak ? std::optional(peak->rate) : std::nullopt;
}

void check_peak(const Book& book, Findings& findings) {
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const std::optional<Machine> machine = book.machine(claim);
    if (!machine || !samples_per_second(claim)) continue;
    const std::optional<Peak> peak = peak_of(*machine, claim);
    if (!peak) continue;
    std::optional<Finding> found;
    if (const NetworkFacts* network = book.network(claim)) {
      const double all = in(flops_of(network->macs), flop), least = least_flops(*network, *peak);
      found = above_peak(claim, *peak, {all, all}, all, "the network's own");
      if (found && !above_peak(claim, *peak, {least, least}, least, "")) {
        found->gravity = Gravity::warning;
        found->cause = "possible only if most 3x3 convolutions run as Winograd";
      }
    }
    const Claim* printed = book.find("flops", claim);
    if (!found && printed != nullptr) {
      found = above_peak(claim, *peak, printed->range(), printed->value, "as printed");
    }
    if (!found) continue;
    found->claim = i;
    if (found->cause.empty()) found->cause = cause_of_factor(claim.value / found->implied);
    findings.push_back(*std::move(found));
  }
}

void check_bandwidth(const Book& book, Findings& findings) {
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const std::optional<Machine> machine = book.machine(claim);
    const NetworkFacts* network = book.network(claim);
    // Weights are read once a batch: without it nothing follows.
    if (!machine || network == nullptr || !claim.precision || !claim.batch || !samples_per_second(claim))
      continue;
    const MemoryLevel& outermost = machine->device->memory.back();
    if (outermost.scope != MemoryScope::off_chip) continue;
    const double weights =
        static_cast<double>(network->parameters) * network->read_share * bits(*claim.precision) / 8;
    const double left = weights - on_chip_capacity(*machine->device);
    const BytesPerSecond nominal =
        bandwidth(*machine->device, machine->device->memory.size() - 1, *machine->point);
    const double limit = headroom(outermost.bandwidth) * nominal.in_base_units();
    const double batches = samples_per_second(claim)->low / *claim.batch;
    if (left <= 0 || limit <= 0 || left * batches <= tolerance * limit) continue;
    const double implied = as_claimed(claim, *claim.batch * limit / left);
    findings.push_back(
        {.claim = i,
         .fault = Fault::above_bandwidth,
         .side = side_of(claim),
         .implied = implied,
         .derivation = fmt::format(
             "{} of weights beyond what the chip holds, {}: {}, the memory gives {}",
             written(left, byte_dimension), written(batches, Dimension{} - second_dimension),
             written(left * batches, BytesPerSecond::dimension), written(limit, BytesPerSecond::dimension)),
         .cause = cause_of_factor(claim.value / implied)});
  }
}

void check_power(const Book& book, Findings& findings) {
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const std::optional<Machine> machine = book.machine(claim);
    if (!machine) continue;
    const std::optional<Drawn> drawn = power_of(book, claim);
    if (!drawn) continue;
    const double most = greatest_power(*machine), least = least_power(*machine);
    // Where more than the device is measured, it may take more.
    const bool is_above = most > 0 && claim.boundary.empty() && drawn->power.low > tolerance * most;
    const bool is_below = drawn->power.high * tolerance < least;
    if (!is_above && !is_below) continue;
    const double limit = is_above ? most : least;
    const double factor = drawn->value / limit;
    const double implied = drawn->grows ? claim.value / factor : claim.value * factor;
    findings.push_back({.claim = i,
                        .fault = is_above ? Fault::above_power : Fault::below_idle,
                        .side = is_above == drawn->grows ? Side::at_most : Side::at_least,
                        .implied = implied,
                        .derivation = fmt::format("{}, the device {} {}", drawn->derivation,
                                                  is_above ? "takes at most" : "idles at no less than",
                                                  written(limit, Watts::dimension)),
                        .cause = is_below && !drawn->grows
                                     ? "the device's idle power was left out, beside any other fault"
                                     : cause_of_factor(factor)});
  }
}

}  // namespace chipcast
