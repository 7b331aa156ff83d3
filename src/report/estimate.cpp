#include "report/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

using Rows = std::span<const Estimated>;

bool varies(Rows rows, const std::function<std::string(const Estimated&)>& text) {
  return std::ranges::any_of(rows, [&](const Estimated& row) { return text(row) != text(rows[0]); });
}

std::string model_of(const Estimated& row) { return row.model; }
std::string batch_of(const Estimated& row) { return fmt::format("{}", row.estimate.batch); }
std::string device_of(const Estimated& row) { return device_text(*row.target); }
std::string runtime_of(const Estimated& row) { return row.target->runtime->id; }
std::string precision_of(const Estimated& row) { return precision_text(*row.target); }

// Whether two rows of one device differ in what `text` says: only then must every row say it.
bool varies_within_device(Rows rows, std::string (*text)(const Estimated&)) {
  std::map<std::string, std::string> first;  // by device
  return std::ranges::any_of(rows, [&](const Estimated& row) {
    return first.try_emplace(device_of(row), text(row)).first->second != text(row);
  });
}

std::vector<std::string> names_of_kept(const Target& target) {
  std::vector<std::string> names;
  for (const Precision precision : target.options.kept) names.emplace_back(name(precision));
  return names;
}

template <class Q, class Get>
Value of_energy(const Estimate& e, Get get) {
  return e.energy ? Value(Q(get(*e.energy))) : Value();
}

Value whole_if(double number) {
  return number == static_cast<double>(static_cast<std::int64_t>(number))
             ? Value(static_cast<std::int64_t>(number))
             : Value(number);
}

Value cost_per_million(const Estimated& row) {
  const Device& device = *row.target->device;
  if (!device.price_usd || !device.lifetime_years) return {};
  const Seconds life = device.lifetime_years->value * 365.25 * day;
  return device.price_usd->value / (life * row.estimate.throughput) * 1e6;
}

std::string_view boundary_text(PowerBoundary boundary) {
  const bool is_outside = boundary == PowerBoundary::board || boundary == PowerBoundary::wall;
  return is_outside ? name(boundary) : "chip";
}

