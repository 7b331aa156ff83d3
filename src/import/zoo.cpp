#include "import/zoo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/text.hpp"
#include "import/zoo_builder.hpp"
#include "import/zoo_functions.hpp"
#include "import/zoo_reader.hpp"
#include "schema/document.hpp"

namespace chipcast {

struct Zoo::State {
  struct File {
    std::string path;
    std::string source = {};
    std::vector<std::string> names = {};  // of the variants
    zoo::FamilyPointer family = {};       // once parsed
  };
  std::string directory;
  std::vector<File> files;
  std::mutex mutex;  // of the families, which are parsed when first asked for

  Result<zoo::FamilyPointer> family(File& file) {
    const std::scoped_lock lock(mutex);
    if (file.family) return file.family;
    Result<zoo::FamilyPointer> read = zoo::parse_family(file.path, file.source);
    if (read) file.family = *read;
    return read;
  }
};

namespace {

// The keys under 'variants:', which stand at the end of a file, each on a line of its own: found without parsing.
std::vector<std::string> variant_names(std::string_view source) {
  std::vector<std::string> names;
  const std::size_t heading = source.rfind("\nvariants:");
  if (heading == std::string_view::npos) return names;
  std::string_view rest = source.substr(heading + 1);
  std::size_t indentation = 0;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == 0 || begin == std::string_view::npos || line[begin] == '#') continue;
    if (indentation == 0) indentation = begin;
    if (begin == indentation) names.emplace_back(line.substr(begin, line.find(':') - begin));
  }
  return names;
}

struct Spec {
  std::string model;    // a variant, or a path
  std::string variant;  // behind '#'
  std::vector<std::pair<std::string, std::string>> overrides;
};

Diagnostic about_spec(std::string_view spec, std::string message, std::string hint) {
  return {.place = {.part = fmt::format("model '{}'", spec)},
          .message = std::move(message),
          .hint = std::move(hint)};
}

Result<Spec> parse_spec(std::string_view text) {
  Spec spec;
  const std::size_t question = text.find('?');
  spec.model = std::string(text.substr(0, question));
  if (const std::size_t hash = spec.model.find('#'); hash != std::string::npos) {
    spec.variant = spec.model.substr(hash + 1);
    spec.model.resize(hash);
  }
  if (question == std::string_view::npos) return spec;
  std::string_view rest = text.substr(question + 1);
  while (true) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view pair = rest.substr(0, comma);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == pair.size()) {
      return about_spec(text, fmt::format("'{}' is not of the form name=value", pair),
                        "for example ?resolution=160,batch=8");
    }
    std::string name(pair.substr(0, equals));
    const bool is_doubled =
        std::ranges::any_of(spec.overrides, [&](const auto& o) { return o.first == name; });
    if (is_doubled) return about_spec(text, fmt::format("'{}' is given twice", name), "");
    spec.overrides.emplace_back(std::move(name), std::string(pair.substr(equals + 1)));
    if (comma == rest.size()) return spec;
    rest.remove_prefix(comma + 1);
  }
}

