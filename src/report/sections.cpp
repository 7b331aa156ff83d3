#include "report/sections.hpp"

#include "report/sections/views.hpp"

namespace chipcast::report {

// In the order in which reports usually have them.
std::span<const Section> sections() {
  static constexpr Section all[] = {
      {"summary", "Summary", summary_section},
      {"complexity", "Complexity", complexity_section},
      {"operators", "FLOPs by operator class", operators_section},
      {"scaling", "Scaling within a family", scaling_section},
      {"latency", "Latency and throughput", latency_section},
      {"measured", "Estimates beside measurements", measured_section},
      {"energy", "Energy", energy_section},
      {"battery", "Battery life", battery_section},
      {"memory", "Memory", memory_section},
      {"batch", "Batch scaling", batch_section},
      {"precision", "Precision scaling", precision_section},
      {"roofline", "Roofline", roofline_section},
      {"time", "Where the time goes", time_section},
      {"timeline", "Time over the layers", timeline_section},
      {"layers", "The slowest layers", layers_section},
      {"pareto", "Accuracy against latency, energy and size", pareto_section},
      {"realtime", "Real-time margins", realtime_section},
      {"cost", "Cost and CO2e", cost_section},
      {"selection", "Which network for what", selection_section},
      {"assumptions", "Assumptions and sources", assumptions_section},
      {"not_modelled", "What was not modelled", not_modelled_section},
  };
  return all;
}

}  // namespace chipcast::report
