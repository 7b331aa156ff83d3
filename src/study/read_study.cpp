#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "base/text.hpp"
#include "schema/number.hpp"
#include "schema/unit.hpp"
#include "study/study_file.hpp"

namespace chipcast {
namespace {

constexpr std::size_t most_axes = 16, most_values = 10'000, most_constraints = 32;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// To four digits, as people would write it.
double rounded(double number) { return std::stod(fmt::format("{:.3e}", number)); }

// A number and what follows it: "0.25x", "400 GB/s".
struct End {
  double number = 0;
  std::string rest;
};

class Reader {
 public:
  explicit Reader(Reading& reading) : reading_(reading) {}

  StudyFile read() {
    Fields root = reading_.root("study", 1, "a study");
    if (reading_.failed()) return {};
    if (const Value title = root.get("title")) study_.title = title.text();
    if (const Value networks = root.get("networks")) read_networks(networks);
    if (const Value devices = root.get("devices")) {
      for (const Value& device : some(devices, 64)) study_.devices.push_back(device.text());
    }
    if (const Value runtime = root.find("runtime")) study_.runtime = runtime.text();
    if (const Value precision = root.find("precision")) read_precision(precision);
    if (const Value axes = root.get("axes")) {
      for (const Value& axis : some(axes, most_axes)) read_axis(axis);
    }
    if (const Value costs = root.find("costs")) read_costs(costs);
    if (const Value constraints = root.find("constraints")) read_constraints(constraints);
    if (const Value objectives = root.get("objectives")) {
      for (const Value& objective : some(objectives, most_objectives)) read_objective(objective);
    }
    if (const Value sample = root.find("sample")) read_sample(sample);
    if (const Value battery = root.find("battery")) read_battery(battery);
    root.close();
    return std::move(study_);
  }

 private:
  std::vector<Value> some(const Value& list, std::size_t most) {
    std::vector<Value> items = list.items();
    if (list.is(Node::Kind::list) && items.empty()) list.fail(fmt::format("{} is empty", list.name()));
    if (items.size() > most) {
      list.fail(fmt::format("{} has {} items, more than {}", list.name(), items.size(), most));
      items.resize(most);
    }
    return items;
  }

  void read_networks(const Value& networks) {
    for (const Value& item : some(networks, most_networks)) {
      if (item.is(Node::Kind::text)) {
        study_.networks.push_back({item.text(), 1});
        continue;
      }
      Fields fields = item.fields("a network");
      StudyNetwork& network = study_.networks.emplace_back();
      if (const Value name = fields.get("network")) network.name = name.text();
      if (const Value weight = fields.get("weight"))
        network.weight = weight.real({.least = 1e-9, .most = 1e9});
      fields.close();
    }
  }

  void read_precision(const Value& value) {
    std::vector<std::string> names;
    for (const Precision p : precisions) names.emplace_back(name(p));
    if (const auto chosen = value.index_in(names)) study_.precision = precisions[*chosen];
  }

  // ---- axes

  void read_axis(const Value& value) {
    Fields fields = value.fields("an axis");
    Axis axis;
    if (const Value set = fields.get("set")) {
      if (set.is(Node::Kind::list)) {
        for (const Value& path : some(set, 16)) add_path(path, axis);
      } else {
        add_path(set, axis);
      }
      for (const std::string& path : axis.paths) {
        if (std::ranges::find(paths_, path) != paths_.end())
          set.fail(fmt::format("'{}' is set twice", path), "a path belongs to one axis");
        paths_.push_back(path);
      }
    }
    const Value values = fields.find("values"), range = fields.find("range"),
                powers = fields.find("powers_of_two");
    const int given = int{!!values} + int{!!range} + int{!!powers};
    if (given != 1)
      fields.fail(fmt::format("an axis has its values in one way, not in {}", given),
                  "give 'values', 'range' or 'powers_of_two'");
    if (values) {
      for (const Value& item : some(values, most_values)) {
        axis.values.push_back(item.text());
        axis.value_places.push_back(place_of(item));
      }
    }
    if (range) read_range(range, axis);
    if (powers) read_powers(powers, axis);
    if (range || powers) axis.value_places.assign(axis.values.size(), place_of(range ? range : powers));
    fields.close();
    study_.axes.push_back(std::move(axis));
  }

