// One file that fetches nothing: style, script and drawings are in it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <vector>

#include "report/draw.hpp"
#include "report/drawing.hpp"
#include "report/html_page.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"
#include "report/page.hpp"
#include "report/render.hpp"
#include "report/svg.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t longest_open = 80;  // rows; longer tables are folded away
constexpr std::size_t longest_line = 48;  // characters of a cell before it wraps

// How far a number is from the least to the most of all cells that a heat map colours, by its logarithm.
class Heat {
 public:
  explicit Heat(const Table& table) {
    for (const Chart& chart : table.charts) {
      if (chart.kind != Chart::Kind::heat) continue;
      const Drawn data(table, chart);
      columns_ = data.series;
      for (const std::size_t column : columns_) {
        for (const double number : data.numbers(column)) {
          if (number <= 0) continue;
          low_ = low_ == 0 ? number : std::min(low_, number);
          high_ = std::max(high_, number);
        }
      }
    }
  }

  // Nothing where the cell has no colour.
  std::optional<double> of(std::size_t column, const Value& value) const {
    if (std::ranges::find(columns_, column) == columns_.end()) return {};
    const auto number = number_of(value);
    if (!number || *number <= 0) return {};
    return high_ > low_ ? std::log(*number / low_) / std::log(high_ / low_) : 0.5;
  }

 private:
  std::vector<std::size_t> columns_;
  double low_ = 0, high_ = 0;
};

class Html {
 public:
  explicit Html(std::string& out) : out_(out) {}

