// Any text is a device, a runtime, or complaints; whatever loads can be asked everything.
#include <cstddef>
#include <cstdint>
#include <string>

#include "hardware/figures.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"

using namespace chipcast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<Runtime> runtime = parse_runtime("fuzz.yaml", text);
  if (!runtime && render(runtime.diagnostics()).empty()) __builtin_trap();
  const Result<Device> device = parse_device("fuzz.yaml", text);
  if (!device) return render(device.diagnostics()).empty() ? __builtin_trap(), 0 : 0;
  for (const OperatingPoint& point : device->operating_points) {
    for (const Precision precision : precisions) {
      const auto where = placement(*device, precision, true, point);
      if (where && !device->engines[where->engine].has(where->runs_as)) __builtin_trap();
    }
    for (std::size_t level = 0; level < device->memory.size(); ++level) bandwidth(*device, level, point);
  }
  visit_figures(*device, [](const std::string&, const auto& figure) {
    if (!figure.is_set()) __builtin_trap();
  });
  return 0;
}
