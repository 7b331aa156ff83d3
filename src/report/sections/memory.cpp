#include "report/operator_tiles.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

Table networks_table(const Characterization& c) {
  Table table{.key = "networks",
              .title = "Weights and activations of each network in fp32",
              .columns = {{"model", "network"},
                          {"model_bytes", "weights", Unit::bytes},
                          {"activation_sum_bytes", "activations, sum", Unit::bytes},
                          {"activation_peak_bytes", "activations, peak", Unit::bytes},
                          {"activation_arena_bytes", "activations, arena", Unit::bytes}},
              .rows = {}};
  for (const Network& network : c.networks()) {
    const Complexity& own = network.complexity;
    table.rows.push_back(
        {network.name, own.model_bytes, own.activation.sum, own.activation.peak, own.activation.arena});
  }
  table.charts = {{.kind = Chart::Kind::bars,
                   .title = "Weights and the peak of the activations in fp32",
                   .label = "model",
                   .series = {"model_bytes", "activation_peak_bytes"}}};
  return table;
}

Table device_table(const Characterization& c, std::size_t t) {
  Table table{.key = {},
              .title = "Memory and traffic",
              .columns = {{"model", "network"},
                          {"weights_bytes", "weights", Unit::bytes},
                          {"activations_bytes", "activations", Unit::bytes},
                          {"fits", "fits"},
                          {"largest_batch", "largest batch", Unit::count},
                          {"weights_on_chip", "weights kept on the chip", Unit::share},
                          {"off_chip_bytes", "moved off the chip", Unit::bytes},
                          {"on_chip_bytes", "moved on the chip", Unit::bytes}},
              .rows = {}};
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const Estimate& e = c.at(n, t);
    double off_chip = 0, on_chip = 0;
    for (const GroupEstimate& group : e.groups) {
      off_chip += group.bytes_off_chip;
      on_chip += group.bytes_on_chip;
    }
    table.rows.push_back({c.networks()[n].name, e.weights, e.activations, e.fits, e.largest_batch,
                          1 - e.weights_off_chip, off_chip, on_chip});
    derive(table, n, t, {"weights_on_chip", "off_chip_bytes", "on_chip_bytes"});
  }
  table.charts = {{.kind = Chart::Kind::bars,
                   .title = "Bytes moved in an inference",
                   .label = "model",
                   .series = {"off_chip_bytes", "on_chip_bytes"}}};
  return table;
}

// Tiles of each kernel's main operator, level by level, summed over a network.
Table tiles_table(const Characterization& c, std::size_t t) {
  Table table{.key = {},
              .title = "Tiles and traffic by level",
              .columns = {{"model", "network"},
                          {"level", "level"},
                          {"capacity_bytes", "of each instance", Unit::bytes, 0, Audience::everybody, true},
                          {"tiles", "tiles", Unit::count},
                          {"moved_bytes", "moved into it and back", Unit::bytes},
                          {"compulsory_bytes", "compulsory", Unit::bytes},
                          {"over_compulsory", "ratio", Unit::ratio}},
              .rows = {}};
  const Target& target = c.targets()[t];
  struct Sum {
    std::int64_t tiles = 0;
    double moved = 0, compulsory = 0;
  };
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    std::vector<Sum> sums(target.device->memory.size() - 1);
    for (const FusedGroup& group : c.workload(n, t).fusion.groups) {
      const auto tiles = tiles_of(c.networks()[n], group.main, target);
      if (!tiles) continue;
      for (std::size_t level = 0; level < tiles->levels.size(); ++level) {
        const LevelTiles& its = tiles->levels[level];
        sums[level].tiles += its.tiles;
        sums[level].moved += in(its.moved, byte);
        sums[level].compulsory += in(its.compulsory, byte);
      }
    }
    for (std::size_t level = 0; level < sums.size(); ++level) {
      const MemoryLevel& memory = target.device->memory[level];
      const Sum& sum = sums[level];
      table.rows.push_back({c.networks()[n].name, memory.name, memory.capacity.value, sum.tiles, sum.moved,
                            sum.compulsory,
                            sum.compulsory == 0 ? Value() : Value(sum.moved / sum.compulsory)});
    }
  }
  return table;
}

}  // namespace

Report memory_section(const Characterization& c) {
  Report report{
      .lead = {
          "Activations: the sum of all outputs (what papers print), the peak of what is live at once, the "
          "arena that an engine would allocate. Weights are never mixed in."}};
  report.parts.emplace_back(networks_table(c));
  add_by_device(report, c, "", [&](std::size_t t) { return device_table(c, t); });
  add_by_device(report, c, " tiles", [&](std::size_t t) { return tiles_table(c, t); });
  report.notes = {
      "On a device: at its precision; activations are the peak of one batch. Moved: by all kernels together, "
      "where levels on the chip count by their capacity.",
      "Tiles and traffic by level: the tiles of each kernel's main operator that move the fewest bytes into "
      "a "
      "level, the level by itself, at a batch of one; compulsory: every element once. They are not part of "
      "the estimate."};
  return report;
}

}  // namespace chipcast::report
