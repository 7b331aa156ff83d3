#include "ops/nests.hpp"

namespace chipcast {
namespace {

std::vector<Affine> loops_over(LoopNest& nest, const Shape& shape) {
  std::vector<Affine> at;
  at.reserve(shape.extents().size());
  for (const std::int64_t extent : shape) at.push_back(nest.loop("i", extent));
  return at;
}

void read_broadcast(LoopNest& nest, const Inference& op, int input, const Shape& output,
                    const std::vector<Affine>& at) {
  if (!op.has(input)) return;
  const Shape& shape = op.shape(input);
  if (broadcast(shape, output) != output) return;
  nest.read(input_operand(input), shape, broadcast_axes(shape, at));
}

}  // namespace

std::vector<Affine> broadcast_axes(const Shape& shape, const std::vector<Affine>& at) {
  std::vector<Affine> axes;
  const auto skipped = static_cast<std::int64_t>(at.size()) - shape.rank();
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    axes.push_back(shape[axis] == 1 ? Affine(0) : at[static_cast<std::size_t>(axis + skipped)]);
  }
  return axes;
}

LoopNest pointwise_nest(const Inference& op, std::initializer_list<int> inputs, PointWork work, int output) {
  LoopNest nest;
  const Shape& shape = op.output_type(output).shape;
  std::vector<Affine> at = loops_over(nest, shape);
  for (const int input : inputs) read_broadcast(nest, op, input, shape, at);
  nest.write(output_operand(output), shape, std::move(at));
  nest.each_point(work);
  return nest;
}

LoopNest pointwise_nest(const Inference& op, PointWork work) {
  LoopNest nest;
  const Shape& shape = op.output_type(0).shape;
  std::vector<Affine> at = loops_over(nest, shape);
  for (int input = 0; input < op.input_count(); ++input) read_broadcast(nest, op, input, shape, at);
  nest.write(output_operand(0), shape, std::move(at));
  nest.each_point(work);
  return nest;
}

LoopNest reading_pass(const Inference& op, int input, PointWork work) {
  LoopNest nest;
  std::vector<Affine> at = loops_over(nest, op.shape(input));
  nest.read(input_operand(input), op.shape(input), std::move(at));
  nest.each_point(work);
  return nest;
}

Work work_of(LoopNest nest) {
  Work work;
  work.nests.push_back(std::move(nest));
  return work;
}

Work view() {
  Work work;
  work.is_view = true;
  return work;
}

}  // namespace chipcast
