#include "validate/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "validate/statistics.hpp"

namespace chipcast {

std::vector<KernelError> kernel_errors(const std::string& runtime, std::span<const GroupResidual> groups) {
  std::map<std::tuple<std::string, Precision, WorkKind>, std::vector<Pair>> pairs;
  std::map<std::pair<std::string, Precision>, double> all_time;
  for (const GroupResidual& g : groups) {
    pairs[{g.device, g.precision, g.kind}].push_back({std::exp(g.value) * g.measured, g.measured});
    all_time[{g.device, g.precision}] += g.measured;
  }
  std::vector<KernelError> errors;
  for (const auto& [key, of_kind] : pairs) {
    const auto& [device, precision, kind] = key;
    double estimated = 0, measured = 0;
    for (const Pair& pair : of_kind) {
      estimated += pair.estimate;
      measured += pair.measured;
    }
    errors.push_back({.device = device,
                      .runtime = runtime,
                      .precision = precision,
                      .kind = kind,
                      .groups = of_kind.size(),
                      .share = measured / all_time.at({device, precision}),
                      .total = estimated / measured,
                      .mape = mean_absolute_percentage_error(of_kind),
                      .median_log_ratio = median_log_ratio(of_kind)});
  }
  std::ranges::stable_sort(errors, [](const KernelError& a, const KernelError& b) {
    return std::tuple(a.device, a.precision, -a.share) < std::tuple(b.device, b.precision, -b.share);
  });
  return errors;
}

}  // namespace chipcast
