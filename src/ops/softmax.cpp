// Softmax, LogSoftmax and Hardmax: passes over the rows.
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// Up to opset 12 the axes from `axis` on made one row (the input was flattened to a matrix); since then `axis` alone.
constexpr int one_axis_since = 13;

std::int64_t row_length(Inference& op) {
  const bool flattens = op.opset() < one_axis_since;
  const std::int64_t rank = op.rank(0);
  const std::int64_t given = op.int_or("axis", flattens ? 1 : -1);
  if (flattens && given == rank) return 1;  // every element is a row
  const std::int64_t axis = op.normalized_axis(given, rank);
  if (op.failed()) return 1;
  return flattens ? op.shape(0).elements(axis, rank) : op.shape(0)[axis];
}

void softmax_rule(Inference& op) {
  row_length(op);
  op.output(0, op.dtype(0), op.shape(0));
}

LoopNest last_pass(const Inference& op, PointWork work) {
  LoopNest nest = pointwise_nest(op, {}, work);
  nest.read(output_operand(0), op.output_type(0).shape, nest.accesses().front().axes);
  return nest;
}

// max(row); e = exp(x - max) and its sum; e / sum.
Work softmax_work(Inference& op) {
  Work work = work_of(reading_pass(op, 0, {.flops = 1}));
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 2, .transcendentals = 1}));
  work.nests.push_back(last_pass(op, {.flops = 1}));
  return work;
}

// max(row); y = x - max and the sum of exp(y); the logarithm of each row's sum; y - log.
Work log_softmax_work(Inference& op) {
  Work work = work_of(reading_pass(op, 0, {.flops = 1}));
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 2, .transcendentals = 1}));
  const std::int64_t length = row_length(op);
  LoopNest logarithms;
  logarithms.loop("row", length == 0 ? 0 : op.shape(0).elements() / length);
  logarithms.each_point({.transcendentals = 1});
  work.nests.push_back(std::move(logarithms));
  work.nests.push_back(last_pass(op, {.flops = 1}));
  return work;
}

// The place of max(row); 1 there and 0 elsewhere.
Work hardmax_work(Inference& op) {
  Work work = work_of(reading_pass(op, 0, {.flops = 1}));
  work.nests.push_back(pointwise_nest(op, {}, {}));
  return work;
}

constexpr OperatorType over_rows(std::string_view name, Work (*work)(Inference&)) {
  return {.name = name, .operator_class = OperatorClass::softmax, .rule = softmax_rule, .work = work};
}

constexpr OperatorType operators[] = {
    over_rows("Softmax", softmax_work),
    over_rows("LogSoftmax", log_softmax_work),
    over_rows("Hardmax", hardmax_work),
};

}  // namespace

std::span<const OperatorType> softmax_operators() { return operators; }

}  // namespace chipcast
