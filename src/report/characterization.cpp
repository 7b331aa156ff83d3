#include "report/characterization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/explain.hpp"
#include "report/sections.hpp"

namespace chipcast::report {

Characterization::Characterization(const Plan& plan, std::vector<Network> networks,
                                   std::vector<std::string> families, std::span<const Target> targets,
                                   const Measured& measured)
    : plan_(&plan),
      networks_(std::move(networks)),
      families_(std::move(families)),
      targets_(targets),
      measured_(&measured) {
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

// How far the estimates are from what the plan's sets measured.
std::string measured_error(const Characterization& c) {
  const std::vector<Compared>& compared = c.measured().validation.compared;
  if (compared.empty()) return {};
  double error = 0;
  for (const Compared& row : compared) error += row.error;
  const auto covered = std::ranges::count_if(compared, &Compared::is_covered);
  return fmt::format(
      "; from data sheets alone they are {:.0f}% off on average over {} measured figures, {} of which lie "
      "within their ranges",
      100 * error / static_cast<double>(compared.size()), compared.size(), covered);
}

std::set<std::string> derivations_named(const Page& page) {
  std::set<std::string> keys;
  for (const Chapter& chapter : page.chapters) {
    for (const Part& part : chapter.report.parts) {
      const auto* table = std::get_if<Table>(&part);
      if (table == nullptr) continue;
      for (const auto& [cell, key] : table->derived) keys.insert(key);
    }
  }
  return keys;
}

// Those of a target rest on the same figures, which stand there once.
std::vector<Derivation> derivations(const Characterization& c, const std::set<std::string>& named) {
  std::vector<Derivation> all;
  for (std::size_t t = 0; t < c.targets().size(); ++t) {
    const std::string figures_key = fmt::format("figures-{}", t);
    std::set<std::string> figures;
    for (std::size_t n = 0; n < c.networks().size(); ++n) {
      const std::string key = derivation_key(n, t);
      if (!named.contains(key)) continue;
      Explained explained = explain_network({.network = c.networks()[n],
                                             .workload = c.workload(n, t),
                                             .target = c.targets()[t],
                                             .estimate = c.at(n, t)});
      figures.merge(explained.figures);
      all.push_back({key, figures_key, std::move(explained.report)});
    }
    if (figures.empty()) continue;
    const Target& target = c.targets()[t];
    Report shown{.title = fmt::format("Figures of {} and {} that it rests on", device_text(target),
                                      target.runtime->id)};
    shown.parts.emplace_back(figures_table(target, figures));
    all.push_back({figures_key, {}, std::move(shown)});
  }
  return all;
}

}  // namespace

std::string bases(const Characterization& c) {
  std::map<std::string_view, std::vector<std::string>> devices;
  for (const Target& target : c.targets()) devices[basis_of(target)].push_back(device_text(target));
  std::vector<std::string> texts;
  for (const auto& [basis, names] : devices)
    texts.push_back(fmt::format("{} for {}", basis, fmt::join(names, ", ")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string derivation_key(std::size_t network, std::size_t target) {
  return fmt::format("derived-{}-{}", network, target);
}

Page page_of(const Characterization& c) {
  Page page{.title = c.plan().title,
            .caveat = fmt::format("{} networks on {} devices; estimates are {}{}", c.networks().size(),
                                  c.targets().size(), bases(c), measured_error(c)),
            .chapters = {}};
  for (const std::string& key : c.plan().sections) {
    const Section& section = *std::ranges::find(sections(), key, &Section::key);
    Report report = section.view(c);
    report.title = section.title;
    page.chapters.push_back({key, std::move(report)});
  }
  page.derivations = derivations(c, derivations_named(page));
  return page;
}

}  // namespace chipcast::report
