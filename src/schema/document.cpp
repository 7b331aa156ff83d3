// The only file that sees yaml-cpp: its events, not its nodes, which swallow doubled keys and places.
#include "schema/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "base/text.hpp"

namespace chipcast {
namespace {

Mark mark_at(const YAML::Mark& mark, std::size_t length = 1) {
  return {mark.line + 1, mark.column + 1, static_cast<int>(std::min<std::size_t>(length, 1000))};
}

// Leaves the parser from inside an event; no diagnostic of its own, the tree has taken it down.
struct GiveUp {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Document& document) : document_(document) {}

  Diagnostics diagnostics;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_root_) {
      complain(mark_at(mark), "the file holds several documents",
               "keep one; split the rest into files of their own");
      throw GiveUp{};
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(Node{.mark = mark_at(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    complain(mark_at(mark), "aliases are not allowed", "write the value out");
    add(Node{.mark = mark_at(mark)});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (tag == "!") check_quotes(mark);
    add(Node{.kind = Node::Kind::text,
             .is_quoted = tag == "!",
             .mark = mark_at(mark, std::max<std::size_t>(1, std::min(value.size(), value.find('\n')))),
             .text = value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

  void complain(Mark mark, std::string message, std::string hint) {
    constexpr std::size_t most = 100;
    if (diagnostics.size() < most) {
      diagnostics.push_back(
          {.place = document_.place(mark), .message = std::move(message), .hint = std::move(hint)});
    }
  }

 private:
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      complain(mark_at(mark), "anchors are not allowed", "write the value out where it is needed");
  }
  // yaml-cpp calls a plain scalar "?" and a quoted one "!".
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      complain(mark_at(mark), fmt::format("tags such as '{}' are not allowed", tag), "leave it out");
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (open_.size() >= static_cast<std::size_t>(DocumentLimits::depth)) {
      complain(mark_at(mark), fmt::format("nested deeper than {} levels", DocumentLimits::depth), "");
      throw GiveUp{};
    }
    if (awaits_key()) {
      complain(mark_at(mark), "a key is a text, not a list or a map",
               "a scalar that begins with '[' or '{' needs quotes");
      throw GiveUp{};
    }
    open_.push_back(add(Node{.kind = kind, .mark = mark_at(mark)}));
  }

  void close() {
    check_keys(*open_.back());
    open_.pop_back();
  }

  // Sorting finds doubled keys in n log n however long the map is.
  void check_keys(const Node& map) {
    std::vector<const Node::Key*> sorted;
    sorted.reserve(map.keys.size());
    for (const Node::Key& key : map.keys) sorted.push_back(&key);
    std::ranges::stable_sort(sorted, {}, [](const Node::Key* key) { return std::string_view(key->text); });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i]->text == sorted[i - 1]->text) {
        complain(sorted[i]->mark, fmt::format("the key '{}' is given twice", sorted[i]->text),
                 fmt::format("the first is in line {}", sorted[i - 1]->mark.line));
      }
    }
  }

  bool awaits_key() const {
    return !open_.empty() && open_.back()->kind == Node::Kind::map &&
           open_.back()->keys.size() == open_.back()->items.size();
  }

  Node* add(Node node) {
    if (++count_ > DocumentLimits::nodes) {
      complain(node.mark, fmt::format("more than {} values", format_count(DocumentLimits::nodes)), "");
      throw GiveUp{};
    }
    if (open_.empty()) {
      has_root_ = true;
      document_.root = std::move(node);
      return &document_.root;
    }
    Node& parent = *open_.back();
    if (awaits_key()) {
      if (node.kind != Node::Kind::text) complain(node.mark, "a key is missing before ':'", "");
      parent.keys.push_back({std::move(node.text), node.mark});
      return nullptr;
    }
    // yaml-cpp places an empty value at whatever comes next: it stands with its key.
    if (node.kind == Node::Kind::null && parent.kind == Node::Kind::map) node.mark = parent.keys.back().mark;
    parent.items.push_back(std::move(node));
    return &parent.items.back();
  }

  // yaml-cpp takes the end of the file for a closing quote.
  void check_quotes(const YAML::Mark& mark) {
    const std::string& source = document_.source;
    if (line_starts_.empty()) {
      line_starts_.push_back(0);
      for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\n') line_starts_.push_back(i + 1);
      }
    }
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= line_starts_.size()) return;
    std::size_t at =
        line_starts_[static_cast<std::size_t>(mark.line)] + static_cast<std::size_t>(mark.column);
    if (at >= source.size() || (source[at] != '"' && source[at] != '\'')) return;
    const char quote = source[at];
    for (++at; at < source.size(); ++at) {
      const bool is_escape = quote == '"' ? source[at] == '\\' : source.compare(at, 2, "''") == 0;
      if (is_escape) {
        ++at;
      } else if (source[at] == quote) {
        break;
      }
    }
    if (at >= source.size()) complain(mark_at(mark), "the text is not closed by a quote", "");
  }

  Document& document_;
  std::vector<Node*> open_;               // stable: only the last item of a list grows children
  std::vector<std::size_t> line_starts_;  // once asked for
  std::size_t count_ = 0;
  bool has_root_ = false;
};

