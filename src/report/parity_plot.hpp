// report/parity_plot.hpp: estimates over what was measured as a drawing (SVG): on the diagonal they agree.
//
//   std::string svg = report::parity_plot(validate(rows, machines, workload_of));
//
// A panel each for times, energies and powers, as far as there are any; both axes logarithmic, one colour and shape a
// device, a band of a factor of two. Throughput is drawn as the time of a batch.
#pragma once

#include <string>

#include "validate/validation.hpp"

namespace chipcast::report {

std::string parity_plot(const Validation& validation);

}  // namespace chipcast::report
