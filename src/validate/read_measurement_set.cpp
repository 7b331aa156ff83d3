// Reading one CSV file of measurements.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "base/text.hpp"
#include "hardware/catalog.hpp"
#include "validate/read_measurements.hpp"
#include "validate/row.hpp"

namespace chipcast {
namespace {

constexpr std::string_view row_columns[] = {"source",  "run",   "device",    "operating_point", "runtime",
                                            "threads", "model", "precision", "batch",           "input",
                                            "metric",  "value", "unit",      "boundary",        "use",
                                            "family",  "notes"};
constexpr std::string_view left_out_columns[] = {"source",    "device", "runtime", "model",
                                                 "precision", "batch",  "input",   "metric",
                                                 "value",     "unit",   "reason",  "notes"};

constexpr std::string_view group_columns[] = {"source",    "device", "run",   "runtime",   "model",
                                              "precision", "batch",  "group", "operators", "kind",
                                              "latency",   "std",    "unit",  "use"};

struct Scale {
  Dimension dimension;
  double least, most;  // beyond these no such figure has been seen; something is wrong by a prefix
  std::string_view units;
};

Scale scale_of(Metric metric) {
  switch (metric) {
    case Metric::latency:
      return {Seconds::dimension, 1e-9, 1e5, "s, ms, us or ns"};
    case Metric::throughput:
      return {Hertz::dimension, 1e-5, 1e9, "1/s"};
    case Metric::energy:
      return {Joules::dimension, 1e-9, 1e6, "J, mJ, uJ or Wh"};
    case Metric::power:
      return {Watts::dimension, 1e-6, 1e6, "W, mW or kW"};
  }
  return {};
}

class SetReader {
 public:
  SetReader(const Csv& csv, const std::vector<MeasurementSource>& sources, Machines& machines)
      : csv_(&csv), machines_(&machines) {
    for (const MeasurementSource& source : sources) source_keys_.push_back(source.key);
  }

  Result<MeasurementSet> read() {
    set_.name = id_of(csv_->file);
    const Kind& kind = kind_of_file();
    check_header(kind.columns);
    if (!complaints_.empty()) return complaints_;
    for (const std::vector<CsvField>& fields : csv_->rows) {
      (this->*kind.read)(Row(*csv_, fields, complaints_));
      if (complaints_.size() >= CsvLimits::complaints) break;
    }
    if (!complaints_.empty()) return complaints_;
    return std::move(set_);
  }

 private:
  struct Kind {
    std::string_view telltale;  // a column that no other kind has
    std::span<const std::string_view> columns;
    void (SetReader::*read)(const Row&);
  };

  const Kind& kind_of_file() const {
    static const Kind kinds[] = {{"operators", group_columns, &SetReader::read_group},
                                 {"reason", left_out_columns, &SetReader::read_left_out},
                                 {"", row_columns, &SetReader::read_row}};
    return *std::ranges::find_if(kinds, [&](const Kind& kind) {
      return kind.telltale.empty() ||
             std::ranges::find(csv_->header, kind.telltale, &CsvField::text) != csv_->header.end();
    });
  }

  void check_header(std::span<const std::string_view> wanted) {
    const std::vector<std::string> names(wanted.begin(), wanted.end());
    const bool has_any = std::ranges::any_of(csv_->header, [&](const CsvField& field) {
      return std::ranges::find(names, field.text) != names.end();
    });
    if (!has_any) {
      complaints_.push_back(
          {.place = csv_->place({.line = 1, .column = 1}),
           .message = "this is no table of measurements: not one of its columns is of measurements/1",
           .hint = fmt::format("the columns are {}", fmt::join(names, ","))});
      return;
    }
    for (const CsvField& field : csv_->header) {
      if (std::ranges::find(names, field.text) != names.end()) continue;
      complaints_.push_back({.place = csv_->place(field.mark),
                             .message = fmt::format("measurements/1 has no column '{}'", field.text),
                             .hint = suggest(field.text, names)});
    }
    for (const std::string& name : names) {
      if (std::ranges::find(csv_->header, name, &CsvField::text) != csv_->header.end()) continue;
      complaints_.push_back({.place = csv_->place({.line = 1, .column = 1}),
                             .message = fmt::format("the column '{}' is missing", name),
                             .hint = fmt::format("the columns are {}", fmt::join(names, ","))});
    }
  }

  void read_left_out(const Row& row) {
    row.index_in(source_keys_, "source");
    set_.left_out.push_back(
        {row.text("source"), row.needed("device"), row.needed("model"), row.needed("reason")});
  }

  void read_row(const Row& row) {
    Measurement m;
    m.set = set_.name;
    m.line = row.line();
    row.index_in(source_keys_, "source");
    m.source = row.text("source");
    m.run = row.text("run");
    read_target(row, m);
    m.model = row.needed("model");
    if (m.model.find_first_of(" \t\n/") != std::string::npos)
      row.fail("model", fmt::format("'{}' is no name of a network", m.model),
               "as in resnet50?resolution=160");
    m.batch = row.count("batch", 1e6);
    m.input = row.text("input");
    read_figure(row, m);
    m.use = row.one_of(uses, "use").value_or(Use::check);
    m.family = row.text("family");
    m.notes = row.text("notes");
    check_double(row, m);
    set_.rows.push_back(std::move(m));
  }

