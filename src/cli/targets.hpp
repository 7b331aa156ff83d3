// cli/targets.hpp: what the user estimates on: devices at operating points, runtimes, precisions, each with each.
//
//   TargetArguments arguments;
//   add_target_options(command, arguments);                 // --on, --runtime, --precision, --weights, --keep, ...
//   Result<Targets> targets = make_targets(arguments);
//   for (const Target& target : targets->all) ...
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/target.hpp"
#include "transform/keep.hpp"

namespace CLI {
class App;
}

namespace chipcast::cli {

struct TargetArguments {
  std::vector<std::string> devices;   // "kpu-t2", "jetson_agx_orin@15W"
  std::vector<std::string> runtimes;  // empty: the usual one of each device
  std::vector<Precision> precisions;  // empty: the usual one of each device
  std::optional<Precision> weights;
  std::vector<Keep> keeps = {};  // operators at precisions of their own
  bool from_datasheet = false;   // no calibrations
  double threads = 0;
};

void add_target_options(CLI::App& command, TargetArguments& arguments);

// Targets point into devices and runtimes, which therefore stay where they are.
struct Targets {
  std::deque<Device> devices;
  std::deque<Runtime> runtimes;
  std::vector<Target> all;
};
Result<std::unique_ptr<Targets>> make_targets(const TargetArguments& arguments);

// The same where one is wanted; several are a complaint in the name of `command`.
Result<std::unique_ptr<Targets>> make_one_target(const TargetArguments& arguments,
                                                 const std::string& command);

std::string device_folder();
std::string runtime_folder();
std::string measurement_folder();
std::string calibration_folder();

}  // namespace chipcast::cli
