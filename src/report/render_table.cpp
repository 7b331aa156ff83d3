// For terminals: aligned, numbers to the right, one scale per column, never wider than the terminal.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"
#include "report/render.hpp"

namespace chipcast::report {
namespace {

constexpr std::string_view indent = "  ";

class TableRenderer {
 public:
  TableRenderer(const RenderOptions& options, std::string& out) : options_(options), out_(out) {}

  void render(const Report& report) {
    const std::string title = printable(report.title);
    const std::string caveat = printable(report.caveat);
    if (caveat.empty()) {
      line(bold(wrapped(title)));
    } else if (display_width(title) + display_width(caveat) + 2 <= options_.width) {
      line(bold(title) + ": " + warning(caveat));
    } else {
      line(warning(wrapped(title + ": " + caveat)));
    }
    for (const std::string& text : report.lead) line(wrapped(printable(text)));
    // Consecutive fields align with each other.
    for (std::size_t i = 0; i < report.parts.size();) {
      if (const auto* table = std::get_if<Table>(&report.parts[i])) {
        if (table->audience != Audience::machines) add(*table);
        ++i;
      } else {
        const std::size_t first = i;
        while (i < report.parts.size() && !std::holds_alternative<Table>(report.parts[i])) ++i;
        add_fields({report.parts.begin() + static_cast<std::ptrdiff_t>(first), i - first});
      }
    }
    if (!report.notes.empty()) line("");
    for (const std::string& note : report.notes) line(dim(wrapped(printable(note))));
  }

 private:
  struct Line {
    std::string label, text;
  };

  std::string styled(std::string_view code, std::string_view text) const {
    return options_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string warning(std::string_view text) const { return styled("1;33", text); }

  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }

  std::string wrapped(std::string_view text, std::string_view lead = {}) const {
    return wrap(text, options_.width, lead);
  }

  void add_fields(std::span<const Part> parts) {
    std::vector<Line> lines;
    for (const Part& part : parts) {
      if (const auto* field = std::get_if<Field>(&part)) {
        if (field->audience != Audience::machines)
          lines.push_back({field->label, text(field->value, field->unit)});
      } else if (const auto* group = std::get_if<Group>(&part); group->audience != Audience::machines) {
        std::string all;
        for (const Field& member : group->fields) {
          if (member.audience == Audience::machines) continue;
          if (!all.empty()) all += ", ";
          all += text(member.value, member.unit);
          if (!member.label.empty()) all += " " + member.label;
        }
        lines.push_back({group->label, std::move(all)});
      }
    }
    std::size_t widest = 0;
    for (const Line& l : lines) widest = std::max(widest, display_width(l.label));
    for (const Line& l : lines) {
      const std::size_t padding = widest - display_width(l.label) + column_gap;
      line(wrapped(l.text, fmt::format("{}{}{}", indent, l.label, std::string(padding, ' '))));
    }
  }

  void add(const Table& table) {
    line("");
    line(bold(wrapped(printable(table.title))));
    const Cells cells = cells_of(table);
    const Layout layout = fit_columns(cells, options_.width - std::min(options_.width, indent.size()));
    const std::size_t rows = cells.columns.empty() ? 0 : cells.columns[0].texts.size();
    line(dim(row(cells, layout,
                 [](const Cells::Column& column) -> const std::string& { return column.heading; })));
    for (std::size_t r = 0; r < rows; ++r) {
      line(row(cells, layout,
               [r](const Cells::Column& column) -> const std::string& { return column.texts[r]; }));
    }
    if (table.excerpt && !table.excerpt->remark.empty()) line(dim(wrapped(table.excerpt->remark, indent)));
    if (!layout.dropped.empty()) {
      std::vector<std::string> names;
      for (const std::size_t c : layout.dropped) {
        const std::string& label = cells.columns[c].column->label;
        if (std::ranges::find(names, label) == names.end()) names.push_back(label);
      }
      constexpr std::size_t most_named = 10;
      if (names.size() > most_named) {
        const std::size_t hidden = names.size() - most_named + 1;
        names.resize(most_named - 1);
        names.push_back(fmt::format("{} more", hidden));
      }
      line(dim(
          wrapped(fmt::format("no room for: {} (--format md has them)", fmt::join(names, ", ")), indent)));
    }
  }

  // A cell's lines: one, unless its column wraps.
  static std::vector<std::string> lines_of(const std::string& cell, const Cells::Column& column,
                                           std::size_t width) {
    constexpr std::size_t least_wrapped = 20;
    if (!column.column->wraps || width < least_wrapped) return {shorten(cell, width)};
    std::vector<std::string> lines;
    std::string_view rest;
    const std::string text = wrap(cell, width);
    for (rest = text; rest.find('\n') != std::string_view::npos; rest.remove_prefix(rest.find('\n') + 1))
      lines.emplace_back(rest.substr(0, rest.find('\n')));
    lines.emplace_back(rest);
    return lines;
  }

  template <class TextOf>
  std::string row(const Cells& cells, const Layout& layout, TextOf text_of) const {
    std::vector<std::vector<std::string>> lines;
    std::size_t height = 1;
    for (std::size_t i = 0; i < layout.shown.size(); ++i) {
      const Cells::Column& column = cells.columns[layout.shown[i]];
      lines.push_back(lines_of(text_of(column), column, layout.widths[i]));
      height = std::max(height, lines.back().size());
    }
    std::string shown;
    for (std::size_t l = 0; l < height; ++l) {
      if (l > 0) shown += '\n';
      shown += indent;
      for (std::size_t i = 0; i < layout.shown.size(); ++i) {
        const std::string cell = l < lines[i].size() ? lines[i][l] : "";
        const std::size_t padding = layout.widths[i] - std::min(layout.widths[i], display_width(cell));
        const bool is_number = cells.columns[layout.shown[i]].is_number;
        if (i > 0) shown.append(column_gap, ' ');
        if (is_number) shown.append(padding, ' ');
        shown += cell;
        if (!is_number) shown.append(padding, ' ');
      }
      shown.erase(shown.find_last_not_of(' ') + 1);
    }
    return shown;
  }

  const RenderOptions& options_;
  std::string& out_;
};

}  // namespace

void render_table(const Report& report, const RenderOptions& options, std::string& out) {
  TableRenderer(options, out).render(report);
}

}  // namespace chipcast::report
