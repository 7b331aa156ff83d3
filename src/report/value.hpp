// report/value.hpp: one entry of a report, a text or a number or a shape; what it counts stands beside it as a Unit.
//
//   Value macs = complexity.macs;                 // a count stays an exact integer
//   Value unknown;                                // "-" for people, null in JSON
//   unit_of<mac_dimension>()                      // Unit::macs
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/quantity.hpp"
#include "ops/shape.hpp"

namespace chipcast::report {

// Renderers for people choose the prefix (ms, MB); CSV and JSON carry SI base units, named at the end of the key.
enum class Unit : std::uint8_t {
  none,   // texts, shapes, yes or no
  count,  // shown exactly, with separators
  bytes,
  flops,
  macs,
  seconds,
  joules,
  watts,
  hertz,
  bytes_per_second,
  flops_per_second,
  flops_per_byte,
  ratio,  // shown as 1.75x
  share,  // a fraction of one, shown as 12.3%
};

template <Dimension D>
constexpr Unit unit_of() {
  if constexpr (D == byte_dimension) return Unit::bytes;
  if constexpr (D == flop_dimension) return Unit::flops;
  if constexpr (D == mac_dimension) return Unit::macs;
  if constexpr (D == second_dimension) return Unit::seconds;
  if constexpr (D == joule_dimension) return Unit::joules;
  if constexpr (D == joule_dimension - second_dimension) return Unit::watts;
  if constexpr (D == Dimension{} - second_dimension) return Unit::hertz;
  if constexpr (D == byte_dimension - second_dimension) return Unit::bytes_per_second;
  if constexpr (D == flop_dimension - second_dimension) return Unit::flops_per_second;
  if constexpr (D == flop_dimension - byte_dimension) return Unit::flops_per_byte;
  return Unit::none;
}

class Value {
 public:
  using Texts = std::vector<std::string>;
  using Shapes = std::vector<Shape>;
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Texts, Shape, Shapes>;

  Value() = default;  // not known
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(Texts texts) : data_(std::move(texts)) {}
  Value(Shape shape) : data_(std::move(shape)) {}
  Value(Shapes shapes) : data_(std::move(shapes)) {}
  Value(std::same_as<bool> auto answer) : data_(answer) {}

  // A saturated count, an infinity and a NaN are not numbers anyone may print: they become "not known" here.
  template <std::integral N>
  requires(!std::same_as<N, bool>) Value(N number) {
    if (std::cmp_less(number, saturated)) data_ = static_cast<std::int64_t>(number);
  }
  Value(double number) {
    if (std::isfinite(number)) data_ = number + 0.0;  // never "-0"
  }
  template <Dimension D, Representation Rep>
  Value(Quantity<D, Rep> quantity) : Value(quantity.in_base_units()) {}

  const Data& data() const { return data_; }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&data_);
  }
  bool is_known() const { return !std::holds_alternative<std::monostate>(data_); }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Data data_;
};

}  // namespace chipcast::report
