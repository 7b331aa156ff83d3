// What an inference costs beside time: money, as far as the device's file knows a price, and the CO2e of its energy.
#include <fmt/format.h>

#include <algorithm>

#include "report/figures.hpp"
#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

// Where a figure of the device is from; not known where the device lacks it.
Value whence_of(const Target& target, std::string_view path) {
  for (const ListedFigure& figure : figures_of(*target.device)) {
    if (figure.path == path) return whence(figure);
  }
  return {};
}

Table prices_table(const Characterization& c) {
  Table table{.key = "devices",
              .title = "What the devices' files say",
              .columns = {{"device", "device"},
                          {"price_usd", "price (USD)", Unit::none, 0, Audience::everybody, true},
                          {"price_source", "where from"},
                          {"lifetime_years", "lifetime (years)", Unit::none, 0, Audience::everybody, true},
                          {"lifetime_source", "where from"}},
              .rows = {}};
  for (const Target& target : c.targets()) {
    const Device& device = *target.device;
    table.rows.push_back({device_text(target), device.price_usd ? Value(device.price_usd->value) : Value(),
                          whence_of(target, "price_usd"),
                          device.lifetime_years ? Value(device.lifetime_years->value) : Value(),
                          whence_of(target, "lifetime_years")});
  }
  return table;
}

std::vector<std::size_t> priced(const Characterization& c) {
  std::vector<std::size_t> all = all_targets(c);
  std::erase_if(all, [&](std::size_t t) { return !c.targets()[t].device->price_usd; });
  return all;
}

}  // namespace

Report cost_section(const Characterization& c) {
  Report report;
  report.parts.emplace_back(prices_table(c));
  const std::vector<std::size_t> with_price = priced(c);
  if (!with_price.empty()) {
    report.parts.emplace_back(
        matrix(c, "usd_per_inference_per_s", "Price of the device for each inference a second (USD)",
               Unit::none, with_price, [&](std::size_t n, std::size_t t) {
                 return c.targets()[t].device->price_usd->value / in(c.at(n, t).throughput, hertz);
               }));
  }
  const std::optional<Grid>& grid = c.plan().grid;
  if (!grid) {
    report.lead = {"The report gives no intensity of the grid: CO2e is not known."};
    return report;
  }
  report.lead = {fmt::format("CO2e = energy of an inference x intensity of the grid, {}: {}, {}{}.",
                             grid->text, grid->source.title, grid->source.page,
                             grid->source.date.empty() ? "" : " (" + grid->source.date + ")")};
  report.parts.emplace_back(matrix(c, "co2e_g_per_million", "CO2e of a million inferences (g)", Unit::none,
                                   all_targets(c), [&](std::size_t n, std::size_t t) {
                                     const auto energy = energy_per_inference(c.at(n, t));
                                     return energy ? Value(in(*energy, joule) * grid->grams_per_joule * 1e6)
                                                   : Value();
                                   }));
  report.notes = {
      "Of the electricity alone, that of making the device is not known. \"-\": the device's file has no "
      "such "
      "figure."};
  return report;
}

}  // namespace chipcast::report
