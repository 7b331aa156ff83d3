#include "cli/settings.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "schema/number.hpp"

namespace chipcast::cli {

namespace {

// Takes out those of the network and returns its name with them.
Result<std::string> take_network_settings(Models& models, const std::string& model,
                                          std::span<const std::string> parameters, Settings& settings) {
  std::string name = model;
  Reading reading(settings.document);
  std::erase_if(settings.all, [&](const Setting& setting) {
    if (std::ranges::find(parameters, setting.path) == parameters.end()) return false;
    const Value value(reading, setting.value, fmt::format("'{}'", setting.path));
    std::string text = setting.value.text;
    if (const std::optional<double> factor = factor_in(value)) {
      const std::string now = models.parameter(model, setting.path);
      const Number number = parse_number(now);
      if (!number.complaint.empty() || !number.rest.empty())
        value.fail(fmt::format("{} is '{}', which is no number to change by a factor", value.name(), now));
      text = fmt::format("{}", number.real * *factor);
    }
    name = Models::with_parameter(name, setting.path, text);
    return true;
  });
  if (reading.failed()) return reading.diagnostics();
  return name;
}

}  // namespace

void add_settings(CLI::App& command, std::vector<std::string>& texts) {
  command
      .add_option(
          "--set", texts,
          "what is different: a figure of the device or runtime, fusion.RULE, precision, weights, batch, "
          "threads, or a parameter of the network; VALUE is 2x, +20%, -30%, or as in the files "
          "('400 GB/s', 64, int8, off)")
      ->type_name("PATH=VALUE...");
}

Result<Changed> apply(Settings settings, Models& models, const std::string& model, const Design& design) {
  std::vector<std::string> parameters = models.parameters_of(model);
  std::erase(parameters, "batch");  // of the estimate, whatever the network
  Result<std::string> name = take_network_settings(models, model, parameters, settings);
  if (!name) return name.diagnostics();
  Result<Design> changed = with_settings(design, settings, parameters);
  if (!changed) return changed.diagnostics();
  return Changed{.model = *std::move(name), .design = *std::move(changed)};
}

}  // namespace chipcast::cli
