#include "report/list_machines.hpp"

#include <fmt/format.h>

#include "model/defaults.hpp"

namespace chipcast::report {

Report list_devices(std::span<const Device> devices) {
  Report report{.title = fmt::format("{} device{}", devices.size(), devices.size() == 1 ? "" : "s"),
                .csv = "devices"};
  Table table{
      .key = "devices",
      .title = "Devices",
      .columns = {{"device", "device"},
                  {"title", "title", Unit::none, 0, Audience::machines},
                  {"kind", "kind"},
                  {"precision", "usual"},
                  {"peak_flops_per_s", "peak", Unit::flops_per_second, 0, Audience::everybody, true},
                  {"bandwidth_bytes_per_s", "memory", Unit::bytes_per_second, 0, Audience::everybody, true},
                  {"max_power_w", "power", Unit::watts, 0, Audience::everybody, true},
                  {"runtime", "runtime", Unit::none, 1},
                  {"operating_points", "points", Unit::none, 2}},
      .rows = {}};
  for (const Device& device : devices) {
    const OperatingPoint& point = device.operating_points.front();
    const Precision usual = default_precision(device);
    const std::optional<Placement> place = placement(device, usual, true, point);
    Value::Texts points;
    for (const OperatingPoint& p : device.operating_points) points.push_back(p.name);
    table.rows.push_back(
        {device.id, device.title, name(device.kind), name(place ? place->runs_as : usual),
         place ? Value(joint_peak_rate(device, place->engine, place->runs_as, point)) : Value(),
         bandwidth(device, device.memory.size() - 1, point), max_power(device, point),
         default_runtime(device), points});
  }
  report.parts.emplace_back(std::move(table));
  report.notes.emplace_back(
      "Peak at the usual precision and the first operating point; 'chipcast lint --show FILE' lists every "
      "figure with its source.");
  return report;
}

Report list_runtimes(std::span<const Runtime> runtimes) {
  Report report{.title = fmt::format("{} runtime{}", runtimes.size(), runtimes.size() == 1 ? "" : "s"),
                .csv = "runtimes"};
  Table table{.key = "runtimes",
              .title = "Runtimes",
              .columns = {{"runtime", "runtime"},
                          {"title", "title", Unit::none, 0, Audience::machines},
                          {"runs_on", "runs on"},
                          {"fuses", "fuses", Unit::none, 0, Audience::everybody, false, true}},
              .rows = {}};
  for (const Runtime& runtime : runtimes) {
    Value::Texts kinds, rules;
    for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
      if (runtime.executions[kind]) kinds.emplace_back(name(static_cast<DeviceKind>(kind)));
    }
    for (std::size_t rule = 0; rule < fusion_rule_count; ++rule) {
      if (runtime.fusion[rule]) rules.emplace_back(name(static_cast<FusionRule>(rule)));
    }
    table.rows.push_back({runtime.id, runtime.title, kinds, rules.empty() ? Value("nothing") : Value(rules)});
  }
  report.parts.emplace_back(std::move(table));
  return report;
}

}  // namespace chipcast::report
