// base/quantity.hpp: numbers that know their unit; counts are exact int64, rates are double.
//
//   Bytes traffic = 3 * kilobyte;
//   Seconds t = traffic / (2.0 * gigabyte / second);   // `traffic * bandwidth` is not a Seconds: does not build
//   double in_ms = in(t, millisecond);
//
// A count that outgrows int64 saturates and stays saturated (`is_exact` tells): code over counts is total, and
// the edges (graph/complexity.cpp) turn a saturated total into an error about the input.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace chipcast {

// ---- saturating int64, for element counts and loop extents too -------------------------------------------

inline constexpr std::int64_t saturated = std::numeric_limits<std::int64_t>::max();

constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? saturated : -saturated;
  return a == saturated || b == saturated ? saturated : sum;
}

constexpr std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return (a < 0) == (b < 0) ? saturated : -saturated;
  if (product != 0 && (a == saturated || b == saturated)) return (a < 0) == (b < 0) ? saturated : -saturated;
  return product;
}

// ---- quantities --------------------------------------------------------------------------------------------

// Exponents of the base units.
struct Dimension {
  int byte = 0, flop = 0, mac = 0, second = 0, joule = 0;
  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
  friend constexpr Dimension operator+(Dimension a, Dimension b) {
    return {a.byte + b.byte, a.flop + b.flop, a.mac + b.mac, a.second + b.second, a.joule + b.joule};
  }
  friend constexpr Dimension operator-(Dimension a, Dimension b) {
    return {a.byte - b.byte, a.flop - b.flop, a.mac - b.mac, a.second - b.second, a.joule - b.joule};
  }
};

template <class T>
concept Representation = std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>;

template <Dimension D, Representation Rep>
class Quantity {
 public:
  using representation = Rep;
  static constexpr Dimension dimension = D;

  constexpr Quantity() = default;  // zero
  // A count is also a rate-like number; never the other way round.
  template <Representation Other>
  requires(std::is_same_v<Rep, double>&& std::is_same_v<Other, std::int64_t>) constexpr Quantity(
      Quantity<D, Other> count)
      : amount_(static_cast<double>(count.in_base_units())) {}

  static constexpr Quantity from_base_units(Rep amount) {
    Quantity q;
    q.amount_ = amount;
    return q;
  }
  constexpr Rep in_base_units() const { return amount_; }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the defaulted comparison with 0 for a pointer's
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr bool operator==(Quantity, Quantity) = default;

  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    if constexpr (std::is_same_v<Rep, std::int64_t>) {
      return from_base_units(saturating_add(a.amount_, b.amount_));
    } else {
      return from_base_units(a.amount_ + b.amount_);
    }
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    if constexpr (std::is_same_v<Rep, std::int64_t>) {
      return from_base_units(a.amount_ == saturated ? saturated : saturating_add(a.amount_, -b.amount_));
    } else {
      return from_base_units(a.amount_ - b.amount_);
    }
  }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }

 private:
  Rep amount_{};
};

template <Dimension D>
using Count = Quantity<D, std::int64_t>;
template <Dimension D>
using Real = Quantity<D, double>;

// A saturated count is no longer a number anyone may print.
template <Dimension D>
constexpr bool is_exact(Count<D> count) {
  return count.in_base_units() != saturated;
}

// number * quantity: an integer keeps a count a count, anything else makes it real.
template <class N, Dimension D, Representation Rep>
requires std::is_arithmetic_v<N>
constexpr auto operator*(N factor, Quantity<D, Rep> q) {
  if constexpr (std::is_integral_v<N> && std::is_same_v<Rep, std::int64_t>) {
    return Count<D>::from_base_units(
        saturating_multiply(static_cast<std::int64_t>(factor), q.in_base_units()));
  } else {
    return Real<D>::from_base_units(static_cast<double>(factor) * static_cast<double>(q.in_base_units()));
  }
}
template <class N, Dimension D, Representation Rep>
requires std::is_arithmetic_v<N>
constexpr auto operator*(Quantity<D, Rep> q, N factor) { return factor * q; }
template <class N, Dimension D, Representation Rep>
requires std::is_arithmetic_v<N>
constexpr Real<D> operator/(Quantity<D, Rep> q, N divisor) {
  return Real<D>::from_base_units(static_cast<double>(q.in_base_units()) / static_cast<double>(divisor));
}

