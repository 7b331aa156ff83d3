// validate/measurement.hpp: what was measured of whole networks, with its origin: one row of hardware_specs/measurements/.
//
//   Measurement m{.source = "timm", .device = "intel_i7_12700h", .runtime = "pytorch_compile", .model = "resnet50",
//                 .precision = Precision::fp32, .batch = 1, .metric = Metric::throughput, .value = 31.8};
//   key_of(m)                            // what it is a measurement of: two rows with one key contradict each other
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hardware/device.hpp"

namespace chipcast {

// Latency and energy are of one whole batch, throughput counts samples.
enum class Metric : std::uint8_t { latency, throughput, energy, power };
inline constexpr std::array metrics = {Metric::latency, Metric::throughput, Metric::energy, Metric::power};
std::string_view name(Metric metric);

// Whether a figure may be fitted to, or is kept for looking at the error alone.
enum class Use : std::uint8_t { fit, check };
inline constexpr std::array uses = {Use::fit, Use::check};
std::string_view name(Use use);

struct Measurement {
  std::string source;                   // a key of sources.yaml
  std::string run;                      // tells measurements of the same thing apart; may be empty
  std::string device, operating_point;  // no point: the device's first
  std::string runtime;
  double threads = 0;  // of a CPU; 0: all
  std::string model;   // as the command line takes it: "mobilenet_v2?width=0.5,resolution=96"
  Precision precision = Precision::fp32;
  double batch = 1;
  std::string input;  // as the source says it
  Metric metric = Metric::latency;
  double value = 0;  // in base units: s, 1/s, J, W; positive
  PowerBoundary boundary = PowerBoundary::absent;
  Use use = Use::fit;
  std::string family;
  std::string notes;
  std::string set;  // the file's name without .csv
  int line = 0;
};
std::string key_of(const Measurement& measurement);
// Of what was run, whatever was measured of it: times, energies and powers of one run share it.
std::string timing_key(const Measurement& measurement);

// Whether one operator was measured, not a network: the family is that of model_zoo/gemm.yaml.
inline bool is_of_operator(const Measurement& measurement) { return measurement.family == "gemm"; }

// What one group of operators took that were timed together: one row of groups.csv.
struct GroupMeasurement {
  std::string source, run, device, runtime, model;
  Precision precision = Precision::fp32;
  double batch = 1;
  int group = 0;                       // in the order of execution
  std::vector<std::string> operators;  // as the zoo names them; none: bookkeeping of the framework
  std::string kind;                    // in the words of the source
  double latency = 0;                  // seconds
  double deviation = 0;                // standard deviation, seconds; 0: not stated
  Use use = Use::check;
  int line = 0;
};

// A row that was found but cannot be used, and why.
struct LeftOut {
  std::string source, device, model, reason;
};

struct MeasurementSource {
  std::string key, title, page, commit, date, license, how, trust;
  std::vector<std::string> faults;
};

struct MeasurementSet {
  std::string name;  // the file's, without .csv
  std::vector<Measurement> rows;
  std::vector<GroupMeasurement> groups;
  std::vector<LeftOut> left_out;
};

}  // namespace chipcast