std::vector<std::string> parameter_names(const zoo::Family& family) {
  std::vector<std::string> names;
  for (const zoo::Parameter& parameter : family.parameters) {
    if (parameter.kind != zoo::Parameter::Kind::list) names.push_back(parameter.name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<Graph> build_variant(const zoo::Family& family, const zoo::Variant& variant, const Spec& spec,
                            std::string_view text) {
  std::vector<zoo::Datum> parameters;
  for (const zoo::Parameter& parameter : family.parameters) parameters.push_back(parameter.preset);
  for (const auto& [index, datum] : variant.overrides) parameters[index] = datum;
  zoo::Pool pool;
  Diagnostics complaints;
  for (const auto& [name, value] : spec.overrides) {
    const auto found = std::ranges::find(family.parameters, name, &zoo::Parameter::name);
    if (found == family.parameters.end() || found->kind == zoo::Parameter::Kind::list) {
      const std::vector<std::string> names = parameter_names(family);
      const std::string suggestion = suggest(name, names);
      complaints.push_back(
          about_spec(text,
                     found == family.parameters.end()
                         ? fmt::format("the family '{}' has no parameter '{}'", family.name, name)
                         : fmt::format("'{}' is a list, which only a variant can set", name),
                     suggestion.empty() ? fmt::format("it has {}", joined(names)) : suggestion));
      continue;
    }
    zoo::Datum datum = zoo::datum_of_text(value, pool);
    const std::string complaint = zoo::check_parameter(*found, datum);
    if (!complaint.empty()) complaints.push_back(about_spec(text, complaint, ""));
    parameters[static_cast<std::size_t>(found - family.parameters.begin())] = datum;
  }
  if (!complaints.empty()) return complaints;
  return zoo::build(family, std::string(text), parameters);
}

Result<Graph> build_from(const zoo::Family& family, std::string_view variant_name, const Spec& spec,
                         std::string_view text) {
  if (variant_name.empty()) return build_variant(family, family.variants.front(), spec, text);
  const auto found = std::ranges::find(family.variants, variant_name, &zoo::Variant::name);
  if (found != family.variants.end()) return build_variant(family, *found, spec, text);
  std::vector<std::string> names;
  for (const zoo::Variant& variant : family.variants) names.push_back(variant.name);
  const std::string suggestion = suggest(variant_name, names);
  return about_spec(text, fmt::format("the file has no variant '{}'", variant_name),
                    suggestion.empty() ? fmt::format("it has {}", joined(names)) : suggestion);
}

ZooVariant entry_of(const zoo::Family& family, const zoo::Variant& variant) {
  ZooVariant entry{.name = variant.name, .family = family.name, .about = family.about, .parameters = {}};
  for (std::size_t i = 0; i < family.parameters.size(); ++i) {
    if (family.parameters[i].kind == zoo::Parameter::Kind::list) continue;
    const auto given = std::ranges::find(variant.overrides, i, [](const auto& o) { return o.first; });
    const zoo::Datum& datum = given == variant.overrides.end() ? family.parameters[i].preset : given->second;
    if (!entry.parameters.empty()) entry.parameters += ", ";
    entry.parameters +=
        family.parameters[i].name + "=" + (datum.text() != nullptr ? *datum.text() : format(datum));
  }
  return entry;
}

}  // namespace

Result<Zoo> Zoo::open(const std::string& directory) {
  auto state = std::make_shared<State>();
  state->directory = directory;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".yaml") state->files.push_back({.path = entry.path().string()});
  }
  if (error) {
    return Diagnostic{.place = {.file = directory},
                      .message = fmt::format("cannot read the model zoo: {}", error.message())};
  }
  std::ranges::sort(state->files, {}, &State::File::path);
  for (State::File& file : state->files) {
    Result<std::string> source = read_text_file(file.path);
    if (!source) return source.diagnostics();
    file.source = *std::move(source);
    file.names = variant_names(file.source);
    if (file.names.empty()) {  // not written as ours are: so it is parsed
      const Result<zoo::FamilyPointer> family = state->family(file);
      if (!family) continue;
      for (const zoo::Variant& variant : (*family)->variants) file.names.push_back(variant.name);
    }
  }
  return Zoo(std::move(state));
}

std::vector<std::string> Zoo::names() const {
  std::vector<std::string> names;
  for (const State::File& file : state_->files)
    names.insert(names.end(), file.names.begin(), file.names.end());
  return names;
}

Result<std::vector<ZooVariant>> Zoo::variants() const {
  std::vector<ZooVariant> all;
  Diagnostics complaints;
  for (State::File& file : state_->files) {
    const Result<zoo::FamilyPointer> read = state_->family(file);
    if (!read) {
      complaints.insert(complaints.end(), read.diagnostics().begin(), read.diagnostics().end());
      continue;
    }
    for (const zoo::Variant& variant : (*read)->variants) all.push_back(entry_of(**read, variant));
  }
  if (!complaints.empty()) return complaints;
  return all;
}

std::optional<ZooVariant> Zoo::variant(const std::string& name) const {
  for (State::File& file : state_->files) {
    if (std::ranges::find(file.names, name) == file.names.end()) continue;
    const Result<zoo::FamilyPointer> read = state_->family(file);
    if (!read) return std::nullopt;
    const auto found = std::ranges::find((*read)->variants, name, &zoo::Variant::name);
    if (found != (*read)->variants.end()) return entry_of(**read, *found);
  }
  return std::nullopt;
}

bool is_zoo_file(std::string_view spec) {
  const std::string_view path = spec.substr(0, spec.find_first_of("?#"));
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

Result<Graph> build_zoo_model(const Zoo& zoo, std::string_view text) {
  const Result<Spec> spec = parse_spec(text);
  if (!spec) return spec.diagnostics();
  if (is_zoo_file(text)) {
    const Result<zoo::FamilyPointer> family = zoo::read_family(spec->model);
    if (!family) return family.diagnostics();
    return build_from(**family, spec->variant, *spec, text);
  }
  for (Zoo::State::File& file : zoo.state_->files) {
    if (std::ranges::find(file.names, spec->model) == file.names.end()) continue;
    const Result<zoo::FamilyPointer> family = zoo.state_->family(file);
    if (!family) return family.diagnostics();
    return build_from(**family, spec->model, *spec, text);
  }
  const std::string suggestion = suggest(spec->model, zoo.names());
  return about_spec(text, "the model zoo has no such network",
                    suggestion.empty() ? "'chipcast list models' names them all; a file is given by its path"
                                       : suggestion + " 'chipcast list models' names them all");
}

Result<Graph> build_zoo_source(std::string file, std::string source, std::string_view variant) {
  const Result<zoo::FamilyPointer> family = zoo::parse_family(std::move(file), std::move(source));
  if (!family) return family.diagnostics();
  return build_from(**family, variant, {}, variant.empty() ? (*family)->variants.front().name : variant);
}

}  // namespace chipcast
