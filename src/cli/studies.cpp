#include "cli/studies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/app.hpp"
#include "cli/design_file.hpp"
#include "cli/load.hpp"
#include "cli/settings.hpp"
#include "cli/targets.hpp"
#include "report/estimate.hpp"
#include "report/sweep.hpp"
#include "report/tables.hpp"

namespace chipcast::cli {
namespace {

constexpr std::size_t most_variants = 1024;

class Loader {
 public:
  Loader(const std::string& path, StudyFile file) : path_(path), file_(std::move(file)) {}

  Result<LoadedStudy> run() {
    for (const std::string& device : file_.devices) {
      Result<std::unique_ptr<Targets>> targets = targets_on(device);
      if (!targets) return targets.diagnostics();
      bases_.push_back(*std::move(targets));
    }
    if (bases_.size() > 1) problem_.axes.push_back({.paths = {"device"}, .values = file_.devices});
    problem_.axes.insert(problem_.axes.end(), file_.axes.begin(), file_.axes.end());
    const Result<Done> sorted = sort_axes();
    if (!sorted) return sorted.diagnostics();
    for (const StudyNetwork& network : file_.networks) {
      problem_.weights.push_back(network.weight);
      std::vector<std::string> parameters = models_.parameters_of(network.name);
      problem_.other_names.insert(problem_.other_names.end(), parameters.begin(), parameters.end());
    }
    const Result<Done> made = make_variants();
    if (!made) return made.diagnostics();
    problem_.costs = file_.costs;
    problem_.constraints = file_.constraints;
    problem_.objectives = file_.objectives;
    problem_.battery = file_.battery;
    problem_.sampling = file_.sampling;
    const Diagnostics unknown = unanswerable();
    if (!unknown.empty()) return unknown;
    Result<Sweep> sweep = make_sweep(std::move(problem_));
    if (!sweep) return in_study(sweep.diagnostics(), file_.axes);
    std::vector<std::string> notes = notes_of();
    return LoadedStudy{.file = std::move(file_), .sweep = *std::move(sweep), .notes = std::move(notes)};
  }

 private:
  Result<std::unique_ptr<Targets>> targets_on(const std::string& device) const {
    TargetArguments arguments;
    arguments.devices = {device};
    if (file_.runtime) arguments.runtimes = {*file_.runtime};
    if (file_.precision) arguments.precisions = {*file_.precision};
    return make_one_target(arguments, "sweep");
  }

  Design base(std::size_t device) const { return design_of(bases_[device]->all.front(), 1); }

  // What is wrong with an axis was found as if it stood behind --set, a line a setting: PATH=VALUE.
  Diagnostics in_study(Diagnostics diagnostics, const std::vector<Axis>& axes) const {
    for (Diagnostic& diagnostic : diagnostics) {
      const Place at = diagnostic.place;
      if (at.file != "--set") continue;
      const std::string path = at.source.substr(0, at.source.find('='));
      const std::string value = at.source.substr(std::min(path.size() + 1, at.source.size()));
      diagnostic.place = {.file = path_};
      for (const Axis& axis : axes) {
        const auto path_at = std::ranges::find(axis.paths, path),
                   value_at = std::ranges::find(axis.values, value);
        if (path_at == axis.paths.end() || value_at == axis.values.end() || axis.path_places.empty())
          continue;
        const bool is_path = static_cast<std::size_t>(at.column) <= path.size();
        diagnostic.place = is_path
                               ? axis.path_places[static_cast<std::size_t>(path_at - axis.paths.begin())]
                               : axis.value_places[static_cast<std::size_t>(value_at - axis.values.begin())];
        if (!is_path) diagnostic.message = fmt::format("axis value '{}': {}", value, diagnostic.message);
      }
    }
    return diagnostics;
  }

  // Axes of figures and those of what a design is made with.
  Result<Done> sort_axes() {
    Diagnostics mixed;
    for (const Axis& axis : problem_.axes) {
      const auto is_figure = [&](const std::string& path) {
        for (std::size_t device = 0; device < bases_.size(); ++device) {
          if (has_figure(base(device), path)) return true;
        }
        return false;
      };
      const auto figure = std::ranges::find_if(axis.paths, is_figure);
      const auto other = std::ranges::find_if_not(axis.paths, is_figure);
      if (figure != axis.paths.end() && other != axis.paths.end())
        mixed.push_back(
            {.place = axis.path_places[static_cast<std::size_t>(other - axis.paths.begin())],
             .message = fmt::format("'{}' is no figure, as '{}' is, which it is tied to", *other, *figure),
             .hint = "make two axes of it, or mend the name"});
      problem_.is_variant_axis.push_back(figure == axis.paths.end());
    }
    if (!mixed.empty()) return mixed;
    return Done{};
  }

  Result<Done> make_variants() {
    std::vector<std::size_t> axes;
    std::uint64_t count = 1;
    for (std::size_t axis = 0; axis < problem_.axes.size(); ++axis) {
      if (!problem_.is_variant_axis[axis]) continue;
      axes.push_back(axis);
      count *= problem_.axes[axis].values.size();
      if (count > most_variants)
        return Diagnostic{
            .place = {.file = path_},
            .message = fmt::format("devices, networks and software vary in more than {} ways", most_variants),
            .hint = "take values out of the axes that are no figures"};
    }
    for (std::uint64_t variant = 0; variant < count; ++variant) {
      std::vector<std::string> texts;
      std::size_t device = 0;
      std::uint64_t rest = variant;
      for (std::size_t i = axes.size(); i-- > 0;) {
        const Axis& axis = problem_.axes[axes[i]];
        const std::size_t value = rest % axis.values.size();
        rest /= axis.values.size();
        for (const std::string& path : axis.paths) {
          if (path == "device") {
            device = value;
          } else {
            texts.push_back(path + "=" + axis.values[value]);
          }
        }
      }
      const Result<Done> made = make_variant(device, texts);
      if (!made) return made.diagnostics();
    }
    return Done{};
  }