  void page(const Page& page) {
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">\n<title>{}</title>\n<style>\n",
        xml(page.title));
    out_ += drawing_style();
    out_ += page_style();
    add("</style>\n</head>\n<body>\n<div class=\"frame\">\n<nav aria-label=\"sections\">\n<ol>\n");
    for (const Chapter& chapter : page.chapters)
      add("<li><a href=\"#{}\">{}</a></li>\n", xml(chapter.key), xml(chapter.report.title));
    if (!page.derivations.empty()) add("<li><a href=\"#derivations\">Derivations</a></li>\n");
    add("</ol>\n</nav>\n<main>\n<h1>{}</h1>\n<p class=\"caveat\">{}</p>\n", xml(page.title),
        xml(page.caveat));
    for (const Chapter& chapter : page.chapters) this->chapter(chapter);
    derivations(page.derivations);
    add("</main>\n</div>\n<script>");
    out_ += page_script();
    add("</script>\n</body>\n</html>\n");
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(arguments)...);
  }

  void chapter(const Chapter& chapter) {
    const Report& report = chapter.report;
    add("<section id=\"{}\">\n<h2>{}</h2>\n", xml(chapter.key), xml(report.title));
    for (const std::string& text : report.lead) add("<p class=\"lead\">{}</p>\n", xml(text));
    for (std::size_t i = 0; i < report.parts.size();) {
      if (const auto* table = std::get_if<Table>(&report.parts[i])) {
        if (table->audience != Audience::machines) this->table(*table);
        ++i;
        continue;
      }
      add("<table>\n<tbody>\n");
      for (; i < report.parts.size() && !std::holds_alternative<Table>(report.parts[i]); ++i)
        facts(report.parts[i]);
      add("</tbody>\n</table>\n");
    }
    notes(report);
    add("</section>\n");
  }

  // Folded away: who asks for one follows a figure's link.
  void derivations(const std::vector<Derivation>& all) {
    if (all.empty()) return;
    add("<section id=\"derivations\">\n<h2>Derivations</h2>\n<p class=\"lead\">Where each underlined figure "
        "comes from: how it adds up, and the figures that it rests on with their sources.</p>\n");
    for (const Derivation& derivation : all) {
      add("<details id=\"{}\"", xml(derivation.key));
      if (!derivation.with.empty()) add(" data-with=\"{}\"", xml(derivation.with));
      add("><summary>{}</summary>\n", xml(derivation.report.title));
      for (const Part& part : derivation.report.parts) {
        const auto* table = std::get_if<Table>(&part);
        if (table == nullptr || table->audience == Audience::machines) continue;
        add("<h4>{}</h4>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">",
            xml(table->title), xml(table->title));
        rows(*table);
        add("</div>\n");
      }
      for (const std::string& note : derivation.report.notes) add("<p class=\"note\">{}</p>\n", xml(note));
      if (!derivation.with.empty())
        add("<p class=\"note\"><a href=\"#{}\">the figures it rests on</a></p>\n", xml(derivation.with));
      add("</details>\n");
    }
    add("</section>\n");
  }

  void fact(const std::string& label, const Field& field) {
    if (field.audience == Audience::machines) return;
    add("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", xml(label), xml(text(field.value, field.unit)));
  }

  void facts(const Part& part) {
    if (const auto* field = std::get_if<Field>(&part)) return fact(field->label, *field);
    const auto* group = std::get_if<Group>(&part);
    if (group == nullptr || group->audience == Audience::machines) return;
    for (const Field& member : group->fields)
      fact(member.label.empty() ? group->label : group->label + ", " + member.label, member);
  }

  // A section that is nothing else is a list.
  void notes(const Report& report) {
    if (!report.parts.empty()) {
      for (const std::string& text : report.notes) add("<p class=\"note\">{}</p>\n", xml(text));
      return;
    }
    add("<ul class=\"summary\">\n");
    for (const std::string& text : report.notes) add("<li>{}</li>\n", xml(text));
    add("</ul>\n");
  }

  void table(const Table& table) {
    if (table.alternative.empty()) {
      add("<div class=\"part\">\n");
    } else {
      add("<div class=\"part\" data-axis=\"{}\" data-alt=\"{}\">\n", xml(table.axis), xml(table.alternative));
    }
    add("<h3>{}</h3>\n", xml(table.title));
    for (const Chart& chart : table.charts) {
      if (chart.kind == Chart::Kind::heat) continue;
      add("<figure>");
      if (table.charts.size() > 1) add("<figcaption>{}</figcaption>", xml(chart.title));
      out_ += draw(table, chart);
      add("</figure>\n");
    }
    const std::size_t shown = table.excerpt ? table.excerpt->rows.size() : table.rows.size();
    const bool is_folded = shown > longest_open;
    if (is_folded) add("<details><summary>the table, {} rows</summary>\n", shown);
    add("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">", xml(table.title));
    rows(table);
    add("</div>\n{}", is_folded ? "</details>" : "");
    if (table.excerpt && !table.excerpt->remark.empty())
      add("<p class=\"note\">{}</p>\n", xml(table.excerpt->remark));
    add("</div>\n");
  }

  void rows(const Table& table) {
    const Cells cells = cells_of(table);
    const Heat heat(table);
    add("<table aria-label=\"{}\">\n<thead><tr>", xml(table.title));
    for (const Cells::Column& column : cells.columns) {
      add("<th scope=\"col\"{}", column.is_number ? " class=\"n\"" : "");
      if (column.is_number && column.column->scales_alone) add(" data-key=\"{}\"", xml(column.column->key));
      add(">{}</th>", xml(column.heading));
    }
    add("</tr></thead>\n<tbody>\n");
    const std::size_t shown = cells.columns.empty() ? 0 : cells.columns[0].texts.size();
    for (std::size_t r = 0; r < shown; ++r) {
      const std::size_t at = table.excerpt ? table.excerpt->rows[r] : r;
      const std::vector<Value>& row = table.rows[at];
      add("<tr>");
      for (const Cells::Column& column : cells.columns) {
        const auto index = static_cast<std::size_t>(column.column - table.columns.data());
        const auto derived = table.derived.find({at, index});
        cell(column, column.texts[r], row[index], heat.of(index, row[index]),
             derived == table.derived.end() ? std::string() : derived->second);
      }
      add("</tr>\n");
    }
    add("</tbody>\n</table>");
  }

  // `derived`: the key of a derivation; empty: none.
  void cell(const Cells::Column& column, const std::string& text, const Value& value,
            std::optional<double> heat, const std::string& derived) {
    if (!column.is_number) {
      add("<td{}>{}</td>", text.size() > longest_line ? " class=\"long\"" : "", xml(text));
      return;
    }
    add("<td class=\"n{}\"", heat ? " heat" : "");
    if (heat) add(" style=\"--h:{:.2f}\"", *heat);
    if (column.column->scales_alone && value.as<double>() != nullptr)
      add(" data-v=\"{:.6g}\"", *value.as<double>());
    if (derived.empty() || !value.is_known()) return add(">{}</td>", xml(text));
    add("><a class=\"why\" href=\"#{}\">{}</a></td>", xml(derived), xml(text));
  }

  std::string& out_;
};

}  // namespace

void render_html(const Page& page, std::string& out) { Html(out).page(page); }

void render_html(std::span<const Report> reports, std::string& out) {
  Page page;
  for (const Report& report : reports) {
    if (page.chapters.empty()) page = {.title = report.title, .caveat = report.caveat, .chapters = {}};
    page.chapters.push_back({fmt::format("part{}", page.chapters.size() + 1), report});
  }
  render_html(page, out);
}

}  // namespace chipcast::report
