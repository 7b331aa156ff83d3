#include <doctest/doctest.h>

#include <cmath>

#include "validate/statistics.hpp"

namespace chipcast {
namespace {

using doctest::Approx;
using Pairs = std::vector<Pair>;

TEST_CASE("the mean absolute percentage error is relative to what was measured") {
  // |2 - 1| / 1 = 1 and |3 - 4| / 4 = 0.25
  CHECK(mean_absolute_percentage_error(Pairs{{2, 1}, {3, 4}}) == Approx((1 + 0.25) / 2));
  CHECK(mean_absolute_percentage_error(Pairs{{5, 5}}) == 0);
}

TEST_CASE("twice and half cancel in the median log ratio") {
  CHECK(median_log_ratio(Pairs{{2, 1}, {1, 2}}) == Approx(0));
  CHECK(median_log_ratio(Pairs{{2, 1}, {2, 1}, {100, 1}}) == Approx(std::log(2)));
}

TEST_CASE("a percentile lies between its neighbours, in proportion") {
  // Positions 0, 1, 2, 3: a half is position 1.5, nine tenths is position 2.7.
  CHECK(percentile({4, 1, 3, 2}, 0.5) == Approx(2.5));
  CHECK(percentile({4, 1, 3, 2}, 0.9) == Approx(3.7));
  CHECK(percentile({4, 1, 3, 2}, 0) == 1);
  CHECK(percentile({4, 1, 3, 2}, 1) == 4);
  CHECK(percentile({7}, 0.9) == 7);
}

TEST_CASE("Spearman's correlation looks at the order alone") {
  CHECK(spearman(Pairs{{1, 10}, {2, 100}, {3, 1000}}) == Approx(1));
  CHECK(spearman(Pairs{{3, 10}, {2, 100}, {1, 1000}}) == Approx(-1));
  // Without ties it is 1 - 6 sum d^2 / (n (n^2 - 1)): ranks 1 2 3 4 against 2 1 3 4, sum d^2 = 2.
  CHECK(spearman(Pairs{{1, 2}, {2, 1}, {3, 3}, {4, 4}}) == Approx(1 - 6 * 2.0 / (4 * 15)));
}

TEST_CASE("ties share their mean rank") {
  // Ranks 1.5 1.5 3 against 1 2 3, both of mean 2: the products add up to 0.5 + 0 + 1, the squares to 1.5 and to 2.
  CHECK(spearman(Pairs{{1, 1}, {1, 2}, {2, 3}}) == Approx(1.5 / std::sqrt(1.5 * 2)));
}

TEST_CASE("there is no order among fewer than two different values") {
  CHECK(!spearman(Pairs{{1, 1}}));
  CHECK(!spearman(Pairs{{1, 1}, {1, 2}}));
  CHECK(!spearman(Pairs{{1, 2}, {2, 2}}));
  CHECK(!spearman(Pairs{}));
}

}  // namespace
}  // namespace chipcast