std::vector<Column> columns_for(Rows rows, const EstimateQuestion& question) {
  const auto shown_if = [](bool shown) { return shown ? Audience::everybody : Audience::machines; };
  const auto machines = Audience::machines;
  const bool has_battery =
      std::ranges::any_of(rows, [](const Estimated& row) { return row.endurance.capacity > Joules(); });
  return {
      {"model", "model", Unit::none, 0, shown_if(varies(rows, model_of))},
      {"device", "device", Unit::none, 0, machines},
      {"", "device", Unit::none, 0, Audience::people},
      {"operating_point", "point", Unit::none, 0, machines},
      {"runtime", "runtime", Unit::none, 0, shown_if(varies_within_device(rows, runtime_of))},
      {"precision", "precision", Unit::none, 0, shown_if(varies_within_device(rows, precision_of))},
      {"weight_precision", "weights", Unit::none, 0, machines},
      {"batch", "batch", Unit::none, 0, shown_if(varies(rows, batch_of))},
      {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
      {"", "from - to", Unit::none, 1, Audience::people},
      {"latency_low_s", "at best", Unit::seconds, 0, machines},
      {"latency_high_s", "at worst", Unit::seconds, 0, machines},
      {"throughput_per_s", "per s", Unit::hertz, 0, Audience::everybody, true},
      {"energy_j", "energy", Unit::joules, 0, Audience::everybody, true},
      {"power_w", "power", Unit::watts, 0, Audience::everybody, true},
      {"battery_life_s", "battery", Unit::seconds, 0, shown_if(has_battery), true},
      {"bound", "bound", Unit::none, 0},
      {"basis", "basis", Unit::none, 0, machines},
      {"co2e_g", "CO2e (g)", Unit::none, 2, shown_if(question.grams_per_joule.has_value()), true},
      {"critical_path_s", "critical path", Unit::seconds, 0, machines},
      {"energy_per_inference_j", "", Unit::joules, 0, machines},
      {"energy_compute_j", "", Unit::joules, 0, machines},
      {"energy_off_chip_j", "", Unit::joules, 0, machines},
      {"energy_on_chip_j", "", Unit::joules, 0, machines},
      {"energy_idle_j", "", Unit::joules, 0, machines},
      {"energy_busy_j", "", Unit::joules, 0, machines},
      {"energy_outside_j", "", Unit::joules, 0, machines},
      {"energy_boundary", "", Unit::none, 0, machines},
      {"energy_delay_js", "", Unit::none, 0, machines},
      {"inferences_per_wh", "", Unit::none, 0, machines},
      {"cost_per_million_usd", "", Unit::none, 0, machines},
      {"battery_capacity_j", "", Unit::joules, 0, machines},
      {"battery_rate_per_s", "", Unit::hertz, 0, machines},
      {"battery_drain", "", Unit::none, 0, machines},
      {"weights_bytes", "", Unit::bytes, 0, machines},
      {"activations_bytes", "", Unit::bytes, 0, machines},
      {"fits", "", Unit::none, 0, machines},
      {"largest_batch", "", Unit::count, 0, machines},
      {"saturating_batch", "", Unit::count, 0, machines},
      {"is_throttled", "", Unit::none, 0, machines},
      {"notes", "", Unit::none, 0, machines},
  };
}

std::vector<Value> row_of(const Estimated& row, const EstimateQuestion& question) {
  const Estimate& e = row.estimate;
  const Target& t = *row.target;
  const auto energy = [&](auto get) { return of_energy<Joules>(e, get); };
  const Value total = energy([](const Energy& parts) { return parts.total(); });
  const auto& battery = row.endurance.battery;
  return {
      row.model,
      t.device->id,
      device_text(t),
      t.point->name,
      t.runtime->id,
      name(t.options.precision),
      name(t.options.weights.value_or(t.options.precision)),
      whole_if(e.batch),
      e.latency,
      fmt::format("{} - {}", short_text(e.latency_low, Unit::seconds),
                  short_text(e.latency_high, Unit::seconds)),
      e.latency_low,
      e.latency_high,
      e.throughput,
      total,
      e.power ? Value(*e.power) : Value(),
      battery ? Value(battery->life) : Value(),
      name(e.bound),
      basis_of(t),
      e.energy && question.grams_per_joule ? Value(in(e.energy->total(), joule) * *question.grams_per_joule)
                                           : Value(),
      e.critical_path,
      e.energy ? Value(e.energy->total() / e.batch) : Value(),
      energy([](const Energy& parts) { return parts.compute; }),
      energy([](const Energy& parts) { return parts.off_chip; }),
      energy([](const Energy& parts) { return parts.on_chip; }),
      energy([](const Energy& parts) { return parts.idle; }),
      energy([](const Energy& parts) { return parts.busy; }),
      energy([](const Energy& parts) { return parts.outside; }),
      e.energy ? Value(boundary_text(question.boundary)) : Value(),
      e.energy ? Value(in(e.energy->total(), joule) * in(e.latency, second)) : Value(),
      e.energy ? Value(e.batch * (1.0 * watt_hour / e.energy->total())) : Value(),
      cost_per_million(row),
      row.endurance.capacity > Joules() ? Value(row.endurance.capacity) : Value(),
      battery ? Value(row.endurance.rate) : Value(),
      battery ? Value(name(battery->most)) : Value(),
      e.weights,
      e.activations,
      e.fits,
      e.largest_batch,
      row.saturating_batch > 0 ? Value(row.saturating_batch) : Value(),
      e.is_throttled,
      Value::Texts(remarks(row)),
  };
}

std::vector<const Target*> targets_of(Rows rows) {
  std::vector<const Target*> targets;
  for (const Estimated& row : rows) {
    if (std::ranges::find(targets, row.target) == targets.end()) targets.push_back(row.target);
  }
  return targets;
}

Table target_table(Rows rows) {
  Table table{.key = "targets",
              .title = "What it was estimated on",
              .columns = {{"device", "device"},
                          {"runtime", "runtime"},
                          {"precision", "precision"},
                          {"peak", "peak", Unit::flops_per_second, 0, Audience::everybody, true},
                          {"bandwidth", "memory", Unit::bytes_per_second, 0, Audience::everybody, true},
                          {"basis", "basis"}},
              .rows = {},
              .excerpt = {},
              .audience = Audience::people};
  for (const Target* t : targets_of(rows)) {
    table.rows.push_back({device_text(*t), t->runtime->id, precision_text(*t),
                          joint_peak_rate(*t->device, t->product_engine, t->product_runs_as, *t->point),
                          bandwidth(*t->device, t->device->memory.size() - 1, *t->point), basis_of(*t)});
  }
  return table;
}

std::string battery_note(const EstimateQuestion& question) {
  const std::string capacity =
      question.battery.capacity
          ? fmt::format("a battery of {:.3g} Wh", in(*question.battery.capacity, watt_hour))
          : "the device's own";
  const std::string rate =
      question.battery.rate ? fmt::format("at {:.3g} inferences a second", in(*question.battery.rate, hertz))
                            : "inferences back to back (--rate 1/s says otherwise)";
  return fmt::format("Battery: {}, {}, idle power in between.", capacity, rate);
}

}  // namespace

