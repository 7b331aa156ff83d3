#include "validate/read_measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/text.hpp"

namespace chipcast {

std::vector<Measurement> Measurements::rows() const {
  std::vector<Measurement> all;
  for (const MeasurementSet& set : sets) all.insert(all.end(), set.rows.begin(), set.rows.end());
  return all;
}

std::vector<GroupMeasurement> Measurements::groups() const {
  std::vector<GroupMeasurement> all;
  for (const MeasurementSet& set : sets) all.insert(all.end(), set.groups.begin(), set.groups.end());
  return all;
}

std::vector<std::string> measurement_sets(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".csv") names.push_back(entry->path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<Measurements> read_measurements(const std::string& folder, std::vector<std::string> sets,
                                       Machines& machines) {
  const std::vector<std::string> known = measurement_sets(folder);
  if (sets.empty()) sets = known;
  Measurements all;
  Diagnostics complaints;
  const auto complain = [&](const Diagnostics& more) {
    complaints.insert(complaints.end(), more.begin(), more.end());
  };
  std::map<std::string, std::vector<MeasurementSource>> sources;  // by folder
  for (const std::string& set : sets) {
    const bool is_path = set.ends_with(".csv") || set.find('/') != std::string::npos;
    if (!is_path && std::ranges::find(known, set) == known.end()) {
      const std::string hint = suggest(set, known);
      complain({{.message = fmt::format("there are no measurements '{}'", set),
                 .hint = hint.empty() ? "'chipcast list measurements' names them all" : hint}});
      continue;
    }
    if (is_path && !set.ends_with(".csv")) {
      complain(
          {{.message = fmt::format("'{}' is no .csv of measurements", set),
            .hint = "a row for each figure, with the columns of hardware_specs/measurements/README.md"}});
      continue;
    }
    const std::filesystem::path path =
        is_path ? std::filesystem::path(set) : std::filesystem::path(folder) / (set + ".csv");
    const std::string beside = (path.parent_path() / "sources.yaml").string();
    if (!sources.contains(beside)) {
      Result<std::vector<MeasurementSource>> read = read_sources(beside);
      if (!read) complain(read.diagnostics());
      sources[beside] = read ? *std::move(read) : std::vector<MeasurementSource>();
      all.sources.insert(all.sources.end(), sources[beside].begin(), sources[beside].end());
    }
    if (sources[beside].empty()) continue;  // said already
    Result<MeasurementSet> read = read_measurement_set(path.string(), sources[beside], machines);
    if (read) {
      all.sets.push_back(*std::move(read));
    } else {
      complain(read.diagnostics());
    }
  }
  complain(machines.problems());
  if (!complaints.empty()) return complaints;
  return all;
}

}  // namespace chipcast
