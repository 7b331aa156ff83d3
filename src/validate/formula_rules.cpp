// Claims against what their own formula gives from other claims of the file.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "validate/rules.hpp"

namespace chipcast {
namespace {

// What follows by definition, where a row gives no formula of its own.
struct Usual {
  Formula formula;
  Reach reach = Reach::file;
};

const Usual* usual_formula(const std::string& metric) {
  static const std::map<std::string, Usual> formulas = [] {
    const auto parsed = [](const char* text) { return *parse_formula(text); };
    // Speeds of two tables may have been taken in two ways.
    return std::map<std::string, Usual>{
        {"throughput", {parsed("batch / latency"), Reach::table}},
        {"power", {parsed("energy_per_inference * throughput"), Reach::table}},
        {"inferences_per_wh", {parsed("1 Wh / energy_per_inference")}},
        {"battery_life", {parsed("battery_capacity / energy_per_inference / inference_rate")}}};
  }();
  const auto found = formulas.find(metric);
  return found == formulas.end() ? nullptr : &found->second;
}

std::optional<Evaluated> implied_by_formula(const Book& book, const Claim& claim) {
  if (claim.formula) return book.evaluate(*claim.formula, claim);
  const Usual* usual = usual_formula(claim.metric);
  return usual == nullptr ? std::nullopt : book.evaluate(usual->formula, claim, usual->reach);
}

// Figures apart by less are no contradiction.
constexpr double rounding = 1e-9;

bool overlap(Interval a, Interval b) { return gap(a, b) <= rounding; }

// One more or less in the last digit printed, where that is little.
bool is_last_digit(const Claim& claim, Interval implied) {
  constexpr double little = 0.02;
  const Interval wider{std::max(0.0, claim.value - 3 * claim.slack), claim.value + 3 * claim.slack};
  return overlap(wider, implied) && gap(claim.range(), implied) < little;
}

// Printed with its last digits dropped.
bool is_cut_off(const Claim& claim, Interval implied) {
  return overlap({claim.value, claim.value + 2 * claim.slack}, implied);
}

// More than batch / latency: several batches may be in flight, the batch was more than one, or the latency's unit is
// another.
void explain_throughput(const Claim& claim, double factor, Finding& found) {
  constexpr double most_in_flight = 32, tolerance = 0.03;
  const double whole = std::round(factor);
  if (!found.cause.empty()) {
    const double latency = claim.batch.value_or(1) / claim.value;
    found.cause += fmt::format("; it fits a latency of {}", written(latency, second_dimension));
  } else if (!claim.batch && whole >= 2 && std::abs(factor / whole - 1) < tolerance) {
    found.gravity = Gravity::warning;
    found.cause = fmt::format("the batch is not stated: it would have to be {}", whole);
  } else if (factor > 1 && factor < most_in_flight) {
    found.gravity = Gravity::warning;
    found.cause = "possible only with more than one batch in flight";
  }
}

Finding mismatch(const Claim& claim, const Evaluated& implied) {
  constexpr double much = 0.2;
  const double factor = claim.value / implied.value;
  Finding found{.fault = Fault::not_its_formula,
                .implied = implied.value,
                .derivation = implied.derivation,
                .cause = cause_of_factor(factor)};
  if (is_cut_off(claim, implied.range)) {
    found.gravity = std::abs(factor - 1) < much ? Gravity::note : Gravity::warning;
    found.cause = "cut off where it should be rounded";
  } else if (is_last_digit(claim, implied.range)) {
    found.gravity = Gravity::note;
    found.cause = "its last digit";
  } else if (claim.dimension == Dimension{} && overlap(claim.range(), Interval{1, 1} / implied.range)) {
    found.cause = "the inverse of its formula";
  }
  if (claim.metric == "throughput" && found.gravity == Gravity::error)
    explain_throughput(claim, factor, found);
  return found;
}

// What a row is about: rows of one subject must not differ.
using Subject = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string,
                           std::string, int, double>;
Subject subject_of(const Claim& claim) {
  return {claim.metric,           claim.model,
          claim.variant,          claim.device,
          claim.operating_point,  claim.runtime,
          claim.boundary,         claim.precision ? static_cast<int>(*claim.precision) : -1,
          claim.batch.value_or(0)};
}

// The rows of a column, by table and metric.
using Columns = std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>;

// A quotient of two other columns, and how many rows of the column follow it.
struct Guess {
  Formula formula;
  std::size_t followers = 0;
};

Guess guess_formula(const Book& book, const std::vector<std::size_t>& rows,
                    const std::set<std::string>& ratios) {
  Guess best;
  for (const std::string& above : ratios) {
    for (const std::string& below : ratios) {
      if (above == below) continue;
      Guess guess{.formula = *parse_formula(fmt::format("{} / {}", above, below))};
      for (const std::size_t row : rows) {
        const Claim& claim = book.claims()[row];
        const std::optional<Evaluated> implied = book.evaluate(guess.formula, claim);
        if (implied && overlap(claim.range(), implied->range)) ++guess.followers;
      }
      if (guess.followers > best.followers) best = std::move(guess);
    }
  }
  return best;
}

}  // namespace

void check_formulas(const Book& book, Findings& findings) {
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const std::optional<Evaluated> implied = implied_by_formula(book, claim);
    if (!implied || overlap(claim.range(), implied->range)) continue;
    Finding found = mismatch(claim, *implied);
    found.claim = i;
    findings.push_back(std::move(found));
  }
}

