#include "report/audit_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "base/text.hpp"
#include "report/audit.hpp"

namespace chipcast::report {
namespace {

// By the tables that the claims were printed in, in the order of the file.
Table by_table(std::span<const Claim> claims, std::span<const Finding> findings) {
  Table table{.key = "tables",
              .title = "What was audited",
              .columns = {{"table", "table"},
                          {"figures", "figures", Unit::count},
                          {"faulty", "with an error", Unit::count},
                          {"errors", "errors", Unit::count},
                          {"warnings", "warnings", Unit::count},
                          {"notes", "notes", Unit::count}},
              .rows = {}};
  std::vector<std::string> names;
  for (const Claim& claim : claims) {
    if (std::ranges::find(names, claim.table) == names.end()) names.push_back(claim.table);
  }
  for (const std::string& name : names) {
    std::map<Gravity, std::int64_t> counts;
    std::set<std::size_t> faulty;
    for (const Finding& finding : findings) {
      if (claims[finding.claim].table != name) continue;
      ++counts[finding.gravity];
      if (finding.gravity == Gravity::error) faulty.insert(finding.claim);
    }
    table.rows.push_back({name, std::ranges::count(claims, name, &Claim::table), faulty.size(),
                          counts[Gravity::error], counts[Gravity::warning], counts[Gravity::note]});
  }
  return table;
}

// A table for each fault, out of the one of all findings.
std::vector<Part> by_fault(const Table& all) {
  const auto column = std::ranges::find(all.columns, "fault", &Column::key) - all.columns.begin();
  std::vector<Part> tables;
  for (std::size_t f = 0; f < fault_count; ++f) {
    const auto fault = static_cast<Fault>(f);
    Table table = all;
    table.key = name(fault);
    table.title = about(fault);
    std::erase_if(table.rows, [&](const std::vector<Value>& row) {
      return row[static_cast<std::size_t>(column)] != Value(name(fault));
    });
    if (table.rows.empty()) continue;
    table.title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(table.title.front())));
    tables.emplace_back(std::move(table));
  }
  return tables;
}

}  // namespace

Page audit_page(const Plan& plan, std::span<const Claim> claims, std::span<const Finding> findings,
                const Diagnostics& unknown) {
  constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
  Report audit = audit_report(plan.audits->text, claims, findings, {.findings = everything});
  Page page{.title = plan.title, .caveat = audit.title, .chapters = {}};
  std::vector<Part> kinds, faults;
  for (const Part& part : audit.parts) {
    const auto* table = std::get_if<Table>(&part);
    if (table == nullptr) continue;
    if (table->key == "findings") {
      faults = by_fault(*table);
    } else {
      kinds.push_back(*table);
    }
  }
  kinds.insert(kinds.begin(), by_table(claims, findings));
  page.chapters.push_back({"summary", {.title = "Overview", .lead = plan.notes, .parts = std::move(kinds)}});
  page.chapters.push_back({"findings", {.title = "Finding by finding", .parts = std::move(faults)}});
  for (const Diagnostic& one : unknown) audit.notes.push_back(one.message);
  page.chapters.push_back({"notes", {.title = "How to read it", .notes = std::move(audit.notes)}});
  return page;
}

}  // namespace chipcast::report
