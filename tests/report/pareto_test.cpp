#include <doctest/doctest.h>

#include "report/sections/parts.hpp"

namespace chipcast::report {
namespace {

using Numbers = std::vector<std::optional<double>>;

TEST_CASE("the front holds who is beaten by nobody: as accurate and cheaper, or as cheap and more accurate") {
  const Numbers accuracy = {0.7, 0.8, 0.8, 0.9, 0.75, {}}, cost = {1, 2, 3, 9, {}, 0.1};
  CHECK(pareto_front(accuracy, cost) == std::vector<bool>{true, true, false, true, false, false});
}

TEST_CASE("equals stand on the front together") {
  const Numbers accuracy = {0.8, 0.8}, cost = {2, 2};
  CHECK(pareto_front(accuracy, cost) == std::vector<bool>{true, true});
}

}  // namespace
}  // namespace chipcast::report
