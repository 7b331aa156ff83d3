#include "cli/targets.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <map>

#include "base/text.hpp"
#include "cli/models.hpp"
#include "cli/usage_error.hpp"
#include "hardware/calibration.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"

namespace chipcast::cli {
namespace {

Precision precision_wanted(const std::string& option, const std::string& text) {
  const std::optional<Precision> precision = precision_named(text);
  if (precision) return *precision;
  std::vector<std::string> names;
  for (const Precision p : precisions) names.emplace_back(name(p));
  const std::string hint = suggest(text, names);
  throw UsageError{fmt::format("{} knows no '{}'", option, printable(text)),
                   hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint};
}

// "fp32=softmax,first" -> what is kept, which must not be kept before.
void add_keeps(std::vector<Keep>& keeps, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string way_out = "write it as in --keep fp32=softmax,layer_normalization";
  if (equals == std::string::npos || equals + 1 == text.size())
    throw UsageError{fmt::format("--keep cannot be '{}'", printable(text)), way_out};
  const Precision precision = precision_wanted("--keep", text.substr(0, equals));
  for (std::size_t begin = equals + 1; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string pattern = text.substr(begin, end - begin);
    begin = end + 1;
    if (pattern.empty()) throw UsageError{fmt::format("--keep cannot be '{}'", printable(text)), way_out};
    const auto before = std::ranges::find(keeps, pattern, &Keep::pattern);
    if (before != keeps.end()) {
      throw UsageError{before->precision == precision
                           ? fmt::format("--keep {}={} is given twice", name(precision), printable(pattern))
                           : fmt::format("--keep has '{}' at {} and at {}", printable(pattern),
                                         name(before->precision), name(precision)),
                       "name each at one precision, once"};
    }
    keeps.push_back({precision, pattern});
  }
}

// People write 15W where a file says 15w.
bool is_same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Result<const OperatingPoint*> point_of(const Device& device, const std::string& wanted) {
  if (wanted.empty()) return &device.operating_points.front();
  std::vector<std::string> names;
  for (const OperatingPoint& point : device.operating_points) {
    if (is_same_ignoring_case(point.name, wanted)) return &point;
    names.push_back(point.name);
  }
  const std::string hint = suggest(wanted, names);
  return Diagnostic{.message = fmt::format("'{}' has no operating point '{}'", device.id, wanted),
                    .hint = hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint};
}

class Maker {
 public:
  explicit Maker(const TargetArguments& arguments) : arguments_(arguments) {}

  Result<std::unique_ptr<Targets>> run() {
    for (const std::string& name : arguments_.devices) {
      const std::vector<std::string> ids =
          name == "*" ? device_ids(device_folder()) : std::vector<std::string>{name};
      for (const std::string& id : ids) add_device(id);
    }
    if (!complaints_.empty()) return complaints_;
    return std::move(targets_);
  }

 private:
  void add_device(const std::string& text) {
    const std::size_t at = text.rfind('@');
    Result<Device> device = find_device(device_folder(), text.substr(0, at));
    if (!device) return complain(device.diagnostics());
    targets_->devices.push_back(*std::move(device));
    const Device& kept = targets_->devices.back();
    const Result<const OperatingPoint*> point =
        point_of(kept, at == std::string::npos ? "" : text.substr(at + 1));
    if (!point) return complain(point.diagnostics());
    std::vector<std::string> runtimes = arguments_.runtimes;
    if (runtimes.empty()) runtimes.push_back(default_runtime(kept));
    for (const std::string& runtime : runtimes) add_runtime(kept, **point, runtime);
  }

