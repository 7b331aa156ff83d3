#include "report/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "report/calibrate.hpp"
#include "report/numbers.hpp"
#include "report/parity_table.hpp"
#include "report/validate.hpp"

namespace chipcast::report {
namespace {

constexpr std::size_t worst_shown = 10;  // of a runtime
constexpr double well_ordered = 0.9;     // Spearman's correlation
constexpr std::size_t enough = 5;        // rows, to speak of an order

std::string target_text(const TargetError& t) {
  return fmt::format("{} with {} in {}, {}", t.device, t.runtime, name(t.precision), name(t.metric));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

std::string of_calibrations(std::span<const Calibration> all) {
  const auto is_nearer = [](const Calibration& calibration) {
    const FitError* unseen = calibration.error("network");
    const FitError* alone = calibration.error("everything");
    return unseen != nullptr && alone != nullptr && unseen->mape < alone->mape;
  };
  return fmt::format(
      "Of {} calibrations {} are nearer to networks that their fit had not seen than data sheets alone are "
      "to all "
      "of its rows.",
      all.size(), std::ranges::count_if(all, is_nearer));
}

Report summary(const AccuracyInput& input) {
  const Validation& v = input.validation;
  Report report{.title = "Summary"};
  report.notes.push_back(fmt::format(
      "{} of {} measured figures were estimated from data sheets alone, {} targets; a target is a "
      "device, runtime, precision and metric.",
      v.compared.size(), v.compared.size() + v.skipped.size() + input.left_out.size(), v.targets.size()));
  if (!v.targets.empty()) {
    std::vector<double> errors;
    for (const TargetError& t : v.targets) errors.push_back(t.mape);
    const auto& best = *std::ranges::min_element(v.targets, {}, &TargetError::mape);
    const auto& worst = *std::ranges::max_element(v.targets, {}, &TargetError::mape);
    report.notes.push_back(
        fmt::format("Half of the targets are within {}; nearest is {} ({}), furthest {} ({}).",
                    text(median(errors), Unit::share), target_text(best), text(best.mape, Unit::share),
                    target_text(worst), text(worst.mape, Unit::share)));
    const auto ranked = [](const TargetError& t) { return t.spearman && t.worst.size() >= enough; };
    const auto ordered = [&](const TargetError& t) { return ranked(t) && *t.spearman >= well_ordered; };
    report.notes.push_back(
        fmt::format("The order of the networks: Spearman's correlation is at least {} on {} of {} "
                    "targets with "
                    "{} rows or more.",
                    well_ordered, std::ranges::count_if(v.targets, ordered),
                    std::ranges::count_if(v.targets, ranked), enough));
    const auto covered = std::ranges::count_if(v.compared, &Compared::is_covered);
    report.notes.push_back(fmt::format(
        "{} of the {} figures lie within the ends of the ranges of assumed figures ({}).", covered,
        v.compared.size(),
        text(static_cast<double>(covered) / static_cast<double>(v.compared.size()), Unit::share)));
  }
  report.notes.push_back(of_calibrations(input.calibrations));
  return report;
}

// The figures of a runtime that are furthest off, for people; all of them drawn and in data.json.
Report parity(const Validation& validation) {
  Report report{.title = "Estimates over measurements",
                .lead = {"From data sheets alone. Each point is a measured figure; on the line the estimate "
                         "agrees with it, above it the estimate is too large."}};
  for (const Metric metric : metrics) {
    std::map<std::string, std::vector<const Compared*>> by_runtime;
    for (const Compared& row : validation.compared) {
      if (row.measured->metric == metric) by_runtime[row.measured->runtime].push_back(&row);
    }
    for (auto& [runtime, rows] : by_runtime) {
      std::ranges::stable_sort(rows, std::ranges::greater{}, &Compared::error);
      Table table = parity_table(fmt::format("{} {}", runtime, name(metric)), rows, metric);
      table.title += " with " + runtime;
      table.charts[0].title += " with " + runtime;
      table.axis = "runtime";
      table.alternative = runtime;
      if (rows.size() > worst_shown) {
        table.excerpt.emplace();
        table.excerpt->rows.resize(worst_shown);
        std::iota(table.excerpt->rows.begin(), table.excerpt->rows.end(), std::size_t{0});
        table.excerpt->remark =
            fmt::format("The {} furthest off of {}; data.csv has all.", worst_shown, rows.size());
      }
      report.parts.emplace_back(std::move(table));
    }
  }
  return report;
}

Report titled(std::string title, std::vector<std::string> lead, std::vector<Part> parts,
              std::vector<std::string> notes = {}) {
  return {.title = std::move(title),
          .lead = std::move(lead),
          .parts = std::move(parts),
          .notes = std::move(notes)};
}

// The table of that key.
Part part(const Report& report, const std::string& key) {
  return *std::ranges::find_if(report.parts, [&](const Part& p) {
    const auto* table = std::get_if<Table>(&p);
    return table != nullptr && table->key == key;
  });
}

}  // namespace

Page accuracy_page(const Plan& plan, const AccuracyInput& input) {
  const Report errors = validation(input.validation, input.left_out, {});
  const Report fits = calibrations(input.calibrations, input.energies);
  Page page{.title = plan.title,
            .caveat = "Estimates are from data sheets alone unless a table says otherwise.",
            .chapters = {}};
  const auto add = [&](std::string key, Report report) {
    page.chapters.push_back({std::move(key), std::move(report)});
  };
  add("summary", summary(input));
  add("targets", titled("How far off", {}, {part(errors, "targets")}, errors.notes));
  add("parity", parity(input.validation));
  add("calibrations", titled("Calibrations",
                             {"What fits to these measurements were off by, by what of a row they had not "
                              "seen; \"in sample\" is "
                              "a description, no prediction. As hardware_specs/calibrations holds it."},
                             {part(fits, "calibrations"), part(fits, "devices"),
                              part(fits, "energy_calibrations"), part(fits, "energy_scales")},
                             fits.notes));
  add("unused", titled("What was left out", {}, {part(errors, "unused")}));
  Report sources = list_measurements(input.sets, input.sources);
  add("sources", titled("Where the measurements are from", {sources.title + "."}, std::move(sources.parts)));
  if (!plan.notes.empty()) add("notes", titled("Notes", {}, {}, plan.notes));
  return page;
}

}  // namespace chipcast::report
