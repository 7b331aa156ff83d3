// ops/operator_type.hpp: what one kind of operator is: its arity, its shape rule and its loop nests.
//
//   void relu_rule(Inference& op) { op.output(0, op.dtype(0), op.shape(0)); }
//   Work relu_work(Inference& op) { return elementwise(op, {.flops = 1}); }
//
//   const OperatorType* conv = find_operator("", "Conv");
//   Inference op(*conv, 17, attributes, inputs);
//   conv->rule(op);                 // op.failed() ? op.error() : op.outputs()
//   Work work = conv->work(op);
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/attributes.hpp"
#include "ops/loop_nest.hpp"

namespace chipcast {

// What readers want FLOPs summed by.
enum class OperatorClass : std::uint8_t {
  standard_convolution,
  grouped_convolution,
  depthwise_convolution,
  pointwise_convolution,
  transposed_convolution,
  dense,
  attention,
  recurrent,
  embedding,
  normalization,
  activation,
  pooling,
  elementwise,
  reduction,
  softmax,
  data_movement,
  resize,
  quantization,
  detection,
  shape,
  control,
  other,
};
std::string_view name(OperatorClass operator_class);

// What an input is to its operator; decides which constants are parameters.
enum class InputRole : std::uint8_t {
  data,        // activations or weights
  statistic,   // BatchNormalization mean and variance
  scale,       // of a quantized tensor
  zero_point,  // of a quantized tensor
  quantized,   // stored at 8 bits or fewer, or as int32: a quantized weight or bias
  shape,       // extents, axes, indices of a shape computation, paddings, ...
};

// One input as a rule sees it.
struct InputView {
  const TensorType* type = nullptr;  // null: an optional input left out
  const Constant* value = nullptr;   // known elements, where few
  bool is_weight = false;            // stored in the model, not computed
};

// FLOPs that follow no affine nest, and their traffic, stated outright.
struct ExplicitWork {
  std::int64_t macs = 0;
  std::int64_t flops = 0;
  std::int64_t transcendentals = 0;
  std::vector<std::int64_t> elements_read = {};     // by input; missing: none of it
  std::vector<std::int64_t> elements_written = {};  // by output; missing: all of it
};

struct Work {
  std::vector<LoopNest> nests = {};  // in order of execution; the heaviest is the one that is tiled
  std::optional<ExplicitWork> stated = {};
  bool is_view = false;  // nothing moves: the output is the input under another name
};

class Inference;

struct OperatorType {
  std::string_view domain = "";  // "" is ONNX's own
  std::string_view name = "";
  OperatorClass operator_class = OperatorClass::other;  // a first answer; `classify` refines it
  int least_inputs = 1;
  int most_inputs = 1;  // `any_number` for variadic operators
  int least_outputs = 1;
  int most_outputs = 1;
  void (*rule)(Inference& op) = nullptr;               // sets outputs (and their values where known)
  Work (*work)(Inference& op) = nullptr;               // called after the rule succeeded
  std::array<InputRole, 12> roles = {};                // of inputs beyond the last: that of the last
  OperatorClass (*classify)(Inference& op) = nullptr;  // likewise
};
inline constexpr int any_number = 1 << 20;

// The operators there are; null if unknown. The list is in ops/registry.cpp.
const OperatorType* find_operator(std::string_view domain, std::string_view name);
std::vector<std::string> operator_names();  // with the domain in front where it is not ONNX's own

// One application of an operator to inputs: what a rule reads and what it answers. The first complaint sticks and
// every later question gets a harmless answer, so a rule needs no error handling of its own.
class Inference {
 public:
  Inference(const OperatorType& type, int opset, const Attributes& attributes, std::vector<InputView> inputs,
            int output_count);

  const OperatorType& type() const { return *type_; }
  int opset() const { return opset_; }

