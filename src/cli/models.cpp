#include "cli/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "import/onnx.hpp"

namespace chipcast::cli {
namespace {

// A name of the zoo neither holds a slash nor ends so.
bool names_onnx_file(std::string_view model) {
  return model.ends_with(".onnx") || model.find('/') != std::string_view::npos;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return parts;
}

// "resnet50?classes=10,batch=2" -> {"classes=10", "batch=2"}
std::vector<std::string> overrides_in(const std::string& model) {
  const std::size_t question = model.find('?');
  return question == std::string::npos ? std::vector<std::string>()
                                       : split(std::string_view(model).substr(question + 1), ",");
}

}  // namespace

std::string data_folder() {
  const char* chosen = std::getenv("CHIPCAST_DATA");
  return chosen != nullptr && *chosen != '\0' ? chosen : CHIPCAST_SOURCE_DIR;
}

const Result<Zoo>& Models::zoo() {
  std::call_once(is_open_, [this] { zoo_ = Zoo::open(data_folder() + "/model_zoo"); });
  return *zoo_;
}

std::vector<std::string> Models::all_of(const std::vector<std::string>& models) {
  std::vector<std::string> all;
  for (const std::string& model : models) {
    if (model == "*" && zoo()) {
      std::ranges::move(zoo()->names(), std::back_inserter(all));
    } else {
      all.push_back(model);
    }
  }
  return all;
}

bool Models::is_in_zoo(const std::string& model) {
  if (!zoo()) return false;
  const std::vector<std::string> names = zoo()->names();
  return std::ranges::find(names, model.substr(0, model.find('?'))) != names.end();
}

Result<Graph> Models::read(const std::string& model) {
  if (!is_zoo_file(model) && !is_in_zoo(model)) {
    std::error_code ignored;
    if (names_onnx_file(model) || std::filesystem::is_regular_file(model, ignored)) return read_onnx(model);
  }
  if (!zoo()) return zoo().diagnostics();
  return build_zoo_model(*zoo(), model);
}

std::vector<std::string> Models::defaults_of(const std::string& model) {
  if (!zoo()) return {};
  const std::optional<ZooVariant> variant = zoo()->variant(model.substr(0, model.find('?')));
  return variant ? split(variant->parameters, ", ") : std::vector<std::string>();
}

std::vector<std::string> Models::parameters_of(const std::string& model) {
  std::vector<std::string> names;
  for (const std::string& parameter : defaults_of(model))
    names.push_back(parameter.substr(0, parameter.find('=')));
  return names;
}

std::string Models::family_of(const std::string& model) {
  std::string name = model.substr(0, model.find('?'));
  const std::optional<ZooVariant> variant = zoo() ? zoo()->variant(name) : std::nullopt;
  return variant ? variant->family : name;
}

std::string Models::parameter(const std::string& model, const std::string& name) {
  std::vector<std::string> all = overrides_in(model);
  std::ranges::move(defaults_of(model), std::back_inserter(all));
  const auto found =
      std::ranges::find_if(all, [&](const std::string& text) { return text.starts_with(name + "="); });
  return found == all.end() ? std::string() : found->substr(name.size() + 1);
}

std::string Models::with_parameter(const std::string& model, const std::string& name,
                                   const std::string& value) {
  std::vector<std::string> all = overrides_in(model);
  std::erase_if(all, [&](const std::string& text) { return text.starts_with(name + "="); });
  all.push_back(name + "=" + value);
  return fmt::format("{}?{}", model.substr(0, model.find('?')), fmt::join(all, ","));
}

std::string Models::with_overrides(std::string model,
                                   std::map<std::string, std::int64_t, std::less<>>& dims) {
  if (dims.empty() || is_zoo_file(model) || !is_in_zoo(model)) return model;
  for (const std::string& parameter : parameters_of(model)) {
    const auto dim = dims.find(parameter);
    if (dim == dims.end()) continue;
    model += fmt::format("{}{}={}", model.find('?') == std::string::npos ? '?' : ',', parameter, dim->second);
    dims.erase(dim);
  }
  return model;
}

Result<std::vector<report::ListedModel>> Models::list() {
  if (!zoo()) return zoo().diagnostics();
  const Result<std::vector<ZooVariant>> variants = zoo()->variants();
  if (!variants) return variants.diagnostics();
  std::vector<report::ListedModel> models;
  for (const ZooVariant& variant : *variants) {
    models.push_back({variant.name, variant.family, variant.about, split(variant.parameters, ", ")});
  }
  return models;
}

std::vector<std::string> Models::completions(const std::string& typed) {
  if (!zoo()) return {};
  const std::size_t question = typed.find('?');
  if (question == std::string::npos) return zoo()->names();
  const std::string before = typed.substr(0, typed.find_last_of("?,") + 1);
  std::vector<std::string> words;
  for (const std::string& parameter : parameters_of(typed)) words.push_back(before + parameter + "=");
  return words;
}

}  // namespace chipcast::cli
