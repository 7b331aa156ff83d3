// Settings onto a design; everything that is wrong with them at once.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hardware/check_device.hpp"
#include "schema/number.hpp"
#include "study/change.hpp"
#include "study/design.hpp"

namespace chipcast {
namespace {

constexpr double most_plain = 1e9;

// What a figure may be, by the end of its path; as the readers of hardware/ have it.
struct Limits {
  std::string_view name;
  Sign sign = Sign::positive;
  double most = most_plain;  // of a figure without unit
};
constexpr std::array limits = {
    Limits{"dispatch", Sign::not_negative},
    Limits{"half_rows", Sign::not_negative},
    Limits{"half_columns", Sign::not_negative},
    Limits{"half_depth", Sign::not_negative},
    Limits{"half_outputs", Sign::not_negative},
    Limits{"half_cycles", Sign::not_negative},
    Limits{"activation_passes", Sign::not_negative},
    Limits{"weight_passes", Sign::not_negative},
    Limits{"parallel_fraction", Sign::not_negative, 1},
    Limits{"bandwidth_efficiency", Sign::positive, 1},
    Limits{"cache_efficiency", Sign::positive, 1},
    Limits{"efficiency", Sign::positive, 2.25},
    Limits{"usable", Sign::positive, 1},
    Limits{"conversion", Sign::positive, 1},
    Limits{"self_discharge", Sign::not_negative, 1},
};
Limits limits_of(std::string_view path) {
  const auto* found = std::ranges::find(limits, path.substr(path.rfind('.') + 1), &Limits::name);
  return found == limits.end() ? Limits{} : *found;
}

// Whether a figure may be scaled to `amount`; complains otherwise.
void check(const Value& value, double amount, const Limits& limit, bool is_plain) {
  const double most = is_plain ? limit.most : 1e18;
  if (amount < 0) {
    value.fail(fmt::format("{} must not be negative", value.name()));
  } else if (amount == 0 && limit.sign == Sign::positive) {
    value.fail(fmt::format("{} must be above zero", value.name()));
  } else if (amount > most) {
    value.fail(fmt::format("{} must be at most {:g}, not {:g}", value.name(), most, amount));
  }
}

bool is_zero(const Value& value) {
  const Number number = parse_number(value.node()->text);
  return number.complaint.empty() && number.rest.empty() && number.real == 0;
}

double base_units(double amount) { return amount; }
template <Dimension D, Representation Rep>
double base_units(Quantity<D, Rep> amount) {
  return static_cast<double>(amount.in_base_units());
}

template <class Q>
void set(Figure<Q>& figure, const Value& value, const Limits& limit) {
  constexpr bool is_plain = std::is_same_v<Q, double>;
  if (const std::optional<double> factor = factor_in(value)) {
    check(value, *factor * base_units(figure.value), limit, is_plain);
    scale(figure, *factor);
    return;
  }
  figure = {.value = {}, .source = "set"};  // what is given is certain: it has no range
  if constexpr (is_plain) {
    figure.value = value.real({0, limit.most});
    if (limit.sign == Sign::positive && is_zero(value)) check(value, 0, limit, is_plain);
  } else {
    figure.value = value.quantity<Q>(limit.sign);
  }
}

// ---- what a device must be

Value value_of(const Settings& settings, Reading& reading, std::string_view path) {
  const auto found = std::ranges::find(settings.all, path, &Setting::path);
  return found == settings.all.end() ? Value() : Value(reading, found->value, fmt::format("'{}'", path));
}

// Where complaints about a device point: at the setting of the figure, else at the first setting.
DevicePlaces places_in(const Settings& settings, Reading& reading, const Device& device) {
  const auto at = [&](const std::string& path) { return value_of(settings, reading, path); };
  DevicePlaces places;
  places.root = Value(reading, settings.document.root, "");
  for (const Engine& engine : device.engines) {
    const std::string path = "engines." + engine.name + ".";
    EnginePlaces& engine_places = places.engines.emplace_back();
    engine_places.item = at(path + "clock");
    if (!engine_places.item) engine_places.item = at(path + "count");
    for (const Precision precision : precisions) {
      engine_places.rates[static_cast<std::size_t>(precision)].value =
          at(path + "flops_per_cycle." + std::string(name(precision)));
    }
  }
  for (const MemoryLevel& level : device.memory) {
    const std::string path = "memory." + level.name + ".";
    places.memory.push_back({.item = {},
                             .capacity = {.value = at(path + "capacity")},
                             .bandwidth = {.value = at(path + "bandwidth")}});
  }
  places.points.resize(device.operating_points.size());
  places.max_power = at("max_power");
  places.idle_power = at("idle_power");
  places.busy_power = at("busy_power");
  return places;
}

// ---- settings onto a design

class Applier {
 public:
  Applier(Design design, const Settings& settings, std::span<const std::string> other_names)
      : design_(std::move(design)), settings_(settings), other_names_(other_names) {}

  Result<Design> run() {
    const Device before = design_.device;
    for (const Setting& setting : settings_.all) {
      if (is_pace(setting.path)) apply(setting);
    }
    if (!reading_.failed()) carry_bandwidths(before.engines, design_.device);
    for (const Setting& setting : settings_.all) {
      if (!is_pace(setting.path)) apply(setting);
    }
    if (reading_.failed()) return reading_.diagnostics();
    return std::move(design_);
  }

 private:
  // A clock or a count: other figures follow it.
  static bool is_pace(std::string_view path) {
    return path.starts_with("engines.") && (path.ends_with(".clock") || path.ends_with(".count"));
  }

