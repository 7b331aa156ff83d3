#include "report/draw.hpp"

#include <doctest/doctest.h>

#include "report/svg.hpp"

namespace chipcast::report {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("a logarithmic axis gives equal ratios equal lengths, and its ticks lie on it") {
  const Axis axis({.values = {1e-3, 1}, .is_log = true}, 0, 100);
  CHECK(axis.at(1e-2) - axis.at(1e-3) == doctest::Approx(axis.at(1e-1) - axis.at(1e-2)));
  CHECK(axis.ticks().size() >= 3);
  for (const double tick : axis.ticks()) {
    CHECK(tick >= axis.low());
    CHECK(tick <= axis.high());
  }
}

TEST_CASE("a linear axis holds all its values, between round numbers") {
  for (const double top : {0.85112, 4.79, 1e-9, 7e12}) {
    const Axis axis({.values = {0.3 * top, top}, .from_zero = true}, 0, 100);
    CHECK(axis.low() == 0);
    CHECK(axis.high() >= top);
    CHECK(axis.high() < 2 * top);
    CHECK(axis.at(top) == doctest::Approx(100 * top / axis.high()));
  }
}

TEST_CASE("an axis of one value or none still has a length") {
  for (const bool is_log : {false, true}) {
    for (const std::vector<double>& values : {std::vector<double>{}, {0.0}, {5.0}, {5.0, 5.0}}) {
      const Axis axis({.values = values, .is_log = is_log}, 0, 100);
      CHECK(axis.high() > axis.low());
      CHECK(!axis.ticks().empty());
    }
  }
}

Table example() {
  return {.key = "t",
          .title = "t",
          .columns = {{"model", "network"},
                      {"a_j", "a", Unit::joules},
                      {"b_j", "b", Unit::joules},
                      {"front", "front"}},
          .rows = {{"x<y", 1.0, 3.0, true}, {"z", 2.0, {}, true}, {"w", {}, {}, false}}};
}

TEST_CASE("stacked bars: as wide as their values, in one scale; what is not known says so") {
  const Table table = example();
  const std::string svg =
      draw(table, {.kind = Chart::Kind::bars, .title = "bars", .label = "model", .series = {"a_j", "b_j"}});
  CHECK(count(svg, "<rect class=\"fill") == 3);  // those that are known
  CHECK(count(svg, "class=\"key\"") == 2);
  CHECK(count(svg, "not known") == 1);
  CHECK(svg.find("x&lt;y") != std::string::npos);
  CHECK(svg.find("x<y") == std::string::npos);
}

TEST_CASE("points: one for each row where both are known, the marked ones joined") {
  const Table table = example();
  const std::string svg = draw(table, {.kind = Chart::Kind::points,
                                       .title = "points",
                                       .label = "model",
                                       .series = {"a_j"},
                                       .x = "a_j",
                                       .marked = "front",
                                       .log_x = true});
  CHECK(count(svg, "<circle") == 2);
  CHECK(count(svg, "class=\"front\"") == 1);
}

TEST_CASE("strips: each label's rows fill its strip, in proportion and in order") {
  const Table table{
      .key = "t",
      .title = "t",
      .columns = {{"model", "network"},
                  {"block", "block"},
                  {"time_s", "time", Unit::seconds},
                  {"bound", "bound"}},
      .rows = {
          {"a", "first", 1e-3, "compute"}, {"a", "second", 3e-3, "memory"}, {"b", "only", 5e-3, "compute"}}};
  const std::string svg = draw(table, {.kind = Chart::Kind::strips,
                                       .title = "strips",
                                       .label = "model",
                                       .series = {"time_s"},
                                       .piece = "block",
                                       .colour = "bound"});
  CHECK(count(svg, "<title>") == 3);
  CHECK(count(svg, "class=\"key\"") == 2);  // compute, memory
  const auto width_of = [&](const std::string& piece) {
    const std::size_t title = svg.find("<title>" + piece), at = svg.rfind("width=\"", title) + 7;
    return std::stod(svg.substr(at)) + 0.6;  // pieces are a seam apart
  };
  CHECK(3 * width_of("a, first") == doctest::Approx(width_of("a, second")).epsilon(1e-2));
  CHECK(width_of("a, first") + width_of("a, second") == doctest::Approx(width_of("b, only")).epsilon(1e-2));
  CHECK(svg.find("a, first: 1 ms, compute") != std::string::npos);
}

TEST_CASE("a picture of its own carries its style and a title for those who do not see it") {
  const std::string svg = standalone(
      draw(example(),
           {.kind = Chart::Kind::lines, .title = "the \"title\"", .series = {"a_j", "b_j"}, .x = "a_j"}));
  CHECK(svg.find("<style>") != std::string::npos);
  CHECK(svg.find("aria-label=\"the &quot;title&quot;\"") != std::string::npos);
  CHECK(count(svg, "<svg") == 1);
}

}  // namespace
}  // namespace chipcast::report