// A column named ..._score that gives no formula: the quotient of two ratios that most of its rows follow, if any.
void check_scores(const Book& book, Findings& findings) {
  constexpr std::size_t most_ratios = 8;
  Columns scores;
  std::map<std::string, std::set<std::string>> ratios;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    if (claim.dimension != Dimension{}) continue;
    if (claim.metric.ends_with("_score") && !claim.formula) scores[{claim.table, claim.metric}].push_back(i);
    auto& known = ratios[claim.table];
    if (claim.metric.find("_ratio") != std::string::npos && known.size() < most_ratios)
      known.insert(claim.metric);
  }
  for (const auto& [column, rows] : scores) {
    const Guess guess = guess_formula(book, rows, ratios[column.first]);
    constexpr std::size_t least_rows = 4;
    if (rows.size() < least_rows || 2 * guess.followers < rows.size()) continue;
    for (const std::size_t row : rows) {
      const Claim& claim = book.claims()[row];
      const std::optional<Evaluated> implied = book.evaluate(guess.formula, claim);
      if (!implied || overlap(claim.range(), implied->range)) continue;
      Finding found = mismatch(claim, *implied);
      found.claim = row;
      found.fault = Fault::mixed_formulas;
      found.derivation =
          fmt::format("{} of {} rows follow {}", guess.followers, rows.size(), implied->derivation);
      findings.push_back(std::move(found));
    }
  }
}

void check_repeats(const Book& book, Findings& findings) {
  std::map<Subject, std::size_t> firsts;
  for (std::size_t i = 0; i < book.claims().size(); ++i) {
    const Claim& claim = book.claims()[i];
    const auto [first, is_new] = firsts.try_emplace(subject_of(claim), i);
    if (is_new || overlap(book.claims()[first->second].range(), claim.range())) continue;
    const Claim& before = book.claims()[first->second];
    findings.push_back({.claim = i,
                        .fault = Fault::contradicts_itself,
                        .gravity = claim.table == before.table ? Gravity::error : Gravity::note,
                        .implied = before.value,
                        .derivation = fmt::format("line {} gives {} for the same{}", before.line,
                                                  written(before.value, before.dimension),
                                                  claim.table == before.table ? "" : ", in another table"),
                        .cause = cause_of_factor(claim.value / before.value)});
  }
}

}  // namespace chipcast
