// Operators that permute elements: Transpose, DepthToSpace, SpaceToDepth.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// ---- Transpose ------------------------------------------------------------------------------------------------------

// Output axis i is input axis order[i].
std::vector<std::int64_t> read_order(Inference& op) {
  std::vector<std::int64_t> order = op.ints_or("perm", {});
  if (order.empty()) {
    for (std::int64_t axis = op.rank(0); axis-- > 0;) order.push_back(axis);
  }
  if (static_cast<std::int64_t>(order.size()) != op.rank(0)) {
    op.fail(fmt::format("attribute 'perm' has {} entries, but the input has shape {}", order.size(),
                        format(op.shape(0))));
    return {};
  }
  return normalized_axes(op, order, op.rank(0));
}

void transpose_rule(Inference& op) {
  const std::vector<std::int64_t> order = read_order(op);
  if (op.failed()) return;
  Shape shape;
  for (const std::int64_t axis : order) shape.push_back(op.shape(0)[axis]);
  op.output(0, op.dtype(0), shape);
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr) return;
  Index from(order.size());
  op.output_value(0, rearranged(*x, shape, [&](const Index& at) {
                    for (std::size_t i = 0; i < order.size(); ++i)
                      from[static_cast<std::size_t>(order[i])] = at[i];
                    return flat_index(x->type.shape, from);
                  }));
}

// Where only axes of extent 1 change places, every element stays where it was: 1x768x1x1 to 1x1x1x768.
bool keeps_memory_order(const Shape& shape, const std::vector<std::int64_t>& order) {
  std::int64_t last = -1;
  for (const std::int64_t axis : order) {
    if (shape[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Work transpose_work(Inference& op) {
  const std::vector<std::int64_t> order = read_order(op);
  if (keeps_memory_order(op.shape(0), order)) return view();
  LoopNest nest;
  std::vector<Affine> input(order.size());
  std::vector<Affine> output;
  for (std::size_t i = 0; i < order.size(); ++i) {
    output.push_back(nest.loop("i", op.output_type(0).shape[static_cast<std::int64_t>(i)]));
    input[static_cast<std::size_t>(order[i])] = output.back();
  }
  nest.read(input_operand(0), op.shape(0), std::move(input));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  return work_of(std::move(nest));
}

// ---- DepthToSpace, SpaceToDepth ---------------------------------------------------------------------------------------

constexpr std::int64_t largest_block = std::int64_t{1} << 20;

std::int64_t read_block(Inference& op) {
  if (!op.expect_rank(0, 4, 4)) return 1;
  const std::int64_t block = op.required_int("blocksize");
  if (block >= 1 && block <= largest_block) return block;
  op.fail(fmt::format("attribute 'blocksize' is {}, expected 1 to 2^20", block));
  return 1;
}

void depth_to_space_rule(Inference& op) {
  const std::int64_t block = read_block(op);
  const std::string mode = op.text_or("mode", "DCR");
  op.expect(mode == "DCR" || mode == "CRD", "attribute 'mode' is neither DCR nor CRD");
  if (op.failed()) return;
  const Shape& x = op.shape(0);
  if (x[1] % (block * block) != 0) {
    op.fail(fmt::format("{} channels do not divide into blocks of {}x{}", x[1], block, block));
    return;
  }
  op.output(0, op.dtype(0),
            Shape{x[0], x[1] / (block * block), saturating_multiply(x[2], block),
                  saturating_multiply(x[3], block)});
}

void space_to_depth_rule(Inference& op) {
  const std::int64_t block = read_block(op);
  if (op.failed()) return;
  const Shape& x = op.shape(0);
  if (x[2] % block != 0 || x[3] % block != 0) {
    op.fail(fmt::format("an image of {}x{} does not divide into blocks of {}x{}", x[2], x[3], block, block));
    return;
  }
  op.output(0, op.dtype(0),
            Shape{x[0], saturating_multiply(x[1], block * block), x[2] / block, x[3] / block});
}

// Both, seen from the side with the many channels: deep[n, channel(c, r, s), h, w] = wide[n, c, h*b + r, w*b + s].
Work block_work(Inference& op) {
  const bool to_space = op.type().name == "DepthToSpace";
  const std::int64_t block = read_block(op);
  const Shape& deep = to_space ? op.shape(0) : op.output_type(0).shape;
  const Shape& wide = to_space ? op.output_type(0).shape : op.shape(0);
  LoopNest nest;
  const Affine n = nest.loop("n", deep[0]);
  const Affine c = nest.loop("c", wide[1]);
  const Affine h = nest.loop("h", deep[2]);
  const Affine w = nest.loop("w", deep[3]);
  const Affine r = nest.loop("r", block);
  const Affine s = nest.loop("s", block);
  const bool channels_first = to_space && op.text_or("mode", "DCR") == "CRD";
  const Affine channel =
      channels_first ? c * (block * block) + r * block + s : r * (block * wide[1]) + s * wide[1] + c;
  std::vector<Affine> in_deep = {n, channel, h, w};
  std::vector<Affine> in_wide = {n, c, h * block + r, w * block + s};
  nest.read(input_operand(0), op.shape(0), to_space ? in_deep : in_wide);
  nest.write(output_operand(0), op.output_type(0).shape, to_space ? in_wide : in_deep);
  return work_of(std::move(nest));
}

constexpr OperatorType permuting(std::string_view name, void (*rule)(Inference&), Work (*work)(Inference&)) {
  return {.name = name, .operator_class = OperatorClass::data_movement, .rule = rule, .work = work};
}

constexpr OperatorType operators[] = {
    permuting("Transpose", transpose_rule, transpose_work),
    permuting("DepthToSpace", depth_to_space_rule, block_work),
    permuting("SpaceToDepth", space_to_depth_rule, block_work),
};

}  // namespace

std::span<const OperatorType> transpose_operators() { return operators; }

}  // namespace chipcast
