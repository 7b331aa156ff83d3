// GitHub's Markdown: a heading, tables with aligned columns, nothing else a linter could stumble over.
#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"
#include "report/draw.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"
#include "report/page.hpp"
#include "report/render.hpp"
#include "report/svg.hpp"

namespace chipcast::report {
namespace {

// An underscore within a word is harmless, and names such as mobilenet_v2 stay readable in the source.
bool needs_escape(std::string_view text, std::size_t i) {
  constexpr std::string_view always = "\\`*|<>[]&~#";
  if (always.find(text[i]) != std::string_view::npos) return true;
  if (text[i] != '_') return false;
  const auto is_word = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  return i == 0 || !is_word(i - 1) || !is_word(i + 1);
}

// How long an address that begins there is, without the punctuation behind it; 0: there is none.
std::size_t address_length(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return 0;
  const std::string_view address = text.substr(0, text.find_first_of(" \t\n\"<>|`"));
  return address.find_last_not_of(".,;:!?)") + 1;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const std::size_t length = address_length(text.substr(i)); length > 0) {
      safe += fmt::format("<{}>", text.substr(i, length));
      i += length - 1;
      continue;
    }
    if (needs_escape(text, i)) safe += '\\';
    safe += text[i];
  }
  return safe;
}

void add_row(std::span<const std::string> cells, std::string& out) {
  for (const std::string& cell : cells) out += "| " + cell + " ";
  out += "|\n";
}

// Consecutive fields are one table of two columns.
void add_fields(std::span<const Part> parts, std::string& out) {
  bool has_heading = false;
  const auto add = [&](const std::string& label, const std::string& value) {
    if (!has_heading) out += "\n| | |\n|---|---|\n";
    has_heading = true;
    out += fmt::format("| {} | {} |\n", escaped(label), escaped(value));
  };
  for (const Part& part : parts) {
    if (const auto* field = std::get_if<Field>(&part)) {
      if (field->audience != Audience::machines) add(field->label, text(field->value, field->unit));
    } else if (const auto* group = std::get_if<Group>(&part); group->audience != Audience::machines) {
      for (const Field& member : group->fields) {
        if (member.audience == Audience::machines) continue;
        const std::string label = member.label.empty() ? group->label : group->label + ", " + member.label;
        add(label, text(member.value, member.unit));
      }
    }
  }
}

void add_rows(const Table& table, std::string& out) {
  const Cells cells = cells_of(table);
  std::vector<std::string> row;
  for (const Cells::Column& column : cells.columns) row.push_back(escaped(column.heading));
  add_row(row, out);
  for (const Cells::Column& column : cells.columns) out += column.is_number ? "|---:" : "|---";
  out += "|\n";
  const std::size_t rows = cells.columns.empty() ? 0 : cells.columns[0].texts.size();
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = escaped(cells.columns[c].texts[r]);
    add_row(row, out);
  }
  if (table.excerpt && !table.excerpt->remark.empty()) out += "\n" + escaped(table.excerpt->remark) + "\n";
}

// "## Title" at level 2.
void add_heading(int level, std::string_view title, std::string& out) {
  out += fmt::format("\n{:#>{}} {}\n\n", "", level, escaped(printable(title)));
}

void add_paragraphs(std::span<const std::string> texts, std::string& out) {
  for (const std::string& text : texts) out += "\n" + escaped(text) + "\n";
}

// What may stand in the name of a file anywhere.
std::string file_name(std::string_view text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// Sections below a page's title: tables one level deeper, each with its pictures.
class Chapters {
 public:
  Chapters(std::vector<Picture>& pictures, std::string& out) : pictures_(pictures), out_(out) {}

  void add(const Chapter& chapter) {
    const Report& report = chapter.report;
    out_ += fmt::format("\n## {}\n", escaped(printable(report.title)));
    add_paragraphs(report.lead, out_);
    for (const Part& part : report.parts) {
      const auto* table = std::get_if<Table>(&part);
      if (table != nullptr && table->audience != Audience::machines) add(chapter.key, *table);
    }
    if (!report.parts.empty()) return add_paragraphs(report.notes, out_);
    out_ += "\n";
    for (const std::string& note : report.notes) out_ += "- " + escaped(note) + "\n";
  }

 private:
  void add(const std::string& chapter, const Table& table) {
    add_heading(3, table.title, out_);
    for (const Chart& chart : table.charts) {
      if (chart.kind == Chart::Kind::heat) continue;  // the table says the same in as much room
      pictures_.push_back({fmt::format("pictures/{}_{}.svg", chapter, file_name(chart.title)),
                           standalone(draw(table, chart))});
      out_ += fmt::format("![{}]({})\n\n", escaped(chart.title), pictures_.back().file);
    }
    add_rows(table, out_);
  }

  std::vector<Picture>& pictures_;
  std::string& out_;
};

}  // namespace

void render_markdown(const Report& report, std::string& out) {
  out += "# " + escaped(printable(report.title));
  if (!report.caveat.empty()) out += ": " + escaped(report.caveat);
  out += "\n";
  add_paragraphs(report.lead, out);
  for (std::size_t i = 0; i < report.parts.size();) {
    if (const auto* table = std::get_if<Table>(&report.parts[i])) {
      if (table->audience != Audience::machines) {
        add_heading(2, table->title, out);
        add_rows(*table, out);
      }
      ++i;
    } else {
      const std::size_t first = i;
      while (i < report.parts.size() && !std::holds_alternative<Table>(report.parts[i])) ++i;
      add_fields(std::span(report.parts).subspan(first, i - first), out);
    }
  }
  add_paragraphs(report.notes, out);
}

void render_markdown(const Page& page, std::string& out, std::vector<Picture>& pictures) {
  out += fmt::format("# {}\n\n{}\n", escaped(printable(page.title)), escaped(page.caveat));
  Chapters chapters(pictures, out);
  for (const Chapter& chapter : page.chapters) chapters.add(chapter);
}

}  // namespace chipcast::report
