#include "report/whatif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/figures.hpp"
#include "report/numbers.hpp"
#include "study/moves.hpp"

namespace chipcast::report {
namespace {

constexpr std::array bounds = {Bound::compute, Bound::off_chip, Bound::on_chip, Bound::dispatch};

// ---- what is different

ListedFigure plain(std::string path, std::string text) {
  ListedFigure fact;
  fact.path = std::move(path);
  fact.text = std::move(text);
  return fact;
}

// All that can be set and its value.
std::vector<ListedFigure> facts_of(const Variant& variant) {
  const Design& design = *variant.design;
  std::vector<ListedFigure> facts = {plain("network", variant.estimated.model)};
  facts.push_back(plain("precision", std::string(name(design.options.precision))));
  facts.push_back(
      plain("weights", std::string(name(design.options.weights.value_or(design.options.precision)))));
  facts.push_back(plain("batch", fmt::format("{}", design.batch)));
  facts.push_back(
      plain("threads", design.options.threads > 0 ? fmt::format("{}", design.options.threads) : "all"));
  for (std::size_t rule = 0; rule < fusion_rule_count; ++rule) {
    facts.push_back(plain(fmt::format("fusion.{}", name(static_cast<FusionRule>(rule))),
                          design.runtime.fusion[rule] ? "on" : "off"));
  }
  std::ranges::move(figures_of(design.device), std::back_inserter(facts));
  std::ranges::move(figures_of(design.runtime), std::back_inserter(facts));
  return facts;
}

Value number_or_text(const ListedFigure& fact) {
  return fact.source.empty() ? Value(fact.text) : Value(fact.value);
}

Table change_table(const WhatIf& study) {
  Table table{.key = "changes",
              .title = "What is set, and what moves with it",
              .columns = {{"figure", "figure"},
                          {"", "before", Unit::none, 0, Audience::people},
                          {"", "after", Unit::none, 0, Audience::people},
                          {"before", "", Unit::none, 0, Audience::machines},
                          {"after", "", Unit::none, 0, Audience::machines},
                          {"unit", "", Unit::none, 0, Audience::machines}},
              .rows = {}};
  const std::vector<ListedFigure> before = facts_of(study.before), after = facts_of(study.after);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].text == after[i].text && before[i].value == after[i].value) continue;
    table.rows.push_back({before[i].path, before[i].text, after[i].text, number_or_text(before[i]),
                          number_or_text(after[i]), before[i].unit});
  }
  return table;
}

// ---- the totals

// "0.62x"; nothing where there is nothing to compare with.
Value ratio(const Value& before, const Value& after) {
  const double* a = before.as<double>();
  const double* b = after.as<double>();
  return a && b && *a > 0 ? Value(text(*b / *a, Unit::ratio)) : Value();
}

std::vector<Value> quantity_row(std::string label, const Value& before, const Value& after, Unit unit) {
  return {std::move(label), short_text(before, unit), short_text(after, unit), ratio(before, after)};
}

Value energy_of(const Estimate& e) { return e.energy ? Value(e.energy->total()) : Value(); }
Value power_of(const Estimate& e) { return e.power ? Value(*e.power) : Value(); }
Value life_of(const Endurance& endurance) {
  return endurance.battery ? Value(endurance.battery->life) : Value();
}
Value memory_of(const Estimate& e) { return in(e.weights + e.activations, byte); }

std::string fit_of(const Variant& variant) {
  const Estimated& row = variant.estimated;
  return fmt::format("{} {}", row.estimate.fits ? "fits" : "too large for",
                     text(row.target->memory_capacity, Unit::bytes));
}

std::string bound_of(const Estimate& e) {
  if (e.is_throttled) return "power";
  const Seconds spent = std::accumulate(e.time_at.begin(), e.time_at.end(), Seconds());
  return fmt::format("{} {:.0f}%", name(e.bound), 100 * (*std::ranges::max_element(e.time_at) / spent));
}

