// schema/document.hpp: a YAML file as a tree that knows where everything stands; strict about what YAML allows.
//
//   Result<Document> document = read_document("hardware_specs/h200.yaml");
//   if (!document) return document.diagnostics();
//   document->root.kind, document->place(document->root.mark)
//
// Refused outright: anchors, aliases, tags, doubled keys, keys that are no text, several documents, tabs, bytes that
// are not UTF-8, files above 16 MiB, nesting deeper than 64. What a value means is read by schema/reading.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chipcast {

// 1-based, in bytes; line 0 is the file as a whole.
struct Mark {
  int line = 0;
  int column = 0;
  int length = 1;
};

struct Node {
  enum class Kind : std::uint8_t { null, text, list, map };
  struct Key {
    std::string text;
    Mark mark;
  };

  Kind kind = Kind::null;
  bool is_quoted = false;  // text in quotes, or a block scalar
  Mark mark;
  std::string text = {};         // of a text
  std::vector<Key> keys = {};    // of a map, none twice
  std::vector<Node> items = {};  // of a list; of a map: the values, one a key
};

struct DocumentLimits {
  static constexpr std::size_t bytes = std::size_t{16} << 20;
  static constexpr std::size_t nodes = 500'000;
  static constexpr int depth = 64;
};

class Document {
 public:
  std::string file;
  std::string source;
  Node root;

  // For a diagnostic: the file, the position and the line itself.
  Place place(Mark mark) const;
  // Whether `node`'s text stands in the source as it is, so that an offset into it is an offset into the line.
  bool is_verbatim(const Node& node) const;

 private:
  std::string_view line(int number) const;
};

// `file` is only what messages call it.
Result<Document> parse_document(std::string file, std::string source);
Result<Document> read_document(const std::string& path);

// The bytes of a regular file of at most `most` bytes; a directory, a missing or an oversized file is a diagnostic.
Result<std::string> read_text_file(const std::string& path, std::size_t most = DocumentLimits::bytes);

}  // namespace chipcast
