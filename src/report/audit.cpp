#include "report/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "base/text.hpp"

namespace chipcast::report {
namespace {

constexpr std::array gravities = {Gravity::error, Gravity::warning, Gravity::note};

std::int64_t count_of(std::span<const Finding> findings, Gravity gravity) {
  return std::ranges::count(findings, gravity, &Finding::gravity);
}

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", format_count(count), what, count == 1 ? "" : "s");
}

// "mobilenet_v2 on kpu-t2, latency"
std::string subject(const Claim& claim) {
  std::string text = claim.model;
  const auto add = [&](std::string_view between, const std::string& part) {
    if (!part.empty()) text += fmt::format("{}{}", text.empty() ? "" : between, part);
  };
  add(", ", claim.variant);
  add(" on ", claim.device);
  add("@", claim.operating_point);
  add(", ", claim.metric);
  return text;
}

std::string_view words(Side side) {
  switch (side) {
    case Side::equal:
      return "";
    case Side::at_most:
      return "at most ";
    case Side::at_least:
      return "at least ";
  }
  return "";
}

// All of it in one text.
std::string told(const Finding& finding, const Claim& claim) {
  // A note on where a figure comes from implies no other.
  const bool is_other = finding.implied != claim.value;
  const auto amount = [&](double value) { return written(value, claim.dimension); };
  std::string text = fmt::format("{} {}", subject(claim), claim.printed);
  if (amount(claim.value) != claim.printed) text += fmt::format(" ({})", amount(claim.value));
  if (is_other) text += fmt::format(", implied {}{}", words(finding.side), amount(finding.implied));
  text += fmt::format(": {}: {}", about(finding.fault), finding.derivation);
  return finding.cause.empty() ? text : text + "; " + finding.cause;
}

// "s", "FLOP/s"; what CSV and JSON say beside a value in base units.
std::string unit_text(Dimension dimension) {
  if (dimension == Dimension{}) return "1";
  if (dimension == Hertz::dimension) return "1/s";
  const std::string one = written(1, dimension);
  return one.substr(one.find(' ') + 1);
}

Table kinds_table(std::span<const Claim> claims, std::span<const Finding> findings) {
  Table table{.key = "faults",
              .title = "What is wrong",
              .columns = {{"fault", "fault", Unit::none, 0, Audience::machines},
                          {"about", "fault"},
                          {"errors", "errors", Unit::count},
                          {"warnings", "warnings", Unit::count},
                          {"notes", "notes", Unit::count},
                          {"first_line", "from line", Unit::count}},
              .rows = {}};
  for (std::size_t f = 0; f < fault_count; ++f) {
    const auto fault = static_cast<Fault>(f);
    std::map<Gravity, std::int64_t> counts;
    const Finding* first = nullptr;
    for (const Finding& finding : findings) {
      if (finding.fault != fault) continue;
      ++counts[finding.gravity];
      if (first == nullptr) first = &finding;
    }
    if (first == nullptr) continue;
    table.rows.push_back({name(fault), about(fault), counts[Gravity::error], counts[Gravity::warning],
                          counts[Gravity::note], claims[first->claim].line});
  }
  return table;
}

// The gravest first, each fault's first before any fault's second: an excerpt shows every kind.
std::vector<std::size_t> excerpt_of(std::span<const Finding> findings, std::size_t most) {
  std::map<Fault, std::size_t> seen;
  std::vector<std::size_t> turn;
  for (const Finding& finding : findings) turn.push_back(seen[finding.fault]++);
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::pair(findings[i].gravity, turn[i]); });
  order.resize(std::min(order.size(), most));
  std::ranges::sort(order);
  return order;
}

