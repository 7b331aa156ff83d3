// RFC 4180: comma, CRLF, quotes around what holds a comma, a quote or a line break, quotes doubled inside.
#include "base/text.hpp"
#include "report/numbers.hpp"
#include "report/render.hpp"

namespace chipcast::report {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_text(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// The cells of a line, commas between them.
class Line {
 public:
  explicit Line(std::string& out) : out_(out) {}
  ~Line() { out_ += line_end; }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void add(std::string_view text) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_text(is_valid_utf8(text) ? std::string(text) : printable(text), out_);
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

const Table* csv_table(const Report& report) {
  for (const Part& part : report.parts) {
    const auto* table = std::get_if<Table>(&part);
    if (table != nullptr && table->key == report.csv) return table;
  }
  return nullptr;
}

}  // namespace

void render_csv(std::span<const Report> reports, std::string& out) {
  bool has_heading = false;
  for (const Report& report : reports) {
    const Table* table = csv_table(report);
    if (table == nullptr) continue;
    if (!has_heading) {
      Line heading(out);
      if (!report.csv_subject.empty()) heading.add(report.csv_subject);
      for (const Column& column : table->columns) {
        if (column.audience != Audience::people) heading.add(column.key);
      }
      has_heading = true;
    }
    for (const auto& row : table->rows) {
      Line line(out);
      if (!report.csv_subject.empty()) line.add(report.title);
      for (std::size_t c = 0; c < row.size(); ++c) {
        if (table->columns[c].audience != Audience::people) line.add(exact(row[c]));
      }
    }
  }
}

}  // namespace chipcast::report
