// tests/ops/apply.hpp: applies one operator to shapes and attributes, for tests that read as a specification.
//
//   Applied stem = apply("Conv", {data({1, 3, 224, 224}), weight({64, 3, 7, 7})}, {{"strides", Ints{2, 2}}});
//   CHECK(stem.error == "");
//   CHECK(stem.shape() == Shape{1, 64, 109, 109});
//   CHECK(stem.cost.macs == ...);
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

using Ints = std::vector<std::int64_t>;

// An input of the application.
struct Given {
  bool present = true;
  TensorType type = {};
  bool is_weight = false;
  ConstantPointer value = nullptr;
};

inline Given data(Shape shape, DType dtype = DType::float32) { return {.type = {dtype, std::move(shape)}}; }
inline Given weight(Shape shape, DType dtype = DType::float32) {
  return {.type = {dtype, std::move(shape)}, .is_weight = true};
}
inline Given absent() { return {.present = false}; }
// A one-dimensional int64 constant, as paddings and shapes are given.
inline Given known(Ints ints, DType dtype = DType::int64) {
  Constant constant{.type = {dtype, Shape{static_cast<std::int64_t>(ints.size())}}, .ints = std::move(ints)};
  return {.type = constant.type,
          .is_weight = true,
          .value = std::make_shared<const Constant>(std::move(constant))};
}
inline Given known_scalar(std::int64_t value, DType dtype = DType::int64) {
  Constant constant{.type = {dtype, Shape{}}, .ints = {value}};
  return {.type = constant.type,
          .is_weight = true,
          .value = std::make_shared<const Constant>(std::move(constant))};
}

struct Applied {
  std::string error;  // empty: the rule succeeded
  std::vector<TensorType> outputs;
  std::vector<ConstantPointer> values;
  Work work;
  Cost cost;
  OperatorClass operator_class = OperatorClass::other;

  const Shape& shape(std::size_t output = 0) const { return outputs[output].shape; }
  DType dtype(std::size_t output = 0) const { return outputs[output].dtype; }
};

using NamedAttributes = std::vector<Attribute>;

// `name` may carry its domain: "com.microsoft.FusedConv".
struct Application {
  std::string_view name;
  std::vector<Given> inputs;
  NamedAttributes attributes = {};
  int outputs = 1;
  int opset = 20;
};

inline Applied apply(const Application& application) {
  std::string_view domain;
  std::string_view name = application.name;
  if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
    domain = name.substr(0, dot);
    name = name.substr(dot + 1);
  }
  Applied applied;
  const OperatorType* type = find_operator(domain, name);
  if (type == nullptr) {
    applied.error = "unknown operator " + std::string(application.name);
    return applied;
  }
  std::vector<InputView> views;
  for (const Given& given : application.inputs) {
    if (given.present) {
      views.push_back({&given.type, given.value.get(), given.is_weight});
    } else {
      views.push_back({});
    }
  }
  Attributes attributes;
  for (const Attribute& attribute : application.attributes) attributes.set(attribute.name, attribute.value);
  Inference op(*type, application.opset, attributes, std::move(views), application.outputs);
  type->rule(op);
  applied.error = op.error();
  applied.outputs = op.outputs();
  applied.values = op.output_values();
  if (op.failed()) return applied;
  applied.operator_class = type->classify != nullptr ? type->classify(op) : type->operator_class;
  if (type->work != nullptr) applied.work = type->work(op);
  applied.cost = cost_of(applied.work, op);
  return applied;
}

inline Applied apply(std::string_view name, std::vector<Given> inputs, NamedAttributes attributes = {},
                     int outputs = 1, int opset = 20) {
  return apply(Application{name, std::move(inputs), std::move(attributes), outputs, opset});
}

}  // namespace chipcast
