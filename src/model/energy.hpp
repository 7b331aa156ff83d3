// model/energy.hpp: what a workload takes in energy, as far out as one measures: at the chip, the board's rail, the wall.
//
//   if (missing_for(target, PowerBoundary::wall).empty())
//     energy_of(amounts, target, latency, PowerBoundary::wall).total()
//
// The chip: operations and bytes, each by its own, idle power and busy power over the time, together never more than
// its maximum. The board adds its other parts, the wall what the supply loses.
#pragma once

#include <span>
#include <string>

#include "base/quantity.hpp"
#include "model/target.hpp"

namespace chipcast {

// What all groups of a network do together.
struct Amounts {
  double products = 0, rest = 0;  // FLOPs in multiply-accumulates and in everything else
  double bytes_off_chip = 0, bytes_on_chip = 0;
};

// What a target does of a network: all of it, or what runs at one of several precisions.
struct Part {
  const Target* target = nullptr;
  Amounts amounts;
  double time = 1;  // share of the time
};

struct Energy {
  Joules compute, off_chip, on_chip, idle, busy;
  Joules outside;  // of the chip: the board's other parts and the supply's losses
  Joules total() const { return compute + off_chip + on_chip + idle + busy + outside; }
  // What an inference takes beside what is drawn without one.
  Joules active() const { return compute + off_chip + on_chip + busy; }
};

// What the device's file would have to give, at all precisions; empty where nothing is missing.
std::string missing_for(const Target& target, PowerBoundary boundary);

// By how much the power limit stretches a run: a device cannot take more than that.
double stretch_of(const Amounts& amounts, const Target& target, Seconds latency);

// Nothing may be missing.
Energy energy_of(const Amounts& amounts, const Target& target, Seconds latency, PowerBoundary boundary);

// The same of several precisions on one device, at least one.
double stretch_of(std::span<const Part> parts, Seconds latency);
Energy energy_of(std::span<const Part> parts, Seconds latency, PowerBoundary boundary);

// Of the arithmetic alone.
Joules compute_energy(const Amounts& amounts, const Target& target);

}  // namespace chipcast
