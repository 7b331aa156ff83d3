#include "base/quantity.hpp"

#include <doctest/doctest.h>

namespace chipcast {

TEST_CASE("units cancel: 600 MB over 2 GB/s take 0.3 s") {
  const BytesPerSecond bandwidth = 2.0 * gigabyte / second;
  const Seconds time = 600 * megabyte / bandwidth;
  CHECK(in(time, millisecond) == doctest::Approx(300));
  CHECK(600 * megabyte / (300 * megabyte) == doctest::Approx(2));  // all units cancel: a plain number
}

TEST_CASE("power times time is energy, energy over time is power") {
  const Watts power = 15.0 * watt;
  CHECK(in(power * hour, watt_hour) == doctest::Approx(15));
  CHECK(in(54'000.0 * joule / hour, watt) == doctest::Approx(15));  // 54,000 J / 3,600 s
}

TEST_CASE("kB, MB and GB are powers of ten; KiB, MiB and GiB powers of two") {
  CHECK(count_of(kilobyte) == 1'000);
  CHECK(count_of(gigabyte) == 1'000'000'000);
  CHECK(count_of(kibibyte) == 1'024);
  CHECK(count_of(gibibyte) == 1'073'741'824);  // 2^30
}

TEST_CASE("counts are exact where a double is not") {
  const Flops odd = 9'007'199'254'740'993 * flop;  // 2^53 + 1
  CHECK(count_of(odd + flop) == 9'007'199'254'740'994);
}

TEST_CASE("a multiply-accumulate is two operations") { CHECK(flops_of(7 * mac) == 14 * flop); }

TEST_CASE("a count that outgrows int64 saturates and stays saturated") {
  const Bytes huge = (std::int64_t{1} << 62) * byte;
  CHECK(is_exact(huge));
  CHECK_FALSE(is_exact(huge + huge));
  CHECK_FALSE(is_exact(4 * huge));
  CHECK_FALSE(is_exact((huge + huge) - huge));
  CHECK_FALSE(is_exact((huge + huge) + byte));
  CHECK(saturating_multiply(saturated, 0) == 0);  // nothing of something unknown is nothing
  CHECK(saturating_multiply(-3, std::int64_t{1} << 62) == -saturated);
}

}  // namespace chipcast
