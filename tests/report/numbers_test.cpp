#include "report/numbers.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace chipcast::report {
namespace {

ColumnNumbers fitted(const std::vector<Value>& values, Unit unit) {
  std::vector<const Value*> pointers;
  for (const Value& value : values) pointers.push_back(&value);
  return fit(pointers, unit);
}

TEST_CASE("a number alone gets four digits, a prefix and its unit") {
  CHECK(text(1'814'000'000 * mac, Unit::macs) == "1.814 GMAC");
  CHECK(text(102'230'000 * byte, Unit::bytes) == "102.2 MB");
  CHECK(text(3 * byte, Unit::bytes) == "3 B");
  CHECK(text(0.00216 * second, Unit::seconds) == "2.16 ms");
  CHECK(text(Value(0.0), Unit::joules) == "0 J");
}

TEST_CASE("time is never written in kiloseconds") {
  CHECK(text(2.0 * hour, Unit::seconds) == "7200 s");
  CHECK(fitted({2.0 * hour, 1.0 * second}, Unit::seconds).heading("life") == "life (s)");
}

TEST_CASE("a life is told in days, a very long one in powers of ten") {
  constexpr double day_s = 24 * 3600;
  CHECK(short_text(14.4 * day_s, Unit::seconds) == "14.4 days");
  CHECK(short_text(12'345 * day_s, Unit::seconds) == "12,345 days");
  CHECK(short_text(2e20 * day_s, Unit::seconds) == "2e+20 days");
}

TEST_CASE("counts are exact and have separators") {
  CHECK(text(11'689'512, Unit::count) == "11,689,512");
  CHECK(fitted({25'557'032, 0}, Unit::count).text(25'557'032) == "25,557,032");
  CHECK(fitted({25'557'032, 0}, Unit::count).heading("parameters") == "parameters");
}

TEST_CASE("shares are percentages, ratios factors, intensities keep their unit") {
  CHECK(text(0.1234, Unit::share) == "12.3%");
  CHECK(text(1.75, Unit::ratio) == "1.75x");
  CHECK(text(0.0312, Unit::ratio) == "0.031x");
  CHECK(text(123.0, Unit::ratio) == "123.0x");
  CHECK(text(0.25, Unit::flops_per_byte) == "0.25 FLOP/B");
}

TEST_CASE("what is not known is a dash for people and nothing for machines") {
  CHECK(text(Value(), Unit::bytes) == "-");
  CHECK(exact(Value()).empty());
  CHECK(fitted({Value()}, Unit::bytes).text(Value()) == "-");
}

TEST_CASE("infinities, NaN and saturated counts are not known") {
  CHECK(!Value(std::numeric_limits<double>::infinity()).is_known());
  CHECK(!Value(-std::numeric_limits<double>::infinity()).is_known());
  CHECK(!Value(std::numeric_limits<double>::quiet_NaN()).is_known());
  CHECK(!Value(saturated).is_known());
  CHECK(!Value(Bytes::from_base_units(saturated)).is_known());
  CHECK(Value(saturated - 1).is_known());
}

TEST_CASE("shapes and lists are written out") {
  CHECK(text(Shape{1, 3, 224, 224}, Unit::none) == "1x3x224x224");
  CHECK(text(Value::Shapes{{1, 3}, {64, 3}}, Unit::none) == "1x3, 64x3");
  CHECK(text(Value::Texts{"a", "b"}, Unit::none) == "a, b");
  CHECK(text(true, Unit::none) == "yes");
}

TEST_CASE("a file's names cannot drive the terminal") {
  CHECK(text("conv\x1b[31m", Unit::none) == "conv\\x1b[31m");
  CHECK(text(Value::Texts{"a\nb"}, Unit::none) == "a\\x0ab");
}

TEST_CASE("a column has one scale, that of its largest number, and decimals that tell its smallest") {
  const ColumnNumbers macs = fitted({118'013'952 * mac, 2'048'000 * mac, 25'088 * mac}, Unit::macs);
  CHECK(macs.heading("MACs") == "MACs (M)");
  CHECK(macs.text(118'013'952 * mac) == "118.014");
  CHECK(macs.text(2'048'000 * mac) == "2.048");
  CHECK(macs.text(25'088 * mac) == "0.025");
  CHECK(macs.text(0 * mac) == "0");
}

TEST_CASE("decimals nobody needs are left out") {
  CHECK(fitted({1.0 * second, 12.34 * second}, Unit::seconds).text(12.34 * second) == "12.34");
  CHECK(fitted({118'000'000 * byte, 23'000'000 * byte}, Unit::bytes).text(23'000'000 * byte) == "23.0");
  CHECK(fitted({118 * byte, 23 * byte}, Unit::bytes).text(23 * byte) == "23");
}

TEST_CASE("a number too small for its column is not rounded to zero") {
  CHECK(fitted({4'000'000'000 * flop, 10 * flop}, Unit::flops).text(10 * flop) == "<0.001");
}

TEST_CASE("the largest number decides the prefix, at its edges too") {
  CHECK(fitted({999'999 * byte}, Unit::bytes).heading("size") == "size (kB)");
  CHECK(fitted({1'000'000 * byte}, Unit::bytes).heading("size") == "size (MB)");
  CHECK(fitted({999 * byte}, Unit::bytes).heading("size") == "size (B)");
  CHECK(fitted({999 * mac}, Unit::macs).heading("MACs") == "MACs");
  CHECK(fitted({1e-9 * second}, Unit::seconds).heading("latency") == "latency (ns)");
  CHECK(fitted({}, Unit::bytes).heading("size") == "size (B)");
}

TEST_CASE("machines get every digit in base units") {
  CHECK(exact(4'089'184'256 * mac) == "4089184256");
  CHECK(exact(0.1 + 0.2) == "0.30000000000000004");
  CHECK(exact(3.0 * second) == "3");
  CHECK(exact(-0.0) == "0");
  CHECK(exact(Shape{}) == "scalar");
  CHECK(exact(true) == "true");
}

}  // namespace
}  // namespace chipcast::report
