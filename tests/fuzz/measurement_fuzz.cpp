// Any text is measurements, sources, or complaints; whatever loads is complete.
#include <cstddef>
#include <cstdint>
#include <string>

#include "validate/read_measurements.hpp"

using namespace chipcast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Machines machines(CHIPCAST_SOURCE_DIR "/hardware_specs",
                           CHIPCAST_SOURCE_DIR "/hardware_specs/runtimes");
  static const std::vector<MeasurementSource> sources = [] {
    MeasurementSource lab;
    lab.key = "lab";
    return std::vector<MeasurementSource>{lab};
  }();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_sources("fuzz.yaml", text);
  if (!read && render(read.diagnostics()).empty()) __builtin_trap();
  const Result<MeasurementSet> set = parse_measurement_set("fuzz.csv", text, sources, machines);
  if (!set) return render(set.diagnostics()).empty() ? __builtin_trap(), 0 : 0;
  for (const Measurement& m : set->rows) {
    if (!(m.value > 0) || m.batch < 1 || m.source != "lab" || m.model.empty()) __builtin_trap();
    if (machines.device(m.device) == nullptr || machines.runtime(m.runtime) == nullptr) __builtin_trap();
  }
  for (const GroupMeasurement& g : set->groups) {
    if (!(g.latency > 0) || g.deviation < 0) __builtin_trap();
  }
  for (const LeftOut& row : set->left_out) {
    if (row.reason.empty()) __builtin_trap();
  }
  return 0;
}
