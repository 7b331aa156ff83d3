// report/tornado_plot.hpp: what a percent of each figure is worth, as bars in SVG, the longest on top.
//
//   write_whole("tornado.svg", report::tornado_plot("mobilenet_v2 on kpu_t2", elasticities(workload, design)));
#pragma once

#include <span>
#include <string>

#include "study/sensitivity.hpp"

namespace chipcast::report {

// Figures that change neither latency nor energy are left out.
std::string tornado_plot(const std::string& title, std::span<const Elasticity> sensitivities);

}  // namespace chipcast::report