Table total_table(const WhatIf& study) {
  const Estimated &before = study.before.estimated, &after = study.after.estimated;
  const Estimate &b = before.estimate, &a = after.estimate;
  Table table{.key = "totals",
              .title = "Before and after",
              .columns = {{"", ""}, {"", "before"}, {"", "after"}, {"", "change"}},
              .rows = {},
              .excerpt = {},
              .audience = Audience::people};
  table.rows = {quantity_row("latency", b.latency, a.latency, Unit::seconds),
                quantity_row("inferences per s", b.throughput, a.throughput, Unit::hertz),
                quantity_row("energy", energy_of(b), energy_of(a), Unit::joules),
                quantity_row("power", power_of(b), power_of(a), Unit::watts)};
  if (before.endurance.battery || after.endurance.battery) {
    table.rows.push_back(
        quantity_row("battery life", life_of(before.endurance), life_of(after.endurance), Unit::seconds));
  }
  table.rows.push_back(quantity_row("memory needed", memory_of(b), memory_of(a), Unit::bytes));
  table.rows.push_back({"in the memory", fit_of(study.before), fit_of(study.after), Value("")});
  table.rows.push_back({"bound", bound_of(b), bound_of(a), Value("")});
  return table;
}

// Both as `estimate` would give them.
Table estimates_of(const WhatIf& study) {
  std::vector<Estimated> rows = {study.before.estimated};
  if (study.has_settings) rows.push_back(study.after.estimated);
  Table table = estimate_table(rows, study.question);
  table.audience = Audience::machines;
  table.columns.insert(table.columns.begin(), {"case", "case"});
  for (std::size_t i = 0; i < rows.size(); ++i)
    table.rows[i].insert(table.rows[i].begin(), i == 0 ? "before" : "after");
  return table;
}

// ---- limits

Table limit_table(const WhatIf& study) {
  const Estimate &b = study.before.estimated.estimate, &a = study.after.estimated.estimate;
  Table table{.key = "limits",
              .title = "Time of the operators that are bound by each",
              .columns = {{"limit", "limit"},
                          {"time_before_s", "before", Unit::seconds, 0, Audience::everybody, true},
                          {"share_before", "share", Unit::share},
                          {"time_after_s", "after", Unit::seconds, 0, Audience::everybody, true},
                          {"share_after", "share", Unit::share}},
              .rows = {}};
  const auto all = [](const Estimate& e) {
    return std::accumulate(e.time_at.begin(), e.time_at.end(), Seconds());
  };
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    table.rows.push_back(
        {name(bounds[i]), b.time_at[i], b.time_at[i] / all(b), a.time_at[i], a.time_at[i] / all(a)});
  }
  return table;
}

Table ladder(const Estimate& today) {
  Table table{.key = "ideal",
              .title = "If one limit were lifted",
              .columns = {{"lifted", "lifted"},
                          {"latency_s", "latency", Unit::seconds, 0, Audience::everybody, true},
                          {"of_today", "of today", Unit::share}},
              .rows = {}};
  table.rows.push_back({"nothing", today.latency, 1.0});
  std::vector<std::size_t> order(bounds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return today.if_lifted[i]; });
  for (const std::size_t i : order) {
    const Seconds lifted = std::min(today.if_lifted[i], today.latency);
    table.rows.push_back({name(bounds[i]), lifted, lifted / today.latency});
  }
  return table;
}

// ---- operators

// "memory 40 us -> 20 us"
std::string why(const Move& move) {
  const Bound bound = moved_most(move);
  if (move.before == nullptr) return "runs on its own";
  if (move.after == nullptr) return "runs within another";
  std::string text =
      fmt::format("{} {} -> {}", name(bound), short_text(term(*move.before, bound), Unit::seconds),
                  short_text(term(*move.after, bound), Unit::seconds));
  const double before = move.before->bytes_off_chip, after = move.after->bytes_off_chip;
  if (bound == Bound::off_chip && std::abs(after - before) > 0.01 * before) {
    text += fmt::format(", {} -> {} moved", short_text(before, Unit::bytes), short_text(after, Unit::bytes));
  }
  return text;
}

Value bound_name(const GroupEstimate* group) { return group ? Value(name(group->bound)) : Value(); }
Value total_of(const GroupEstimate* group) { return group ? Value(group->total) : Value(); }

