// Networks of one family that differ in a single parameter: "bert_base?sequence=128" and "...=512".
#include <fmt/format.h>

#include <charconv>
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

}  // namespace

Report scaling_section(const Characterization& c) {
  Report report;
  const auto all = scaled(c);
  if (all.empty()) {
    report.lead = {"No networks of this report differ in one parameter alone."};
    return report;
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
