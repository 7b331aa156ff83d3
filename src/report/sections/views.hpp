// report/sections/views.hpp: the views that report/sections.cpp lists, each in a file of its name.
//
//   Report energy_section(const Characterization& characterization);     // energy.cpp
#pragma once

#include "report/characterization.hpp"

namespace chipcast::report {

Report summary_section(const Characterization& c);
Report complexity_section(const Characterization& c);
Report operators_section(const Characterization& c);
Report scaling_section(const Characterization& c);
Report latency_section(const Characterization& c);
Report measured_section(const Characterization& c);
Report energy_section(const Characterization& c);
Report battery_section(const Characterization& c);
Report memory_section(const Characterization& c);
Report batch_section(const Characterization& c);
Report precision_section(const Characterization& c);
Report roofline_section(const Characterization& c);
Report time_section(const Characterization& c);
Report timeline_section(const Characterization& c);
Report layers_section(const Characterization& c);
Report pareto_section(const Characterization& c);
Report realtime_section(const Characterization& c);
Report cost_section(const Characterization& c);
Report selection_section(const Characterization& c);
Report assumptions_section(const Characterization& c);
Report not_modelled_section(const Characterization& c);

}  // namespace chipcast::report
