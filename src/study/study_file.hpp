// study/study_file.hpp: a design space as studies/*.yaml say it; reports/studies/README.md has the language.
//
//   Result<StudyFile> study = read_study("reports/studies/kpu_t2_memory.yaml");
//   study->axes[0].axis.values        // {"0.5x", "1x", "2x"}: ranges are spelled out
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "study/sweep.hpp"

namespace chipcast {

struct StudyNetwork {
  std::string name;
  double weight = 1;
};

struct StudyFile {
  std::string title;
  std::vector<StudyNetwork> networks;
  std::vector<std::string> devices;  // "jetson_agx_orin@15W"; several are an axis
  std::optional<std::string> runtime;
  std::optional<Precision> precision;
  std::vector<Axis> axes;
  std::vector<CostFormula> costs;
  std::vector<Constraint> constraints;
  std::vector<std::string> constraint_texts;
  std::vector<Objective> objectives;
  Sampling sampling;
  BatteryQuestion battery;
  std::string digest;  // of the file's text
};

Result<StudyFile> read_study(const std::string& path);
Result<StudyFile> parse_study(const std::string& path, std::string text);

// FNV-1a of 64 bits, as sixteen digits: tells a file from another, not from a forged one.
std::string digest_of(std::string_view text);
// Of what a few designs come to, spread over the space: of the figures of devices, runtimes, calibrations and networks
// behind it, and of the program.
std::string digest_of(const Sweep& sweep);

// "latency", "area"
std::string measure_name(const Measure& measure, std::span<const CostFormula> costs);

}  // namespace chipcast
