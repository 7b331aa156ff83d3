#include "report/characterization.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/sections.hpp"

namespace chipcast::report {

Characterization::Characterization(const Plan& plan, std::vector<Network> networks,
                                   std::span<const Target> targets, const Measured& measured)
    : plan_(&plan), networks_(std::move(networks)), targets_(targets), measured_(&measured) {
  const auto base = std::ranges::find(networks_, plan.baseline.text, &Network::name);
  baseline_ = static_cast<std::size_t>(base - networks_.begin());
  for (std::size_t n = 0; n < networks_.size(); ++n) {
    for (const Target& target : targets_) {
      const auto [entry, is_new] = workloads_.try_emplace({n, target.runtime->id});
      if (is_new) entry->second = make_workload(networks_[n].graph, networks_[n].complexity, *target.runtime);
      estimates_.push_back(
          estimate(entry->second, target, {.batch = static_cast<double>(plan.batches.front())}));
    }
  }
}

const Workload& Characterization::workload(std::size_t network, std::size_t target) const {
  return workloads_.at({network, targets_[target].runtime->id});
}

Estimate Characterization::at_batch(std::size_t network, std::size_t target, std::int64_t batch) const {
  return estimate(workload(network, target), targets_[target],
                  {.batch = static_cast<double>(batch), .keep_groups = false});
}

std::optional<Target> Characterization::with_precision(std::size_t target, Precision precision) const {
  const Target& own = targets_[target];
  TargetOptions options = own.options;
  options.precision = precision;
  Result<Target> variant = make_target(*own.device, *own.point, *own.runtime, options);
  if (!variant) return {};
  return *std::move(variant);
}

Estimate Characterization::on(std::size_t network, std::size_t target, const Target& variant) const {
  return estimate(workload(network, target), variant,
                  {.batch = static_cast<double>(plan_->batches.front()), .keep_groups = false});
}

std::optional<double> Characterization::accuracy(std::size_t network) const {
  const auto found = std::ranges::find_if(
      plan_->accuracies, [&](const Accuracy& a) { return a.network.text == networks_[network].name; });
  return found == plan_->accuracies.end() ? std::nullopt : std::optional(found->fraction);
}

std::vector<std::size_t> Characterization::targets_of(const Scenario& scenario) const {
  std::vector<std::size_t> all;
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const std::string text = device_text(targets_[t]);
    const bool is_named = std::ranges::find(scenario.devices, text, &Named::text) != scenario.devices.end();
    if (scenario.devices.empty() || is_named) all.push_back(t);
  }
  return all;
}

std::vector<Estimated> Characterization::rows() const {
  std::vector<Estimated> all;
  for (std::size_t n = 0; n < networks_.size(); ++n) {
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      all.push_back({.model = networks_[n].name,
                     .target = &targets_[t],
                     .estimate = at(n, t),
                     .endurance = endurance_of(at(n, t), targets_[t], {}),
                     .caveat = not_modelled_caveat(networks_[n].complexity)});
    }
  }
  return all;
}

namespace {

std::string basis(const Characterization& c) {
  const std::vector<Compared>& compared = c.measured().validation.compared;
  if (compared.empty()) return fmt::format("{}, held against no measurement", datasheet_only);
  double error = 0;
  for (const Compared& row : compared) error += row.error;
  const auto covered = std::ranges::count_if(compared, &Compared::is_covered);
  return fmt::format(
      "{}; of {} measured figures the estimates are {:.0f}% off on average, {} lie within their ranges",
      datasheet_only, compared.size(), 100 * error / static_cast<double>(compared.size()), covered);
}

}  // namespace

Page page_of(const Characterization& c) {
  Page page{.title = c.plan().title,
            .caveat = fmt::format("{} networks on {} devices; {}", c.networks().size(), c.targets().size(),
                                  basis(c)),
            .chapters = {}};
  for (const std::string& key : c.plan().sections) {
    const Section& section = *std::ranges::find(sections(), key, &Section::key);
    Report report = section.view(c);
    report.title = section.title;
    page.chapters.push_back({key, std::move(report)});
  }
  return page;
}

}  // namespace chipcast::report
