#include "model/target.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast {
namespace {

// The share of a CPU's cores that is enough to keep its memory busy (about what STREAM shows on one to all cores).
constexpr double share_that_saturates = 1.0 / 3;

enum class End : std::uint8_t { nominal, best, worst };

// The value, or the end of its range that makes the machine faster or slower.
template <class Q>
Q taken(const Figure<Q>& figure, End end, bool more_is_faster) {
  if (end == End::nominal) return figure.value;
  const bool high = (end == End::best) == more_is_faster;
  return high ? figure.high.value_or(figure.value) : figure.low.value_or(figure.value);
}

// Amdahl: how much of `units` times the speed of one is left when a part of the work stays on one.
double parallel_efficiency(double units, double parallel_fraction) {
  if (units <= 1) return 1;
  return 1 / (units * (1 - parallel_fraction) + parallel_fraction);
}

class Maker {
 public:
  // Of a target that names its device, point, runtime and options.
  explicit Maker(Target& target)
      : device_(*target.device), point_(*target.point), runtime_(*target.runtime), target_(target) {}

  Result<Done> run() {
    target_.execution = runtime_.on(device_.kind);
    if (target_.execution == nullptr) {
      return Diagnostic{.message = fmt::format("runtime '{}' does not run on '{}', which is a {}",
                                               runtime_.id, device_.id, name(device_.kind)),
                        .hint = "'chipcast list runtimes' says what runs where"};
    }
    if (!choose_precision()) {
      return Diagnostic{
          .message = fmt::format("'{}' has no arithmetic for {} and declares nothing it falls back to",
                                 device_.id, name(target_.options.precision)),
          .hint = "'chipcast list devices' names the precisions of each"};
    }
    say_precision();
    measure();
    find_coefficients(target_.best, End::best);
    find_coefficients(target_.worst, End::worst);
    return Done{};
  }

  void update() {
    if (choose_precision()) measure();
  }

 private:
  // What follows from the figures of the device and the runtime.
  void measure() {
    choose_units();
    choose_memory();
    choose_fit();
    find_coefficients(target_.nominal, End::nominal);
    choose_energy();
  }

  // The narrowest precision with kernels that holds what `wanted` holds; the widest there is where none does.
  Precision next_wider(Precision wanted) const {
    for (std::size_t p = precision_count; p-- > 0;) {
      const bool holds = bits(precisions[p]) > bits(wanted) ||
                         (wanted == Precision::tf32 && precisions[p] == Precision::fp32);
      if (holds && target_.execution->runs(precisions[p])) return precisions[p];
    }
    for (const Precision widest : precisions) {
      if (target_.execution->runs(widest)) return widest;
    }
    return Precision::fp32;
  }

  // The one there are kernels for.
  Precision wanted_precision() const {
    const Precision asked = target_.options.precision;
    if (target_.execution->runs(asked)) return asked;
    // As GPU libraries do unless they are told otherwise.
    if (asked == Precision::fp32 && target_.execution->runs(Precision::tf32)) return Precision::tf32;
    return next_wider(asked);
  }

  void say_precision() {
    const Precision asked = target_.options.precision, runs = wanted_precision(),
                    runs_as = target_.product_runs_as;
    if (runs_as == asked) return;
    if (asked == Precision::fp32 && runs == Precision::tf32) {
      target_.reasons.push_back(fmt::format("{} runs products of fp32 as tf32", runtime_.id));
    } else if (runs != asked) {
      target_.reasons.push_back(
          fmt::format("{} has no {} kernels: {} instead", runtime_.id, name(asked), name(runs)));
    }
    if (runs_as != runs)
      target_.reasons.push_back(
          fmt::format("{} has no {} arithmetic: it runs as {}", device_.id, name(runs), name(runs_as)));
  }

  bool choose_precision() {
    const Precision wanted = wanted_precision();
    const std::optional<Placement> product = placement(device_, wanted, true, point_);
    // Elementwise work follows in the precision of the products, or wider where the vector engine lacks it.
    std::optional<Placement> vector = placement(device_, wanted, false, point_);
    if (!vector) vector = placement(device_, Precision::fp32, false, point_);
    if (!product || !vector) return false;
    target_.product_engine = product->engine;
    target_.product_runs_as = product->runs_as;
    target_.vector_engine = vector->engine;
    vector_runs_as_ = vector->runs_as;
    target_.depthwise_runs_as = without_depth(product->engine, product->runs_as);
    // What runs wider than asked for is still stored as asked for, and so is what takes passes of a narrower float; other
    // work that runs narrower has been quantized to that.
    const bool is_quantized = bits(product->runs_as) < std::min(16, bits(wanted));
    target_.stored_as = is_quantized ? product->runs_as : wanted;
    if (target_.stored_as == Precision::tf32) target_.stored_as = Precision::fp32;
    target_.activation_bits = target_.weight_bits = bits(target_.stored_as);
    if (target_.options.weights) target_.weight_bits = bits(*target_.options.weights);
    return true;
  }

