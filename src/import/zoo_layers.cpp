#include "import/zoo_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "import/zoo_functions.hpp"

namespace chipcast::zoo {
namespace {

constexpr int opset = 20;

using Table = std::span<const Layer> (*)();
constexpr Table tables[] = {convolution_layers, pointwise_layers, shape_layers, dense_layers};

const std::unordered_map<std::string_view, const Layer*>& index() {
  static const std::unordered_map<std::string_view, const Layer*> built = [] {
    std::unordered_map<std::string_view, const Layer*> map;
    for (const Table table : tables) {
      for (const Layer& layer : table()) map.emplace(layer.name, &layer);
    }
    return map;
  }();
  return built;
}

}  // namespace

const Layer* find_layer(std::string_view name) {
  const auto found = index().find(name);
  return found == index().end() ? nullptr : found->second;
}

std::vector<std::string> layer_names() {
  std::vector<std::string> names;
  for (const auto& [name, layer] : index()) names.emplace_back(name);
  std::ranges::sort(names);
  return names;
}

// ---- arguments

void Lowering::fail(std::string message) {
  if (complaint_.empty()) complaint_ = std::move(message);
  if (results_.empty()) results_ = {current_};
}

void Lowering::fail_argument(std::size_t index, std::string_view wanted) {
  fail(fmt::format("'{}' of {} must be {}, not {}", layer_.parameters[index].name, layer_.name, wanted,
                   format(arguments_[index].value)));
}

bool Lowering::has(std::size_t index) const {
  return arguments_[index].value.is_set() || !arguments_[index].tensors.empty();
}

bool Lowering::is_text(std::size_t index) const { return arguments_[index].value.text() != nullptr; }

std::optional<std::int64_t> Lowering::integer_in(std::size_t index, const Datum& datum, std::int64_t least,
                                                 std::int64_t most) {
  const std::int64_t* value = datum.integer();
  if (value == nullptr) {
    // 32.0 is what '/' gives where '//' was meant.
    if (datum.real() != nullptr) {
      fail(fmt::format("'{}' of {} must be an integer, not {} ('//' divides integers)",
                       layer_.parameters[index].name, layer_.name, format(datum)));
    } else {
      fail_argument(index, "an integer");
    }
    return std::nullopt;
  }
  if (*value >= least && *value <= most) return *value;
  fail(fmt::format("'{}' of {} must be between {} and {}, not {}", layer_.parameters[index].name, layer_.name,
                   least, most, *value));
  return std::nullopt;
}

std::int64_t Lowering::integer(std::size_t index, std::int64_t fallback, std::int64_t least,
                               std::int64_t most) {
  if (!has(index)) return fallback;
  return integer_in(index, arguments_[index].value, least, most).value_or(least);
}

double Lowering::real(std::size_t index, double fallback) {
  const Datum& datum = arguments_[index].value;
  if (!datum.is_set()) return fallback;
  if (datum.integer() != nullptr) return static_cast<double>(*datum.integer());
  if (datum.real() != nullptr) return *datum.real();
  fail_argument(index, "a number");
  return fallback;
}

bool Lowering::flag(std::size_t index, bool fallback) { return integer(index, fallback ? 1 : 0, 0, 1) != 0; }

std::string Lowering::text(std::size_t index, std::string_view fallback) {
  const Datum& datum = arguments_[index].value;
  if (!datum.is_set()) return std::string(fallback);
  if (datum.text() != nullptr) return *datum.text();
  fail_argument(index, "a text");
  return std::string(fallback);
}

std::vector<std::int64_t> Lowering::integers(std::size_t index, std::vector<std::int64_t> fallback,
                                             std::size_t count, std::int64_t least, std::int64_t most) {
  const Datum& datum = arguments_[index].value;
  if (!datum.is_set()) return fallback;
  std::vector<std::int64_t> values;
  if (datum.list() == nullptr) {
    values.assign(count, integer_in(index, datum, least, most).value_or(least));
    return values;
  }
  for (const Datum& item : *datum.list())
    values.push_back(integer_in(index, item, least, most).value_or(least));
  if (values.size() != count) {
    fail_argument(index, fmt::format("an integer or a list of {}", count));
    values.assign(count, least);
  }
  return values;
}

std::vector<std::int64_t> Lowering::list(std::size_t index) {
  const Datum& datum = arguments_[index].value;
  std::vector<std::int64_t> values;
  if (datum.integer() != nullptr) return {*datum.integer()};
  if (datum.list() == nullptr || datum.list()->size() > 16) {
    fail_argument(index, "a list of at most 16 integers");
    return values;
  }
  constexpr std::int64_t most = std::int64_t{1} << 40;
  for (const Datum& item : *datum.list()) values.push_back(integer_in(index, item, -most, most).value_or(1));
  return values;
}

// ---- tensors

const Shape& Lowering::shape(TensorId tensor) const { return graph_.tensor(tensor).type.shape; }
DType Lowering::dtype(TensorId tensor) const { return graph_.tensor(tensor).type.dtype; }

std::int64_t Lowering::extent(std::int64_t axis) {
  const std::int64_t at = axis < 0 ? axis + rank() : axis;
  if (at >= 0 && at < rank()) return shape(current_)[at];
  fail(fmt::format("{} wants a tensor with an axis {}, not one of shape {}", layer_.name, axis,
                   chipcast::format(shape(current_))));
  return 1;
}

bool Lowering::expect_rank(std::int64_t least, std::int64_t most) {
  if (rank() >= least && rank() <= most) return true;
  fail(fmt::format("{} wants a tensor of {} dimensions, not one of shape {}", layer_.name,
                   least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most),
                   chipcast::format(shape(current_))));
  return false;
}

