#include "report/layout.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"

namespace chipcast::report {
namespace {

// A name of 40 columns, two dispensable numbers of 7 and one number of 5 that stays.
Table example() {
  return {.key = "t",
          .title = "t",
          .columns = {{"name", "name"},
                      {"a", "aaaaaaa", Unit::count, 1},
                      {"b", "bbbbbbb", Unit::count, 2},
                      {"c", "c", Unit::count}},
          .rows = {{std::string(40, 'n'), 1, 2, 12345}}};
}

TEST_CASE("a text is cut in the middle, at whole characters") {
  CHECK(shorten("layer1.0.conv1", 20) == "layer1.0.conv1");
  CHECK(shorten("features.denseblock3.denselayer12.conv1", 17) == "featu…yer12.conv1");
  CHECK(shorten("äöüäöüäöü", 5) == "ä…äöü");
  CHECK(shorten("abcdef", 1) == "…");
  CHECK(shorten("abcdef", 2) == "…f");
  CHECK(shorten("abcdef", 0).empty());
  for (std::size_t width = 1; width < 12; ++width)
    CHECK(display_width(shorten("abcdefghijkl", width)) == width);
}

TEST_CASE("where everything fits, everything is shown at its natural width") {
  const Table table = example();
  const Layout layout = fit_columns(cells_of(table), 67);  // 40 + 7 + 7 + 6 and 3 gaps of 2: 66
  CHECK(layout.widths == std::vector<std::size_t>{40, 7, 7, 6});
  CHECK(layout.dropped.empty());
}

TEST_CASE("names are shortened before a column goes") {
  const Table table = example();
  const Layout layout = fit_columns(cells_of(table), 56);
  CHECK(layout.widths == std::vector<std::size_t>{30, 7, 7, 6});
}

TEST_CASE("the most dispensable column goes first, and the name gets its room") {
  const Table table = example();
  const Layout layout = fit_columns(cells_of(table), 54);
  CHECK(layout.dropped == std::vector<std::size_t>{2});
  CHECK(layout.widths == std::vector<std::size_t>{37, 7, 6});
}

TEST_CASE("what is not dispensable stays, however narrow the terminal") {
  const Table table = example();
  const Layout layout = fit_columns(cells_of(table), 10);
  CHECK(layout.shown == std::vector<std::size_t>{0, 3});
  CHECK(layout.widths == std::vector<std::size_t>{12, 6});
}

TEST_CASE("lines break between words and align behind the lead") {
  CHECK(wrap("one two three four five six", 24, "  a  ") == "  a  one two three four\n     five six");
  CHECK(wrap("short", 80) == "short");
  CHECK(wrap("", 80, "  a") == "  a");
}

TEST_CASE("a word wider than a line is broken, and nothing is lost") {
  CHECK(wrap(std::string(45, 'x'), 20) == std::string(20, 'x') + "\n" + std::string(20, 'x') + "\nxxxxx");
}

TEST_CASE("an excerpt has its rows in its order, and its own scale") {
  Table table = example();
  table.columns[3].unit = Unit::bytes;
  table.rows = {{"x", 1, 2, 5'000'000'000}, {"y", 3, 4, 2'000}, {"z", 5, 6, 1'000}};
  table.excerpt = Table::Excerpt{.rows = {2, 1}, .remark = ""};
  const Cells cells = cells_of(table);
  CHECK(cells.columns[0].texts == std::vector<std::string>{"z", "y"});
  CHECK(cells.columns[3].heading == "c (kB)");
}

}  // namespace
}  // namespace chipcast::report
