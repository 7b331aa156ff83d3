// graph/extent_sum.hpp: extents that a file names after others, as exporters of generating networks do.
//
//   parse_extent_sum("past_length + 1")          -> {1, {{"past_length", 1}}}
//   parse_extent_sum("past + new - 2")           -> {-2, {{"past", 1}, {"new", 1}}}
//   parse_extent_sum("batch"), ("seq-len"), ("floor(h/2) + 1")     -> nothing: names of their own
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chipcast {

struct ExtentSum {
  struct Term {
    std::string name;
    std::int64_t sign = 1;
  };
  std::int64_t constant = 0;
  std::vector<Term> terms = {};
};

std::optional<ExtentSum> parse_extent_sum(std::string_view symbol);

}  // namespace chipcast