std::int64_t Lowering::axis(std::size_t index, std::int64_t fallback) {
  const std::int64_t given = integer(index, fallback, -rank(), rank() - 1);
  return given < 0 ? given + rank() : given;
}

TensorId Lowering::add_weight(std::string name, Shape shape) {
  constexpr std::int64_t most_elements = std::int64_t{1} << 45;
  if (shape.elements() > most_elements || std::ranges::any_of(shape, [](std::int64_t e) { return e < 1; })) {
    fail(fmt::format("{} would need a weight of shape {}", layer_.name, chipcast::format(shape)));
    shape = {1};
  }
  return graph_.add_weight(std::move(name), {DType::float32, std::move(shape)});
}

TensorId Lowering::weight(std::string_view suffix, Shape shape) {
  return add_weight(suffix.empty() ? name_ : fmt::format("{}.{}", name_, suffix), std::move(shape));
}

TensorId Lowering::shared_weight(std::string_view owner, std::string_view suffix, Shape shape) {
  const std::string name = fmt::format("{}.{}", owner, suffix);
  const auto found = shared_weights_.find(name);
  if (found == shared_weights_.end()) return shared_weights_[name] = add_weight(name, std::move(shape));
  const Shape& stored = graph_.tensor(found->second).type.shape;
  if (stored != shape) {
    fail(fmt::format("{} needs a weight of shape {}, but '{}' has shape {}", layer_.name,
                     chipcast::format(shape), name, chipcast::format(stored)));
  }
  return found->second;
}

namespace {

// Constants that exporters fold away or that are read off other tensors: a network's size is that of its weights.
TensorId add_unstored(Graph& graph, std::string name, TensorType type, ConstantPointer value) {
  const TensorId id = graph.add_literal(std::move(name), std::move(type), std::move(value));
  graph.tensor(id).is_absorbed = true;
  return id;
}

}  // namespace

TensorId Lowering::buffer(std::string_view suffix, DType dtype, Shape shape) {
  const TensorId id = weight(suffix, std::move(shape));
  graph_.tensor(id).type.dtype = dtype;
  graph_.tensor(id).is_absorbed = true;
  return id;
}

TensorId Lowering::integers_constant(std::string_view suffix, std::vector<std::int64_t> values) {
  auto constant = std::make_shared<Constant>();
  constant->type = {DType::int64, {static_cast<std::int64_t>(values.size())}};
  constant->ints = std::move(values);
  const TensorType type = constant->type;
  return add_unstored(graph_, fmt::format("{}.{}", name_, suffix), type, std::move(constant));
}

TensorId Lowering::real_constant(std::string_view suffix, double value) {
  auto constant = std::make_shared<Constant>();
  constant->type = {DType::float32, {}};
  constant->reals = {value};
  return add_unstored(graph_, fmt::format("{}.{}", name_, suffix), {DType::float32, {}}, std::move(constant));
}

// ---- operators

TensorId Lowering::op(std::string_view kind, Attributes attributes, std::vector<TensorId> inputs) {
  return op_many(kind, std::move(attributes), std::move(inputs), 1)[0];
}

std::vector<TensorId> Lowering::op_many(std::string_view kind, Attributes attributes,
                                        std::vector<TensorId> inputs, std::size_t outputs) {
  std::vector<TensorId> nothing(outputs, current_);
  if (failed()) return nothing;
  const std::string name = operators_++ == 0 ? name_ : fmt::format("{}.{}", name_, kind);
  std::vector<std::string> output_names;
  for (std::size_t i = 0; i < outputs; ++i)
    output_names.push_back(i == 0 ? name : fmt::format("{}.{}", name, i));
  std::vector<TensorId> ids = graph_.add_operator(name, "", std::string(kind), opset, std::move(attributes),
                                                  std::move(inputs), output_names);
  const Operator& op = graph_.op(static_cast<OperatorId>(graph_.operators().size() - 1));
  if (op.type == nullptr) {
    fail(fmt::format("chipcast does not know the operator {}", kind));
    return nothing;
  }
  // The rule runs here, so that later steps can ask for shapes and complaints point at the line that caused them.
  Inference inference(*op.type, opset, op.attributes, input_views(graph_, op), static_cast<int>(outputs));
  op.type->rule(inference);
  if (inference.failed()) {
    fail(fmt::format("{}: {}", kind, inference.error()));
    return nothing;
  }
  const bool is_constant = std::ranges::all_of(
      op.inputs, [&](TensorId id) { return id == none || graph_.tensor(id).is_constant; });
  for (std::size_t i = 0; i < outputs; ++i) {
    Tensor& output = graph_.tensor(ids[i]);
    output.type = inference.outputs()[i];
    output.value = inference.output_values()[i];
    output.is_constant = is_constant;
  }
  return ids;
}

}  // namespace chipcast::zoo
