// ops/fold.hpp: evaluating operators on small known tensors, which is what shape computations are made of.
//
//   if (const Constant* x = known(op, 0)) {
//     op.output_value(0, rearranged(*x, Shape{2, 3}, [&](const Index& at) { return at[1] * 2 + at[0]; }));   // Transpose
//   }
//
// Elements are held as int64 and double; `wrapped` and `rounded` give what the tensor's own type would have stored.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

using Index = std::vector<std::int64_t>;  // one entry per axis

// Few enough elements of a type we calculate with (no text, complex or 8-bit floating point).
bool foldable(DType dtype, const Shape& shape);
// The elements of input `input` where they are known and foldable, else null.
const Constant* known(const Inference& op, int input);
// Every input that is there is known.
bool all_known(const Inference& op);

// What an integer type keeps of `value`, two's complement; booleans keep 0 or 1.
std::int64_t wrapped(DType dtype, std::int64_t value);
// The nearest number that a floating-point type has.
double rounded(DType dtype, double value);
// Truncation towards zero into an integer type: beyond its range the nearest end, 0 for NaN.
std::int64_t truncated(DType dtype, double value);

// A constant of zeros; `shape` must be foldable.
Constant zeros(DType dtype, Shape shape);
// A vector of int64, as shapes, axes and counts are.
Constant int_vector(std::vector<std::int64_t> elements);
Constant int_scalar(std::int64_t value);
// The same elements under another shape of as many.
Constant reshaped(const Constant& from, Shape shape);
// Element j of `to` becomes element i of `from`, converted to the type of `to`.
void copy_element(const Constant& from, std::int64_t i, Constant& to, std::int64_t j);

// Row-major position of `at`.
std::int64_t flat_index(const Shape& shape, const Index& at);
// ... in an operand that broadcasts to the tensor that `at` indexes.
std::int64_t broadcast_index(const Shape& operand, const Index& at);

// Calls visit(at, flat) for every element of `shape` in row-major order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
  const std::int64_t count = shape.elements();
  Index at(shape.extents().size(), 0);
  for (std::int64_t flat = 0; flat < count; ++flat) {
    visit(static_cast<const Index&>(at), flat);
    for (std::size_t axis = at.size(); axis-- > 0;) {
      if (++at[axis] < shape.extents()[axis]) break;
      at[axis] = 0;
    }
  }
}

// The tensor whose element `at` is element source(at) of `from`; zero where source(at) is negative.
template <class Source>
Constant rearranged(const Constant& from, const Shape& shape, Source source) {
  Constant to = zeros(from.type.dtype, shape);
  for_each_index(shape, [&](const Index& at, std::int64_t flat) {
    const std::int64_t i = source(at);
    if (i >= 0) copy_element(from, i, to, flat);
  });
  return to;
}

}  // namespace chipcast
