// MatMul and its kin: products of stacks of matrices, with integer operands, transposed or fused with what follows.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// Which input is what; -1: the operator has none.
struct Form {
  int b = 1;
  int bias = -1;
  int a_scale = -1, a_zero = -1, b_scale = -1, b_zero = -1, output_scale = -1, output_zero = -1;
  bool may_transpose = false;    // transA, transB, transBatchA, transBatchB, alpha
  bool quantizes_input = false;  // operand a is quantized on the fly
  bool requantizes = false;      // the product is scaled after the accumulation
};

constexpr Form matmul = {};
constexpr Form fused = {.may_transpose = true};
constexpr Form integer = {.a_zero = 2, .b_zero = 3};
constexpr Form qlinear = {.b = 3,
                          .a_scale = 1,
                          .a_zero = 2,
                          .b_scale = 4,
                          .b_zero = 5,
                          .output_scale = 6,
                          .output_zero = 7,
                          .requantizes = true};
constexpr Form to_float = {
    .bias = 6, .a_scale = 2, .a_zero = 4, .b_scale = 3, .b_zero = 5, .requantizes = true};
constexpr Form dynamic = {.bias = 4, .b_scale = 2, .b_zero = 3, .quantizes_input = true, .requantizes = true};

// An operand as a stack of matrices: which of its axes are what. A vector lacks the row (a) or the column (b).
struct Matrix {
  std::vector<std::int64_t> batch_axes;
  std::int64_t row = -1, column = -1;
};

Matrix read_matrix(Inference& op, int input, bool is_left, bool transposed, bool batch_first) {
  Matrix m;
  const std::int64_t rank = op.rank(input);
  if (rank == 0) {
    op.fail(fmt::format("input {} is a scalar; a product takes vectors and matrices", input));
    return m;
  }
  if (rank == 1) {
    (is_left ? m.column : m.row) = 0;
    return m;
  }
  // "transBatch": the rows come first, then the stack.
  for (std::int64_t axis = 0; axis < rank - 2; ++axis) m.batch_axes.push_back(batch_first ? axis + 1 : axis);
  m.row = batch_first ? 0 : rank - 2;
  m.column = rank - 1;
  if (transposed) std::swap(m.row, m.column);
  return m;
}

struct Product {
  Matrix a, b;
  Shape batch;  // broadcast
  std::int64_t m = 1, n = 1, k = 1;
  Shape output() const {
    Shape shape = batch;
    if (a.row >= 0) shape.push_back(m);
    if (b.column >= 0) shape.push_back(n);
    return shape;
  }
};

Shape batch_of(const Shape& shape, const Matrix& matrix) {
  Shape batch;
  for (const std::int64_t axis : matrix.batch_axes) batch.push_back(shape[axis]);
  return batch;
}

Product read_product(Inference& op, const Form& form) {
  Product p;
  const auto flag = [&](std::string_view name) { return form.may_transpose && op.int_or(name, 0) != 0; };
  p.a = read_matrix(op, 0, true, flag("transA"), flag("transBatchA"));
  p.b = read_matrix(op, form.b, false, flag("transB"), flag("transBatchB"));
  if (op.rank(0) == 0 || op.rank(form.b) == 0) return p;
  const Shape& a = op.shape(0);
  const Shape& b = op.shape(form.b);
  p.k = a[p.a.column];
  if (p.a.row >= 0) p.m = a[p.a.row];
  if (p.b.column >= 0) p.n = b[p.b.column];
  if (p.k != b[p.b.row]) {
    op.fail(fmt::format("shapes {} and {} do not multiply: {} columns meet {} rows", format(a), format(b),
                        p.k, b[p.b.row]));
  }
  if (auto batch = broadcast(batch_of(a, p.a), batch_of(b, p.b))) {
    p.batch = std::move(*batch);
  } else {
    op.fail(
        fmt::format("shapes {} and {} do not multiply: their stacks do not broadcast", format(a), format(b)));
  }
  return p;
}

void product_rule(Inference& op, const Form& form, DType result) {
  const Product p = read_product(op, form);
  expect_per_channel(op, form.b_scale, p.n, "weights' scale");
  if (op.has(form.bias) && op.shape(form.bias) != Shape{p.n}) {
    op.fail(fmt::format("the bias has shape {}; expected {} values, one a column",
                        format(op.shape(form.bias)), p.n));
  }
  op.output(0, result, p.output());
}

std::vector<Affine> matrix_axes(const Shape& shape, const Matrix& matrix, const std::vector<Affine>& batch,
                                const Affine& row, const Affine& column) {
  std::vector<Affine> axes(static_cast<std::size_t>(shape.rank()));
  const std::size_t skipped = batch.size() - matrix.batch_axes.size();
  for (std::size_t i = 0; i < matrix.batch_axes.size(); ++i) {
    const std::int64_t axis = matrix.batch_axes[i];
    axes[static_cast<std::size_t>(axis)] = shape[axis] == 1 ? Affine(0) : batch[skipped + i];
  }
  if (matrix.row >= 0) axes[static_cast<std::size_t>(matrix.row)] = row;
  if (matrix.column >= 0) axes[static_cast<std::size_t>(matrix.column)] = column;
  return axes;
}

