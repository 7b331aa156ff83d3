#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace chipcast {

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("bandwith", "bandwidth") == 1);
  CHECK(edit_distance("resnet5o", "resnet50") == 1);
  CHECK(edit_distance("rensnet", "resnet") == 1);
  CHECK(edit_distance("hte", "the") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);  // k->s, e->i, +g
}

TEST_CASE("suggestions name the nearest first and nothing that is no slip") {
  const std::vector<std::string> names = {"resnet18", "resnet50", "vgg16", "mobilenet_v2"};
  CHECK(suggest("resnet5o", names) == "did you mean 'resnet50' or 'resnet18'?");
  CHECK(suggest("mobilnet_v2", names) == "did you mean 'mobilenet_v2'?");
  CHECK(suggest("zzz", names).empty());
  CHECK(suggest("mobile", names) == "did you mean 'mobilenet_v2'?");
  CHECK(suggest(std::string(100'000, 'r'), names).empty());
}

TEST_CASE("control characters and broken UTF-8 never reach a terminal") {
  CHECK(printable("a\x1b[31m\n\x7f") == "a\\x1b[31m\\x0a\\x7f");
  CHECK(printable("na\xC3\xAFve") == "na\xC3\xAFve");
  CHECK(printable("\xC3(") == "\\xc3(");
  CHECK(printable("\xC2\x9B") == "\\xc2\\x9b");    // the C1 form of ESC [
  CHECK_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // past U+10FFFF
  CHECK(is_valid_utf8("\xF0\x9F\x98\x80"));
}

TEST_CASE("counts are grouped by thousands") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(-1'000) == "-1,000");
  CHECK(format_count(11'689'512) == "11,689,512");
}

TEST_CASE("amounts have four significant digits and a decimal prefix") {
  CHECK(format_scaled(1.8140e9, "MAC") == "1.814 GMAC");
  CHECK(format_scaled(999.96e3, "B") == "1 MB");  // rounds up into the next prefix
  CHECK(format_scaled(0, "J") == "0 J");
  CHECK(format_scaled(0.029, "J") == "29 mJ");
  CHECK(format_scaled(-2.5e-6, "s") == "-2.5 us");
  CHECK(format(3 * kibibyte) == "3.072 kB");
}

}  // namespace chipcast
