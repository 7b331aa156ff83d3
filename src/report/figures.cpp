#include "report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "hardware/figures.hpp"

namespace chipcast::report {
namespace {

template <Dimension D>
constexpr std::string_view symbol() {
  if constexpr (D == byte_dimension) return "B";
  if constexpr (D == second_dimension) return "s";
  if constexpr (D == joule_dimension) return "J";
  if constexpr (D == joule_dimension - second_dimension) return "W";
  if constexpr (D == Dimension{} - second_dimension) return "Hz";
  if constexpr (D == byte_dimension - second_dimension) return "B/s";
  if constexpr (D == flop_dimension - second_dimension) return "FLOP/s";
  if constexpr (D == joule_dimension - byte_dimension) return "J/B";
  if constexpr (D == joule_dimension - flop_dimension) return "J/FLOP";
  return "";
}

template <class Q>
std::string written(Q amount) {
  if constexpr (std::is_same_v<Q, double>) {
    return fmt::format("{:.4g}", amount);
  } else {
    return format_scaled(static_cast<double>(amount.in_base_units()), symbol<Q::dimension>());
  }
}

std::string joined(const Source& source) {
  std::string text = source.title;
  if (!source.page.empty()) text += ", " + source.page;
  return source.date.empty() ? text : fmt::format("{} ({})", text, source.date);
}

std::string origin(std::span<const Source> sources, const std::string& key, const std::string& basis) {
  if (key == "assumed") return basis.empty() ? "assumed" : "assumed: " + basis;
  const auto found = std::ranges::find(sources, key, &Source::key);
  return found == sources.end() ? key : joined(*found);
}

template <class Owner>
std::vector<ListedFigure> listed(const Owner& owner) {
  std::vector<ListedFigure> all;
  visit_figures(owner, [&](const std::string& path, const auto& figure) {
    using Q = std::remove_cvref_t<decltype(figure.value)>;
    if (!figure.is_set()) return;
    ListedFigure row{.path = path,
                     .text = written(figure.value),
                     .value = 0,
                     .unit = {},
                     .range = {},
                     .source = origin(owner.sources, figure.source, figure.basis),
                     .inherited_from = figure.inherited_from};
    if constexpr (std::is_same_v<Q, double>) {
      row.value = figure.value;
    } else {
      row.value = static_cast<double>(figure.value.in_base_units());
      row.unit = std::string(symbol<Q::dimension>());
    }
    if (figure.low && figure.high)
      row.range = fmt::format("{} to {}", written(*figure.low), written(*figure.high));
    all.push_back(std::move(row));
  });
  return all;
}

Report shown(const std::string& id, const std::string& title, const std::vector<std::string>& notes,
             const std::vector<ListedFigure>& figures) {
  Report report{.title = fmt::format("{}: {}", id, title), .csv = "figures", .csv_subject = ""};
  Table table{.key = "figures",
              .title = "Figures",
              .columns = {{"figure", "figure"},
                          {"text", "value", Unit::none, 0, Audience::people},
                          {"value", "value", Unit::none, 0, Audience::machines},
                          {"unit", "unit", Unit::none, 0, Audience::machines},
                          {"", "where from", Unit::none, 0, Audience::people, false, true},
                          {"range", "range", Unit::none, 0, Audience::machines},
                          {"inherited_from", "inherited from", Unit::none, 0, Audience::machines},
                          {"source", "source", Unit::none, 0, Audience::machines}},
              .rows = {}};
  for (const ListedFigure& f : figures)
    table.rows.push_back({f.path, f.text, f.value, f.unit, whence(f), f.range, f.inherited_from, f.source});
  report.parts.emplace_back(std::move(table));
  report.notes = notes;
  return report;
}

}  // namespace

std::vector<ListedFigure> figures_of(const Device& device) { return listed(device); }
std::vector<ListedFigure> figures_of(const Runtime& runtime) { return listed(runtime); }

std::string whence(const ListedFigure& figure) {
  std::string text = figure.source;
  if (!figure.range.empty()) text += "; " + figure.range;
  if (!figure.inherited_from.empty()) text += "; inherited from " + figure.inherited_from;
  return text;
}

Report show(const Device& device) { return shown(device.id, device.title, device.notes, figures_of(device)); }
Report show(const Runtime& runtime) {
  return shown(runtime.id, runtime.title, runtime.notes, figures_of(runtime));
}

}  // namespace chipcast::report
