// ops/attributes.hpp: an operator's named attributes and the small constants that shape computations are made of.
//
//   Attributes attributes;
//   attributes.set("strides", std::vector<std::int64_t>{2, 2});
//   attributes.find("strides")
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ops/dtype.hpp"
#include "ops/shape.hpp"

namespace chipcast {

struct TensorType {
  DType dtype = DType::undefined;
  Shape shape;
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

// Bytes the whole tensor takes.
inline Bytes bytes_of(const TensorType& type) { return bytes_of(type.shape.elements(), type.dtype); }

// A tensor whose elements are known and few: integers and booleans in `ints`, floating point in `reals`.
struct Constant {
  static constexpr std::int64_t most_elements = 4096;

  TensorType type;
  std::vector<std::int64_t> ints = {};
  std::vector<double> reals = {};

  std::int64_t size() const { return type.shape.elements(); }
  bool is_real() const { return is_floating(type.dtype); }
  double real(std::int64_t i) const {
    const auto at = static_cast<std::size_t>(i);
    return is_real() ? reals[at] : static_cast<double>(ints[at]);
  }
};
using ConstantPointer = std::shared_ptr<const Constant>;

using AttributeValue =
    std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                 std::vector<std::string>, ConstantPointer, TensorType>;

struct Attribute {
  std::string name;
  AttributeValue value;
};

class Attributes {
 public:
  void set(std::string name, AttributeValue value) { list_.push_back({std::move(name), std::move(value)}); }
  const AttributeValue* find(std::string_view name) const {
    for (const Attribute& attribute : list_) {
      if (attribute.name == name) return &attribute.value;
    }
    return nullptr;
  }
  const std::vector<Attribute>& list() const { return list_; }

 private:
  std::vector<Attribute> list_;
};

}  // namespace chipcast