std::string_view basis_of(const Target& target) {
  if (!target.margin || target.execution->fitted->devices.empty()) return datasheet_only;
  return target.is_device_known ? "calibrated" : "calibrated on others";
}

std::string device_text(const Target& target) {
  const bool is_default = target.point == &target.device->operating_points.front();
  return is_default ? target.device->id : fmt::format("{}@{}", target.device->id, target.point->name);
}

namespace {

// Without what is kept.
std::string own_precision_text(const Target& target) {
  const std::string_view own = name(target.options.precision);
  if (!target.options.weights) return std::string(own);
  return fmt::format("{}, weights {}", own, name(*target.options.weights));
}

// How changes of precision are counted.
std::string conversion_note(Rows rows) {
  const auto is_inside = [](const Estimated& row) {
    return row.target->runtime->fuses(FusionRule::elementwise_chain);
  };
  const bool any_inside = std::ranges::any_of(rows, is_inside),
             all_inside = std::ranges::all_of(rows, is_inside);
  const std::string_view where =
      all_inside ? "inside the kernels that write and read them"
      : any_inside
          ? "inside the kernels that write and read them where the runtime fuses chains of elementwise "
            "operators, else by kernels of their own (casts)"
          : "by kernels of their own (casts)";
  return fmt::format(
      "A kernel runs at the precision of its main operator. Values that are read at another precision than "
      "they are "
      "written at are converted, one operation each, {}.",
      where);
}

}  // namespace

std::string precision_text(const Target& target) {
  const std::string own = own_precision_text(target);
  return target.kept.empty() ? own : fmt::format("{} + {}", own, fmt::join(names_of_kept(target), " + "));
}

std::optional<Table> precision_table(Rows rows) {
  const auto shown_if = [](bool shown) { return shown ? Audience::everybody : Audience::machines; };
  Table table{.key = "precisions",
              .title = "What runs at each precision",
              .columns = {{"model", "model", Unit::none, 0, shown_if(varies(rows, model_of))},
                          {"device", "device", Unit::none, 0, shown_if(varies(rows, device_of))},
                          {"batch", "batch", Unit::none, 0, shown_if(varies(rows, batch_of))},
                          {"precision", "precision"},
                          {"runs_as", "runs as", Unit::none, 5},
                          {"kernels", "kernels", Unit::count},
                          {"time_s", "time", Unit::seconds, 0, Audience::everybody, true},
                          {"weights_bytes", "weights", Unit::bytes, 3, Audience::everybody, true},
                          {"off_chip_bytes", "off chip", Unit::bytes, 1, Audience::everybody, true},
                          {"arithmetic_j", "arithmetic", Unit::joules, 2, Audience::everybody, true},
                          {"converted", "converted", Unit::count, 4},
                          {"casts", "casts", Unit::count},
                          {"cast_time_s", "their time", Unit::seconds, 0, Audience::everybody, true}},
              .rows = {}};
  for (const Estimated& row : rows) {
    for (std::size_t i = 0; i < row.estimate.parts.size(); ++i) {
      const PrecisionPart& part = row.estimate.parts[i];
      const Target& target = row.target->at(i);
      const Value arithmetic =
          row.estimate.energy
              ? Value(row.target->energy_scale.per_flop * compute_energy(part.amounts, target))
              : Value();
      table.rows.push_back(
          {row.model, device_text(*row.target), whole_if(row.estimate.batch), own_precision_text(target),
           name(target.product_runs_as), static_cast<std::int64_t>(part.kernels), part.time,
           static_cast<std::int64_t>(part.weight_bytes) * byte,
           static_cast<std::int64_t>(part.amounts.bytes_off_chip) * byte, arithmetic,
           static_cast<std::int64_t>(part.converted), static_cast<std::int64_t>(part.casts), part.cast_time});
    }
  }
  return table.rows.empty() ? std::nullopt : std::optional(std::move(table));
}