  Place place_of(const Value& value) const { return reading_.document().place(value.node()->mark); }

  void add_path(const Value& path, Axis& axis) const {
    axis.paths.push_back(path.text());
    axis.path_places.push_back(place_of(path));
  }

  End read_end(Fields& fields, std::string_view key) {
    const Value value = fields.get(key);
    if (!value) return {1, ""};
    const std::string text = value.text();
    const Number number = parse_number(text);
    if (!number.complaint.empty()) {
      value.fail(number.complaint, number.hint);
      return {1, ""};
    }
    return {number.real, std::string(number.rest)};
  }

  std::pair<End, End> read_ends(Fields& fields) {
    const End from = read_end(fields, "from"), to = read_end(fields, "to");
    if (trimmed(from.rest) != trimmed(to.rest))
      fields.fail(fmt::format("a range from '{}{}' to '{}{}' has two units", from.number, from.rest,
                              to.number, to.rest),
                  "write both ends in the same one");
    if (from.number >= to.number)
      fields.fail(fmt::format("a range from {} to {} is empty", from.number, to.number),
                  "the lesser end comes first");
    return {from, to};
  }

  void read_range(const Value& value, Axis& axis) {
    Fields fields = value.fields("a range");
    const auto [from, to] = read_ends(fields);
    std::int64_t steps = 2;
    if (const Value given = fields.get("steps"))
      steps = given.integer({.least = 2, .most = static_cast<std::int64_t>(most_values)});
    bool is_log = false;
    if (const Value scale = fields.find("scale")) {
      const std::vector<std::string> scales = {"linear", "log"};
      is_log = scale.index_in(scales) == std::size_t{1};
    }
    if (is_log && from.number <= 0) fields.fail("a logarithmic range begins above zero");
    fields.close();
    if (reading_.failed()) return;
    for (std::int64_t i = 0; i < steps; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(steps - 1);
      const double between = is_log ? from.number * std::pow(to.number / from.number, share)
                                    : from.number + share * (to.number - from.number);
      const double step = i == 0 ? from.number : i + 1 == steps ? to.number : rounded(between);
      axis.values.push_back(fmt::format("{}{}", step, from.rest));
    }
  }

  void read_powers(const Value& value, Axis& axis) {
    Fields fields = value.fields("powers of two");
    const auto [from, to] = read_ends(fields);
    fields.close();
    if (from.number <= 0) fields.fail("powers of two begin above zero");
    if (reading_.failed()) return;
    for (double power = from.number; power <= to.number; power *= 2)
      axis.values.push_back(fmt::format("{}{}", power, from.rest));
  }

  // ---- costs

  void read_costs(const Value& costs) {
    for (const auto& [name, value] : costs.entries()) {
      if (study_.costs.size() == most_costs) {
        value.fail(fmt::format("there are more than {} costs", most_costs));
        return;
      }
      if (goal_metric_named(name))
        value.fail(fmt::format("'{}' is estimated and cannot be a cost", name), "choose another name");
      CostFormula& cost = study_.costs.emplace_back();
      cost.name = name;
      Fields fields = value.fields(fmt::format("cost '{}'", name));
      if (const Value unit = fields.get("unit")) cost.unit = unit.text();
      if (const Value source = fields.get("source")) static_cast<void>(source.text());
      if (const Value terms = fields.get("terms")) {
        for (const Value& term : some(terms, 32)) read_term(term, cost);
      }
      fields.close();
    }
  }

  void read_term(const Value& value, CostFormula& cost) {
    Fields fields = value.fields("a term");
    CostFormula::Term& term = cost.terms.emplace_back();
    if (const Value each = fields.get("each")) term.each = each.real();
    if (const Value of = fields.find("of")) {
      if (of.is(Node::Kind::list)) {
        for (const Value& path : some(of, 8)) term.figures.push_back(path.text());
      } else {
        term.figures.push_back(of.text());
      }
    }
    if (const Value per = fields.find("per")) read_per(per, term);
    fields.close();
  }

