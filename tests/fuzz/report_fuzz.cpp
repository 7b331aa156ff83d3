// Any text is a plan or complaints that say something.
#include <cstddef>
#include <cstdint>
#include <string>

#include "report/plan.hpp"

using namespace chipcast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<report::Plan> plan =
      report::parse_plan("report.yaml", std::string(reinterpret_cast<const char*>(data), size));
  if (!plan) {
    if (render(plan.diagnostics()).empty()) __builtin_trap();
    return 0;
  }
  if (plan->networks.empty() || plan->devices.empty() || plan->batches.empty() || plan->sections.empty())
    __builtin_trap();
  return 0;
}
