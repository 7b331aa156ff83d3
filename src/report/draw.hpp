// report/draw.hpp: a table drawn as one of its charts says, as SVG that stands within a page.
//
//   for (const Chart& chart : table.charts) page += draw(table, chart);
//   write("energy.svg", standalone(draw(table, chart)));         // report/svg.hpp: as a file of its own
//
// What is not known is not drawn, and a heat map is no drawing but the table itself, coloured: empty. Every mark has a title, which browsers show and screen readers read.
#pragma once

#include <string>

#include "report/report.hpp"

namespace chipcast::report {

std::string draw(const Table& table, const Chart& chart);
// All charts of a table below each other, as one drawing.
std::string draw_all(const Table& table);

}  // namespace chipcast::report
