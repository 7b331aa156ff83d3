// report/parity_table.hpp: estimates beside what was measured, a row a figure, and drawn over each other.
//
//   Table table = parity_table("ncnn", rows, Metric::latency);       // rows of Validation::compared, of that metric
#pragma once

#include <span>
#include <string>

#include "report/report.hpp"
#include "validate/validation.hpp"

namespace chipcast::report {

Unit unit_of(Metric metric);

// On the line of the drawing they agree; points are coloured by device.
Table parity_table(const std::string& key, std::span<const Compared* const> rows, Metric metric);

}  // namespace chipcast::report
