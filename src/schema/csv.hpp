// schema/csv.hpp: a CSV file (RFC 4180) as rows of fields that know where they stand.
//
//   Result<Csv> csv = read_csv("hardware_specs/measurements/timm.csv");
//   if (!csv) return csv.diagnostics();
//   csv->header[0].text, csv->rows[3][0].text, csv->place(csv->rows[3][0].mark)
//
// Strict: every row has as many fields as the header, no column is there twice or has no name, quotes close and enclose
// whole fields, text is UTF-8. Refused as well: files above 16 MiB, more than 64 columns, more than 2,000,000 fields.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "schema/document.hpp"

namespace chipcast {

struct CsvField {
  std::string text;
  Mark mark;
};

struct CsvLimits {
  static constexpr std::size_t columns = 64;
  static constexpr std::size_t fields = 2'000'000;
  static constexpr std::size_t complaints = 200;  // a file of another kind has one in every line
};

class Csv {
 public:
  std::string file;
  std::string source;
  std::vector<CsvField> header;
  std::vector<std::vector<CsvField>> rows;

  Place place(Mark mark) const;

 private:
  friend class CsvReader;
  std::vector<std::size_t> line_starts_;
};

// `file` is only what messages call it.
Result<Csv> parse_csv(std::string file, std::string source);
Result<Csv> read_csv(const std::string& path);

}  // namespace chipcast