Work product_work(Inference& op, const Form& form) {
  const Product p = read_product(op, form);
  LoopNest nest;
  std::vector<Affine> batch;
  for (const std::int64_t extent : p.batch) batch.push_back(nest.loop("b", extent));
  const Affine m = nest.loop("m", p.m);
  const Affine n = nest.loop("n", p.n);
  const Affine k = nest.loop("k", p.k);
  nest.read(input_operand(0), op.shape(0), matrix_axes(op.shape(0), p.a, batch, m, k));
  nest.read(input_operand(form.b), op.shape(form.b), matrix_axes(op.shape(form.b), p.b, batch, k, n));
  std::vector<Affine> output = batch;
  if (p.a.row >= 0) output.push_back(m);
  if (p.b.column >= 0) output.push_back(n);
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  nest.each_point({.macs = 1});

  Work work;
  // Range of the input (min, max), then divide and add the zero point.
  if (form.quantizes_input) work.nests.push_back(reading_pass(op, 0, {.flops = 4}));
  work.nests.push_back(std::move(nest));
  // Apart from the product, which is to read two operands and no more.
  for (const int zero : {form.a_zero, form.b_zero}) {
    if (op.has(zero)) work.nests.push_back(reading_pass(op, zero, {}));
  }
  const std::int64_t last = op.output_type(0).shape.rank() - 1;
  if (form.may_transpose && op.real_or("alpha", 1) != 1)
    work.nests.push_back(activation_nest(op, {.flops = 1}));
  if (form.requantizes) {
    work.nests.push_back(
        requantization_nest(op, {form.a_scale, form.b_scale, form.output_scale, form.output_zero}, last));
  }
  if (op.has(form.bias) && p.b.column >= 0) work.nests.push_back(bias_nest(op, form.bias, last));
  return work;
}

// A product with a stored operand is a dense layer; two activations in stacks are attention's scores.
OperatorClass product_class(Inference& op, const Form& form) {
  if (op.is_weight(0) || op.is_weight(form.b)) return OperatorClass::dense;
  return op.rank(0) >= 3 && op.rank(form.b) >= 3 ? OperatorClass::attention : OperatorClass::dense;
}

DType same_type(const Inference& op) { return op.dtype(0); }
DType int32_type(const Inference&) { return DType::int32; }
DType eighth_type(const Inference& op) { return dtype_or(op, 7, op.dtype(0)); }
DType third_type(const Inference& op) { return dtype_or(op, 2, DType::float32); }

template <const Form& form, DType (*result)(const Inference&)>
void rule(Inference& op) {
  product_rule(op, form, result(op));
}
template <const Form& form>
Work work(Inference& op) {
  return product_work(op, form);
}
template <const Form& form>
OperatorClass classify(Inference& op) {
  return product_class(op, form);
}

constexpr auto dense = OperatorClass::dense;
constexpr std::string_view microsoft = "com.microsoft";
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "MatMul",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = rule<matmul, same_type>,
     .work = work<matmul>,
     .classify = classify<matmul>},
    {.domain = microsoft,
     .name = "FusedMatMul",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = rule<fused, same_type>,
     .work = work<fused>,
     .classify = classify<fused>},
    // What FusedMatMul was called first.
    {.domain = microsoft,
     .name = "TransposeMatMul",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = rule<fused, same_type>,
     .work = work<fused>,
     .classify = classify<fused>},
    {.name = "MatMulInteger",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 4,
     .rule = rule<integer, int32_type>,
     .work = work<integer>,
     .roles = {data, quantized, zero_point, zero_point},
     .classify = classify<integer>},
    {.domain = microsoft,
     .name = "MatMulInteger16",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = rule<matmul, int32_type>,
     .work = work<matmul>,
     .roles = {data, quantized},
     .classify = classify<matmul>},
    {.name = "QLinearMatMul",
     .operator_class = dense,
     .least_inputs = 8,
     .most_inputs = 8,
     .rule = rule<qlinear, eighth_type>,
     .work = work<qlinear>,
     .roles = {data, scale, zero_point, quantized, scale, zero_point, scale, zero_point},
     .classify = classify<qlinear>},
    {.domain = microsoft,
     .name = "MatMulIntegerToFloat",
     .operator_class = dense,
     .least_inputs = 4,
     .most_inputs = 7,
     .rule = rule<to_float, third_type>,
     .work = work<to_float>,
     .roles = {data, quantized, scale, scale, zero_point, zero_point, data},
     .classify = classify<to_float>},
    {.domain = microsoft,
     .name = "DynamicQuantizeMatMul",
     .operator_class = dense,
     .least_inputs = 3,
     .most_inputs = 5,
     .rule = rule<dynamic, same_type>,
     .work = work<dynamic>,
     .roles = {data, quantized, scale, zero_point, data},
     .classify = classify<dynamic>},
};

}  // namespace

std::span<const OperatorType> matmul_operators() { return operators; }

}  // namespace chipcast
