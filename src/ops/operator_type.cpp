#include "ops/operator_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace chipcast {
namespace {

// No tensor anyone can store comes near; beyond it lie typos, attacks and products that outgrow int64.
constexpr std::int64_t most_output_elements = std::int64_t{1} << 50;

const Shape scalar_shape;

}  // namespace

std::string_view name(OperatorClass operator_class) {
  switch (operator_class) {
    case OperatorClass::standard_convolution:
      return "standard convolution";
    case OperatorClass::grouped_convolution:
      return "grouped convolution";
    case OperatorClass::depthwise_convolution:
      return "depthwise convolution";
    case OperatorClass::pointwise_convolution:
      return "pointwise convolution";
    case OperatorClass::transposed_convolution:
      return "transposed convolution";
    case OperatorClass::dense:
      return "dense";
    case OperatorClass::attention:
      return "attention";
    case OperatorClass::recurrent:
      return "recurrent";
    case OperatorClass::embedding:
      return "embedding";
    case OperatorClass::normalization:
      return "normalization";
    case OperatorClass::activation:
      return "activation";
    case OperatorClass::pooling:
      return "pooling";
    case OperatorClass::elementwise:
      return "elementwise";
    case OperatorClass::reduction:
      return "reduction";
    case OperatorClass::softmax:
      return "softmax";
    case OperatorClass::data_movement:
      return "data movement";
    case OperatorClass::resize:
      return "resize";
    case OperatorClass::quantization:
      return "quantization";
    case OperatorClass::detection:
      return "detection";
    case OperatorClass::shape:
      return "shape";
    case OperatorClass::control:
      return "control";
    case OperatorClass::other:
      return "other";
  }
  return "other";
}

Inference::Inference(const OperatorType& type, int opset, const Attributes& attributes,
                     std::vector<InputView> inputs, int output_count)
    : type_(&type),
      opset_(opset),
      attributes_(&attributes),
      inputs_(std::move(inputs)),
      outputs_(static_cast<std::size_t>(output_count)),
      output_values_(static_cast<std::size_t>(output_count)) {}

bool Inference::has(int input) const {
  return input >= 0 && input < input_count() && inputs_[static_cast<std::size_t>(input)].type != nullptr;
}

const Shape& Inference::shape(int input) const {
  return has(input) ? inputs_[static_cast<std::size_t>(input)].type->shape : scalar_shape;
}

DType Inference::dtype(int input) const {
  return has(input) ? inputs_[static_cast<std::size_t>(input)].type->dtype : DType::undefined;
}

bool Inference::is_weight(int input) const {
  return has(input) && inputs_[static_cast<std::size_t>(input)].is_weight;
}

const Constant* Inference::value(int input) const {
  return has(input) ? inputs_[static_cast<std::size_t>(input)].value : nullptr;
}

std::vector<std::int64_t> Inference::required_ints(int input, std::string_view what) {
  const Constant* constant = value(input);
  if (constant == nullptr || constant->is_real()) {
    fail(fmt::format("{} (input {}) is computed from data, so the output's shape is not known", what, input));
    return {};
  }
  return constant->ints;
}

namespace {

// The attribute's value, the fallback where it is absent, and a complaint where it is of another type.
template <class T>
T attribute_or(Inference& op, std::string_view name, std::string_view wanted, T fallback) {
  const AttributeValue* value = op.attribute(name);
  if (value == nullptr) return fallback;
  if (const T* typed = std::get_if<T>(value)) return *typed;
  op.fail(fmt::format("attribute '{}' is not {}", name, wanted));
  return fallback;
}

}  // namespace

std::int64_t Inference::int_or(std::string_view name, std::int64_t fallback) {
  return attribute_or(*this, name, "an integer", fallback);
}
double Inference::real_or(std::string_view name, double fallback) {
  return attribute_or(*this, name, "a number", fallback);
}
std::string Inference::text_or(std::string_view name, std::string_view fallback) {
  return attribute_or(*this, name, "a string", std::string(fallback));
}
std::vector<std::int64_t> Inference::ints_or(std::string_view name, std::vector<std::int64_t> fallback) {
  return attribute_or(*this, name, "a list of integers", std::move(fallback));
}

std::int64_t Inference::required_int(std::string_view name) {
  if (attribute(name) == nullptr) fail(fmt::format("attribute '{}' is missing", name));
  return int_or(name, 0);
}

void Inference::fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

bool Inference::expect(bool condition, std::string_view message) {
  if (!condition) fail(std::string(message));
  return condition;
}

bool Inference::expect_rank(int input, std::int64_t least, std::int64_t most) {
  if (rank(input) >= least && rank(input) <= most) return true;
  fail(fmt::format("input {} has shape {}; expected {} dimensions", input, format(shape(input)),
                   least == most        ? fmt::format("{}", least)
                   : most >= any_number ? fmt::format("{} or more", least)
                                        : fmt::format("{} to {}", least, most)));
  return false;
}

