// GitHub's Markdown: a heading, tables with aligned columns, nothing else a linter could stumble over.
#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"
#include "report/render.hpp"

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

std::string escaped(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
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

void add_table(const Table& table, std::string& out) {
  out += fmt::format("\n## {}\n\n", escaped(printable(table.title)));
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

}  // namespace

void render_markdown(const Report& report, std::string& out) {
  out += "# " + escaped(printable(report.title));
  if (!report.caveat.empty()) out += ": " + escaped(report.caveat);
  out += "\n";
  for (std::size_t i = 0; i < report.parts.size();) {
    if (const auto* table = std::get_if<Table>(&report.parts[i])) {
      if (table->audience != Audience::machines) add_table(*table, out);
      ++i;
    } else {
      const std::size_t first = i;
      while (i < report.parts.size() && !std::holds_alternative<Table>(report.parts[i])) ++i;
      add_fields(std::span(report.parts).subspan(first, i - first), out);
    }
  }
  for (const std::string& note : report.notes) out += "\n" + escaped(note) + "\n";
}

}  // namespace chipcast::report
