#include "model/energy.hpp"

#include <algorithm>

namespace chipcast {
namespace {

Energy dynamic_parts(std::span<const Part> parts) {
  Energy energy;
  for (const auto& [target, amounts, time] : parts) {
    energy.compute += compute_energy(amounts, *target);
    energy.off_chip += amounts.bytes_off_chip * byte * *target->off_chip_energy;
    if (target->on_chip_energy) energy.on_chip += amounts.bytes_on_chip * byte * *target->on_chip_energy;
  }
  return energy;
}

}  // namespace

Joules compute_energy(const Amounts& amounts, const Target& target) {
  return amounts.products * flop * *target.product_energy + amounts.rest * flop * *target.vector_energy;
}

std::string missing_for(const Target& target, PowerBoundary boundary) {
  if (!target.energy_unknown.empty()) return target.energy_unknown;
  for (const Target& kept : target.kept) {
    if (!kept.energy_unknown.empty()) return kept.energy_unknown;
  }
  const bool is_outside = boundary == PowerBoundary::board || boundary == PowerBoundary::wall;
  if (is_outside && !target.device->board_power) return "board_power";
  if (boundary == PowerBoundary::wall && !target.device->supply_efficiency) return "supply_efficiency";
  return "";
}

double stretch_of(const Amounts& amounts, const Target& target, Seconds latency) {
  const Part all{.target = &target, .amounts = amounts};
  return stretch_of({&all, 1}, latency);
}

Energy energy_of(const Amounts& amounts, const Target& target, Seconds latency, PowerBoundary boundary) {
  const Part all{.target = &target, .amounts = amounts};
  return energy_of({&all, 1}, latency, boundary);
}

double stretch_of(std::span<const Part> parts, Seconds latency) {
  const Target& target = *parts.front().target;
  const Joules dynamic = dynamic_parts(parts).total();
  const Watts room = target.max_power - target.idle_power;
  return dynamic / latency > room && room > Watts() ? dynamic / room / latency : 1;
}

Energy energy_of(std::span<const Part> parts, Seconds latency, PowerBoundary boundary) {
  const Target& target = *parts.front().target;  // of the device, all are alike
  const EnergyScale& scale = target.energy_scale;
  Energy energy = dynamic_parts(parts);
  Watts busy;  // of the engines, which each is busy with for its share of the time
  for (const Part& part : parts) busy += part.time * part.target->busy_power;
  energy.compute = scale.per_flop * energy.compute;
  energy.off_chip = scale.per_byte * energy.off_chip;
  energy.on_chip = scale.per_byte * energy.on_chip;
  energy.idle = std::min(scale.idle * target.idle_power, target.max_power) * latency;
  const Joules room = target.max_power * latency - energy.idle;
  const Joules dynamic = energy.compute + energy.off_chip + energy.on_chip;
  if (dynamic > room) {
    const double share = room / dynamic;
    for (Joules* part : {&energy.compute, &energy.off_chip, &energy.on_chip}) *part = share * *part;
  } else {
    energy.busy = std::min(scale.busy * busy * latency, room - dynamic);
  }
  if (boundary != PowerBoundary::board && boundary != PowerBoundary::wall) return energy;
  energy.outside = scale.board * target.device->board_power->value * latency;
  if (boundary == PowerBoundary::wall) {
    const double losses = 1 / target.device->supply_efficiency->value - 1;
    energy.outside += losses * energy.total();
  }
  return energy;
}

}  // namespace chipcast
