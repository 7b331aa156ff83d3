// base/result.hpp: a value, or everything that is wrong with the input it should have come from.
//
//   Result<Graph> graph = read(path);
//   if (!graph) return graph.diagnostics();
//   use(*graph);
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "base/diagnostic.hpp"

namespace chipcast {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Diagnostic diagnostic) : state_(Diagnostics{std::move(diagnostic)}) {}
  Result(Diagnostics diagnostics) : state_(std::move(diagnostics)) {
    assert(!std::get<Diagnostics>(state_).empty());
  }

  explicit operator bool() const { return std::holds_alternative<T>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only where the result holds no value.
  const Diagnostics& diagnostics() const {
    assert(!*this);
    return *std::get_if<Diagnostics>(&state_);
  }

 private:
  T& value() {
    assert(*this);
    return *std::get_if<T>(&state_);
  }
  const T& value() const {
    assert(*this);
    return *std::get_if<T>(&state_);
  }

  std::variant<T, Diagnostics> state_;
};

// The result of a step that yields nothing but can fail.
struct Done {};

}  // namespace chipcast