  void add_runtime(const Device& device, const OperatingPoint& point, const std::string& name) {
    auto known = runtimes_.find(name);
    if (known == runtimes_.end()) known = runtimes_.emplace(name, find_runtime(runtime_folder(), name)).first;
    Result<Runtime> runtime = known->second;  // a copy, to calibrate for this device
    if (!runtime) return complain(runtime.diagnostics());
    if (!arguments_.from_datasheet) {
      const Result<Done> calibrated = calibrate_from(calibration_folder(), device, *runtime);
      if (!calibrated) return complain(calibrated.diagnostics());
    }
    targets_->runtimes.push_back(*std::move(runtime));
    std::vector<Precision> wanted = arguments_.precisions;
    if (wanted.empty()) wanted.push_back(default_precision(device));
    for (const Precision precision : wanted) {
      Result<Target> target = make_target(device, point, targets_->runtimes.back(),
                                          {.precision = precision,
                                           .weights = arguments_.weights,
                                           .threads = arguments_.threads,
                                           .kept = precisions_of(arguments_.keeps)});
      if (!target) return complain(target.diagnostics());
      targets_->all.push_back(*std::move(target));
    }
  }

  // A runtime that is unknown is unknown on every device.
  void complain(const Diagnostics& diagnostics) {
    for (const Diagnostic& diagnostic : diagnostics) {
      const bool is_known = std::ranges::any_of(complaints_, [&](const Diagnostic& d) {
        return d.message == diagnostic.message && d.place.line == diagnostic.place.line &&
               d.place.file == diagnostic.place.file;
      });
      if (!is_known) complaints_.push_back(diagnostic);
    }
  }

  const TargetArguments& arguments_;
  std::unique_ptr<Targets> targets_ = std::make_unique<Targets>();
  std::map<std::string, Result<Runtime>> runtimes_;  // by name, as read
  Diagnostics complaints_;
};

}  // namespace

std::string device_folder() { return data_folder() + "/hardware_specs"; }
std::string runtime_folder() { return device_folder() + "/runtimes"; }
std::string calibration_folder() { return device_folder() + "/calibrations"; }
std::string measurement_folder() { return device_folder() + "/measurements"; }

void add_target_options(CLI::App& command, TargetArguments& arguments) {
  command
      .add_option("--on", arguments.devices,
                  "devices, or files of them; DEVICE@POINT at an operating point; '*': all devices")
      ->required()
      ->delimiter(',')
      ->type_name("DEVICE[@POINT]...");
  command
      .add_option("--runtime", arguments.runtimes,
                  "the software between network and device; without it the usual one of each device")
      ->delimiter(',')
      ->type_name("RUNTIME...");
  command
      .add_option_function<std::vector<std::string>>(
          "--precision",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts)
              arguments.precisions.push_back(precision_wanted("--precision", text));
          },
          "fp32 on CPUs, fp16 on GPUs, bf16 on TPUs and int8 elsewhere, unless given")
      ->delimiter(',')
      ->type_name("PRECISION...");
  command
      .add_option_function<std::string>(
          "--weights",
          [&arguments](const std::string& text) { arguments.weights = precision_wanted("--weights", text); },
          "stored precision of the weights, where only they are quantized")
      ->type_name("PRECISION");
  command
      .add_option_function<std::vector<std::string>>(
          "--keep",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) add_keeps(arguments.keeps, text);
          },
          "operators at a precision of their own: their names, kinds (LayerNormalization) or classes "
          "(softmax), with "
          "* and ?; first, last")
      ->type_name("PRECISION=WHAT,...");
  command.add_flag("--datasheet", arguments.from_datasheet,
                   "data sheets and priors alone, also where calibrations are there");
  command.add_option("--threads", arguments.threads, "cores to use on a CPU; without it all of them")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

Result<std::unique_ptr<Targets>> make_targets(const TargetArguments& arguments) {
  return Maker(arguments).run();
}

Result<std::unique_ptr<Targets>> make_one_target(const TargetArguments& arguments,
                                                 const std::string& command) {
  Result<std::unique_ptr<Targets>> targets = make_targets(arguments);
  if (!targets || (*targets)->all.size() == 1) return targets;
  return Diagnostic{
      .message = fmt::format("'{}' is about one target, not {}", command, (*targets)->all.size()),
      .hint = "name one device, one runtime and one precision"};
}

}  // namespace chipcast::cli
