// validate/kernels.hpp: errors of groups of operators that were measured one by one, by kind of work.
//
//   for (const KernelError& error : kernel_errors("pytorch_eager", fits.groups("pytorch_eager", kind, left)))
//     error.kind, error.share, error.mape
#pragma once

#include <span>
#include <string>
#include <vector>

#include "validate/fit.hpp"

namespace chipcast {

struct KernelError {
  std::string device, runtime;
  Precision precision = Precision::fp32;
  WorkKind kind = WorkKind::other;
  std::size_t groups = 0;
  double share = 0;             // of the measured time of the device's groups
  double total = 0;             // estimated time of all these groups / measured
  double mape = 0;              // of single groups
  double median_log_ratio = 0;  // likewise
};

// By device and precision, those first that most of the time goes to.
std::vector<KernelError> kernel_errors(const std::string& runtime, std::span<const GroupResidual> groups);

}  // namespace chipcast