// quantity * quantity and quantity / quantity are real; where all units cancel, a plain double.
namespace detail {
template <Dimension D>
constexpr auto plain_if_dimensionless(double amount) {
  if constexpr (D == Dimension{}) {
    return amount;
  } else {
    return Real<D>::from_base_units(amount);
  }
}
}  // namespace detail

template <Dimension A, Representation RepA, Dimension B, Representation RepB>
constexpr auto operator*(Quantity<A, RepA> a, Quantity<B, RepB> b) {
  return detail::plain_if_dimensionless<A + B>(static_cast<double>(a.in_base_units()) *
                                               static_cast<double>(b.in_base_units()));
}
template <Dimension A, Representation RepA, Dimension B, Representation RepB>
constexpr auto operator/(Quantity<A, RepA> a, Quantity<B, RepB> b) {
  return detail::plain_if_dimensionless<A - B>(static_cast<double>(a.in_base_units()) /
                                               static_cast<double>(b.in_base_units()));
}
template <Dimension D, Representation Rep>
constexpr auto operator/(double number,
                         Quantity<D, Rep> q) {  // auto: g++ 12 cannot mangle the spelled-out type
  return Real<Dimension{} - D>::from_base_units(number / static_cast<double>(q.in_base_units()));
}

// Out by name: a count in its own base unit stays an exact int64, everything else is a double.
template <Dimension D>
constexpr std::int64_t count_of(Count<D> count) {
  return count.in_base_units();
}
template <Dimension D, Representation Rep, Representation UnitRep>
constexpr double in(Quantity<D, Rep> q, Quantity<D, UnitRep> unit) {
  return static_cast<double>(q.in_base_units()) / static_cast<double>(unit.in_base_units());
}

// ---- the units we use ----------------------------------------------------------------------------------------

inline constexpr Dimension byte_dimension{.byte = 1};
inline constexpr Dimension flop_dimension{.flop = 1};
inline constexpr Dimension mac_dimension{.mac = 1};
inline constexpr Dimension second_dimension{.second = 1};
inline constexpr Dimension joule_dimension{.joule = 1};

using Bytes = Count<byte_dimension>;
using Flops = Count<flop_dimension>;  // floating-point operations; 1 MAC = 2 FLOPs
using Macs = Count<mac_dimension>;
using Seconds = Real<second_dimension>;
using Joules = Real<joule_dimension>;
using Watts = Real<joule_dimension - second_dimension>;
using Hertz = Real<Dimension{} - second_dimension>;
using BytesPerSecond = Real<byte_dimension - second_dimension>;
using FlopsPerSecond = Real<flop_dimension - second_dimension>;
using FlopsPerByte = Real<flop_dimension - byte_dimension>;
using JoulesPerByte = Real<joule_dimension - byte_dimension>;
using JoulesPerFlop = Real<joule_dimension - flop_dimension>;

inline constexpr Bytes byte = Bytes::from_base_units(1);
inline constexpr Bytes kilobyte = 1'000 * byte;
inline constexpr Bytes megabyte = 1'000 * kilobyte;
inline constexpr Bytes gigabyte = 1'000 * megabyte;
inline constexpr Bytes terabyte = 1'000 * gigabyte;
inline constexpr Bytes kibibyte = 1'024 * byte;
inline constexpr Bytes mebibyte = 1'024 * kibibyte;
inline constexpr Bytes gibibyte = 1'024 * mebibyte;

inline constexpr Flops flop = Flops::from_base_units(1);
inline constexpr Macs mac = Macs::from_base_units(1);

inline constexpr Seconds second = Seconds::from_base_units(1);
inline constexpr Seconds millisecond = 1e-3 * second;
inline constexpr Seconds microsecond = 1e-6 * second;
inline constexpr Seconds nanosecond = 1e-9 * second;
inline constexpr Seconds hour = 3600.0 * second;
inline constexpr Seconds day = 24.0 * hour;

inline constexpr Joules joule = Joules::from_base_units(1);
inline constexpr Watts watt = joule / second;
inline constexpr Joules watt_hour = watt * hour;
inline constexpr Hertz hertz = 1.0 / second;

// What multiply-accumulates cost in FLOPs, exactly.
constexpr Flops flops_of(Macs macs) { return saturating_multiply(2, count_of(macs)) * flop; }

}  // namespace chipcast
