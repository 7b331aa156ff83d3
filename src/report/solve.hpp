// report/solve.hpp: the least value of a figure that meets goals, or what stands in the way, as a report.
//
//   Report report = report::solution(question, solve(question), "kpu_t2 with kpu_compiler, int8, batch 1");
#pragma once

#include <string>
#include <string_view>

#include "report/report.hpp"
#include "study/solve.hpp"

namespace chipcast::report {

Unit unit_of(GoalMetric metric);
std::string_view key_of(GoalMetric metric);  // as `estimate` calls it

// `on`: what the networks run on, for the title.
Report solution(const Question& question, const Solution& solution, const std::string& on);

// Of two figures: those of which less of one needs more of the other.
Report solution(const Question& question, const std::string& first, const Front& front,
                const std::string& on);

}  // namespace chipcast::report
