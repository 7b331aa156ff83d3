#include "schema/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace chipcast {
namespace {

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::text:
      return "a text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "nothing";
}

std::string quoted_list(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

}  // namespace

// ---- Value

bool Value::expect(Node::Kind kind, std::string_view wanted) const {
  if (node_ == nullptr) return false;
  if (node_->kind == kind) return true;
  fail(fmt::format("{} must be {}, not {}", name_, wanted, kind_name(*node_)));
  return false;
}

std::string Value::text() const {
  if (!expect(Node::Kind::text, "a text")) return {};
  if (node_->text.empty()) fail(fmt::format("{} is empty", name_));
  return node_->text;
}

bool Value::boolean() const {
  if (!expect(Node::Kind::text, "true or false")) return false;
  if (node_->text == "true") return true;
  if (node_->text != "false") fail(fmt::format("{} must be true or false, not '{}'", name_, node_->text));
  return false;
}

std::optional<std::size_t> Value::index_in(std::span<const std::string> names) const {
  if (!expect(Node::Kind::text, "a text")) return std::nullopt;
  const auto found = std::ranges::find(names, node_->text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string suggestion = suggest(node_->text, names);
  fail(fmt::format("{} cannot be '{}'", name_, node_->text),
       suggestion.empty() ? fmt::format("one of {}", quoted_list(names)) : suggestion);
  return std::nullopt;
}

std::vector<Value> Value::items() const {
  std::vector<Value> values;
  if (!expect(Node::Kind::list, "a list")) return values;
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    values.emplace_back(*reading_, node_->items[i], fmt::format("item {} of {}", i + 1, name_));
  }
  return values;
}

std::vector<std::pair<std::string, Value>> Value::entries() const {
  std::vector<std::pair<std::string, Value>> values;
  if (!expect(Node::Kind::map, "a map")) return values;
  for (std::size_t i = 0; i < node_->keys.size(); ++i) {
    const std::string& key = node_->keys[i].text;
    values.emplace_back(key, Value(*reading_, node_->items[i], fmt::format("'{}'", key)));
  }
  return values;
}

Fields Value::fields(std::string what) const {
  if (!expect(Node::Kind::map, "a map")) return {};
  return {*reading_, *node_, std::move(what)};
}

void Value::fail(std::string message, std::string hint) const {
  if (node_ != nullptr) reading_->fail(node_->mark, std::move(message), std::move(hint));
}

void Value::fail_at(std::size_t offset, std::size_t length, std::string message, std::string hint) const {
  if (node_ == nullptr) return;
  Mark mark = node_->mark;
  if (reading_->document().is_verbatim(*node_)) {
    mark.column += static_cast<int>(offset);
    mark.length = static_cast<int>(std::max<std::size_t>(length, 1));
  }
  reading_->fail(mark, std::move(message), std::move(hint));
}

Place Value::place() const { return node_ == nullptr ? Place{} : reading_->document().place(node_->mark); }

// ---- Fields

Fields::Fields(Reading& reading, const Node& map, std::string what)
    : reading_(&reading), map_(&map), what_(std::move(what)) {}

bool Fields::has(std::string_view key) const {
  return map_ != nullptr &&
         std::ranges::any_of(map_->keys, [&](const Node::Key& k) { return k.text == key; });
}

Value Fields::find(std::string_view key) {
  if (map_ == nullptr) return {};
  asked_.emplace_back(key);
  for (std::size_t i = 0; i < map_->keys.size(); ++i) {
    if (map_->keys[i].text == key) return {*reading_, map_->items[i], fmt::format("'{}'", key)};
  }
  return {};
}

Value Fields::get(std::string_view key) {
  Value value = find(key);
  if (!value) fail(fmt::format("missing key '{}' in {}", key, what_));
  return value;
}

void Fields::close() {
  if (map_ == nullptr) return;
  for (const Node::Key& key : map_->keys) {
    if (std::ranges::find(asked_, key.text) != asked_.end()) continue;
    const std::string suggestion = suggest(key.text, asked_);
    reading_->fail(key.mark, fmt::format("unknown key '{}' in {}", key.text, what_),
                   suggestion.empty() ? fmt::format("known are {}", quoted_list(asked_)) : suggestion);
  }
  map_ = nullptr;
}

Place Fields::place() const { return map_ == nullptr ? Place{} : reading_->document().place(map_->mark); }

void Fields::fail(std::string message, std::string hint) const {
  if (map_ != nullptr) reading_->fail(map_->mark, std::move(message), std::move(hint));
}

// ---- Reading

Fields Reading::root(std::string_view schema, int version, std::string what) {
  const Node& root = document_->root;
  const std::string wanted = fmt::format("{}/{}", schema, version);
  if (root.kind != Node::Kind::map) {
    fail(root.mark, fmt::format("{} must be a map, not {}", what, kind_name(root)),
         fmt::format("begin the file with 'schema: {}'", wanted));
    return {};
  }
  Fields fields(*this, root, std::move(what));
  const Value given = fields.find("schema");
  if (!given) {
    fail(root.mark, "missing key 'schema'", fmt::format("begin the file with 'schema: {}'", wanted));
    return fields;
  }
  const std::string text = given.text();
  if (text.empty() || text == wanted) return fields;
  if (text.starts_with(fmt::format("{}/", schema))) {
    given.fail(fmt::format("schema '{}' is not one this chipcast reads", text),
               fmt::format("it reads '{}'", wanted));
  } else {
    given.fail(fmt::format("schema '{}' where '{}' is wanted", text, wanted));
  }
  return fields;
}

void Reading::fail(Mark mark, std::string message, std::string hint) {
  constexpr std::size_t most = 100;
  if (diagnostics_.size() >= most) return;
  diagnostics_.push_back(
      {.place = document_->place(mark), .message = std::move(message), .hint = std::move(hint)});
}

Diagnostics Reading::diagnostics() const {
  Diagnostics sorted = diagnostics_;
  std::ranges::stable_sort(sorted, {},
                           [](const Diagnostic& d) { return std::pair(d.place.line, d.place.column); });
  return sorted;
}

std::optional<std::string> schema_of(const Document& document) {
  const Node& root = document.root;
  for (std::size_t i = 0; i < root.keys.size(); ++i) {
    if (root.keys[i].text == "schema" && root.items[i].kind == Node::Kind::text) return root.items[i].text;
  }
  return std::nullopt;
}

}  // namespace chipcast
