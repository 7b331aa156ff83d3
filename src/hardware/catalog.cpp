#include "hardware/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/text.hpp"

namespace chipcast {

std::string id_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

std::vector<std::string> yaml_ids(const std::string& folder) {
  std::vector<std::string> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".yaml") ids.push_back(entry->path().stem().string());
  }
  std::ranges::sort(ids);
  return ids;
}

Result<std::string> yaml_path(const std::string& folder, const std::string& name_or_path,
                              std::string_view what) {
  if (name_or_path.ends_with(".yaml") || name_or_path.find('/') != std::string::npos) return name_or_path;
  std::string id = name_or_path;
  std::ranges::transform(id, id.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::tolower(c)); });
  const std::vector<std::string> ids = yaml_ids(folder);
  if (std::ranges::find(ids, id) != ids.end()) return fmt::format("{}/{}.yaml", folder, id);
  const std::string suggestion = suggest(id, ids);
  return Diagnostic{.message = fmt::format("no {} is called '{}'", what, name_or_path),
                    .hint = suggestion.empty() ? fmt::format("chipcast list {}s", what) : suggestion};
}

}  // namespace chipcast