Table findings_table(std::span<const Claim> claims, std::span<const Finding> findings, std::size_t most) {
  const auto machines = Audience::machines;
  Table table{.key = "findings",
              .title = "Findings",
              .columns = {{"line", "line", Unit::count},
                          {"severity", "severity"},
                          {"fault", "fault", Unit::none, 0, machines},
                          {"", "finding", Unit::none, 0, Audience::people, false, true},
                          {"table", "table", Unit::none, 0, machines},
                          {"model", "model", Unit::none, 0, machines},
                          {"variant", "variant", Unit::none, 0, machines},
                          {"device", "device", Unit::none, 0, machines},
                          {"operating_point", "point", Unit::none, 0, machines},
                          {"runtime", "runtime", Unit::none, 0, machines},
                          {"precision", "precision", Unit::none, 0, machines},
                          {"batch", "batch", Unit::none, 0, machines},
                          {"metric", "metric", Unit::none, 0, machines},
                          {"printed", "printed", Unit::none, 0, machines},
                          {"value", "value", Unit::none, 0, machines},
                          {"implied", "implied", Unit::none, 0, machines},
                          {"bound", "bound", Unit::none, 0, machines},
                          {"unit", "unit", Unit::none, 0, machines},
                          {"factor", "factor", Unit::none, 0, machines},
                          {"derivation", "derivation", Unit::none, 0, machines},
                          {"cause", "likely cause", Unit::none, 0, machines}},
              .rows = {}};
  constexpr std::array<std::string_view, 3> bounds = {"equal", "at_most", "at_least"};
  for (const Finding& f : findings) {
    const Claim& claim = claims[f.claim];
    table.rows.push_back({claim.line,
                          name(f.gravity),
                          name(f.fault),
                          told(f, claim),
                          claim.table,
                          claim.model,
                          claim.variant,
                          claim.device,
                          claim.operating_point,
                          claim.runtime,
                          claim.precision ? Value(name(*claim.precision)) : Value(),
                          claim.batch ? Value(*claim.batch) : Value(),
                          claim.metric,
                          claim.printed,
                          claim.value,
                          f.implied,
                          bounds[static_cast<std::size_t>(f.side)],
                          unit_text(claim.dimension),
                          claim.value / f.implied,
                          f.derivation,
                          f.cause.empty() ? Value() : Value(f.cause)});
  }
  if (findings.size() > most) {
    table.excerpt = {.rows = excerpt_of(findings, most),
                     .remark = fmt::format("{} more (--findings all shows them)", findings.size() - most)};
  }
  return table;
}

// Metrics that nothing is known about, with how often they stand there.
std::string unchecked(std::span<const Claim> claims) {
  std::map<std::string, std::int64_t> counts;
  for (const Claim& claim : claims) {
    if (!has_rule(claim)) ++counts[claim.metric];
  }
  std::string text;
  for (const auto& [metric, count] : counts)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", metric, counted(count, "row"));
  return text;
}

}  // namespace

Report audit_report(const std::string& file, std::span<const Claim> claims, std::span<const Finding> findings,
                    const AuditOptions& options) {
  Report report{.title = file, .csv = "findings"};
  std::string verdict;
  for (const Gravity gravity : gravities) {
    const std::int64_t count = count_of(findings, gravity);
    if (count > 0) verdict += fmt::format("{}{}", verdict.empty() ? "" : ", ", counted(count, name(gravity)));
  }
  const std::string rows = counted(static_cast<std::int64_t>(claims.size()), "figure");
  report.title = fmt::format("{}: {}, {}", file, rows, verdict.empty() ? "nothing found" : verdict);
  report.parts.emplace_back(Field{"file", "", file, Unit::none, Audience::machines});
  report.parts.emplace_back(
      Field{"claims", "", static_cast<std::int64_t>(claims.size()), Unit::count, Audience::machines});
  for (const Gravity gravity : gravities) {
    report.parts.emplace_back(Field{fmt::format("{}s", name(gravity)), "", count_of(findings, gravity),
                                    Unit::count, Audience::machines});
  }
  Table kinds = kinds_table(claims, findings), all = findings_table(claims, findings, options.findings);
  if (findings.empty()) kinds.audience = all.audience = Audience::machines;
  report.parts.emplace_back(std::move(kinds));
  if (options.findings == 0) all.audience = Audience::machines;
  report.parts.emplace_back(std::move(all));
  report.notes.emplace_back(
      "A printed figure counts with the rounding it was printed with. Errors cannot be true; warnings hardly "
      "are; notes are about how a figure came about.");
  if (const std::string rest = unchecked(claims); !rest.empty())
    report.notes.push_back(fmt::format("No rule knows: {}.", rest));
  return report;
}

}  // namespace chipcast::report