  // "1 MiB": base units that `each` is for.
  void read_per(const Value& value, CostFormula::Term& term) {
    const std::string text = value.text();
    const Number number = parse_number(text);
    const std::optional<Unit> unit = parse_unit(trimmed(number.rest));
    if (!number.complaint.empty() || !unit || number.real <= 0) {
      value.fail(fmt::format("'{}' is no amount", text),
                 "write a number above zero and a unit, as in '1 MiB'");
      return;
    }
    term.per = number.real * unit->factor;
  }

  // ---- what is wanted

  std::optional<Measure> measure_named(const Value& value, std::string_view wanted) {
    if (const auto metric = goal_metric_named(wanted)) return Measure{static_cast<std::size_t>(*metric)};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < goal_metric_count; ++i) names.emplace_back(name(static_cast<GoalMetric>(i)));
    for (std::size_t i = 0; i < study_.costs.size(); ++i) {
      if (study_.costs[i].name == wanted) return Measure{goal_metric_count + i};
      names.push_back(study_.costs[i].name);
    }
    const std::string hint = suggest(wanted, names);
    value.fail(fmt::format("nothing is called '{}'", printable(wanted)),
               hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint);
    return std::nullopt;
  }

  void read_constraints(const Value& list) {
    for (const Value& item : some(list, most_constraints)) read_constraint(item);
    for (const Constraint& most : study_.constraints) {
      for (const Constraint& least : study_.constraints) {
        if (!most.is_most || least.is_most || most.measure.index != least.measure.index ||
            least.limit <= most.limit)
          continue;
        list.fail(fmt::format("no design can meet the constraints on '{}': at most {:g} and at least {:g}",
                              measure_name(most.measure, study_.costs), most.limit, least.limit),
                  "leave one out; the limits are in base units here");
      }
    }
  }

  void read_constraint(const Value& item) {
    const std::string text = item.text();
    const std::size_t at = text.find_first_of("<>");
    if (at == std::string::npos)
      return item.fail(fmt::format("'{}' is no constraint", text),
                       "write a measure and its limit, as in 'power < 5 W'");
    const std::optional<Measure> measure = measure_named(item, trimmed(std::string_view(text).substr(0, at)));
    if (!measure) return;
    const std::size_t value_at = text.find_first_not_of(" =", at + 1);
    Node& node = nodes_.emplace_back(*item.node());
    node.text = value_at == std::string::npos ? "" : text.substr(value_at);
    const Value limit(reading_, node, fmt::format("the limit of '{}'", measure_name(*measure, study_.costs)));
    if (node.text.empty())
      return item.fail(fmt::format("'{}' has no limit", text), "write one, as in 'power < 5 W'");
    study_.constraints.push_back(
        {.measure = *measure, .is_most = text[at] == '<', .limit = limit_in(*measure, limit)});
    study_.constraint_texts.push_back(text);
  }

  double limit_in(const Measure& measure, const Value& limit) {
    if (!measure.is_cost()) return limit_of(static_cast<GoalMetric>(measure.index), limit);
    const CostFormula& cost = study_.costs[measure.cost()];
    const std::string text = limit.text();
    const Number number = parse_number(text);
    if (!number.complaint.empty()) {
      limit.fail(number.complaint, number.hint);
    } else if (const std::string_view unit = trimmed(number.rest); !unit.empty() && unit != cost.unit) {
      limit.fail(fmt::format("'{}' is in {}, not in {}", cost.name, cost.unit, unit),
                 fmt::format("write {:g} {}", number.real, cost.unit));
    }
    return number.real;
  }

