// Units that do not fit do not build. Each wrong definition stands on a line of its own, so the format stays as it is.
// clang-format off
#include "base/quantity.hpp"

namespace chipcast {

Seconds good(Bytes traffic, BytesPerSecond bandwidth) { return traffic / bandwidth; }
Seconds product(Bytes traffic, BytesPerSecond bandwidth) { return traffic * bandwidth; }  // error: could not convert|no viable conversion
Seconds naked() { return 3.0; }  // error: could not convert|no viable conversion
Bytes rounded(Real<byte_dimension> traffic) { return traffic; }  // error: could not convert|no viable conversion
auto mixed(Bytes traffic, Flops work) { return traffic + work; }  // error: no match|invalid operands
bool compared(Seconds time, Joules energy) { return time < energy; }  // error: no match|invalid operands

}  // namespace chipcast