Table operator_table(const WhatIf& study) {
  const std::vector<Move> all = moves(*study.before.workload, study.before.estimated.estimate,
                                      *study.after.workload, study.after.estimated.estimate);
  Table table{.key = "operators",
              .title = fmt::format("Operators that moved most, of {}", all.size()),
              .columns = {{"name", "name"},
                          {"kind", "kind", Unit::none, 1},
                          {"before_s", "before", Unit::seconds, 0, Audience::everybody, true},
                          {"after_s", "after", Unit::seconds, 0, Audience::everybody, true},
                          {"bound_before", "bound", Unit::none, 2},
                          {"bound_after", "bound after", Unit::none, 3},
                          {"reason", "what moved", Unit::none, 0, Audience::everybody, false, true}},
              .rows = {}};
  for (const Move& move : all) {
    table.rows.push_back({move.name, name(move.kind), total_of(move.before), total_of(move.after),
                          bound_name(move.before), bound_name(move.after), why(move)});
  }
  if (study.operators == 0) table.audience = Audience::machines;
  if (study.operators < all.size()) {
    table.excerpt.emplace();
    table.excerpt->rows.resize(study.operators);
    std::iota(table.excerpt->rows.begin(), table.excerpt->rows.end(), std::size_t{0});
    table.excerpt->remark = fmt::format("{} more (--operators all shows them)", all.size() - study.operators);
  }
  return table;
}

// ---- sensitivities

Table sensitivity_table(const WhatIf& study) {
  Table table{.key = "sensitivity",
              .title = "Percent that latency and energy change where a figure grows by one percent",
              .columns = {{"figure", "figure"},
                          {"", "value", Unit::none, 0, Audience::people},
                          {"latency_elasticity", "latency"},
                          {"energy_elasticity", "energy"}},
              .rows = {},
              .excerpt = Table::Excerpt{}};
  const std::vector<ListedFigure> figures = figures_of(study.after.design->device);
  constexpr double least_shown = 5e-4;
  for (const Elasticity& e : study.sensitivities) {
    const double energy = e.energy.value_or(0);
    if (std::max(std::abs(e.latency), std::abs(energy)) >= least_shown)
      table.excerpt->rows.push_back(table.rows.size());
    const auto figure = std::ranges::find(figures, e.path, &ListedFigure::path);
    table.rows.push_back({e.path, figure->text, e.latency, e.energy ? Value(*e.energy) : Value()});
  }
  const std::size_t hidden = table.rows.size() - table.excerpt->rows.size();
  if (hidden > 0) table.excerpt->remark = fmt::format("{} more change neither by 0.0005%", hidden);
  return table;
}

// Where the latencies of the ladder are not of the same making as today's.
void add_ladder_note(const Estimated& today, std::vector<std::string>& notes) {
  if (today.target->execution->runs_branches_side_by_side) {
    notes.push_back(fmt::format(
        "With a limit lifted operators count one after another, although {} runs some side by side.",
        today.target->runtime->id));
  }
  if (today.estimate.is_throttled)
    notes.emplace_back("Today's latency is stretched by the limit on power, the others are not.");
}

// What is true of both is said once.
void add_remarks(const WhatIf& study, std::vector<std::string>& notes) {
  const std::vector<std::string> before = remarks(study.before.estimated);
  const std::vector<std::string> after = remarks(study.after.estimated);
  const auto has = [](const std::vector<std::string>& all, const std::string& text) {
    return std::ranges::find(all, text) != all.end();
  };
  for (const std::string& text : before)
    notes.push_back(fmt::format("{}{}.", has(after, text) ? "" : "Before: ", text));
  for (const std::string& text : after) {
    if (!has(before, text)) notes.push_back(fmt::format("After: {}.", text));
  }
}

}  // namespace

Report whatif(const WhatIf& study) {
  const Estimated& before = study.before.estimated;
  Report report{
      .title = fmt::format("{} on {} with {}, {}, batch {}", before.model, device_text(*before.target),
                           before.target->runtime->id, precision_text(*before.target), before.estimate.batch),
      .caveat = std::string(basis_of(*before.target)),
      .csv = !study.sensitivities.empty() ? "sensitivity"
             : study.has_settings         ? "estimates"
                                          : "ideal"};
  report.parts.emplace_back(estimates_of(study));
  if (study.has_settings) {
    report.parts.emplace_back(change_table(study));
    report.parts.emplace_back(total_table(study));
    report.parts.emplace_back(limit_table(study));
    report.parts.emplace_back(operator_table(study));
  }
  if (study.shows_ladder) report.parts.emplace_back(ladder(study.after.estimated.estimate));
  if (!study.sensitivities.empty()) report.parts.emplace_back(sensitivity_table(study));
  if (study.shows_ladder) add_ladder_note(study.after.estimated, report.notes);
  add_remarks(study, report.notes);
  return report;
}

}  // namespace chipcast::report