namespace {

// Those that nothing was fitted to; nothing said where that is all of them.
std::string uncertain_devices(Rows rows) {
  std::vector<std::string> names;
  bool is_all = true;
  for (const Estimated& row : rows) {
    if (basis_of(*row.target) != datasheet_only) {
      is_all = false;
    } else if (std::ranges::find(names, row.target->device->id) == names.end()) {
      names.push_back(row.target->device->id);
    }
  }
  return is_all ? "these devices" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string> remarks(const Estimated& row) {
  std::vector<std::string> all = row.target->reasons;
  const Estimate& e = row.estimate;
  if (!e.energy) {
    all.push_back(fmt::format("energy and power are unknown: the device's file gives no {}",
                              missing_for(*row.target, e.boundary)));
  }
  if (e.is_throttled) {
    all.push_back(fmt::format("throttled: it would take more than its {}",
                              short_text(row.target->max_power, Unit::watts)));
  }
  if (!e.fits) {
    all.push_back(fmt::format("does not fit: {} of weights and {} of activations, the memory holds {}",
                              text(e.weights, Unit::bytes), text(e.activations, Unit::bytes),
                              text(row.target->memory_capacity, Unit::bytes)));
  }
  if (!row.endurance.keeps_up) {
    all.push_back(fmt::format("cannot keep up with {} inferences a second",
                              short_text(row.endurance.rate, Unit::hertz)));
  }
  all.insert(all.end(), row.notes.begin(), row.notes.end());
  if (!row.caveat.empty()) all.push_back(row.caveat);
  return all;
}

Table estimate_table(Rows rows, const EstimateQuestion& question) {
  Table table{.key = "estimates", .title = "Estimates", .columns = columns_for(rows, question), .rows = {}};
  for (const Estimated& row : rows) table.rows.push_back(row_of(row, question));
  if (std::ranges::all_of(rows, [](const Estimated& row) { return row.target->kept.empty(); })) return table;
  table.columns.push_back({"kept_precisions", "", Unit::none, 0, Audience::machines});
  for (std::size_t i = 0; i < rows.size(); ++i)
    table.rows[i].emplace_back(Value::Texts(names_of_kept(*rows[i].target)));
  return table;
}

std::vector<std::string> remarks_on(Rows rows) {
  struct Remark {
    std::string text;
    std::vector<std::string> of;
  };
  std::vector<Remark> all;
  std::map<std::string, std::size_t> known;
  for (const Estimated& row : rows) {
    for (const std::string& text : remarks(row)) {
      const auto [place, is_new] = known.try_emplace(text, all.size());
      if (is_new) all.push_back({text, {}});
      std::vector<std::string>& of = all[place->second].of;
      const std::string device = device_of(row);
      if (std::ranges::find(of, device) == of.end()) of.push_back(device);
    }
  }
  std::vector<std::string> notes;
  for (const Remark& remark : all)
    notes.push_back(fmt::format("{}: {}.", fmt::join(remark.of, ", "), remark.text));
  return notes;
}

Report estimates(Rows rows, const EstimateQuestion& question) {
  Report report{.title = "no estimate", .csv = "estimates", .json = "estimates"};
  if (rows.empty()) return report;
  const std::string models = varies(rows, model_of) ? "networks" : rows[0].model;
  const std::string batch = varies(rows, batch_of) ? "" : fmt::format(", batch {}", rows[0].estimate.batch);
  report.title = models + batch;
  const bool is_uncertain =
      std::ranges::any_of(rows, [](const Estimated& row) { return basis_of(*row.target) == datasheet_only; });
  if (is_uncertain)
    report.caveat =
        fmt::format("{}: no measurement of {} was fitted to", datasheet_only, uncertain_devices(rows));
  report.parts.emplace_back(estimate_table(rows, question));
  report.parts.emplace_back(target_table(rows));
  if (std::optional<Table> precisions = precision_table(rows)) {
    report.parts.emplace_back(*std::move(precisions));
    report.notes.push_back(conversion_note(rows));
  }
  report.notes.emplace_back(
      "Latency and energy are of a whole batch; from - to holds nine in ten networks of those that "
      "calibration "
      "had not seen, on data sheets alone of those measured on other devices of the kind, and is the ends of "
      "the "
      "ranges of assumed figures where there are none; bound is what most of the time is spent at.");
  if (question.boundary == PowerBoundary::board)
    report.notes.emplace_back(
        "Energy and power are those of the board, with what it takes beside the device.");
  if (question.boundary == PowerBoundary::wall)
    report.notes.emplace_back(
        "Energy and power are those at the wall, with the rest of the board and the supply's losses.");
  const bool has_battery =
      std::ranges::any_of(rows, [](const Estimated& row) { return row.endurance.battery.has_value(); });
  if (has_battery) report.notes.push_back(battery_note(question));
  for (std::string& remark : remarks_on(rows)) report.notes.push_back(std::move(remark));
  return report;
}

}  // namespace chipcast::report