  Result<Done> make_variant(std::size_t device, const std::vector<std::string>& texts) {
    const Result<Settings> settings = parse_settings(texts);
    if (!settings) return in_study(settings.diagnostics(), problem_.axes);
    Variant& variant = problem_.variants.emplace_back();
    for (const StudyNetwork& network : file_.networks) {
      Result<Changed> changed = apply(*settings, models_, network.name, base(device));
      if (!changed) return in_study(changed.diagnostics(), problem_.axes);
      variant.design = std::move(changed->design);  // the same for all of them
      const Result<std::shared_ptr<const Workload>> workload =
          workload_of(changed->model, variant.design.runtime);
      if (!workload) return workload.diagnostics();
      variant.networks.push_back(*workload);
    }
    const Result<Target> target = target_of(variant.design);
    if (!target) return target.diagnostics();
    return Done{};
  }

  Result<std::shared_ptr<const Workload>> workload_of(const std::string& model, const Runtime& runtime) {
    const auto [at, is_new] = workloads_.try_emplace({model, runtime.id, runtime.fusion});
    if (is_new) {
      const Result<report::Network> network = load(models_, model, {});
      if (!network) return network.diagnostics();
      at->second =
          std::make_shared<const Workload>(make_workload(network->graph, network->complexity, runtime));
    }
    return at->second;
  }

  // What is asked about energy needs devices that say what they take.
  Diagnostics unanswerable() const {
    Diagnostics all;
    const auto ask = [&](const Measure& measure) {
      if (measure.is_cost()) return;
      const auto metric = static_cast<GoalMetric>(measure.index);
      if (metric == GoalMetric::latency || metric == GoalMetric::throughput) return;
      for (const Variant& variant : problem_.variants) {
        const Result<Target> target = target_of(variant.design);
        const std::string& id = variant.design.device.id;
        std::optional<Diagnostic> unknown;
        if (!target->energy_unknown.empty()) {
          unknown = {.place = {.file = path_},
                     .message = fmt::format("the {} on '{}' is unknown: its file gives no {}", name(metric),
                                            id, target->energy_unknown)};
        } else if (metric == GoalMetric::battery && !file_.battery.capacity &&
                   !variant.design.device.battery) {
          unknown = {.place = {.file = path_},
                     .message = fmt::format("'{}' has no battery", id),
                     .hint = "give the study one, as in 'battery: {capacity: 10 Wh}'"};
        }
        if (unknown && (all.empty() || all.back().message != unknown->message)) all.push_back(*unknown);
      }
    };
    for (const Constraint& constraint : problem_.constraints) ask(constraint.measure);
    for (const Objective& objective : problem_.objectives) ask(objective.measure);
    return all;
  }

  std::vector<std::string> notes_of() const {
    std::vector<std::string> names, runtimes;
    for (const StudyNetwork& network : file_.networks)
      names.push_back(network.weight == 1 ? network.name
                                          : fmt::format("{} (weight {:g})", network.name, network.weight));
    for (const auto& targets : bases_) {
      const Target& target = targets->all.front();
      runtimes.push_back(fmt::format("{} with {}, {}, {}", report::device_text(target), target.runtime->id,
                                     report::precision_text(target), report::basis_of(target)));
    }
    std::vector<std::string> notes = {
        fmt::format("Of {} on {}.", fmt::join(names, ", "), fmt::join(runtimes, "; "))};
    if (!file_.constraint_texts.empty())
      notes.push_back(
          fmt::format("Constraints, for each network: {}.", fmt::join(file_.constraint_texts, ", ")));
    notes.emplace_back(
        "Latency and energy are means over the networks by their weights. At a knee the front bends: it is "
        "farther from the line through its ends, towards the best of all, than around.");
    return notes;
  }

  const std::string& path_;
  StudyFile file_;
  Models models_;
  std::vector<std::unique_ptr<Targets>> bases_;  // by device
  std::map<std::tuple<std::string, std::string, std::array<bool, fusion_rule_count>>,
           std::shared_ptr<const Workload>>
      workloads_;
  Problem problem_;
};

}  // namespace

Result<LoadedStudy> load_study(const std::string& path) {
  Result<StudyFile> file = read_study(path);
  if (!file) return file.diagnostics();
  Result<LoadedStudy> study = Loader(path, *std::move(file)).run();
  if (study) study->file.digest = digest_of(study->file.digest + digest_of(study->sweep));
  return study;
}

int print_findings(const LoadedStudy& study, const Findings& findings, const OutputOptions& output,
                   Streams streams) {
  const report::Report report = report::sweep(
      {.title = study.file.title, .sweep = &study.sweep, .findings = &findings, .notes = study.notes});
  std::string text;
  if (is_database(output.file) && output.format == report::Format::table) {
    text = report::tables_as_database(report);
  } else {
    report::render(report, output.format, render_options(output, streams), text);
  }
  const int printed = print(text, output, streams);
  return printed == exit_done && findings.front.points().empty() ? exit_no : printed;
}

}  // namespace chipcast::cli