std::int64_t Inference::normalized_axis(std::int64_t axis, std::int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  fail(fmt::format("axis {} is outside a tensor of {} dimensions", axis, rank));
  return 0;
}

std::int64_t Inference::extent(int input, std::int64_t axis) {
  if (axis >= 0 && axis < rank(input)) return shape(input)[axis];
  fail(fmt::format("input {} has shape {}, which lacks axis {}", input, format(shape(input)), axis));
  return 1;
}

void Inference::output(int index, DType dtype, Shape shape) {
  if (index >= output_count()) return;
  for (const std::int64_t extent : shape) {
    if (extent < 0) {
      fail(fmt::format("output {} would have a negative extent ({})", index, extent));
      return;
    }
  }
  if (shape.elements() > most_output_elements) {
    fail(fmt::format("output {} of shape {} has more than 2^50 elements", index, format(shape)));
    return;
  }
  outputs_[static_cast<std::size_t>(index)] = {dtype, std::move(shape)};
}

void Inference::output_value(int index, Constant value) {
  if (index >= output_count()) return;
  assert(value.size() == static_cast<std::int64_t>(value.is_real() ? value.reals.size() : value.ints.size()));
  output(index, value.type.dtype, value.type.shape);
  if (value.size() > Constant::most_elements) return;
  output_values_[static_cast<std::size_t>(index)] = std::make_shared<const Constant>(std::move(value));
}

std::int64_t Inference::data_dependent_extent(int output, std::int64_t axis, std::string_view what,
                                              std::int64_t at_most) {
  if (bindings_.find != nullptr) {
    if (const auto bound = bindings_.find(bindings_.context, output, axis, at_most)) return *bound;
    fail(fmt::format("{} depends on the data; give it with --dim {}=N", what,
                     bindings_.name(bindings_.context, output, axis)));
  } else {
    fail(fmt::format("{} depends on the data", what));
  }
  return 0;
}

namespace {

void widen(std::vector<std::int64_t>& counts, int index, std::int64_t count) {
  const auto at = static_cast<std::size_t>(index);
  if (counts.size() <= at) counts.resize(at + 1, 0);
  counts[at] = std::max(counts[at], count);
}

}  // namespace

Touched touched_by(const Work& work, const Inference& op) {
  Touched touched;
  if (work.is_view) return touched;
  for (const LoopNest& nest : work.nests) {
    for (const Access& access : nest.accesses()) {
      // An operand of another nest's making (a partial result) is written and read again within the operator.
      std::vector<std::int64_t>& counts = access.operand.is_output ? touched.written : touched.read;
      widen(counts, access.operand.index, footprint(access, nest));
    }
  }
  if (!work.stated) return touched;
  const ExplicitWork& stated = *work.stated;
  for (std::size_t i = 0; i < stated.elements_read.size(); ++i) {
    widen(touched.read, static_cast<int>(i), stated.elements_read[i]);
  }
  for (int i = 0; i < op.output_count(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const bool is_stated = at < stated.elements_written.size();
    widen(touched.written, i, is_stated ? stated.elements_written[at] : op.output_type(i).shape.elements());
  }
  return touched;
}

Cost cost_of(const Work& work, const Inference& op) {
  Cost cost;
  if (work.is_view) return cost;
  Flops other;
  for (const LoopNest& nest : work.nests) {
    const std::int64_t points = nest.points();
    cost.macs += saturating_multiply(points, nest.work().macs) * mac;
    other += saturating_multiply(points, nest.work().flops) * flop;
    cost.transcendentals =
        saturating_add(cost.transcendentals, saturating_multiply(points, nest.work().transcendentals));
  }
  if (work.stated) {
    cost.macs += work.stated->macs * mac;
    other += work.stated->flops * flop;
    cost.transcendentals = saturating_add(cost.transcendentals, work.stated->transcendentals);
  }
  cost.flops = flops_of(cost.macs) + other;
  const Touched touched = touched_by(work, op);
  for (std::size_t i = 0; i < touched.read.size(); ++i) {
    const int input = static_cast<int>(i);
    const Bytes bytes = bytes_of(touched.read[i], op.dtype(input));
    cost.read += bytes;
    if (op.is_weight(input)) cost.read_weights += bytes;
  }
  for (std::size_t i = 0; i < touched.written.size(); ++i) {
    if (static_cast<int>(i) >= op.output_count()) break;
    cost.written += bytes_of(touched.written[i], op.output_type(static_cast<int>(i)).dtype);
  }
  return cost;
}

}  // namespace chipcast
