#include <doctest/doctest.h>

#include "report/draw.hpp"

namespace chipcast::report {

TEST_CASE(
    "parallel coordinates: a line a row over an axis for each column, texts and unknown ones included") {
  const Table table{.key = "t",
                    .title = "t",
                    .columns = {{"model", "network"}, {"a_j", "a", Unit::joules}, {"front", "front"}},
                    .rows = {{"x<y", 1.0, true}, {"z", 2.0, true}, {"w", {}, false}}};
  const std::string svg = draw(table, {.kind = Chart::Kind::parallel,
                                       .title = "all",
                                       .label = "model",
                                       .series = {"model", "a_j"},
                                       .marked = "front"});
  const auto count = [&](std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = svg.find(part); at != std::string::npos; at = svg.find(part, at + 1)) ++found;
    return found;
  };
  CHECK(count("class=\"grid\"") == 2);
  CHECK(count("class=\"front\"") == 2);  // the marked ones
  CHECK(count("class=\"guide\"") == 1);
  CHECK(count("x&lt;y") >= 1);
}

}  // namespace chipcast::report
