#include "study/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "schema/number.hpp"

namespace chipcast {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Mark mark_of(std::string_view part, const std::string& line, std::size_t number) {
  return {.line = static_cast<int>(number),
          .column = static_cast<int>(part.data() - line.data()) + 1,
          .length = std::max(1, static_cast<int>(part.size()))};
}

class Parser {
 public:
  explicit Parser(const Notation& notation) : notation_(notation) {}

  Result<Settings> run(std::span<const std::string> texts) {
    Document& document = settings_.document;
    document.file = notation_.option;
    // A line break would put all that follows on another line than it says.
    for (const std::string& text : texts) document.source += printable(text) + "\n";
    document.root.mark = {.line = 1, .column = 1, .length = 1};
    for (std::size_t i = 0; i < texts.size(); ++i) add(printable(texts[i]), i + 1);
    if (!complaints_.empty()) return complaints_;
    return std::move(settings_);
  }

 private:
  void add(const std::string& text, std::size_t line) {
    const std::string_view all = text;
    const auto [at, relation] = first_relation(all);
    const std::string_view path = trimmed(all.substr(0, at));
    const std::string_view value = trimmed(all.substr(at + relation.size()));
    const Mark path_mark = mark_of(path, text, line);
    if (relation.empty() || path.empty() || value.empty())
      return complain(path_mark, fmt::format("{} takes something else", notation_.option), notation_.example);
    if (std::ranges::find(settings_.all, path, &Setting::path) != settings_.all.end())
      return complain(path_mark, fmt::format("'{}' is there twice", path), "leave one out");
    Node node;
    node.kind = Node::Kind::text;
    node.mark = mark_of(value, text, line);
    node.text = value;
    settings_.all.push_back({.path = std::string(path),
                             .path_mark = path_mark,
                             .relation = std::string(relation),
                             .value = std::move(node)});
  }

  // Where the first relation stands, and which; at the end and empty where there is none.
  std::pair<std::size_t, std::string_view> first_relation(std::string_view text) const {
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const std::string& relation : notation_.relations) {
        if (text.substr(at).starts_with(relation)) return {at, relation};
      }
    }
    return {text.size(), {}};
  }

  void complain(Mark mark, std::string message, std::string hint) {
    complaints_.push_back(
        {.place = settings_.document.place(mark), .message = std::move(message), .hint = std::move(hint)});
  }

  const Notation& notation_;
  Settings settings_;
  Diagnostics complaints_;
};

}  // namespace

Result<Settings> parse_settings(std::span<const std::string> texts, const Notation& notation) {
  return Parser(notation).run(texts);
}

Result<Settings> parse_settings(std::span<const std::string> texts) {
  return parse_settings(
      texts, {.option = "--set",
              .relations = {"="},
              .example = "write PATH=VALUE, as in memory.dram.bandwidth=2x, =+20% or ='400 GB/s'"});
}

std::optional<double> factor_in(const Value& value) {
  const std::string& text = value.node()->text;
  const Number number = parse_number(text);
  if (!number.complaint.empty()) return std::nullopt;
  if (number.rest == "x") return number.real;
  if (number.rest != "%") return std::nullopt;
  if (!text.starts_with('+') && !text.starts_with('-')) {
    value.fail(fmt::format("'{}' may be a change or a share of what it is", text),
               fmt::format("write +{}, or {:g}x", text, number.real / 100));
  }
  return 1 + number.real / 100;
}

}  // namespace chipcast
