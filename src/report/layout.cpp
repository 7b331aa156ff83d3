#include "report/layout.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t least_elastic = 12;        // a name shorter than this names nothing
constexpr std::size_t comfortable_elastic = 30;  // before names get shorter than this, columns go
constexpr std::size_t longest_heading = 20;      // where the numbers below it are narrower

bool is_number(const Value& value) {
  return value.as<std::int64_t>() != nullptr || value.as<double>() != nullptr;
}
bool is_elastic(const Value& value) {
  return value.as<std::string>() != nullptr || value.as<Value::Texts>() != nullptr ||
         value.as<Value::Shapes>() != nullptr;
}

std::size_t natural_width(const Cells::Column& column) {
  std::size_t width = std::min(display_width(column.heading), longest_heading);
  for (const std::string& text : column.texts) width = std::max(width, display_width(text));
  return width;
}

}  // namespace

Cells cells_of(const Table& table) {
  std::vector<std::size_t> rows;
  if (table.excerpt) {
    rows = table.excerpt->rows;
  } else {
    rows.resize(table.rows.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
  }
  Cells cells;
  std::vector<const Value*> values(rows.size());
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].audience == Audience::machines) continue;
    std::ranges::transform(rows, values.begin(), [&](std::size_t row) { return &table.rows[row][c]; });
    const ColumnNumbers numbers = fit(values, table.columns[c].unit);
    Cells::Column column{.column = &table.columns[c], .heading = numbers.heading(table.columns[c].label)};
    column.texts.reserve(rows.size());
    if (table.columns[c].scales_alone) column.heading = table.columns[c].label;
    for (const Value* value : values) {
      column.texts.push_back(table.columns[c].scales_alone ? short_text(*value, table.columns[c].unit)
                                                           : numbers.text(*value));
      column.is_number = column.is_number || is_number(*value);
      column.is_elastic = column.is_elastic || is_elastic(*value);
    }
    cells.columns.push_back(std::move(column));
  }
  return cells;
}

Layout fit_columns(const Cells& cells, std::size_t width) {
  std::vector<std::size_t> natural;
  for (const Cells::Column& column : cells.columns) natural.push_back(natural_width(column));
  const auto width_with = [&](const std::vector<std::size_t>& shown, std::size_t elastic) {
    std::size_t total = shown.empty() ? 0 : column_gap * (shown.size() - 1);
    for (const std::size_t c : shown) {
      total += cells.columns[c].is_elastic ? std::min(natural[c], elastic) : natural[c];
    }
    return total;
  };

  Layout layout;
  layout.shown.resize(cells.columns.size());
  std::iota(layout.shown.begin(), layout.shown.end(), std::size_t{0});
  const auto rank = [&](std::size_t c) { return cells.columns[c].column->dispensable; };
  while (width_with(layout.shown, comfortable_elastic) > width) {
    const auto least = std::ranges::max_element(layout.shown, {}, rank);
    if (least == layout.shown.end() || rank(*least) == 0) break;
    layout.dropped.push_back(*least);
    layout.shown.erase(least);
  }
  std::ranges::sort(layout.dropped);

  // The widest limit for names at which everything fits.
  std::size_t elastic = least_elastic;
  std::size_t most = std::max(least_elastic, natural.empty() ? 0 : std::ranges::max(natural));
  while (elastic < most) {
    const std::size_t middle = (elastic + most + 1) / 2;
    if (width_with(layout.shown, middle) <= width) {
      elastic = middle;
    } else {
      most = middle - 1;
    }
  }
  for (const std::size_t c : layout.shown) {
    layout.widths.push_back(cells.columns[c].is_elastic ? std::min(natural[c], elastic) : natural[c]);
  }
  return layout;
}

std::size_t bytes_of_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;  // goes on with a character
    if (seen++ == columns) break;
  }
  return at;
}

std::string shorten(std::string_view text, std::size_t width) {
  const std::size_t columns = display_width(text);
  if (columns <= width) return std::string(text);
  if (width == 0) return {};
  const std::size_t head = (width - 1) / 3;
  const std::size_t tail = width - 1 - head;
  return std::string(text.substr(0, bytes_of_columns(text, head))) + "…" +
         std::string(text.substr(bytes_of_columns(text, columns - tail)));
}

std::string wrap(std::string_view text, std::size_t width, std::string_view lead) {
  constexpr std::size_t least_room = 20;
  const std::size_t margin = display_width(lead);
  const std::size_t room = width < margin + least_room ? least_room : width - margin;
  std::string shown(lead);
  std::size_t used = 0;
  const auto break_line = [&] {
    shown += "\n" + std::string(margin, ' ');
    used = 0;
  };
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (used > 0 && used + 1 + display_width(word) > room) break_line();
    if (used > 0) {
      shown += ' ';
      ++used;
    }
    while (display_width(word) > room) {
      const std::size_t bytes = bytes_of_columns(word, room);
      shown += word.substr(0, bytes);
      word.remove_prefix(bytes);
      break_line();
    }
    shown += word;
    used += display_width(word);
  }
  return shown;
}

}  // namespace chipcast::report
