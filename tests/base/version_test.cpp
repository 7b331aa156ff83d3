#include "base/version.hpp"

#include <doctest/doctest.h>

#include <algorithm>

TEST_CASE("the version is major.minor.patch") {
  const std::string_view version = chipcast::version();
  CHECK(std::ranges::count(version, '.') == 2);
  CHECK(version.find_first_not_of("0123456789.") == std::string_view::npos);
}
