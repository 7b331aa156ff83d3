#include "cli/references.hpp"

#include <fmt/format.h>

#include <set>

#include "cli/load.hpp"
#include "cli/targets.hpp"
#include "hardware/read_device.hpp"

namespace chipcast::cli {
namespace {

class Loader {
 public:
  explicit Loader(const std::string& file) : file_(file) {}

  void add(const Claim& claim) {
    const Place place{.file = file_, .line = claim.line};
    if (!claim.model.empty() && claim.variant.empty()) add_network(claim.model, place);
    if (!claim.device.empty()) add_device(claim.device, place);
    if (!claim.operating_point.empty()) check_point(claim.device, claim.operating_point, place);
  }

  References found;

 private:
  void add_network(const std::string& name, const Place& place) {
    if (!networks_.insert(name).second) return;
    const Result<report::Network> network = load(models_, name, {});
    if (!network) return warn(name, network.diagnostics().front(), place);
    found.reference.networks.emplace(name, facts_of(network->complexity, models_.family_of(name)));
  }

  void add_device(const std::string& name, const Place& place) {
    if (!devices_.insert(name).second) return;
    Result<Device> device = find_device(device_folder(), name);
    if (!device) return warn(name, device.diagnostics().front(), place);
    found.reference.devices.emplace(name, *std::move(device));
  }

  void check_point(const std::string& device, const std::string& point, const Place& place) {
    const auto known = found.reference.devices.find(device);
    if (known == found.reference.devices.end() || known->second.operating_point(point) != nullptr) return;
    if (!points_.insert(device + "@" + point).second) return;
    warn(device, {.message = fmt::format("there is no operating point '{}'", point)}, place);
  }

  void warn(const std::string& name, const Diagnostic& unknown, const Place& place) {
    found.unknown.push_back({.severity = Severity::warning,
                             .place = place,
                             .message = fmt::format("'{}': {}; such rows are only held against each other",
                                                    name, unknown.message),
                             .hint = unknown.hint});
  }

  const std::string& file_;
  Models models_;
  std::set<std::string> networks_, devices_, points_;
};

}  // namespace

References references_of(const std::string& file, std::span<const Claim> claims) {
  Loader loader(file);
  for (const Claim& claim : claims) loader.add(claim);
  return std::move(loader.found);
}

}  // namespace chipcast::cli
