// report/sweep.hpp: what a sweep found, as a report: the front, its knees, what each axis does.
//
//   Report report = report::sweep({.title = study.title, .sweep = &sweep, .findings = &findings});
#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"
#include "study/sweep.hpp"

namespace chipcast::report {

struct SweepView {
  std::string title;
  const Sweep* sweep = nullptr;
  const Findings* findings = nullptr;
  std::vector<std::string> notes = {};  // networks, constraints, costs
};
Report sweep(const SweepView& view);

// What is known of any design: the measures, in the order of the columns, and what a column is called.
std::vector<Measure> design_measures(const Problem& problem);
std::string design_key(const Problem& problem, const Measure& measure);  // "latency_s"

// All designs, for CSV: the heading, and a block of rows.
std::string design_heading(const Sweep& sweep);
std::string design_rows(const Sweep& sweep, std::uint64_t first, std::span<const Judged> judged);

std::string_view name(Standing standing);

}  // namespace chipcast::report
