// report/whatif.hpp: a network on a device before and after something was set, as a report.
//
//   Report report = report::whatif({.before = {...}, .after = {...}, .has_settings = true});
//   render(report, Format::json, {}, text);     // changes, estimates (before, after), limits, operators
#pragma once

#include <span>

#include "model/workload.hpp"
#include "report/estimate.hpp"
#include "study/design.hpp"
#include "study/sensitivity.hpp"

namespace chipcast::report {

struct Variant {
  Estimated estimated;  // has kept its groups
  const Design* design = nullptr;
  const Workload* workload = nullptr;
};

struct WhatIf {
  Variant before, after;
  bool has_settings = false;  // false: the two are the same, and one is shown
  EstimateQuestion question = {};
  std::size_t operators = 10;  // how many people see of those that moved
  bool shows_ladder = false;   // what each limit lifted would give
  std::span<const Elasticity> sensitivities = {};
};

Report whatif(const WhatIf& study);

}  // namespace chipcast::report