  // ---- inputs
  int input_count() const { return static_cast<int>(inputs_.size()); }
  bool has(int input) const;
  const Shape& shape(int input) const;  // a scalar for an input left out
  DType dtype(int input) const;
  std::int64_t rank(int input) const { return shape(input).rank(); }
  bool is_weight(int input) const;
  const Constant* value(int input) const;  // null unless known

  // A shape-like input whose elements the rule cannot do without: complains if it is not known.
  std::vector<std::int64_t> required_ints(int input, std::string_view what);

  // ---- attributes
  const AttributeValue* attribute(std::string_view name) const { return attributes_->find(name); }
  std::int64_t int_or(std::string_view name, std::int64_t fallback);
  double real_or(std::string_view name, double fallback);
  std::string text_or(std::string_view name, std::string_view fallback);
  std::vector<std::int64_t> ints_or(std::string_view name, std::vector<std::int64_t> fallback);
  std::int64_t required_int(std::string_view name);

  // ---- checks; each complains and then answers something harmless
  void fail(std::string message);
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  bool expect(bool condition, std::string_view message);
  bool expect_rank(int input, std::int64_t least, std::int64_t most);
  // -1 counts from the end; complains outside [-rank, rank).
  std::int64_t normalized_axis(std::int64_t axis, std::int64_t rank);
  std::int64_t extent(int input, std::int64_t axis);  // complains if there is no such axis

  // ---- outputs
  int output_count() const { return static_cast<int>(outputs_.size()); }
  void output(int index, DType dtype, Shape shape);  // ignored beyond output_count
  void output_value(int index, Constant value);      // sets type and elements
  // An extent only the data decides: what the user bound `output`'s axis to, else the most it can be if the caller
  // takes such a guess, else a complaint saying how to bind it.
  static constexpr std::int64_t unbounded = -1;
  std::int64_t data_dependent_extent(int output, std::int64_t axis, std::string_view what,
                                     std::int64_t at_most = unbounded);

  std::vector<TensorType>& outputs() { return outputs_; }
  // Takes outputs as already known, to ask for the work of a graph whose shapes stand.
  void assume_output(int index, const TensorType& type) { outputs_[static_cast<std::size_t>(index)] = type; }
  const TensorType& output_type(int index) const { return outputs_[static_cast<std::size_t>(index)]; }
  std::vector<ConstantPointer>& output_values() { return output_values_; }

  // Extents the user bound for data-dependent outputs, looked up as "<output>" and "<output>.<axis>".
  struct Bindings {
    std::optional<std::int64_t> (*find)(const void* context, int output, std::int64_t axis,
                                        std::int64_t at_most) = nullptr;
    std::string (*name)(const void* context, int output, std::int64_t axis) = nullptr;
    const void* context = nullptr;
  };
  void bind(Bindings bindings) { bindings_ = bindings; }

 private:
  const OperatorType* type_;
  int opset_;
  const Attributes* attributes_;
  std::vector<InputView> inputs_;
  std::vector<TensorType> outputs_;
  std::vector<ConstantPointer> output_values_;
  std::string error_;
  Bindings bindings_;
};

// ---- what an application costs, derived from its work -------------------------------------------------------------

struct Cost {
  Macs macs;
  Flops flops;  // 2 x macs + the rest
  std::int64_t transcendentals = 0;
  Bytes read;          // distinct elements of every input, once
  Bytes read_weights;  // ... of which stored in the model
  Bytes written;
  Bytes bytes() const { return read + written; }
};
// Distinct elements touched of each tensor (the widest nest of an operator that makes several passes).
struct Touched {
  std::vector<std::int64_t> read = {};     // by input; may be shorter
  std::vector<std::int64_t> written = {};  // by output; may be shorter
};
Touched touched_by(const Work& work, const Inference& op);
// Compulsory traffic: each tensor's distinct elements once (the widest nest of an operator that makes several passes).
Cost cost_of(const Work& work, const Inference& op);

}  // namespace chipcast
