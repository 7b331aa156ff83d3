// model/widest.hpp: the same loops once for each set of vector registers; the widest that there is runs.
//
//   [[gnu::always_inline]] inline void add(Sums& sums, const Block& block);      // plain loops over lanes
//   static const auto add_widest = widest<add, Sums&, const Block&>();
//   add_widest(sums, block);
#pragma once

namespace chipcast {

template <auto work, class... Arguments>
void anywhere(Arguments... arguments) {
  work(arguments...);
}

#if defined(__x86_64__)
template <auto work, class... Arguments>
[[gnu::target("avx2")]] void in_lanes_of_4(Arguments... arguments) {
  work(arguments...);
}
template <auto work, class... Arguments>
[[gnu::target("avx512f,avx512dq,avx512vl")]] void in_lanes_of_8(Arguments... arguments) {
  work(arguments...);
}
template <auto work, class... Arguments>
auto widest() -> void (*)(Arguments...) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return in_lanes_of_8<work, Arguments...>;
  return __builtin_cpu_supports("avx2") ? in_lanes_of_4<work, Arguments...> : anywhere<work, Arguments...>;
}
#else
template <auto work, class... Arguments>
auto widest() -> void (*)(Arguments...) {
  return anywhere<work, Arguments...>;
}
#endif

}  // namespace chipcast
