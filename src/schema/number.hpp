// schema/number.hpp: numbers as people mean them: no octal, no hexadecimal, no NaN, no silent overflow.
//
//   Number n = parse_number("4.8 TB/s");   // n.real 4.8, n.rest " TB/s"
//   if (!n.complaint.empty()) value.fail(n.complaint, n.hint);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chipcast {

struct Number {
  double real = 0;
  std::optional<std::int64_t> integer;  // where it is written as one and fits
  std::string_view rest;                // what follows the number
  std::string complaint;                // "'010' has a leading zero"; empty: it is a number
  std::string hint;
};

Number parse_number(std::string_view text);

}  // namespace chipcast