  void read_objective(const Value& item) {
    const std::string text = item.text();
    const bool is_least = text.starts_with("min "), is_most = text.starts_with("max ");
    if (!is_least && !is_most)
      return item.fail(fmt::format("'{}' is no objective", text),
                       "write 'min' or 'max' and a measure, as in 'min latency'");
    const std::optional<Measure> measure = measure_named(item, trimmed(std::string_view(text).substr(4)));
    if (!measure) return;
    const bool is_there = std::ranges::any_of(
        study_.objectives, [&](const Objective& o) { return o.measure.index == measure->index; });
    if (is_there)
      return item.fail(fmt::format("'{}' is an objective twice", measure_name(*measure, study_.costs)),
                       "leave one out");
    study_.objectives.push_back({.measure = *measure, .is_least = is_least});
  }

  void read_sample(const Value& value) {
    Fields fields = value.fields("a sample");
    if (const Value kind = fields.get("kind")) {
      const std::vector<std::string> kinds = {"grid", "latin_hypercube", "sobol"};
      study_.sampling.kind = static_cast<Sampling::Kind>(kind.index_in(kinds).value_or(0));
    }
    if (const Value designs = fields.find("designs"))
      study_.sampling.count = static_cast<std::uint64_t>(
          designs.integer({.least = 1, .most = static_cast<std::int64_t>(1) << 32}));
    if (const Value seed = fields.find("seed"))
      study_.sampling.seed = static_cast<std::uint64_t>(seed.integer({.least = 0, .most = 1'000'000'000}));
    const bool is_sample = study_.sampling.kind != Sampling::Kind::grid;
    if (is_sample && study_.sampling.count == 0) fields.fail("a sample has no size", "add 'designs: 10000'");
    if (!is_sample && study_.sampling.count != 0)
      fields.fail("a grid has all designs", "leave 'designs' out, or choose sobol");
    if (study_.sampling.kind == Sampling::Kind::sobol && study_.axes.size() > Space::most_sobol_axes)
      fields.fail(fmt::format("a Sobol sequence has at most {} axes here, not {}", Space::most_sobol_axes,
                              study_.axes.size()),
                  "choose latin_hypercube");
    fields.close();
  }

  void read_battery(const Value& value) {
    Fields fields = value.fields("the battery");
    if (const Value capacity = fields.find("capacity"))
      study_.battery.capacity = capacity.quantity<Joules>(Sign::positive);
    if (const Value rate = fields.find("rate")) study_.battery.rate = rate.quantity<Hertz>(Sign::positive);
    if (const Value loads = fields.find("other_loads")) study_.battery.other_loads = loads.quantity<Watts>();
    fields.close();
  }

  Reading& reading_;
  StudyFile study_;
  std::vector<std::string> paths_;
  std::deque<Node> nodes_;  // limits, which stay where they are
};

Result<StudyFile> read(const Document& document) {
  Reading reading(document);
  StudyFile study = Reader(reading).read();
  if (reading.failed()) return reading.diagnostics();
  study.digest = digest_of(document.source);
  return study;
}

}  // namespace

Result<StudyFile> read_study(const std::string& path) {
  const Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read(*document);
}

Result<StudyFile> parse_study(const std::string& path, std::string text) {
  const Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read(*document);
}

std::string digest_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string digest_of(const Sweep& sweep) {
  constexpr std::uint64_t most = 64;
  const std::uint64_t designs = sweep.designs();
  std::string bytes = std::to_string(designs);
  SweepOptions options{.threads = 1, .is_stopped = nullptr, .write = {}, .on_block = {}};
  options.write = [&](std::uint64_t, std::span<const Judged> judged) {
    for (const Judged& one : judged)
      bytes.append(reinterpret_cast<const char*>(one.measures.data()), sizeof one.measures);
    return std::string();
  };
  const std::uint64_t count = std::min(designs, most);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t design =
        (i * (designs / count) + i) % designs;  // not always the same of the last axes
    Findings ignored = sweep.empty();
    sweep.run({design, design + 1}, ignored, options);
  }
  return digest_of(bytes);
}

std::string measure_name(const Measure& measure, std::span<const CostFormula> costs) {
  return measure.is_cost() ? costs[measure.cost()].name
                           : std::string(name(static_cast<GoalMetric>(measure.index)));
}

}  // namespace chipcast
