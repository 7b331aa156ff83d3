// validate/read_measurements.hpp: the CSV files of hardware_specs/measurements/ and their sources.yaml.
//
//   Machines machines(device_folder, runtime_folder);
//   Result<Measurements> all = read_measurements("hardware_specs/measurements", {"timm", "my_rows.csv"}, machines);
//   all->sets[0].rows[3].value
//
// A row is never guessed at: what is missing, unknown, contradictory or absurd is a complaint, all of them at once.
// A file is one of three kinds, told by its columns: whole networks, groups of operators, rows that cannot be used.
// Whether the zoo has a row's network is asked when it is estimated: networks may come later than measurements.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "validate/machines.hpp"
#include "validate/measurement.hpp"

namespace chipcast {

struct Measurements {
  std::vector<MeasurementSource> sources;
  std::vector<MeasurementSet> sets;

  std::vector<Measurement> rows() const;  // of all sets
  std::vector<GroupMeasurement> groups() const;
};

// The names of a folder's sets: its CSV files, sorted.
std::vector<std::string> measurement_sets(const std::string& folder);

// `sets`: names of the folder's, or paths of files that use the sources.yaml beside them; empty: all of the folder.
Result<Measurements> read_measurements(const std::string& folder, std::vector<std::string> sets,
                                       Machines& machines);

Result<std::vector<MeasurementSource>> read_sources(const std::string& path);
Result<std::vector<MeasurementSource>> parse_sources(const std::string& path, std::string text);
Result<MeasurementSet> read_measurement_set(const std::string& path,
                                            const std::vector<MeasurementSource>& sources,
                                            Machines& machines);
Result<MeasurementSet> parse_measurement_set(const std::string& path, std::string text,
                                             const std::vector<MeasurementSource>& sources,
                                             Machines& machines);

}  // namespace chipcast
