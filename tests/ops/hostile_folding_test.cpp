// Operators that move, choose and evaluate elements answer anything: known inputs of every rank and type, attributes
// and bound extents up to 2^63, outputs left out. Under the sanitizers this is where an overflow shows.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  bool once_in(std::size_t n) { return below(n) == 0; }

  std::int64_t number() {
    static const Ints odd = {least,     least + 1, -(1LL << 62), -(1LL << 50), 1LL << 31,
                             1LL << 50, 1LL << 62, most - 1,     most};
    return once_in(6) ? odd[below(odd.size())] : static_cast<std::int64_t>(below(10)) - 4;
  }
  double real() {
    static const std::vector<double> odd = {0.0,     -0.0,
                                            1e-300,  1e300,
                                            -1e300,  std::numeric_limits<double>::infinity(),
                                            1e-45,   0x1p63,
                                            -0x1p63, std::numeric_limits<double>::quiet_NaN()};
    return once_in(4) ? odd[below(odd.size())] : static_cast<double>(number() % 8) / 2;
  }
  Ints numbers(std::size_t least_length = 0) {
    Ints list(least_length + below(5));
    for (std::int64_t& entry : list) entry = number();
    return list;
  }
  std::vector<double> reals(std::size_t count) {
    std::vector<double> list(count);
    for (double& entry : list) entry = real();
    return list;
  }
  Shape shape() {
    static const Ints extents = {0, 1, 1, 2, 2, 2, 3, 4};
    Ints list(below(5));
    for (std::int64_t& extent : list) extent = extents[below(extents.size())];
    if (once_in(12) && !list.empty()) list[below(list.size())] = once_in(2) ? most : 1LL << 20;
    return Shape(list);
  }
  Given given() {
    if (once_in(12)) return {.present = false};
    static const std::vector<DType> integers = {DType::int64, DType::int64,   DType::int32,
                                                DType::uint8, DType::boolean, DType::int4};
    static const std::vector<DType> floats = {DType::float32, DType::float64, DType::float16, DType::bfloat16,
                                              DType::float8_e4m3};
    const bool is_real = once_in(3);
    Constant constant;
    constant.type = {is_real ? floats[below(floats.size())] : integers[below(integers.size())],
                     once_in(2) ? Shape{static_cast<std::int64_t>(below(5))} : shape()};
    if (once_in(40)) constant.type.dtype = DType::text;
    const std::int64_t elements = constant.size();
    Given input = {.type = constant.type, .is_weight = once_in(2)};
    if (elements > Constant::most_elements || once_in(4)) return input;
    const auto count = static_cast<std::size_t>(elements);
    if (is_floating(constant.type.dtype)) {
      constant.reals = reals(count);
    } else {
      constant.ints.resize(count);
      for (std::int64_t& element : constant.ints) element = number();
    }
    input.value = std::make_shared<const Constant>(std::move(constant));
    return input;
  }
  AttributeValue value(std::string_view name) {
    static const std::vector<std::string> words = {
        "",        "none",  "add",   "max",        "mul",         "constant",
        "reflect", "edge",  "wrap",  "linear",     "cubic",       "nearest",
        "CRD",     "RIGHT", "FLOAT", "not_larger", "not_smaller", "tf_crop_and_resize",
        "tanh"};
    static const std::vector<std::string> named = {"mode",        "reduction",
                                                   "direction",   "keep_aspect_ratio_policy",
                                                   "approximate", "coordinate_transformation_mode"};
    if (once_in(15)) return std::vector<double>{real(), real()};
    if (once_in(15)) return words[below(words.size())];
    if (once_in(30)) return TensorType{DType::float32, shape()};
    if (std::ranges::find(named, name) != named.end()) return words[below(words.size())];
    if (name == "scales") return reals(below(5));
    if (name == "value") {
      const Given tensor = given();
      if (tensor.value != nullptr) return ConstantPointer(tensor.value);
      return real();
    }
    if (name == "min" || name == "max" || name == "height_scale" || name == "width_scale") return real();
    static const std::vector<std::string> lists = {"axes",     "starts", "ends",  "steps", "pads",
                                                   "paddings", "perm",   "split", "shape", "value_ints"};
    if (std::ranges::find(lists, name) != lists.end()) return numbers();
    return number();
  }

 private:
  std::mt19937 random_;
};

