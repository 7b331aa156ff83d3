#include "graph/extent_sum.hpp"

#include <doctest/doctest.h>

#include "graph/build.hpp"
#include "graph/shaping.hpp"

namespace chipcast {
namespace {

// An input with these two extents, bound.
Result<Shape> bound(const std::string& first, const std::string& second, const ShapingOptions& options) {
  Graph graph;
  const TensorId x =
      build::input(graph, "x", {symbol(graph.add_symbol(first)), symbol(graph.add_symbol(second))});
  const Result<Shaped> shaped = shape_graph(graph, options);
  if (!shaped) return shaped.diagnostics();
  return graph.tensor(x).type.shape;
}

}  // namespace

TEST_CASE("names and numbers joined by signs are a sum") {
  const auto sum = parse_extent_sum("past_length + new.1 - 2+3");
  REQUIRE(sum);
  CHECK(sum->constant == 1);
  REQUIRE(sum->terms.size() == 2);
  CHECK(sum->terms[0].name == "past_length");
  CHECK(sum->terms[1].name == "new.1");
  CHECK(parse_extent_sum("4 - n")->terms[0].sign == -1);
}

TEST_CASE("everything else is a name of its own") {
  for (const char* name : {"batch", "seq-len", "floor(h/2) + 1", "a * b + 1", "", "+", "a +", "1x + 2",
                           "a + b c", "99999999999999999999 + a"}) {
    CAPTURE(name);
    CHECK(!parse_extent_sum(name));
  }
}

TEST_CASE("an extent that is a sum follows from its parts, which are asked for, unless it is bound itself") {
  CHECK(*bound("past", "past + 1", {.dims = {{"past", 7}}}) == Shape{7, 8});
  CHECK(*bound("past", "past + 1", {.dims = {{"past", 7}, {"past + 1", 3}}}) == Shape{7, 3});
  CHECK(render(bound("past", "past + new", {}).diagnostics()) ==
        "error: the extent of 'past', 'new' is not known\n  give it with --dim past=N --dim new=N\n");
  CHECK(render(bound("past", "past - 9", {.dims = {{"past", 7}}}).diagnostics()) ==
        "error: the extent 'past - 9' is -2\n");
}

}  // namespace chipcast
