// report/sections.hpp: the sections that a characterization report may have; each is a view with a file of its own.
//
//   for (const Section& section : sections()) section.view(characterization);
//
// A new one is a file in report/sections/ and its line in sections.cpp.
#pragma once

#include <span>
#include <string_view>

#include "report/report.hpp"

namespace chipcast::report {

class Characterization;

struct Section {
  std::string_view key;    // what report.yaml and data.json call it
  std::string_view title;  // what readers do
  Report (*view)(const Characterization&) = nullptr;
};

std::span<const Section> sections();

}  // namespace chipcast::report
