// report/list_machines.hpp: the devices and the runtimes there are, as reports.
//
//   Report report = list_devices(devices);      // one row a device: kind, peak, bandwidth, power, operating points
//   Report report = list_runtimes(runtimes);    // one row a runtime: where it runs, what it fuses
#pragma once

#include <span>

#include "hardware/device.hpp"
#include "hardware/runtime.hpp"
#include "report/report.hpp"

namespace chipcast::report {

Report list_devices(std::span<const Device> devices);
Report list_runtimes(std::span<const Runtime> runtimes);

}  // namespace chipcast::report