  void apply(const Setting& setting) {
    const Value value(reading_, setting.value, fmt::format("'{}'", setting.path));
    if (apply_option(setting.path, value) || apply_fusion(setting.path, value)) return;
    bool is_known = false;
    const auto set_if_meant = [&](const std::string& path, auto& figure) {
      if (path != setting.path) return;
      is_known = true;
      set(figure, value, limits_of(path));
    };
    visit_figures(design_.device, set_if_meant);
    visit_figures(design_.runtime, set_if_meant);
    if (!is_known) complain_of_unknown(setting);
  }

  bool apply_option(std::string_view path, const Value& value) {
    if (path == "precision" || path == "weights") {
      std::vector<std::string> choices;
      for (const Precision precision : precisions) choices.emplace_back(name(precision));
      const std::optional<std::size_t> chosen = value.index_in(choices);
      if (chosen && path == "precision") design_.options.precision = precisions[*chosen];
      if (chosen && path == "weights") design_.options.weights = precisions[*chosen];
    } else if (path == "batch") {
      set_whole(design_.batch, value, 1'000'000);
    } else if (path == "threads") {
      if (factor_in(value) && design_.options.threads == 0) {
        value.fail("there is no number of threads to change: all are used", "give a number");
      } else {
        set_whole(design_.options.threads, value, 1'000'000);
      }
    } else {
      return false;
    }
    return true;
  }

  static void set_whole(double& number, const Value& value, std::int64_t most) {
    if (const std::optional<double> factor = factor_in(value)) {
      number *= *factor;
      if (number < 1 || number != std::floor(number))
        value.fail(
            fmt::format("{} would be {:g}, which is no whole number above zero", value.name(), number));
    } else {
      number = static_cast<double>(value.integer({1, most}));
    }
  }

  bool apply_fusion(std::string_view path, const Value& value) {
    for (std::size_t rule = 0; rule < fusion_rule_count; ++rule) {
      if (path != fusion_path(rule)) continue;
      const std::vector<std::string> words = {"off", "on", "false", "true"};
      const std::optional<std::size_t> chosen = value.index_in(words);
      if (chosen) design_.runtime.fusion[rule] = *chosen % 2 == 1;
      return true;
    }
    return false;
  }

  static std::string fusion_path(std::size_t rule) {
    return fmt::format("fusion.{}", name(static_cast<FusionRule>(rule)));
  }

  void complain_of_unknown(const Setting& setting) {
    const std::string hint = suggest(setting.path, names());
    reading_.fail(
        setting.path_mark,
        fmt::format("'{}' is nothing of '{}', of runtime '{}' or of the network", setting.path,
                    design_.device.id, design_.runtime.id),
        hint.empty() ? "'chipcast lint --show FILE' lists what a device's or a runtime's file gives" : hint);
  }

  // All that can be set.
  std::vector<std::string> names() const {
    std::vector<std::string> all(other_names_.begin(), other_names_.end());
    for (const char* option : {"precision", "weights", "batch", "threads"}) all.emplace_back(option);
    for (std::size_t rule = 0; rule < fusion_rule_count; ++rule) all.push_back(fusion_path(rule));
    const auto add = [&](const std::string& path, const auto&) { all.push_back(path); };
    visit_figures(design_.device, add);
    visit_figures(design_.runtime, add);
    return all;
  }

  Design design_;
  const Settings& settings_;
  std::span<const std::string> other_names_;
  Reading reading_{settings_.document};
};

}  // namespace

struct DeviceCheck::State {
  State(const Device& before, const Settings& s)
      : settings(s), reading(settings.document), places(places_in(settings, reading, before)) {
    check_device(before, places);
    for (const Diagnostic& fault : reading.diagnostics()) old.push_back(fault.message);
  }

  Settings settings;
  Reading reading;  // where `places` complain
  DevicePlaces places;
  std::vector<std::string> old;  // some devices are built against the rules
};

DeviceCheck::DeviceCheck(const Device& before, const Settings& settings)
    : state_(std::make_unique<State>(before, settings)) {}
DeviceCheck::~DeviceCheck() = default;
DeviceCheck::DeviceCheck(DeviceCheck&&) noexcept = default;

Diagnostics DeviceCheck::operator()(const Device& after) {
  state_->reading = Reading(state_->settings.document);
  check_device(after, state_->places);
  if (!state_->reading.failed()) return {};
  Diagnostics faults = state_->reading.diagnostics();
  std::erase_if(faults, [&](const Diagnostic& fault) {
    return std::ranges::find(state_->old, fault.message) != state_->old.end();
  });
  return faults;
}

Result<Design> with_settings(const Design& design, const Settings& settings,
                             std::span<const std::string> other_names) {
  Result<Design> changed = Applier(design, settings, other_names).run();
  if (!changed) return changed;
  const Diagnostics impossible = DeviceCheck(design.device, settings)(changed->device);
  if (!impossible.empty()) return impossible;
  return changed;
}

Result<Design> with_settings_unchecked(const Design& design, const Settings& settings,
                                       std::span<const std::string> other_names) {
  return Applier(design, settings, other_names).run();
}

std::vector<std::string> new_faults(const Device& before, const Device& after) {
  std::vector<std::string> messages;
  for (const Diagnostic& fault : DeviceCheck(before, {})(after)) messages.push_back(fault.message);
  return messages;
}

}  // namespace chipcast
