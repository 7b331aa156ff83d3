// Networks of one family beside each other, and over a parameter: "bert_base?sequence=128" and "...=512".
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "report/sections/parts.hpp"
#include "report/sections/views.hpp"

namespace chipcast::report {
namespace {

struct Member {
  std::string family, parameter;
  std::int64_t value = 0;
  std::size_t network = 0;
};

// Of a name with one whole-numbered parameter.
std::optional<Member> member_of(const std::string& name, std::size_t network) {
  const std::size_t question = name.find('?'), equals = name.find('=');
  if (question == std::string::npos || equals == std::string::npos) return {};
  Member member{name.substr(0, question), name.substr(question + 1, equals - question - 1), 0, network};
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + equals + 1, end, member.value);
  if (error != std::errc() || stop != end) return {};
  return member;
}

// By parameter: those families that have it at several values.
std::map<std::string, std::vector<Member>> scaled(const Characterization& c) {
  std::map<std::pair<std::string, std::string>, std::vector<Member>> by_family;
  for (std::size_t n = 0; n < c.networks().size(); ++n) {
    const auto member = member_of(c.networks()[n].name, n);
    if (member) by_family[{member->parameter, member->family}].push_back(*member);
  }
  std::map<std::string, std::vector<Member>> by_parameter;
  for (const auto& [key, members] : by_family) {
    if (members.size() < 2) continue;
    std::vector<Member>& all = by_parameter[key.first];
    all.insert(all.end(), members.begin(), members.end());
  }
  return by_parameter;
}

// A row a value, a column a family.
Table over_parameter(const std::string& parameter, const std::vector<Member>& members, std::string title,
                     Unit unit, const std::function<Value(std::size_t)>& value_of) {
  Table table{.key = parameter,
              .title = fmt::format("{} over {}", title, parameter),
              .columns = {{parameter, parameter, Unit::count}},
              .rows = {}};
  Chart chart{.kind = Chart::Kind::lines, .title = table.title, .x = parameter, .log_x = true, .log_y = true};
  std::map<std::string, std::size_t> columns;
  std::set<std::int64_t> values;
  for (const Member& member : members) {
    values.insert(member.value);
    const auto [column, is_new] = columns.try_emplace(member.family, table.columns.size());
    if (!is_new) continue;
    table.columns.push_back({member.family, member.family, unit, 0, Audience::everybody, true});
    chart.series.push_back(member.family);
  }
  for (const std::int64_t value : values) {
    std::vector<Value> row(table.columns.size());
    row[0] = value;
    for (const Member& member : members) {
      if (member.value == value) row[columns.at(member.family)] = value_of(member.network);
    }
    table.rows.push_back(std::move(row));
  }
  table.charts.push_back(std::move(chart));
  return table;
}

// By family, the network with the fewest FLOPs first; those that are alone are none.
std::map<std::string, std::vector<std::size_t>> families(const Characterization& c) {
  std::map<std::string, std::vector<std::size_t>> all;
  for (const std::size_t n :
       ranked(c, [&](std::size_t i) { return in(c.networks()[i].complexity.flops, flop); }))
    all[c.family(n)].push_back(n);
  std::erase_if(all, [](const auto& entry) { return entry.second.size() < 2; });
  return all;
}

Table family_table(const Characterization& c, std::size_t t,
                   const std::map<std::string, std::vector<std::size_t>>& all) {
  Table table{.key = {},
              .title = "Families",
              .columns = {{"family", "family"},
                          {"model", "network"},
                          {"flops", "FLOPs", Unit::flops},
                          {"flops_ratio", "to the least", Unit::ratio},
                          {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
                          {"latency_ratio", "to the least", Unit::ratio},
                          {"latency_exponent", "exponent"},
                          {"energy_j", "energy", Unit::joules, 0, Audience::everybody, true},
                          {"energy_ratio", "to the least", Unit::ratio}},
              .rows = {}};
  table.columns[6].scales_alone = true;
  for (const auto& [family, members] : all) {
    const std::size_t least = members.front();
    const auto base = energy_per_inference(c.at(least, t));
    for (const std::size_t n : members) {
      const Flops flops = c.networks()[n].complexity.flops;
      const double work = flops / c.networks()[least].complexity.flops;
      const double time = c.at(n, t).latency / c.at(least, t).latency;
      const auto energy = energy_per_inference(c.at(n, t));
      table.rows.push_back({family, c.networks()[n].name, flops, work, c.at(n, t).latency, time,
                            work > 1 ? Value(std::log(time) / std::log(work)) : Value(),
                            energy ? Value(*energy) : Value(), energy ? Value(*energy / *base) : Value()});
      derive(table, n, t, {"latency_s", "energy_j"});
    }
  }
  table.charts = {{.kind = Chart::Kind::points,
                   .title = "Latency over FLOPs by family",
                   .label = "family",
                   .series = {"latency_s"},
                   .x = "flops",
                   .log_x = true,
                   .log_y = true}};
  return table;
}

}  // namespace

Report scaling_section(const Characterization& c) {
  Report report;
  const auto all = scaled(c);
  const auto by_family = families(c);
  if (all.empty() && by_family.empty()) {
    report.lead = {"No two networks of this report are of one family."};
    return report;
  }
  if (!by_family.empty()) {
    add_by_device(report, c, " families", [&](std::size_t t) { return family_table(c, t, by_family); });
    report.notes = {
        "Exponent: ln(latency ratio) / ln(FLOP ratio). At 1 the time grows as the FLOPs do; below, larger "
        "networks use the device better."};
  }
  for (const auto& entry : all) {
    const std::string& parameter = entry.first;
    const std::vector<Member>& members = entry.second;
    report.parts.emplace_back(over_parameter(parameter, members, "FLOPs", Unit::flops, [&](std::size_t n) {
      return Value(c.networks()[n].complexity.flops);
    }));
    add_by_device(report, c, " " + parameter, [&](std::size_t t) {
      return over_parameter(parameter, members, "Latency", Unit::seconds,
                            [&](std::size_t n) { return Value(c.at(n, t).latency); });
    });
  }
  return report;
}

}  // namespace chipcast::report
