#include "schema/document.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace chipcast {
namespace {

// What is wrong with a file of this content; empty if nothing is.
std::string complaints(const std::string& source) {
  const Result<Document> document = parse_document("f.yaml", source);
  return document ? std::string() : render(document.diagnostics());
}

}  // namespace

TEST_CASE("a document knows where every key and value stands") {
  const Result<Document> document = parse_document("f.yaml", "a: 1\nb:\n  - x\n  - 'y z'\n");
  REQUIRE(document);
  const Node& root = document->root;
  REQUIRE(root.kind == Node::Kind::map);
  REQUIRE(root.keys.size() == 2);
  CHECK(root.keys[1].text == "b");
  CHECK(root.keys[1].mark.line == 2);
  CHECK(root.keys[1].mark.column == 1);
  const Node& list = root.items[1];
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[1].text == "y z");
  CHECK(list.items[1].is_quoted);
  CHECK(list.items[1].mark.line == 4);
  CHECK(list.items[1].mark.column == 5);
  CHECK(document->is_verbatim(list.items[0]));
  CHECK_FALSE(document->is_verbatim(list.items[1]));  // the source has the quotes too
}

TEST_CASE("a byte order mark and carriage returns are no part of the text") {
  const Result<Document> document = parse_document("f.yaml",
                                                   "\xEF\xBB\xBF"
                                                   "a: 1\r\nb: 2\r\n");
  REQUIRE(document);
  CHECK(document->root.keys[0].text == "a");
  CHECK(document->root.items[1].text == "2");
  CHECK(document->place({2, 1, 1}).source == "b: 2");
}

TEST_CASE("a doubled key is an error at the second, and names the first") {
  CHECK(complaints("a: 1\nb: 2\na: 3\n") ==
        "f.yaml:3:1: error: the key 'a' is given twice\n"
        "  a: 3\n"
        "  ^ the first is in line 1\n");
  CHECK(complaints("m: {x: 1, y: 2, x: 1}\n") ==
        "f.yaml:1:17: error: the key 'x' is given twice\n"
        "  m: {x: 1, y: 2, x: 1}\n"
        "                  ^ the first is in line 1\n");
}

TEST_CASE("anchors, aliases and tags are refused, all of them at once") {
  CHECK(complaints("a: &x 1\nb: *x\nc: !!int 3\n") ==
        "f.yaml:1:4: error: anchors are not allowed\n"
        "  a: &x 1\n"
        "     ^ write the value out where it is needed\n"
        "f.yaml:2:4: error: aliases are not allowed\n"
        "  b: *x\n"
        "     ^ write the value out\n"
        "f.yaml:3:4: error: tags such as 'tag:yaml.org,2002:int' are not allowed\n"
        "  c: !!int 3\n"
        "     ^ leave it out\n");
  CHECK(complaints("a: *nowhere\n") ==
        "f.yaml:1:4: error: aliases are not allowed\n"
        "  a: *nowhere\n"
        "     ^ write the value out\n");
}

TEST_CASE("a chain of aliases that would grow to gigabytes is refused as written") {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  CHECK(complaints(bomb).find("anchors are not allowed") != std::string::npos);
}

TEST_CASE("several documents in one file are refused") {
  CHECK(complaints("a: 1\n---\nb: 2\n") ==
        "f.yaml:2:1: error: the file holds several documents\n"
        "  ---\n"
        "  ^ keep one; split the rest into files of their own\n");
  CHECK(complaints("---\na: 1\n").empty());
}

TEST_CASE("tabs are refused wherever they stand, each line once") {
  CHECK(complaints("a: 1\n\tb: 2\nc:\t3\n") ==
        "f.yaml:2:1: error: a tab\n"
        "   b: 2\n"
        "  ^ indent and separate with spaces\n"
        "f.yaml:3:3: error: a tab\n"
        "  c: 3\n"
        "    ^ indent and separate with spaces\n");
}

TEST_CASE("bytes that are not UTF-8, control characters and NULs are refused") {
  CHECK(complaints("a: \xff\n") ==
        "f.yaml:1:1: error: the line is not valid UTF-8\n"
        "  a: \\xff\n"
        "  ^ save the file as UTF-8\n");
  CHECK(complaints("a: \x01\n") ==
        "f.yaml:1:4: error: a control character\n"
        "  a: \\x01\n"
        "     ^\n");
  CHECK(complaints(std::string("a: \0b\n", 6)).starts_with("f.yaml:1:4: error: a control character\n"));
}

TEST_CASE("an empty file, or one of comments only, says how to begin") {
  const std::string expected = "f.yaml: error: the file is empty\n  begin it with its 'schema:' line\n";
  CHECK(complaints("") == expected);
  CHECK(complaints("# nothing here\n") == expected);
}

TEST_CASE("a file above 16 MiB is refused before it is parsed") {
  CHECK(complaints(std::string((std::size_t{16} << 20) + 1, ' ')) ==
        "f.yaml: error: the file is larger than 16 MiB\n");
}

TEST_CASE("nesting deeper than 64 levels is refused, in either style, without using up the stack") {
  const std::string message = "error: nested deeper than 64 levels\n";
  std::string blocks = "a:\n";
  for (int i = 1; i < 3000; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "b:\n";
  CHECK(complaints(blocks).find(message) != std::string::npos);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(complaints(dashes).find(message) != std::string::npos);
  CHECK(complaints("a: " + std::string(100'000, '[')).find("error:") != std::string::npos);
  CHECK(complaints("a: " + std::string(60, '[') + std::string(60, ']') + "\n").empty());
}

TEST_CASE("a million values are refused, however small each is") {
  std::string list = "a:\n";
  for (int i = 0; i < 600'000; ++i) list += "- 1\n";
  CHECK(complaints(list).find("error: more than 500,000 values\n") != std::string::npos);
}

TEST_CASE("a key must be a text") {
  CHECK(complaints("? [a, b]\n: 3\n") ==
        "f.yaml:1:3: error: a key is a text, not a list or a map\n"
        "  ? [a, b]\n"
        "    ^ a scalar that begins with '[' or '{' needs quotes\n");
  CHECK(complaints("~: 3\n").starts_with("f.yaml:1:1: error: a key is missing before ':'\n"));
}

TEST_CASE("what is not YAML is an error with its place") {
  CHECK(complaints("a: [1, 2\nb: 3\n")
            .starts_with("f.yaml:2:2: error: not valid YAML: end of sequence flow not found\n"));
  CHECK(complaints("a: \"open\n") ==
        "f.yaml:1:4: error: the text is not closed by a quote\n  a: \"open\n     ^\n");
  CHECK(complaints("a: 'it''s\n").find("error: the text is not closed by a quote\n") != std::string::npos);
  CHECK(complaints("a: 'it''s'\nb: \"\\\"\"\n").empty());
  CHECK(complaints("a: b: c\n").starts_with("f.yaml:1:5: error: not valid YAML: "));
}

TEST_CASE("a missing file, a directory and a device are no documents") {
  const auto read = [](const std::string& path) {
    const Result<Document> document = read_document(path);
    return document ? std::string() : render(document.diagnostics());
  };
  CHECK(read("/nonexistent/x.yaml") == "/nonexistent/x.yaml: error: no such file\n");
  CHECK(read("/tmp") == "/tmp: error: this is a directory\n  name a file in it\n");
  CHECK(read("/dev/zero") == "/dev/zero: error: this is not a regular file\n");
  CHECK(read(std::string("a\0b", 3)).find("error: a path cannot hold a NUL\n") != std::string::npos);
}

}  // namespace chipcast