  // A CPU's instructions for products of bytes sum over the depth: work that has none widens its numbers first.
  Precision without_depth(std::size_t engine, Precision precision) const {
    const bool widens = device_.kind == DeviceKind::cpu && bits(precision) < 16 &&
                        device_.engines[engine].has(Precision::fp32);
    return widens ? Precision::fp32 : precision;
  }

  void choose_memory() {
    const std::size_t last = device_.memory.size() - 1;
    target_.memory_capacity = device_.memory[last].capacity.value;
    target_.caches.clear();
    for (std::size_t i = 0; i < last; ++i) {
      const MemoryLevel& level = device_.memory[i];
      const bool is_core = level.scope == MemoryScope::core;
      // Elsewhere than on CPUs, a core's own memory is empty when the next kernel begins.
      if (is_core && i + 1 < last && device_.kind != DeviceKind::cpu) continue;
      const double capacity = level.instances.value * in(level.capacity.value, byte) * (is_core ? share_ : 1);
      target_.caches.push_back({i, static_cast<std::int64_t>(capacity) * byte});
    }
  }

  void choose_units() {
    const double own = unit_count(device_, target_.product_engine, point_);
    const FlopsPerSecond alone = peak_rate(device_, target_.product_engine, target_.product_runs_as, point_);
    const FlopsPerSecond joint =
        joint_peak_rate(device_, target_.product_engine, target_.product_runs_as, point_);
    target_.units = own * (joint / alone);
    share_ = 1;
    if (device_.kind == DeviceKind::cpu && target_.options.threads > 0 &&
        target_.options.threads < target_.units) {
      share_ = target_.options.threads / target_.units;
      target_.units = target_.options.threads;
    }
  }

  void choose_fit() {
    if (!target_.execution->fitted) return;
    const Fitted& fitted = *target_.execution->fitted;
    const auto known = fitted.devices.find(device_.id);
    target_.is_device_known = known != fitted.devices.end();
    target_.margin = target_.is_device_known ? fitted.margin : fitted.margin_elsewhere;
    if (target_.is_device_known) scale_ = known->second;
    const auto precision = static_cast<std::size_t>(target_.product_runs_as);
    for (const double by_precision : {fitted.precisions[precision], scale_.precisions[precision]}) {
      if (by_precision > 0) precision_scale_ *= by_precision;
    }
  }

  void find_coefficients(Coefficients& c, End end) const {
    const Execution& execution = *target_.execution;
    const double host = device_.host_speed ? taken(*device_.host_speed, end, true) : 1.0;
    c.dispatch = scale_.dispatch * taken(execution.dispatch, end, false) / host;
    const std::size_t last = device_.memory.size() - 1;
    c.off_chip = scale_.memory * taken(execution.bandwidth_efficiency, end, true) *
                 std::min(1.0, share_ / share_that_saturates) * bandwidth(device_, last, point_);
    c.on_chip.clear();
    for (const Cache& cache : target_.caches) {
      const bool is_core = device_.memory[cache.level].scope == MemoryScope::core;
      const double reached =
          scale_.memory * taken(execution.cache_efficiency, end, true) * (is_core ? share_ : 1);
      c.on_chip.push_back(reached * bandwidth(device_, cache.level, point_));
    }
    // What comes from further out comes through the levels inside: none of them is slower.
    BytesPerSecond outside = c.off_chip;
    for (std::size_t i = c.on_chip.size(); i-- > 0;) outside = c.on_chip[i] = std::max(c.on_chip[i], outside);
    c.half_rows = taken(execution.half_rows, end, false);
    c.half_columns = taken(execution.half_columns, end, false);
    c.half_depth = taken(execution.half_depth, end, false);
    if (device_.kind == DeviceKind::cpu) c.threads = std::max(1.0, target_.units);
    c.half_outputs = target_.units * taken(execution.half_outputs, end, false);
    c.activation_passes = taken(execution.activation_passes, end, false);
    c.weight_passes = taken(execution.weight_passes, end, false);
    c.winograd = static_cast<std::size_t>(execution.winograd_tile / 2);
    const double parallel =
        parallel_efficiency(target_.units, taken(execution.parallel_fraction, end, true)) * share_ *
        scale_.compute;
    const FlopsPerSecond products =
        precision_scale_ * parallel *
        joint_peak_rate(device_, target_.product_engine, target_.product_runs_as, point_);
    const FlopsPerSecond vectors =
        parallel * joint_peak_rate(device_, target_.vector_engine,
                                   without_depth(target_.vector_engine, vector_runs_as_), point_);
    const FlopsPerSecond by_channel =
        parallel * joint_peak_rate(device_, target_.product_engine, target_.depthwise_runs_as, point_);
    const bool is_widened = target_.depthwise_runs_as != target_.product_runs_as;
    // A GPU takes its time to fill and drain as its host takes to launch, whatever the kernel's size.
    const double per_kernel = device_.kind == DeviceKind::gpu ? scale_.dispatch : 1;
    const double vector_efficiency = taken(execution.prior(WorkKind::elementwise).efficiency, end, true);
    for (std::size_t kind = 0; kind < work_kind_count; ++kind) {
      const WorkPrior& prior = execution.priors[kind];
      const double efficiency = taken(prior.efficiency, end, true);
      const bool is_by_channel = static_cast<WorkKind>(kind) == WorkKind::depthwise_convolution && is_widened;
      c.kinds[kind].rate = efficiency * (is_by_channel ? by_channel : products);
      c.kinds[kind].ramp =
          per_kernel * taken(prior.half_cycles, end, false) / clock(device_, target_.product_engine, point_);
      // What follows a product element by element runs like any elementwise work.
      c.kinds[kind].vector_rate =
          (is_product(static_cast<WorkKind>(kind)) ? vector_efficiency : efficiency) * vectors;
    }
    c.depthwise_in_vectors = {};
    if (target_.vector_engine != target_.product_engine) {
      c.depthwise_in_vectors =
          taken(execution.prior(WorkKind::depthwise_convolution).efficiency, end, true) * vectors;
    }
  }

