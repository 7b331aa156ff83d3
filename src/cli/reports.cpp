#include "cli/reports.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>

#include "base/text.hpp"
#include "cli/load.hpp"
#include "cli/references.hpp"
#include "cli/targets.hpp"
#include "cli/workloads.hpp"
#include "hardware/calibration.hpp"
#include "report/accuracy.hpp"
#include "report/audit.hpp"
#include "report/audit_page.hpp"
#include "report/characterization.hpp"
#include "report/page.hpp"
#include "report/render.hpp"
#include "report/validate.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

namespace fs = std::filesystem;

std::string reports_folder() { return data_folder() + "/reports"; }

// Reads all that a plan names, and complains where the plan names it.
class Loader {
 public:
  explicit Loader(const report::Plan& plan) : plan_(plan) {}

  Diagnostics run() {
    for (const report::Named& network : plan_.networks) add_networks(network);
    for (const report::PlannedDevice& device : plan_.devices) add_device(device);
    if (!complaints_.empty()) return complaints_;
    std::vector<std::string> names, devices;
    for (const report::Network& network : networks) names.push_back(network.name);
    for (const Target& target : targets) devices.push_back(report::device_text(target));
    const Diagnostics wrong = report::check_names(plan_, names, devices);
    return wrong.empty() ? read_measured(names) : wrong;
  }

  std::vector<report::Network> networks;
  std::vector<std::string> families;  // of the networks
  std::vector<Target> targets;
  report::Measured measured;

 private:
  // A '?' begins the parameters of a network, so that only a star makes a glob.
  void add_networks(const report::Named& wanted) {
    if (wanted.text.find('*') == std::string::npos) return add_network(wanted.text, wanted.place);
    const Result<std::vector<report::ListedModel>> all = models_.list();
    if (!all) return complain(all.diagnostics(), wanted.place);
    bool is_found = false;
    for (const report::ListedModel& model : *all) {
      if (fnmatch(wanted.text.c_str(), model.name.c_str(), 0) != 0) continue;
      is_found = true;
      add_network(model.name, wanted.place);
    }
    if (!is_found) {
      complain({{.message = fmt::format("no network matches '{}'", wanted.text),
                 .hint = "'chipcast list models' names them all"}},
               wanted.place);
    }
  }

  void add_network(const std::string& name, const Place& place) {
    if (std::ranges::find(networks, name, &report::Network::name) != networks.end()) {
      return complain(
          {{.message = fmt::format("'{}' is in the report already", name), .hint = "name it once"}}, place);
    }
    Result<report::Network> network = load(models_, name, {});
    if (!network) return complain(network.diagnostics(), place);
    networks.push_back(*std::move(network));
    families.push_back(models_.family_of(name));
  }

  void add_device(const report::PlannedDevice& planned) {
    TargetArguments arguments{
        .devices = {planned.device.text}, .runtimes = {}, .precisions = {}, .weights = {}};
    if (planned.runtime) arguments.runtimes = {planned.runtime->text};
    if (planned.precision) arguments.precisions = {*planned.precision};
    Result<std::unique_ptr<Targets>> made = make_targets(arguments);
    if (!made) return complain(made.diagnostics(), planned.device.place);
    const Target& target = (*made)->all.front();
    const std::string text = report::device_text(target);
    const auto same = [&](const Target& other) { return report::device_text(other) == text; };
    if (std::ranges::any_of(targets, same)) {
      return complain({{.message = fmt::format("'{}' is in the report already", text),
                        .hint = "name each device at each operating point once"}},
                      planned.device.place);
    }
    targets.push_back(target);
    owners_.push_back(*std::move(made));
  }

  // The rows of the report's networks on its devices.
  Diagnostics read_measured(const std::vector<std::string>& names) {
    if (plan_.measured.empty()) return {};
    std::vector<std::string> sets;
    for (const report::Named& set : plan_.measured) sets.push_back(set.text);
    const Result<Measurements> read = read_measurements(measurement_folder(), sets, machines_);
    if (!read) {
      complain(read.diagnostics(), plan_.measured.front().place);
      return complaints_;
    }
    for (const MeasurementSet& set : read->sets) {
      std::ranges::copy_if(set.rows, std::back_inserter(measured.rows), [&](const Measurement& m) {
        const auto is_its = [&](const Target& target) { return target.device->id == m.device; };
        return std::ranges::find(names, m.model) != names.end() && std::ranges::any_of(targets, is_its);
      });
    }
    measured.sources = read->sources;
    measured.validation =
        validate(measured.rows, machines_, [&](const std::string& model, const Runtime& runtime) {
          const auto [workload, is_new] = workloads_.try_emplace({model, runtime.id});
          if (is_new) {
            const report::Network& network = *std::ranges::find(networks, model, &report::Network::name);
            workload->second = make_workload(network.graph, network.complexity, runtime);
          }
          return Result<const Workload*>(&workload->second);
        });
    return {};
  }

  void complain(const Diagnostics& diagnostics, const Place& place) {
    for (Diagnostic diagnostic : diagnostics) {
      if (diagnostic.place.file.empty()) diagnostic.place = place;
      complaints_.push_back(std::move(diagnostic));
    }
  }

  const report::Plan& plan_;
  Models models_;
  Machines machines_{device_folder(), runtime_folder()};
  std::map<std::pair<std::string, std::string>, Workload>
      workloads_;                                 // by network and runtime, for `measured`
  std::vector<std::unique_ptr<Targets>> owners_;  // of what `targets` point into
  Diagnostics complaints_;
};

struct Published {
  report::Page page;
  std::string csv;
};

