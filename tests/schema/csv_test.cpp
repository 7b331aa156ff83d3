#include <doctest/doctest.h>

#include "schema/csv.hpp"

namespace chipcast {
namespace {

std::vector<std::string> texts(const std::vector<CsvField>& fields) {
  std::vector<std::string> all;
  for (const CsvField& field : fields) all.push_back(field.text);
  return all;
}

std::string complaint(const std::string& source) {
  const Result<Csv> csv = parse_csv("a.csv", source);
  REQUIRE(!csv);
  return render(csv.diagnostics().front());
}

using Texts = std::vector<std::string>;

TEST_CASE("fields stand between commas, lines end in LF or CRLF, the last one need not end") {
  const Result<Csv> csv = parse_csv("a.csv", "a,b\r\n1,2\n,3");
  REQUIRE(csv);
  CHECK(texts(csv->header) == Texts{"a", "b"});
  REQUIRE(csv->rows.size() == 2);
  CHECK(texts(csv->rows[0]) == Texts{"1", "2"});
  CHECK(texts(csv->rows[1]) == Texts{"", "3"});
}

TEST_CASE(
    "a quoted field holds commas, doubled quotes and line ends, and the lines behind it keep their numbers") {
  const Result<Csv> csv = parse_csv("a.csv", "a,b\n\"x, \"\"y\"\"\nz\",2\n3,4\n");
  REQUIRE(csv);
  CHECK(texts(csv->rows[0]) == Texts{"x, \"y\"\nz", "2"});
  CHECK(csv->rows[0][0].mark.line == 2);
  CHECK(csv->rows[0][1].mark.line == 3);
  CHECK(csv->rows[0][1].mark.column == 4);  // z",2
  CHECK(csv->rows[1][0].mark.line == 4);
  CHECK(csv->place(csv->rows[1][1].mark).source == "3,4");
}

TEST_CASE("a line of another length says how many fields it has and underlines the last") {
  CHECK(complaint("a,b\n1,2\n1,2,3\n") ==
        "a.csv:3:5: error: 3 fields, where the header has 2\n"
        "  1,2,3\n"
        "      ^ a field with a comma stands in double quotes\n");
}

TEST_CASE("all lines of another length are named at once") {
  const Result<Csv> csv = parse_csv("a.csv", "a,b\n1\n1,2\n1,2,3\n");
  REQUIRE(!csv);
  CHECK(csv.diagnostics().size() == 2);
}

TEST_CASE("quotes that do not enclose a whole field are refused") {
  CHECK(complaint("a\nx\"y\n").find("a.csv:2:2: error: a quote within a field") == 0);
  CHECK(complaint("a\n\"x\"y\n").find("a.csv:2:4: error: text behind the closing quote") == 0);
  CHECK(complaint("a\n\"x\n\n").find("a.csv:2:1: error: the quote is never closed") == 0);
  CHECK(complaint("a\nx\ry\n").find("a.csv:2:2: error: a carriage return without") == 0);
}

TEST_CASE("a header names every column once") {
  CHECK(complaint("a,a\n").find("a.csv:1:3: error: column 'a' is there twice") == 0);
  CHECK(complaint("a,\n").find("a.csv:1:3: error: a column without a name") == 0);
  CHECK(complaint("").find("a.csv: error: the file is empty") == 0);
}

TEST_CASE("what is no text, or too much, is refused") {
  CHECK(complaint("a\n\xFF\n").find("not UTF-8") != std::string::npos);
  CHECK(complaint(std::string(CsvLimits::columns, ',')).find("more than 64 fields") != std::string::npos);
  const Result<Csv> other = parse_csv(
      "a.csv", "a\n" + [] {
        std::string lines;
        for (int i = 0; i < 1000; ++i) lines += "x,y\n";
        return lines;
      }());
  REQUIRE(!other);
  CHECK(other.diagnostics().size() == CsvLimits::complaints);
}

}  // namespace
}  // namespace chipcast
