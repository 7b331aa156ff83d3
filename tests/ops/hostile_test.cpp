// Rules and nests answer anything: missing inputs, odd ranks, empty tensors, extents and attributes up to 2^62,
// attributes of the wrong type. Under the sanitizers this is where an overflow shows.
#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "ops/apply.hpp"
#include "ops/enumerated.hpp"

namespace chipcast {
namespace {

constexpr std::int64_t huge = std::int64_t{1} << 62;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool once_in(int n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

  std::int64_t extent() {
    static const std::vector<std::int64_t> extents = {0, 1, 1, 2, 2, 3, 4, 4, 4, 6, 8, 8, 12, 1 << 20, huge};
    return once_in(8) ? one_of(extents) : 4;
  }
  std::int64_t number() {
    static const std::vector<std::int64_t> numbers = {-huge,
                                                      -3,
                                                      -1,
                                                      0,
                                                      1,
                                                      1,
                                                      1,
                                                      2,
                                                      2,
                                                      3,
                                                      4,
                                                      8,
                                                      1 << 20,
                                                      1LL << 31,
                                                      huge,
                                                      std::numeric_limits<std::int64_t>::min(),
                                                      std::numeric_limits<std::int64_t>::max()};
    return once_in(3) ? one_of(numbers) : 1 + below(4);
  }
  Ints numbers() {
    Ints list(static_cast<std::size_t>(below(7)));
    for (std::int64_t& entry : list) entry = number();
    return list;
  }
  Shape shape() {
    Ints extents(static_cast<std::size_t>(once_in(4) ? below(7) : 2 + below(3)));
    for (std::int64_t& entry : extents) entry = extent();
    return Shape(extents);
  }
  DType dtype() { return static_cast<DType>(below(22)); }

  Given given() {
    if (once_in(8)) return absent();
    if (once_in(6)) return known(numbers());
    if (once_in(12)) return known_scalar(number());
    Given input = data(shape(), once_in(2) ? dtype() : DType::float32);
    input.is_weight = once_in(2);
    return input;
  }
  AttributeValue value(std::string_view name) {
    static const std::vector<std::string> words = {
        "",          "NOTSET",      "SAME_UPPER", "VALID", "bidirectional", "Relu",
        "ij,jk->ik", "...ij,...jk", "ii->i",      "sum",   "\xff\x00,->"};
    if (name == "equation" || name == "direction" || name == "auto_pad" || name == "activation")
      return one_of(words);
    if (name.ends_with('s') && name != "pixels" && name != "groups" && !name.ends_with("heads") &&
        !once_in(8)) {
      return name == "activations" ? AttributeValue(words) : AttributeValue(numbers());
    }
    if (once_in(20)) return 0.5;
    if (once_in(20)) return numbers();
    return number();
  }

 private:
  std::mt19937 random_;
};

TEST_CASE("no operator stumbles over hostile shapes and attributes") {
  static const std::vector<std::string> attributes = {"group",
                                                      "kernel_shape",
                                                      "strides",
                                                      "dilations",
                                                      "pads",
                                                      "auto_pad",
                                                      "ceil_mode",
                                                      "output_padding",
                                                      "output_shape",
                                                      "transA",
                                                      "transB",
                                                      "transBatchA",
                                                      "alpha",
                                                      "beta",
                                                      "equation",
                                                      "axis",
                                                      "axes",
                                                      "p",
                                                      "size",
                                                      "num_groups",
                                                      "groups",
                                                      "num_heads",
                                                      "kv_num_heads",
                                                      "q_num_heads",
                                                      "qkv_hidden_sizes",
                                                      "hidden_size",
                                                      "direction",
                                                      "layout",
                                                      "activations",
                                                      "block_size",
                                                      "N",
                                                      "K",
                                                      "bits",
                                                      "channels_last",
                                                      "pooled_shape",
                                                      "offset_group",
                                                      "keepdims",
                                                      "activation",
                                                      "past_present_share_buffer",
                                                      "do_rotary",
                                                      "training_mode",
                                                      "output_dtype"};
  Dice dice(7);
  int succeeded = 0;
  for (const std::string& name : operator_names()) {
    const auto dot = name.rfind('.');
    const OperatorType* type = dot == std::string::npos
                                   ? find_operator("", name)
                                   : find_operator(name.substr(0, dot), name.substr(dot + 1));
    REQUIRE(type != nullptr);
    for (int round = 0; round < 120; ++round) {
      Application application{name, {}};
      const int most = std::min(type->most_inputs, type->least_inputs + 6);
      const int count = type->least_inputs + dice.below(most - type->least_inputs + 1);
      for (int i = 0; i < count; ++i) application.inputs.push_back(dice.given());
      // Operands of one shape get further into a rule than strangers.
      if (dice.once_in(3)) {
        const Given first = data(dice.shape());
        for (Given& input : application.inputs) input = first;
      }
      for (const std::string& attribute : attributes) {
        if (dice.once_in(3)) application.attributes.push_back({attribute, dice.value(attribute)});
      }
      application.outputs = 1 + dice.below(std::min(type->most_outputs, 5));
      application.opset = 7 + dice.below(18);
      const Applied applied = apply(application);
      CAPTURE(name);
      if (applied.error.empty()) ++succeeded;
      if (count_of(applied.cost.macs) < 0 || count_of(applied.cost.flops) < 0 ||
          count_of(applied.cost.read) < 0 || count_of(applied.cost.written) < 0) {
        FAIL_CHECK(name << " has a negative cost");
      }
    }
  }
  CHECK(succeeded > 500);  // otherwise nothing beyond the first complaint is tried
}

void spoil(Application& application, Dice& dice) {
  if (!application.inputs.empty() && dice.once_in(2)) {
    Given& input =
        application.inputs[static_cast<std::size_t>(dice.below(static_cast<int>(application.inputs.size())))];
    Shape& shape = input.type.shape;
    input.value = nullptr;
    if (dice.once_in(6)) {
      input = dice.given();
    } else if (shape.rank() > 0) {
      shape[dice.below(static_cast<int>(shape.rank()))] = dice.once_in(2) ? huge : dice.extent();
    }
  } else if (!application.attributes.empty()) {
    AttributeValue& value =
        application
            .attributes[static_cast<std::size_t>(dice.below(static_cast<int>(application.attributes.size())))]
            .value;
    if (auto* number = std::get_if<std::int64_t>(&value)) *number = dice.number();
    if (auto* list = std::get_if<Ints>(&value); list != nullptr && !list->empty()) {
      (*list)[static_cast<std::size_t>(dice.below(static_cast<int>(list->size())))] = dice.number();
    }
  }
}

TEST_CASE("no operator stumbles over a sound application with one or two things spoiled") {
  Dice dice(11);
  for (const auto enumerate :
       {enumerated_convolutions, enumerated_transposed_convolutions, enumerated_products, enumerated_einsums,
        enumerated_poolings, enumerated_normalizations, enumerated_recurrences, enumerated_attentions,
        enumerated_quantizations}) {
    const Applications sound = enumerate();
    for (int round = 0; round < 400; ++round) {
      Application application = dice.one_of(sound);
      spoil(application, dice);
      if (dice.once_in(2)) spoil(application, dice);
      const Applied applied = apply(application);
      CHECK(count_of(applied.cost.macs) >= 0);
      CHECK(count_of(applied.cost.bytes()) >= 0);
    }
  }
}

}  // namespace
}  // namespace chipcast
