// report/figures.hpp: the figures of a device or a runtime as rows: value, where it is from, how sure it is.
//
//   for (const ListedFigure& f : figures_of(device)) f.path, f.text, f.source;   // "memory.HBM.bandwidth", "2 TB/s", ...
//   Report report = show(device);                                                // chipcast lint --show
#pragma once

#include <string>
#include <vector>

#include "hardware/device.hpp"
#include "hardware/runtime.hpp"
#include "report/report.hpp"

namespace chipcast::report {

struct ListedFigure {
  std::string path;
  std::string text;    // "2 TB/s"
  double value = 0;    // in base units
  std::string unit;    // "B/s"; empty: a plain number
  std::string range;   // "1 TB/s to 3 TB/s", where one is given
  std::string source;  // the source's title, page and date, or "assumed: ..."
  std::string inherited_from;
};

std::vector<ListedFigure> figures_of(const Device& device);
std::vector<ListedFigure> figures_of(const Runtime& runtime);

// Source, range and whose it was, in one text.
std::string whence(const ListedFigure& figure);

// Every figure of a file, for `lint --show`.
Report show(const Device& device);
Report show(const Runtime& runtime);

}  // namespace chipcast::report
