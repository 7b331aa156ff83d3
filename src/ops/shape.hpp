// ops/shape.hpp: the extents of a tensor.
//
//   Shape image = {1, 3, 224, 224};
//   image.elements()                    -> 150528
//   Shape dynamic = {symbol(0), 3, 224, 224};     // extent 0 of the graph's symbol table, unknown until bound
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace chipcast {

// A symbolic extent is a negative number: it names an entry of the graph's symbol table. Shape rules only ever
// see concrete shapes (see graph/shaping.hpp).
constexpr std::int64_t symbol(std::int64_t index) { return -index - 1; }
constexpr std::int64_t symbol_index(std::int64_t extent) { return -extent - 1; }

class Shape {
 public:
  Shape() = default;  // a scalar
  Shape(std::initializer_list<std::int64_t> extents) : extents_(extents) {}
  explicit Shape(std::vector<std::int64_t> extents) : extents_(std::move(extents)) {}

  std::int64_t rank() const { return static_cast<std::int64_t>(extents_.size()); }
  std::int64_t operator[](std::int64_t axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  std::int64_t& operator[](std::int64_t axis) { return extents_[static_cast<std::size_t>(axis)]; }
  void push_back(std::int64_t extent) { extents_.push_back(extent); }

  auto begin() const { return extents_.begin(); }
  auto end() const { return extents_.end(); }
  const std::vector<std::int64_t>& extents() const { return extents_; }

  // No symbols left.
  bool is_concrete() const;
  // Product of the (concrete) extents, saturating; 1 for a scalar.
  std::int64_t elements() const;
  // Product of extents [first, last).
  std::int64_t elements(std::int64_t first, std::int64_t last) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> extents_;
};

// "1x3x224x224"; "scalar".
std::string format(const Shape& shape);

// The shape that ONNX (and NumPy) broadcasting gives; nothing if the two do not fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace chipcast