Result<Published> characterize(const report::Plan& plan) {
  Loader loader(plan);
  const Diagnostics wrong = loader.run();
  if (!wrong.empty()) return wrong;
  const report::Characterization characterization(
      plan, std::move(loader.networks), std::move(loader.families), loader.targets, loader.measured);
  Published published{report::page_of(characterization), {}};
  const report::Report estimates = report::estimates(characterization.rows(), {});
  report::render_csv({&estimates, 1}, published.csv);
  return published;
}

Diagnostics at(const report::Named& named, Diagnostics diagnostics) {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.place.file.empty()) diagnostic.place = named.place;
  }
  return diagnostics;
}

Result<std::vector<EnergyCalibration>> all_energy_calibrations() {
  std::vector<EnergyCalibration> all;
  for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
    const std::string path =
        fmt::format("{}/energy.{}.yaml", calibration_folder(), name(static_cast<DeviceKind>(kind)));
    std::error_code error;
    if (!fs::is_regular_file(path, error)) continue;
    Result<EnergyCalibration> calibration = read_energy_calibration(path);
    if (!calibration) return calibration.diagnostics();
    all.push_back(*std::move(calibration));
  }
  return all;
}

Result<std::vector<Calibration>> all_calibrations(const Machines& machines) {
  std::vector<Calibration> all;
  for (const std::string& runtime : machines.runtime_ids()) {
    for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
      const std::string path = fmt::format("{}/{}.yaml", calibration_folder(),
                                           calibration_id(runtime, static_cast<DeviceKind>(kind)));
      std::error_code error;
      if (!fs::is_regular_file(path, error)) continue;
      Result<Calibration> calibration = read_calibration(path);
      if (!calibration) return calibration.diagnostics();
      all.push_back(*std::move(calibration));
    }
  }
  return all;
}

// How far estimates are from what was measured.
Result<Published> validated(const report::Plan& plan) {
  std::vector<std::string> sets;
  for (const report::Named& set : plan.validates) {
    if (set.text != "all") sets.push_back(set.text);
  }
  Machines machines(device_folder(), runtime_folder());
  const Result<Measurements> read = read_measurements(measurement_folder(), sets, machines);
  if (!read) return at(plan.validates.front(), read.diagnostics());
  const Result<std::vector<Calibration>> calibrations = all_calibrations(machines);
  if (!calibrations) return calibrations.diagnostics();
  const Result<std::vector<EnergyCalibration>> energies = all_energy_calibrations();
  if (!energies) return energies.diagnostics();
  const std::vector<Measurement> rows = read->rows();
  std::vector<LeftOut> left_out;
  for (const MeasurementSet& set : read->sets) std::ranges::copy(set.left_out, std::back_inserter(left_out));
  Workloads workloads;
  const Validation validation = validate(rows, machines, std::ref(workloads));
  Published published{report::accuracy_page(plan, {.validation = validation,
                                                   .left_out = left_out,
                                                   .calibrations = *calibrations,
                                                   .energies = *energies,
                                                   .sets = read->sets,
                                                   .sources = read->sources}),
                      {}};
  const report::Report figures = report::validation(validation, left_out);
  report::render_csv({&figures, 1}, published.csv);
  return published;
}

// What cannot be true of a table of claims, which lies beside the plan.
Result<Published> audited(const report::Plan& plan, const std::string& plan_file) {
  const std::string file = (fs::path(plan_file).parent_path() / plan.audits->text).string();
  const Result<std::vector<Claim>> claims = read_claims(file);
  if (!claims) return at(*plan.audits, claims.diagnostics());
  const References found = references_of(plan.audits->text, *claims);
  const std::vector<Finding> findings = audit(*claims, found.reference);
  Published published{report::audit_page(plan, *claims, findings, found.unknown), {}};
  const report::Report all = report::audit_report(plan.audits->text, *claims, findings, {});
  report::render_csv({&all, 1}, published.csv);
  return published;
}

std::vector<NamedText> files_of(Published published, const std::string& folder) {
  std::vector<NamedText> files = {{folder + "/report.html", {}},
                                  {folder + "/report.md", {}},
                                  {folder + "/data.csv", std::move(published.csv)},
                                  {folder + "/data.json", {}}};
  std::vector<report::Picture> pictures;
  report::render_html(published.page, files[0].text);
  report::render_markdown(published.page, files[1].text, pictures);
  report::render_json(published.page, files[3].text);
  for (report::Picture& picture : pictures)
    files.push_back({folder + "/" + picture.file, std::move(picture.svg)});
  return files;
}

}  // namespace

std::vector<std::string> report_names() {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(reports_folder(), error)) {
    if (fs::is_regular_file(entry.path() / "report.yaml", error))
      names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<std::string> report_file(const std::string& name_or_file) {
  std::error_code error;
  if (name_or_file.ends_with(".yaml") || name_or_file.find('/') != std::string::npos) {
    return fs::is_directory(name_or_file, error) ? name_or_file + "/report.yaml" : name_or_file;
  }
  const std::vector<std::string> names = report_names();
  if (std::ranges::find(names, name_or_file) != names.end())
    return fmt::format("{}/{}/report.yaml", reports_folder(), name_or_file);
  const std::string hint = suggest(name_or_file, names);
  return Diagnostic{.message = fmt::format("no report is called '{}'", printable(name_or_file)),
                    .hint = hint.empty()
                                ? fmt::format("there are {}; or name a report.yaml", fmt::join(names, ", "))
                                : hint};
}

Result<std::vector<NamedText>> make_report(const std::string& file, const std::string& folder) {
  const Result<report::Plan> plan = report::read_plan(file);
  if (!plan) return plan.diagnostics();
  Result<Published> published = plan->audits               ? audited(*plan, file)
                                : !plan->validates.empty() ? validated(*plan)
                                                           : characterize(*plan);
  if (!published) return published.diagnostics();
  return files_of(*std::move(published), folder);
}

}  // namespace chipcast::cli
