#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/plan.hpp"
#include "report/sections.hpp"
#include "schema/reading.hpp"

namespace chipcast::report {
namespace {

using Read = chipcast::Value;

constexpr std::int64_t most_batch = 1'000'000;
constexpr std::size_t most_items = 200;  // of any list: a report beyond that is read by nobody

Named named(const Read& value) { return {value.text(), value.place()}; }

std::vector<Read> some_items(const Read& list, std::string_view what) {
  std::vector<Read> items = list.items();
  if (list.is(Node::Kind::list) && items.empty()) list.fail(fmt::format("{} names no {}", list.name(), what));
  if (items.size() > most_items) {
    list.fail(fmt::format("{} has {} items", list.name(), items.size()),
              fmt::format("at most {} make a report", most_items));
    items.resize(most_items);
  }
  return items;
}

Precision precision_of(const Read& value) {
  std::vector<std::string> names;
  for (const Precision p : precisions) names.emplace_back(name(p));
  return precisions[value.index_in(names).value_or(0)];
}

PlannedDevice read_device(const Read& value) {
  PlannedDevice planned;
  if (value.is(Node::Kind::text)) {
    planned.device = named(value);
    return planned;
  }
  Fields fields = value.fields("a device");
  if (const Read device = fields.get("device")) planned.device = named(device);
  if (const Read runtime = fields.find("runtime")) planned.runtime = named(runtime);
  if (const Read precision = fields.find("precision")) planned.precision = precision_of(precision);
  fields.close();
  return planned;
}

template <class Q>
void read_if(Fields& fields, std::string_view key, std::optional<Q>& into) {
  if (const Read value = fields.find(key)) into = value.quantity<Q>(Sign::positive);
}

// A condition says what it needs to be judged.
void check_conditions(const Scenario& scenario, const Fields& fields) {
  if (scenario.battery && !scenario.rate)
    fields.fail(fmt::format("{} has a battery but no rate", fields.what()),
                "how long it lasts depends on how often the network runs: add 'rate: 1 Hz'");
  if (scenario.lifetime && !scenario.battery)
    fields.fail(fmt::format("{} has a lifetime but no battery", fields.what()), "add 'battery: 10 Wh'");
  if (scenario.max_power && !scenario.rate)
    fields.fail(fmt::format("{} has a max_power but no rate", fields.what()),
                "the power depends on how often the network runs: add 'rate: 30 Hz'");
  if (scenario.streams > 1 && !scenario.rate)
    fields.fail(fmt::format("{} has streams but no rate", fields.what()),
                "add 'rate: 30 Hz', of each stream");
  if (!scenario.deadline && !scenario.rate)
    fields.fail(fmt::format("{} asks for nothing", fields.what()),
                "add a 'deadline: 33 ms' or a 'rate: 30 Hz'");
}

Scenario read_scenario(const Read& value) {
  Scenario scenario;
  Fields fields = value.fields("scenario");
  if (const Read name = fields.get("name")) scenario.name = name.text();
  if (const Read devices = fields.find("devices")) {
    for (const Read& device : some_items(devices, "device")) scenario.devices.push_back(named(device));
  }
  read_if(fields, "deadline", scenario.deadline);
  read_if(fields, "rate", scenario.rate);
  if (const Read streams = fields.find("streams")) scenario.streams = streams.integer({1, 1'000'000});
  read_if(fields, "battery", scenario.battery);
  read_if(fields, "lifetime", scenario.lifetime);
  if (const Read loads = fields.find("other_loads")) scenario.other_loads = loads.quantity<Watts>();
  read_if(fields, "max_power", scenario.max_power);
  read_if(fields, "memory", scenario.memory);
  if (const Read accuracy = fields.find("accuracy_percent"))
    scenario.accuracy = accuracy.real({.least = 0, .most = 100}) / 100;
  check_conditions(scenario, fields);
  fields.close();
  return scenario;
}

Source read_source(const Read& value, const std::string& what) {
  Source source;
  Fields whence = value.fields(what);
  if (const Read title = whence.get("title")) source.title = title.text();
  if (const Read page = whence.get("page")) source.page = page.text();
  if (const Read date = whence.find("date")) source.date = date.text();
  whence.close();
  return source;
}

void read_accuracy(const Read& value, Plan& plan) {
  Fields fields = value.fields("the accuracies");
  if (const Read what = fields.get("of")) plan.accuracy_of = what.text();
  if (const Read source = fields.get("source"))
    plan.accuracy_source = read_source(source, "the source of the accuracies");
  if (const Read percent = fields.get("percent")) {
    for (const auto& [network, number] : percent.entries())
      plan.accuracies.push_back({{network, number.place()}, number.real({.least = 0, .most = 100}) / 100});
  }
  fields.close();
}

Grid read_grid(const Read& value) {
  Grid grid;
  Fields fields = value.fields("the grid");
  if (const Read grams = fields.get("g_per_kwh")) {
    const double number = grams.real({.least = 0, .most = 10'000});
    grid.grams_per_joule = number / in(1000.0 * watt_hour, joule);
    grid.text = fmt::format("{:.4g} g/kWh", number);
  }
  if (const Read source = fields.get("source")) grid.source = read_source(source, "the source of the grid");
  fields.close();
  return grid;
}

void read_sections(const Read& list, Plan& plan) {
  std::vector<std::string> known;
  for (const Section& section : sections()) known.emplace_back(section.key);
  for (const Read& item : some_items(list, "section")) {
    const auto index = item.index_in(known);
    if (!index) continue;
    if (std::ranges::find(plan.sections, known[*index]) != plan.sections.end())
      item.fail(fmt::format("section '{}' stands there twice", known[*index]));
    plan.sections.push_back(known[*index]);
  }
}

void read_notes(Fields& root, Plan& plan) {
  if (const Read notes = root.find("notes")) {
    for (const Read& note : some_items(notes, "note")) plan.notes.push_back(note.text());
  }
}

// Networks on devices.
void read_characterization(Fields& root, Plan& plan) {
  if (const Read networks = root.get("networks")) {
    for (const Read& network : some_items(networks, "network")) plan.networks.push_back(named(network));
  }
  if (const Read baseline = root.get("baseline")) plan.baseline = named(baseline);
  if (const Read devices = root.get("devices")) {
    for (const Read& device : some_items(devices, "device")) plan.devices.push_back(read_device(device));
  }
  if (const Read batches = root.find("batches")) {
    plan.batches.clear();
    for (const Read& batch : some_items(batches, "batch"))
      plan.batches.push_back(batch.integer({1, most_batch}));
  }
  if (const Read wanted = root.find("precisions")) {
    for (const Read& precision : some_items(wanted, "precision"))
      plan.precisions.push_back(precision_of(precision));
  }
  if (const Read accuracy = root.find("accuracy")) read_accuracy(accuracy, plan);
  if (const Read sets = root.find("measured")) {
    for (const Read& set : some_items(sets, "set of measurements")) plan.measured.push_back(named(set));
  }
  if (const Read grid = root.find("grid")) plan.grid = read_grid(grid);
  if (const Read scenarios = root.find("scenarios")) {
    for (const Read& scenario : some_items(scenarios, "scenario"))
      plan.scenarios.push_back(read_scenario(scenario));
  }
  if (const Read list = root.get("sections")) read_sections(list, plan);
}

Plan read(Reading& reading) {
  Plan plan;
  Fields root = reading.root("report", 1, "a report");
  if (reading.failed()) return plan;
  if (const Read title = root.get("title")) plan.title = title.text();
  if (const Read claims = root.find("audits")) {
    plan.audits = named(claims);
  } else if (const Read sets = root.find("validates")) {
    for (const Read& set : some_items(sets, "set of measurements")) plan.validates.push_back(named(set));
  } else {
    read_characterization(root, plan);
  }
  read_notes(root, plan);
  root.close();
  return plan;
}

Result<Plan> read(const Document& document) {
  Reading reading(document);
  Plan plan = read(reading);
  if (reading.failed()) return reading.diagnostics();
  return plan;
}

void check(const Named& name, std::span<const std::string> known, std::string_view what, Diagnostics& wrong) {
  if (std::ranges::find(known, name.text) != known.end()) return;
  const std::string hint = suggest(name.text, known);
  wrong.push_back({.place = name.place,
                   .message = fmt::format("the report has no {} '{}'", what, printable(name.text)),
                   .hint = hint.empty() ? fmt::format("it has {}", fmt::join(known, ", ")) : hint});
}

}  // namespace

Result<Plan> read_plan(const std::string& path) {
  const Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read(*document);
}

Result<Plan> parse_plan(const std::string& path, std::string text) {
  const Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read(*document);
}

Diagnostics check_names(const Plan& plan, std::span<const std::string> networks,
                        std::span<const std::string> devices) {
  Diagnostics wrong;
  check(plan.baseline, networks, "network", wrong);
  for (const Accuracy& accuracy : plan.accuracies) check(accuracy.network, networks, "network", wrong);
  for (const Scenario& scenario : plan.scenarios) {
    for (const Named& device : scenario.devices) check(device, devices, "device", wrong);
  }
  return wrong;
}

}  // namespace chipcast::report
