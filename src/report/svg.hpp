// report/svg.hpp: what drawings share.
//
//   escaped("a < b")         // "a &lt; b", as text of an element
#pragma once

#include <string>
#include <string_view>

namespace chipcast::report {

std::string escaped(std::string_view text);

}  // namespace chipcast::report