  void choose_energy() {
    const auto& product = device_.engines[target_.product_engine]
                              .energy_per_flop[static_cast<std::size_t>(target_.product_runs_as)];
    const auto& vector =
        device_.engines[target_.vector_engine].energy_per_flop[static_cast<std::size_t>(vector_runs_as_)];
    const auto value_of = [](const auto& figure) {
      return figure ? std::optional(figure->value) : std::nullopt;
    };
    target_.product_energy = value_of(product);
    target_.vector_energy = value_of(vector);
    const std::size_t last = device_.memory.size() - 1;
    target_.off_chip_energy = value_of(device_.memory[last].energy);
    target_.on_chip_energy.reset();
    if (!target_.caches.empty())
      target_.on_chip_energy = value_of(device_.memory[target_.caches.back().level].energy);
    target_.energy_unknown.clear();
    if (!product || !vector) {
      target_.energy_unknown =
          fmt::format("energy_per_flop of engine '{}'",
                      device_.engines[product ? target_.vector_engine : target_.product_engine].name);
    } else if (!target_.off_chip_energy) {
      target_.energy_unknown = fmt::format("energy of memory level '{}'", device_.memory[last].name);
    }
    target_.idle_power = idle_power(device_, point_);
    target_.busy_power = share_ * busy_power(device_, target_.product_engine, point_);
    target_.max_power = max_power(device_, point_);
    if (!target_.execution->energy) return;
    EnergyScale& scale = target_.energy_scale = target_.execution->energy->scale;
    const auto known = target_.execution->energy->devices.find(device_.id);
    if (known == target_.execution->energy->devices.end()) return;
    for (double* of_time : {&scale.idle, &scale.busy, &scale.board}) *of_time *= known->second;
  }

  const Device& device_;
  const OperatingPoint& point_;
  const Runtime& runtime_;
  Precision vector_runs_as_ = Precision::fp32;
  Scale scale_;
  double precision_scale_ = 1;
  double share_ = 1;  // of the device's units that the threads take
  Target& target_;
};

}  // namespace

Result<Target> make_target(const Device& device, const OperatingPoint& point, const Runtime& runtime,
                           const TargetOptions& options) {
  Target target;
  target.device = &device;
  target.point = &point;
  target.runtime = &runtime;
  target.options = options;
  const Result<Done> made = Maker(target).run();
  if (!made) return made.diagnostics();
  for (const Precision precision : options.kept) {
    Result<Target> kept =
        make_target(device, point, runtime, {.precision = precision, .threads = options.threads});
    if (!kept) return kept.diagnostics();
    for (const std::string& reason : kept->reasons) {
      if (std::ranges::find(target.reasons, reason) == target.reasons.end()) target.reasons.push_back(reason);
    }
    target.kept.push_back(*std::move(kept));
  }
  return target;
}

void update(Target& target) {
  Maker(target).update();
  for (Target& kept : target.kept) update(kept);
}

}  // namespace chipcast
