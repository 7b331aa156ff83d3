#include "report/list_models.hpp"

#include <fmt/format.h>

#include <utility>

namespace chipcast::report {

namespace {

// "classes=1000" without what it is set to, which differs between variants.
std::string parameter_name(const std::string& parameter) { return parameter.substr(0, parameter.find('=')); }

// A family's variants, then its parameters, for people.
void add_family(std::span<const ListedModel> variants, Report& report) {
  Value::Texts names, parameters;
  for (const ListedModel& model : variants) names.push_back(model.name);
  for (const std::string& parameter : variants.front().parameters)
    parameters.push_back(parameter_name(parameter));
  report.parts.emplace_back(Field{"", variants.front().family, names, Unit::none, Audience::people});
  if (parameters.empty()) return;
  const std::string text = fmt::format("?{}", fmt::join(parameters, ", "));
  report.parts.emplace_back(Field{"", "", text, Unit::none, Audience::people});
}

}  // namespace

Report list_models(std::span<const ListedModel> models, const std::string& filter) {
  Report report;
  report.csv = "models";
  std::size_t families = 0;
  for (std::size_t first = 0; first < models.size(); ++families) {
    std::size_t end = first;
    while (end < models.size() && models[end].family == models[first].family) ++end;
    add_family(models.subspan(first, end - first), report);
    first = end;
  }
  report.title =
      fmt::format("{} network{} of {} famil{}{}", models.size(), models.size() == 1 ? "" : "s", families,
                  families == 1 ? "y" : "ies", filter.empty() ? "" : fmt::format(" for '{}'", filter));
  Table table{
      .key = "models",
      .title = "",
      .columns = {{"name", "name"}, {"family", "family"}, {"parameters", "parameters"}, {"about", "about"}},
      .rows = {}};
  table.audience = Audience::machines;
  for (const ListedModel& model : models) {
    table.rows.push_back({model.name, model.family, Value::Texts(model.parameters), model.about});
  }
  report.parts.emplace_back(std::move(table));
  report.notes.emplace_back(
      "Set parameters behind the name, as in 'mobilenet_v2?resolution=160,classes=100'.");
  return report;
}

}  // namespace chipcast::report
