// schema/reading.hpp: what a document means: typed fields, read in one pass, all complaints together.
//
//   Reading reading(document);
//   Fields device = reading.root("device", 1, "a device");               // checks the line 'schema: device/1'
//   const std::string name = device.get("name").text();                  // missing: a complaint, and ""
//   const Watts tdp = device.get("tdp").quantity<Watts>();
//   for (Value level : device.get("levels").items()) read_level(level.fields("memory level"));
//   device.close();                                                      // every key not asked for is unknown
//   if (!reading.diagnostics().empty()) return reading.diagnostics();
//
// A reader that finds something wrong complains once and answers something harmless, so callers just go on.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/quantity.hpp"
#include "schema/document.hpp"

namespace chipcast {

template <class T>
struct Bounds {
  T least = std::numeric_limits<T>::lowest();
  T most = std::numeric_limits<T>::max();
};

template <class E>
struct Choice {
  std::string_view name;
  E value;
};

enum class Sign : std::uint8_t { any, not_negative, positive };

class Fields;
class Reading;

// A node together with what messages call it ("'depths'", "item 2 of 'depths'"). Empty where a key is absent.
class Value {
 public:
  Value() = default;
  Value(Reading& reading, const Node& node, std::string name)
      : reading_(&reading), node_(&node), name_(std::move(name)) {}

  explicit operator bool() const { return node_ != nullptr; }
  bool is(Node::Kind kind) const { return node_ != nullptr && node_->kind == kind; }
  const Node* node() const { return node_; }
  const std::string& name() const { return name_; }

  std::string text() const;  // never empty without a complaint
  std::int64_t integer(Bounds<std::int64_t> bounds = {}) const;
  double real(Bounds<double> bounds = {}) const;
  bool boolean() const;

  template <class E>
  E one_of(std::span<const Choice<E>> choices) const {
    std::vector<std::string> names;
    for (const Choice<E>& choice : choices) names.emplace_back(choice.name);
    const std::optional<std::size_t> chosen = index_in(names);
    return choices[chosen.value_or(0)].value;
  }
  // Nothing, after a complaint, if it is none of `names`.
  std::optional<std::size_t> index_in(std::span<const std::string> names) const;

  // A number with a unit of Q's dimension: "4.8 TB/s". Counts must come out whole.
  template <class Q>
  Q quantity(Sign sign = Sign::not_negative) const {
    if constexpr (std::is_same_v<typename Q::representation, std::int64_t>) {
      return Q::from_base_units(count_in_base_units(Q::dimension, sign));
    } else {
      return Q::from_base_units(real_in_base_units(Q::dimension, sign));
    }
  }

  // A list's items; nothing, after a complaint, if it is no list.
  std::vector<Value> items() const;
  // A map whose keys are for the file to choose.
  std::vector<std::pair<std::string, Value>> entries() const;
  // A map whose keys are known; `what` stands in messages: "memory level 'HBM'".
  Fields fields(std::string what) const;

  // Underlines the value, or `length` bytes from `offset` of its text.
  void fail(std::string message, std::string hint = {}) const;
  void fail_at(std::size_t offset, std::size_t length, std::string message, std::string hint = {}) const;
  Place place() const;

 private:
  std::int64_t count_in_base_units(Dimension dimension, Sign sign) const;
  double real_in_base_units(Dimension dimension, Sign sign) const;
  bool expect(Node::Kind kind, std::string_view wanted) const;

  Reading* reading_ = nullptr;
  const Node* node_ = nullptr;
  std::string name_;
};

// The keys of one map. What was never asked for is unknown, so a forgotten key cannot pass.
class Fields {
 public:
  Fields() = default;
  Fields(Reading& reading, const Node& map, std::string what);

  Value get(std::string_view key);   // complains if it is missing
  Value find(std::string_view key);  // empty if it is absent
  bool has(std::string_view key) const;
  void close();  // complains of every key nobody asked for
  const std::string& what() const { return what_; }
  Place place() const;
  void fail(std::string message, std::string hint = {}) const;

 private:
  Reading* reading_ = nullptr;
  const Node* map_ = nullptr;
  std::string what_;
  std::vector<std::string> asked_;
};

// One reading of one document; collects what is wrong. The document must outlive it.
class Reading {
 public:
  explicit Reading(const Document& document) : document_(&document) {}

  // The document as a map whose line 'schema: NAME/VERSION' is as wanted.
  Fields root(std::string_view schema, int version, std::string what);

  void fail(Mark mark, std::string message, std::string hint = {});
  const Document& document() const { return *document_; }
  bool failed() const { return !diagnostics_.empty(); }
  Diagnostics diagnostics() const;  // in the order of the file

 private:
  const Document* document_;
  Diagnostics diagnostics_;
};

// The schema a document names ("device/1"), or nothing: for those who read files of any kind.
std::optional<std::string> schema_of(const Document& document);

}  // namespace chipcast
