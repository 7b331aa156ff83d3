// base/version.hpp: the program's version, set in CMakeLists.txt.
//   fmt::print("chipcast {}\n", version());   // "chipcast 0.1.0"
#pragma once

#include <string_view>

namespace chipcast {

std::string_view version();

}  // namespace chipcast
