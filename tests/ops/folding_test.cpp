// Shape computations as exporters write them, evaluated operator by operator.
#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string>

#include "ops/moves.hpp"

using namespace chipcast;

namespace {

// What an earlier operator answered, as the input of the next.
Given output_of(const Applied& applied, std::size_t output = 0) {
  return {.type = applied.outputs[output], .value = applied.values[output]};
}
Given shape_of(Shape shape) { return output_of(apply("Shape", {data(std::move(shape))})); }
Given element(const Given& shape, std::int64_t index) {
  return output_of(apply("Gather", {shape, known_scalar(index)}));
}
Given as_vector(const Given& scalar) { return output_of(apply("Unsqueeze", {scalar, known(Ints{0})})); }
Given side_by_side(std::vector<Given> parts) {
  return output_of(apply("Concat", std::move(parts), {{"axis", std::int64_t{0}}}));
}

}  // namespace

TEST_CASE("x.view(x.size(0), -1): Shape, Gather, Unsqueeze, Concat, Reshape") {
  const Given x = data({8, 512, 7, 7});
  const Given size = side_by_side({as_vector(element(shape_of({8, 512, 7, 7}), 0)), known(Ints{-1})});
  CHECK(apply("Reshape", {x, size}).shape() == Shape{8, 512 * 7 * 7});
}

TEST_CASE("F.interpolate(x, size=y.shape[2:]): Shape, Slice, Concat, Resize") {
  const Given y = shape_of({1, 64, 30, 45});
  const Given spatial = output_of(apply("Slice", {y, known(Ints{2}), known(Ints{4}), known(Ints{0})}));
  const Given channels =
      output_of(apply("Slice", {shape_of({1, 256, 15, 23}), known(Ints{0}), known(Ints{2}), known(Ints{0})}));
  const Given sizes = side_by_side({channels, spatial});
  const Given none = tensor({0}, std::vector<double>{});
  CHECK(apply("Resize", {data({1, 256, 15, 23}), none, none, sizes}).shape() == Shape{1, 256, 30, 45});
}

TEST_CASE("floor(h * scale): Cast, Mul, Floor, Cast in single precision") {
  const Given height = element(shape_of({1, 3, 37, 50}), 2);
  const Given real = output_of(apply("Cast", {height}, {{"to", std::int64_t{1}}}));
  const Given product =
      output_of(apply("Mul", {real, tensor({}, std::vector<double>{static_cast<double>(1.6F)})}));
  const Given whole =
      output_of(apply("Cast", {output_of(apply("Floor", {product}))}, {{"to", std::int64_t{7}}}));
  CHECK(whole.value->ints == Ints{59});  // 37 * 1.6 = 59.2
}

TEST_CASE("x.expand(-1, n, -1): ConstantOfShape, Mul, Equal, Where, Expand") {
  const Given wanted = known(Ints{2, -1, 4});
  const Given ones = output_of(
      apply("ConstantOfShape", {known(Ints{3})}, {{"value", ConstantPointer(known(Ints{1}).value)}}));
  const Given minus_one = output_of(apply("Mul", {ones, known_scalar(-1)}));
  const Given is_minus_one = output_of(apply("Equal", {wanted, minus_one}));
  const Given shape = output_of(apply("Where", {is_minus_one, ones, wanted}));
  CHECK(shape.value->ints == Ints{2, 1, 4});
  CHECK(apply("Expand", {data({1, 3, 1}), shape}).shape() == Shape{2, 3, 4});
}

TEST_CASE("positions: Range up to a Sqrt of a product") {
  const Given count = output_of(apply("ReduceProd", {shape_of({4, 9})}, {{"keepdims", std::int64_t{0}}}));
  const Given real = output_of(apply("Cast", {count}, {{"to", std::int64_t{1}}}));
  const Given root = output_of(apply("Cast", {output_of(apply("Sqrt", {real}))}, {{"to", std::int64_t{7}}}));
  const Applied range = apply("Range", {known_scalar(0), root, known_scalar(1)});
  CHECK(ints_of(range) == Ints{0, 1, 2, 3, 4, 5});
}