class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

// What no YAML reader should have to see. False: not worth parsing.
bool check_bytes(const Document& document, TreeBuilder& builder) {
  const std::string& source = document.source;
  if (source.size() > DocumentLimits::bytes) {
    builder.complain({}, "the file is larger than 16 MiB", "");
    return false;
  }
  int line = 1;
  bool is_readable = true;
  for (std::size_t begin = 0; begin < source.size(); ++line) {
    const std::size_t end = std::min(source.find('\n', begin), source.size());
    const std::string_view text = std::string_view(source).substr(begin, end - begin);
    const auto complain_at = [&](std::size_t at, std::string message, std::string hint) {
      builder.complain({line, static_cast<int>(at) + 1, 1}, std::move(message), std::move(hint));
    };
    const auto control = std::ranges::find_if(text, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x20 || byte == 0x7F;
    });
    const auto at = static_cast<std::size_t>(control - text.begin());
    if (control != text.end() && !(*control == '\r' && at + 1 == text.size())) {
      if (*control == '\t') {
        complain_at(at, "a tab", "indent and separate with spaces");
      } else {
        complain_at(at, "a control character", "");
      }
      is_readable = false;
    }
    if (!is_valid_utf8(text)) {
      complain_at(0, "the line is not valid UTF-8", "save the file as UTF-8");
      is_readable = false;
    }
    begin = end + 1;
  }
  return is_readable;
}

std::string syntax_message(const YAML::ParserException& error) {
  return fmt::format("not valid YAML: {}", error.msg);
}

}  // namespace

std::string_view Document::line(int number) const {
  std::size_t begin = 0;
  for (int i = 1; i < number; ++i) {
    begin = source.find('\n', begin);
    if (begin == std::string::npos) return {};
    ++begin;
  }
  std::string_view text = std::string_view(source).substr(begin);
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Place Document::place(Mark mark) const {
  return {.file = file,
          .line = mark.line,
          .column = mark.column,
          .length = mark.length,
          .source = mark.line > 0 ? std::string(line(mark.line)) : std::string()};
}

bool Document::is_verbatim(const Node& node) const {
  const std::string_view text = line(node.mark.line);
  const auto at = static_cast<std::size_t>(node.mark.column - 1);
  return node.mark.column > 0 && at <= text.size() && text.substr(at).starts_with(node.text);
}

Result<Document> parse_document(std::string file, std::string source) {
  Document document;
  document.file = std::move(file);
  if (source.starts_with("\xEF\xBB\xBF")) source.erase(0, 3);
  document.source = std::move(source);
  TreeBuilder builder(document);
  if (!check_bytes(document, builder)) return builder.diagnostics;
  try {
    TextBuffer buffer(document.source);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      builder.complain({}, "the file is empty", "begin it with its 'schema:' line");
    } else {
      parser.HandleNextDocument(builder);
    }
  } catch (const GiveUp&) {
  } catch (const YAML::ParserException& error) {
    const bool has_place = error.mark.line >= 0;
    if (error.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) {
      builder.complain(mark_at(error.mark), "aliases are not allowed", "write the value out");
    } else {
      builder.complain(has_place ? mark_at(error.mark) : Mark{}, syntax_message(error), "");
    }
  } catch (const YAML::Exception& error) {
    builder.complain({}, fmt::format("not valid YAML: {}", error.msg), "");
  }
  if (!builder.diagnostics.empty()) return builder.diagnostics;
  return document;
}

}  // namespace chipcast
