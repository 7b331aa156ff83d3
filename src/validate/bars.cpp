#include "validate/bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "schema/document.hpp"
#include "schema/reading.hpp"
#include "validate/slices.hpp"
#include "validate/statistics.hpp"

namespace chipcast {
namespace {

constexpr std::size_t least_rows_to_rank = 5;

class BarsReader {
 public:
  BarsReader(const Document& document, Machines& machines) : reading_(document), machines_(machines) {}

  Result<Bars> read() {
    Fields root = reading_.root("bars", 1, "bars");
    if (reading_.failed()) return reading_.diagnostics();
    result_.rank = root.get("rank").real({0, 1});
    if (const Value coverage = root.get("coverage")) {
      Fields fields = coverage.fields("'coverage'");
      result_.least_covered = fields.get("least").real({0, 1});
      result_.most_covered = fields.get("most").real({result_.least_covered, 1});
      fields.close();
    }
    if (const Value list = root.get("bars")) {
      for (const Value& item : list.items()) read_bar(item);
    }
    root.close();
    if (reading_.failed()) return reading_.diagnostics();
    return std::move(result_);
  }

 private:
  void read_bar(const Value& item) {
    Fields fields = item.fields("a bar");
    Bar& bar = result_.bars.emplace_back();
    bar.name = fields.get("name").text();
    static const std::vector<std::string> measures = {"time", "energy", "power"};
    if (const Value measure = fields.get("measure"))
      bar.measure = measures[measure.index_in(measures).value_or(0)];
    read_names(fields.find("devices"), machines_.device_ids(), bar.devices);
    read_names(fields.find("runtimes"), machines_.runtime_ids(), bar.runtimes);
    if (const Value kind = fields.find("kind")) {
      std::vector<std::string> kinds;
      for (std::size_t i = 0; i < device_kind_count; ++i)
        kinds.emplace_back(chipcast::name(static_cast<DeviceKind>(i)));
      bar.kind = static_cast<DeviceKind>(kind.index_in(kinds).value_or(0));
    }
    bool has_any = false;
    for (const Left left : {Left::network, Left::family, Left::device}) {
      const Value most = fields.find(chipcast::name(left));
      if (!most) continue;
      bar.most[static_cast<std::size_t>(left)] = most.real({0, 10});
      has_any = true;
    }
    if (!has_any)
      item.fail("a bar without height", "say at most how far off: network, family or device: 12%");
    fields.close();
  }

  static void read_names(const Value& list, const std::vector<std::string>& known,
                         std::vector<std::string>& names) {
    if (!list) return;
    for (const Value& item : list.items()) {
      if (const auto index = item.index_in(known)) names.push_back(known[*index]);
    }
  }

  Reading reading_;
  Machines& machines_;
  Bars result_;
};

bool is_any_or_in(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

Pair pair_of(const Compared& row) {
  const Measurement& m = *row.measured;
  // Of times, also where throughput was measured.
  return m.metric == Metric::throughput ? Pair{m.value, row.estimate} : Pair{row.estimate, m.value};
}

}  // namespace

bool Bar::concerns(const Measurement& m, Machines& machines) const {
  const Device* device = machines.device(m.device);
  return !is_of_operator(m) && measure_of(m.metric) == measure && is_any_or_in(devices, m.device) &&
         is_any_or_in(runtimes, m.runtime) && device != nullptr && (!kind || device->kind == *kind);
}

Result<Bars> read_bars(const std::string& path, Machines& machines) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return BarsReader(*document, machines).read();
}

Result<Bars> parse_bars(const std::string& path, std::string text, Machines& machines) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return BarsReader(*document, machines).read();
}

std::vector<BarOutcome> held_against(const Bars& bars, Left left, const Validation& validation,
                                     Machines& machines) {
  std::vector<BarOutcome> outcomes;
  for (const Bar& bar : bars.bars) {
    const std::optional<double>& most = bar.most[static_cast<std::size_t>(left)];
    if (!most) continue;
    std::vector<Pair> pairs;
    for (const Compared& row : validation.compared) {
      if (bar.concerns(*row.measured, machines)) pairs.push_back(pair_of(row));
    }
    if (pairs.empty()) continue;
    outcomes.push_back({.name = bar.name,
                        .left = left,
                        .rows = pairs.size(),
                        .value = mean_absolute_percentage_error(pairs),
                        .most = *most});
  }
  if (left != Left::network) return outcomes;
  BarOutcome covered{
      .name = "times within their interval", .least = bars.least_covered, .most = bars.most_covered};
  for (const Compared& row : validation.compared) {
    if (is_of_operator(*row.measured) || measure_of(row.measured->metric) != "time") continue;
    ++covered.rows;
    covered.value += row.is_covered() ? 1 : 0;
  }
  if (covered.rows > 0) {
    covered.value /= static_cast<double>(covered.rows);
    outcomes.push_back(covered);
  }
  BarOutcome ordered{.name = fmt::format("targets of rank correlation {:.3g}", bars.rank), .least = 1};
  for (const TargetError& target : validation.targets) {
    const bool is_ranked = !target.of_operators && measure_of(target.metric) == "time" && target.spearman &&
                           target.worst.size() >= least_rows_to_rank;
    if (!is_ranked) continue;
    ++ordered.rows;
    ordered.value += *target.spearman >= bars.rank ? 1 : 0;
  }
  if (ordered.rows > 0) {
    ordered.value /= static_cast<double>(ordered.rows);
    outcomes.push_back(ordered);
  }
  return outcomes;
}

}  // namespace chipcast