TEST_CASE("F.pad: ConstantOfShape, Concat, Reshape, Slice backwards, Transpose, Reshape, Cast, Pad") {
  // PyTorch gives (left, right, top, bottom) from the last axis on; ONNX wants all begins, then all ends.
  const Given missing = output_of(
      apply("ConstantOfShape", {known(Ints{4})}, {{"value", ConstantPointer(known(Ints{0}).value)}}));
  const Given pairs =
      output_of(apply("Reshape", {side_by_side({known(Ints{1, 2, 3, 4}), missing}), known(Ints{-1, 2})}));
  const Given reversed =
      output_of(apply("Slice", {pairs, known(Ints{-1}), known(Ints{std::numeric_limits<std::int64_t>::min()}),
                                known(Ints{0}), known(Ints{-1})}));
  const Given turned = output_of(apply("Transpose", {reversed}, {{"perm", Ints{1, 0}}}));
  const Given pads = output_of(apply("Reshape", {turned, known(Ints{-1})}));
  CHECK(pads.value->ints == Ints{0, 0, 3, 1, 0, 0, 4, 2});
  CHECK(apply("Pad", {data({1, 1, 10, 20}), pads}).shape() == Shape{1, 1, 17, 23});
}

TEST_CASE("Shape takes a part of the axes, Size multiplies them") {
  const auto part = [](std::int64_t start, std::int64_t end) {
    return ints_of(apply("Shape", {data({2, 3, 4})}, {{"start", start}, {"end", end}}));
  };
  CHECK(part(1, 3) == Ints{3, 4});
  CHECK(part(-1, 100) == Ints{4});
  CHECK(part(0, -1) == Ints{2, 3});
  CHECK(part(2, 1) == Ints{});
  CHECK(part(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()) ==
        Ints{2, 3, 4});
  CHECK(ints_of(apply("Shape", {data({})})) == Ints{});
  CHECK(ints_of(apply("Size", {data({2, 3, 4})})) == Ints{24});
}

TEST_CASE("Range: as many as fit, none that run the other way") {
  const auto range = [](std::int64_t start, std::int64_t limit, std::int64_t step) {
    return apply("Range", {known_scalar(start), known_scalar(limit), known_scalar(step)});
  };
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(ints_of(range(3, 9, 3)) == Ints{3, 6});
  CHECK(ints_of(range(10, 4, -2)) == Ints{10, 8, 6});
  CHECK(range(0, -5, 1).shape() == Shape{0});
  CHECK(range(0, 5, 0).error == "a range has a step of 0");
  CHECK(range(0, 1'000'000, 1).shape() == Shape{1'000'000});
  CHECK(range(0, 1'000'000, 1).values[0] == nullptr);
  CHECK(range(least, most, 1).error != "");
  CHECK(ints_of(range(least, most, most)) == Ints{least, -1, most - 1});
  const auto real = [](double start, double limit, double step) {
    const auto scalar = [](double x) { return tensor(Shape{}, std::vector<double>{x}); };
    return apply("Range", {scalar(start), scalar(limit), scalar(step)});
  };
  CHECK(reals_of(real(1.0, 2.0, 0.5)) == std::vector<double>{1.0, 1.5});
  CHECK(real(0.0, 1.0, 0.0).error != "");
  CHECK(real(0.0, 1e300, 1e-300).error != "");
  CHECK(apply("Range", {known_scalar(0), data({}, DType::int64), known_scalar(1)}).error ==
        "the length of the range depends on the data");
}

TEST_CASE("ConstantOfShape and Constant") {
  CHECK(reals_of(apply("ConstantOfShape", {known(Ints{2})})) == std::vector<double>{0.0, 0.0});
  CHECK(apply("ConstantOfShape", {known(Ints{})}).shape() == Shape{});
  CHECK(apply("ConstantOfShape", {known(Ints{1000, 1000})}).shape() == Shape{1000, 1000});
  CHECK(apply("ConstantOfShape", {known(Ints{-1})}).error != "");
  CHECK(apply("ConstantOfShape", {known(Ints{2})}, {{"value", ConstantPointer(known(Ints{1, 2}).value)}})
            .error == "attribute 'value' is not a tensor of one element");
  CHECK(apply("ConstantOfShape", {data({3}, DType::int64)}).error ==
        "the shape of the constant depends on the data");
  CHECK(ints_of(apply("Constant", {}, {{"value_ints", Ints{1, 2}}})) == Ints{1, 2});
  CHECK(ints_of(apply("Constant", {}, {{"value", ConstantPointer(known(Ints{7}).value)}})) == Ints{7});
  CHECK(apply("Constant", {}, {{"value", TensorType{DType::float32, Shape{500, 500}}}}).shape() ==
        Shape{500, 500});
  CHECK(reals_of(apply("Constant", {}, {{"value_float", 0.5}})) == std::vector<double>{0.5});
  CHECK(apply("Constant", {}).error != "");
}