  void read_target(const Row& row, Measurement& m) {
    if (row.index_in(machines_->device_ids(), "device")) m.device = row.text("device");
    if (row.index_in(machines_->runtime_ids(), "runtime")) m.runtime = row.text("runtime");
    m.precision = row.one_of(precisions, "precision").value_or(Precision::fp32);
    m.operating_point = row.text("operating_point");
    if (row.has("threads")) m.threads = row.count("threads", 1024);
    const Device* device = m.device.empty() ? nullptr : machines_->device(m.device);
    if (device == nullptr) return;
    if (!m.operating_point.empty() && device->operating_point(m.operating_point) == nullptr) {
      std::vector<std::string> points;
      for (const OperatingPoint& point : device->operating_points) points.push_back(point.name);
      row.fail("operating_point",
               fmt::format("'{}' has no operating point '{}'", m.device, m.operating_point),
               fmt::format("there are {}", fmt::join(points, ", ")));
    }
    if (m.threads > 0 && device->kind != DeviceKind::cpu)
      row.fail("threads", fmt::format("'{}' is no CPU, where threads could be counted", m.device));
  }

  void read_figure(const Row& row, Measurement& m) {
    const std::optional<Metric> metric = row.one_of(metrics, "metric");
    if (!metric) return;
    m.metric = *metric;
    const bool has_boundary = m.metric == Metric::energy || m.metric == Metric::power;
    if (has_boundary) {
      m.boundary = row.one_of(power_boundaries, "boundary").value_or(PowerBoundary::absent);
    } else if (row.has("boundary")) {
      row.fail("boundary", fmt::format("a {} has no boundary", name(m.metric)));
    }
    const Scale scale = scale_of(m.metric);
    const std::optional<double> unit = row.unit(scale.dimension, name(m.metric), scale.units);
    const std::optional<double> number = row.number("value");
    if (!unit || !number) return;
    m.value = *number * *unit;
    if (m.value < scale.least || m.value > scale.most)
      row.fail("value",
               fmt::format("a {} of {} {} cannot be", name(m.metric), row.text("value"), row.text("unit")),
               "look at the unit and the sign");
  }

  void read_group(const Row& row) {
    GroupMeasurement g;
    g.line = row.line();
    row.index_in(source_keys_, "source");
    g.source = row.text("source");
    g.run = row.text("run");
    if (row.index_in(machines_->device_ids(), "device")) g.device = row.text("device");
    if (row.index_in(machines_->runtime_ids(), "runtime")) g.runtime = row.text("runtime");
    g.model = row.needed("model");
    g.precision = row.one_of(precisions, "precision").value_or(Precision::fp32);
    g.batch = row.count("batch", 1e6);
    g.group = static_cast<int>(row.count("group", 1e6, 0));
    g.operators = split(row.text("operators"));
    g.kind = row.needed("kind");
    g.use = row.one_of(uses, "use").value_or(Use::check);
    const Scale scale = scale_of(Metric::latency);
    const std::optional<double> unit = row.unit(scale.dimension, name(Metric::latency), scale.units);
    const std::optional<double> latency = row.number("latency");
    if (unit && latency) {
      g.latency = *latency * *unit;
      if (g.latency < scale.least || g.latency > scale.most)
        row.fail("latency", fmt::format("a latency of {} {} cannot be", *latency, row.text("unit")),
                 "look at the unit and the sign");
    }
    if (row.has("std")) {
      const std::optional<double> deviation = row.number("std");
      if (unit && deviation) {
        g.deviation = *deviation * *unit;
        if (*deviation < 0) row.fail("std", "a standard deviation is not negative");
      }
    }
    check_operators(row, g);
    set_.groups.push_back(std::move(g));
  }

  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('+'), text.size());
      parts.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
  }

  // Each operator of a run was timed once.
  void check_operators(const Row& row, const GroupMeasurement& g) {
    const std::string run = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", g.source, g.run, g.device, g.runtime,
                                        g.model, name(g.precision), g.batch);
    const auto check = [&](std::string_view column, const std::string& key, const std::string& what) {
      const auto [first, is_new] = seen_.emplace(run + key, static_cast<std::size_t>(g.line));
      if (!is_new) row.fail(column, fmt::format("{} stands in line {} already", what, first->second));
    };
    check("group", fmt::format("\n{}", g.group), fmt::format("group {}", g.group));
    for (const std::string& op : g.operators) check("operators", op, fmt::format("operator '{}'", op));
  }

  void check_double(const Row& row, const Measurement& m) {
    const auto [first, is_new] = seen_.emplace(key_of(m), set_.rows.size());
    if (is_new) return;
    const Measurement& other = set_.rows[first->second];
    row.fail("source",
             other.value == m.value
                 ? fmt::format("the same figure stands in line {}", other.line)
                 : fmt::format("line {} gives another value for the same measurement", other.line),
             "give each a 'run' of its own, or keep one");
  }

  const Csv* csv_;
  Machines* machines_;
  std::vector<std::string> source_keys_;
  MeasurementSet set_;
  std::map<std::string, std::size_t> seen_;
  Diagnostics complaints_;
};

Result<MeasurementSet> read_csv_as_set(const Csv& csv, const std::vector<MeasurementSource>& sources,
                                       Machines& machines) {
  return SetReader(csv, sources, machines).read();
}

}  // namespace

Result<MeasurementSet> read_measurement_set(const std::string& path,
                                            const std::vector<MeasurementSource>& sources,
                                            Machines& machines) {
  const Result<Csv> csv = read_csv(path);
  if (!csv) return csv.diagnostics();
  return read_csv_as_set(*csv, sources, machines);
}

Result<MeasurementSet> parse_measurement_set(const std::string& path, std::string text,
                                             const std::vector<MeasurementSource>& sources,
                                             Machines& machines) {
  const Result<Csv> csv = parse_csv(path, std::move(text));
  if (!csv) return csv.diagnostics();
  return read_csv_as_set(*csv, sources, machines);
}

}  // namespace chipcast
