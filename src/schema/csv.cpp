#include "schema/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace chipcast {

Place Csv::place(Mark mark) const {
  Place place{.file = file, .line = mark.line, .column = mark.column, .length = mark.length};
  const auto line = static_cast<std::size_t>(mark.line);
  if (line == 0 || line > line_starts_.size()) return place;
  const std::size_t start = line_starts_[line - 1];
  std::string_view text = std::string_view(source).substr(start);
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  place.source = text;
  return place;
}

class CsvReader {
 public:
  CsvReader(std::string file, std::string source) {
    csv_.file = std::move(file);
    csv_.source = std::move(source);
  }

  Result<Csv> read() {
    csv_.line_starts_.push_back(0);
    if (!is_valid_utf8(csv_.source)) {
      return Diagnostic{.place = {.file = csv_.file}, .message = "the text is not UTF-8"};
    }
    while (at_ < csv_.source.size() && complaints_.size() < CsvLimits::complaints) {
      if (!read_row()) break;
    }
    if (csv_.header.empty() && complaints_.empty()) {
      complaints_.push_back({.place = {.file = csv_.file},
                             .message = "the file is empty",
                             .hint = "the first line names the columns"});
    }
    if (!complaints_.empty()) return complaints_;
    return std::move(csv_);
  }

 private:
  // False: what follows cannot be told apart any more, or is too much.
  bool read_row() {
    std::vector<CsvField> fields;
    const int line = line_;
    do {
      if (fields.size() == CsvLimits::columns) {
        complain({.line = line, .column = column()},
                 fmt::format("a line has more than {} fields", CsvLimits::columns));
        return false;
      }
      CsvField field;
      if (!read_field(field)) return false;
      fields.push_back(std::move(field));
    } while (take(','));
    take('\r');
    take('\n');
    fields_ += fields.size();
    if (fields_ > CsvLimits::fields) {
      complain({.line = line, .column = 1},
               fmt::format("the file has more than {} fields", CsvLimits::fields));
      return false;
    }
    if (csv_.header.empty()) {
      check_header(fields);
      csv_.header = std::move(fields);
    } else if (fields.size() != csv_.header.size()) {
      complain(fields.back().mark,
               fmt::format("{} field{}, where the header has {}", fields.size(),
                           fields.size() == 1 ? "" : "s", csv_.header.size()),
               "a field with a comma stands in double quotes");
    } else {
      csv_.rows.push_back(std::move(fields));
    }
    return true;
  }

  bool read_field(CsvField& field) {
    field.mark = {.line = line_, .column = column()};
    const bool whole = peek() == '"' ? read_quoted(field) : read_plain(field);
    field.mark.length = std::max(1, static_cast<int>(std::min<std::size_t>(field.text.size(), 1000)));
    return whole;
  }

  bool read_plain(CsvField& field) {
    const std::size_t start = at_;
    at_ = std::min(csv_.source.find_first_of(",\n\r\"", start), csv_.source.size());
    field.text = csv_.source.substr(start, at_ - start);
    if (peek() == '"') {
      complain({.line = line_, .column = column()}, "a quote within a field that is not quoted",
               "put the whole field in double quotes and double those inside");
      return false;
    }
    return is_at_end_of_field("a carriage return without a line feed");
  }

  bool read_quoted(CsvField& field) {
    ++at_;
    while (true) {
      const std::size_t quote = csv_.source.find('"', at_);
      if (quote == std::string::npos) {
        complain(field.mark, "the quote is never closed");
        return false;
      }
      for (; at_ < quote; ++at_) {
        field.text += csv_.source[at_];
        if (csv_.source[at_] == '\n') begin_line(at_ + 1);
      }
      ++at_;
      if (peek() != '"') break;
      field.text += '"';
      ++at_;
    }
    return is_at_end_of_field("text behind the closing quote");
  }

  bool is_at_end_of_field(std::string_view complaint) {
    const bool is_end = at_ == csv_.source.size() || peek() == ',' || peek() == '\n' ||
                        csv_.source.compare(at_, 2, "\r\n") == 0;
    if (!is_end) {
      complain({.line = line_, .column = column()}, std::string(complaint),
               "a comma or the line's end follows");
    }
    return is_end;
  }

  void check_header(const std::vector<CsvField>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].text.empty()) complain(names[i].mark, "a column without a name");
      const auto end = names.begin() + static_cast<std::ptrdiff_t>(i);
      const bool is_there =
          std::any_of(names.begin(), end, [&](const CsvField& other) { return other.text == names[i].text; });
      if (is_there && !names[i].text.empty())
        complain(names[i].mark, fmt::format("column '{}' is there twice", names[i].text));
    }
  }

  char peek() const { return at_ < csv_.source.size() ? csv_.source[at_] : '\0'; }
  bool take(char wanted) {
    if (at_ == csv_.source.size() || csv_.source[at_] != wanted) return false;
    ++at_;
    if (wanted == '\n') begin_line(at_);
    return true;
  }
  void begin_line(std::size_t start) {
    csv_.line_starts_.push_back(start);
    ++line_;
  }
  int column() const { return static_cast<int>(at_ - csv_.line_starts_.back()) + 1; }

  void complain(Mark mark, std::string message, std::string hint = {}) {
    complaints_.push_back(
        {.place = csv_.place(mark), .message = std::move(message), .hint = std::move(hint)});
  }

  Csv csv_;
  Diagnostics complaints_;
  std::size_t at_ = 0;
  std::size_t fields_ = 0;
  int line_ = 1;
};

Result<Csv> parse_csv(std::string file, std::string source) {
  return CsvReader(std::move(file), std::move(source)).read();
}

Result<Csv> read_csv(const std::string& path) {
  Result<std::string> source = read_text_file(path);
  if (!source) return source.diagnostics();
  return parse_csv(path, std::move(*source));
}

}  // namespace chipcast