TEST_CASE("what is not known is not folded, but still has a shape") {
  const Given unknown = data({3}, DType::int64);
  for (const char* name : {"Add", "Mul", "Div", "Mod", "Equal", "Less"}) {
    const Applied applied = apply(name, {unknown, known(Ints{1, 2, 0})});
    CHECK(applied.error == "");
    CHECK(applied.shape() == Shape{3});
    CHECK(applied.values[0] == nullptr);
  }
  // A constant of more elements than are kept stays a tensor.
  const Applied wide = apply("Expand", {known_scalar(1), known(Ints{100, 100})});
  CHECK(wide.shape() == Shape{100, 100});
  CHECK(wide.values[0] == nullptr);
}

namespace {

// Applies an operator whose output extents are bound as --dim binds them: the i-th axis to bound[i].
Applied apply_bound(std::string_view name, std::vector<Given> inputs, const Ints& bound,
                    NamedAttributes named = {}) {
  const OperatorType* type = find_operator("", name);
  std::vector<InputView> views;
  for (const Given& given : inputs) {
    views.push_back(given.present ? InputView{&given.type, given.value.get(), given.is_weight} : InputView{});
  }
  Attributes attributes;
  for (const Attribute& attribute : named) attributes.set(attribute.name, attribute.value);
  Inference op(*type, 20, attributes, views, 1);
  op.bind({[](const void* context, int, std::int64_t axis, std::int64_t) -> std::optional<std::int64_t> {
             const Ints& extents = *static_cast<const Ints*>(context);
             if (axis >= static_cast<std::int64_t>(extents.size())) return std::nullopt;
             return extents[static_cast<std::size_t>(axis)];
           },
           [](const void*, int, std::int64_t axis) { return "y." + std::to_string(axis); }, &bound});
  type->rule(op);
  Applied applied;
  applied.error = op.error();
  applied.outputs = op.outputs();
  applied.values = op.output_values();
  if (applied.error.empty()) applied.cost = cost_of(type->work(op), op);
  return applied;
}

}  // namespace

TEST_CASE("extents that only the data decides are taken from the user") {
  const Given list = data({2}, DType::int64);
  const Given number = data({}, DType::int64);
  const Given x = data({4, 6});
  CHECK(apply_bound("Reshape", {x, list}, {8, 3}).shape() == Shape{8, 3});
  CHECK(apply_bound("Reshape", {x, list}, {8, 4}).error ==
        "shape 4x6 (24 elements) cannot become 8x4 (32 elements)");
  CHECK(apply_bound("Reshape", {x, list}, {8}).error ==
        "the shape to reshape to depends on the data; give it with --dim y.1=N");
  CHECK(apply_bound("Expand", {data({4, 1}), list}, {4, 9}).shape() == Shape{4, 9});
  CHECK(apply_bound("Tile", {x, list}, {8, 18}).shape() == Shape{8, 18});
  CHECK(apply_bound("Tile", {x, list}, {9, 18}).error == "9 elements are no multiple of axis 0 of shape 4x6");
  CHECK(apply_bound("Slice", {x, list, list}, {2, 5}).shape() == Shape{2, 5});
  CHECK(apply_bound("Slice", {x, list, list}, {2, 5}).cost.read == 40 * byte);
  CHECK(apply_bound("Slice", {x, list, list}, {5, 5}).error ==
        "a slice of 5 elements does not fit into axis 0 of shape 4x6");
  CHECK(apply_bound("ConstantOfShape", {list}, {3, 5}).shape() == Shape{3, 5});
  CHECK(apply_bound("Range", {number, number, number}, {7}).shape() == Shape{7});
  CHECK(apply_bound("NonZero", {x}, {2, 5}).shape() == Shape{2, 5});
  CHECK(apply_bound("TopK", {x, number}, {4, 3}).shape() == Shape{4, 3});
  CHECK(apply_bound("Resize", {x, absent(), data({2})}, {8, 12}).shape() == Shape{8, 12});
  CHECK(apply_bound("Pad", {x, data({4}, DType::int64)}, {5, 8}).shape() == Shape{5, 8});
  CHECK(
      apply_bound("NonMaxSuppression", {data({1, 10, 4}), data({1, 2, 10}), known_scalar(5)}, {7}).shape() ==
      Shape{7, 3});
  CHECK(apply_bound("ReduceSum", {x, data({1}, DType::int64)}, {4, 1}).shape() == Shape{4, 1});
  CHECK(apply_bound("Unsqueeze", {x, data({1}, DType::int64)}, {4, 1, 6}).shape() == Shape{4, 1, 6});
  CHECK(apply_bound("Squeeze", {data({4, 1, 6}), data({1}, DType::int64)}, {4, 6}).shape() == Shape{4, 6});
  CHECK(apply_bound("Split", {x, list}, {4}).error == "");
}
