#include "base/version.hpp"

namespace chipcast {

// A function, so that only this file is compiled anew when the version changes.
std::string_view version() { return CHIPCAST_VERSION; }

}  // namespace chipcast