std::vector<const OperatorType*> all_types() {
  std::vector<const OperatorType*> types;
  for (const std::string& name : operator_names()) {
    const auto dot = name.rfind('.');
    types.push_back(dot == std::string::npos ? find_operator("", name)
                                             : find_operator(name.substr(0, dot), name.substr(dot + 1)));
  }
  return types;
}

std::optional<std::int64_t> found_extent(const void* context, int, std::int64_t, std::int64_t) {
  return *static_cast<const std::int64_t*>(context);
}
std::string extent_name(const void*, int, std::int64_t) { return "extent"; }

}  // namespace

TEST_CASE("no operator stumbles over hostile constants, bound extents and outputs left out") {
  static const std::vector<std::string> attribute_names = {"axis",
                                                           "axes",
                                                           "starts",
                                                           "ends",
                                                           "steps",
                                                           "pads",
                                                           "paddings",
                                                           "mode",
                                                           "perm",
                                                           "split",
                                                           "num_outputs",
                                                           "keepdims",
                                                           "noop_with_empty_axes",
                                                           "allowzero",
                                                           "blocksize",
                                                           "scales",
                                                           "batch_dims",
                                                           "reduction",
                                                           "to",
                                                           "value",
                                                           "k",
                                                           "upper",
                                                           "exclusive",
                                                           "reverse",
                                                           "select_last_index",
                                                           "shape",
                                                           "dtype",
                                                           "sample_size",
                                                           "start",
                                                           "end",
                                                           "value_ints",
                                                           "fmod",
                                                           "direction",
                                                           "broadcast",
                                                           "min",
                                                           "max",
                                                           "keep_aspect_ratio_policy",
                                                           "coordinate_transformation_mode",
                                                           "antialias",
                                                           "onesided",
                                                           "inverse",
                                                           "output_height",
                                                           "output_width",
                                                           "sampling_ratio",
                                                           "height_scale",
                                                           "width_scale",
                                                           "approximate"};
  Dice dice(11);
  int succeeded = 0;
  for (const OperatorType* type : all_types()) {
    for (int round = 0; round < 150; ++round) {
      std::vector<Given> given;
      const auto inputs = static_cast<std::size_t>(type->least_inputs) + dice.below(4);
      while (given.size() < inputs && static_cast<int>(given.size()) < type->most_inputs)
        given.push_back(dice.given());
      std::vector<InputView> views;
      for (std::size_t i = 0; i < given.size(); ++i) {
        // What an operator cannot do without is there: the graph has seen to it.
        if (static_cast<int>(i) < type->least_inputs) given[i].present = true;
        views.push_back(given[i].present ? InputView{&given[i].type, given[i].value.get(), given[i].is_weight}
                                         : InputView{});
      }
      Attributes attributes;
      for (const std::string& name : attribute_names) {
        if (dice.once_in(8)) attributes.set(name, dice.value(name));
      }
      const int outputs = std::min(type->most_outputs, 1 + static_cast<int>(dice.below(4)));
      const int opset = 1 + static_cast<int>(dice.below(23));
      const std::int64_t extent = dice.number();
      INFO(std::string(type->name));
      Inference op(*type, opset, attributes, views, outputs);
      if (dice.once_in(2)) op.bind({found_extent, extent_name, &extent});
      type->rule(op);
      if (op.failed()) continue;
      ++succeeded;
      for (int i = 0; i < outputs; ++i) {
        const Constant* value = op.output_values()[static_cast<std::size_t>(i)].get();
        if (value == nullptr) continue;
        CHECK(value->type == op.output_type(i));
        CHECK(value->size() ==
              static_cast<std::int64_t>(value->is_real() ? value->reals.size() : value->ints.size()));
        CHECK(value->size() <= Constant::most_elements);
      }
      // As the graph asks for the work of shapes that stand: without bindings, without outputs left out.
      Inference later(*type, opset, attributes, views, outputs);
      const bool leaves_out = outputs > 1 && dice.once_in(3);
      if (leaves_out) type->rule(later);
      for (int i = leaves_out ? 1 : 0; i < outputs; ++i) later.assume_output(i, op.output_type(i));
      if (type->classify != nullptr) type->classify(later);
      const Cost cost = cost_of(type->work(later), later);
      CHECK(cost.flops >= Flops());
      CHECK(cost.read >= Bytes());
      CHECK(cost.written >= Bytes());
    }
  }
  CHECK(succeeded > 1000);  // it is no test of complaints alone
}

}  // namespace chipcast
