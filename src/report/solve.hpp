// report/solve.hpp: the least value of a figure that meets goals, or what stands in the way, as a report.
//
//   Report report = report::solution(question, solve(question), {.text = "kpu_t2 with kpu_compiler, int8, batch 1"});
#pragma once

#include <string>

#include "report/report.hpp"
#include "study/solve.hpp"

namespace chipcast::report {

// What the networks run on, for the title.
struct Where {
  std::string text;
  std::string caveat = {};
};

Report solution(const Question& question, const Solution& solution, const Where& on);

// Of two figures: those of which less of one needs more of the other.
Report solution(const Question& question, const std::string& first, const Front& front, const Where& on);

}  // namespace chipcast::report
