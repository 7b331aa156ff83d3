#include "validate/claim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "schema/csv.hpp"
#include "schema/number.hpp"

namespace chipcast {
namespace {

constexpr std::size_t most_rows = 20'000;
constexpr double most_batch = 1e9;

constexpr std::array<std::string_view, 4> needed_columns = {"model", "metric", "value", "unit"};
constexpr std::array<std::string_view, 14> all_columns = {
    "table",    "model",  "variant", "device", "operating_point", "runtime", "precision", "batch",
    "boundary", "metric", "value",   "unit",   "as_printed",      "formula"};

// Metrics that rules know by name, and what they are.
struct KnownMetric {
  std::string_view name;
  Dimension dimension;
  bool is_given = false;  // what a table assumes, exact as it stands: no result that was rounded
};
constexpr std::array known_metrics = {
    KnownMetric{"latency", second_dimension},
    KnownMetric{"throughput", Hertz::dimension},
    KnownMetric{"energy_per_inference", joule_dimension},
    KnownMetric{"power", Watts::dimension},
    KnownMetric{"parameters", {}},
    KnownMetric{"macs", mac_dimension},
    KnownMetric{"flops", flop_dimension},
    KnownMetric{"activation_memory", byte_dimension},
    KnownMetric{"model_size", byte_dimension},
    KnownMetric{"inferences_per_wh", {}},
    KnownMetric{"battery_life", second_dimension},
    KnownMetric{"battery_capacity", joule_dimension, true},
    KnownMetric{"inference_rate", Hertz::dimension, true},
};

const KnownMetric* find_known(std::string_view metric) {
  const auto* found = std::ranges::find(known_metrics, metric, &KnownMetric::name);
  return found == known_metrics.end() ? nullptr : found;
}

std::optional<Dimension> dimension_of(std::string_view metric) {
  if (const KnownMetric* known = find_known(metric)) return known->dimension;
  if (metric.starts_with("flops_")) return flop_dimension;
  if (metric.starts_with("flop_share_")) return Dimension{};
  return std::nullopt;
}

std::string name_of(Dimension dimension) {
  if (dimension == Dimension{}) return "a number, such as '1' or '%'";
  if (dimension == Hertz::dimension) return "a rate, such as '1/s'";
  const DimensionName known = describe(dimension);
  return fmt::format("{}, such as '{}'", known.name, known.example.substr(known.example.find(' ') + 1));
}

// The number within "~395K FPS" or "1,081.7", and what one more in its last digit is.
struct Printed {
  double number = 0;
  double step = 1;
};

std::optional<Printed> number_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  text.remove_prefix(first);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separates = text[i] == ',' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (!separates) digits += text[i];
  }
  const Number number = parse_number(digits);
  if (!number.complaint.empty()) return std::nullopt;
  const std::string_view whole = std::string_view(digits).substr(0, digits.size() - number.rest.size());
  const std::size_t exponent_at = std::min(whole.find_first_of("eE"), whole.size());
  const std::size_t point = whole.find('.');
  const auto decimals = point == std::string_view::npos ? 0 : static_cast<int>(exponent_at - point - 1);
  const int exponent =
      exponent_at == whole.size() ? 0 : static_cast<int>(parse_number(whole.substr(exponent_at + 1)).real);
  return Printed{.number = number.real, .step = std::pow(10.0, exponent - decimals)};
}

// The power of ten that turns what was printed ("2.54M") into the value (2,540,000); nothing where none does.
std::optional<double> scale_between(double printed, double value) {
  if (printed == 0 || value == 0) return printed == value ? std::optional(1.0) : std::nullopt;
  const double scale = std::pow(10.0, std::round(std::log10(value / printed)));
  constexpr double rounding = 1e-9;
  if (std::abs(printed * scale / value - 1) > rounding) return std::nullopt;
  return scale;
}

class ClaimReader {
 public:
  explicit ClaimReader(const Csv& csv) : csv_(csv) {
    for (std::size_t c = 0; c < csv.header.size(); ++c) columns_[csv.header[c].text] = c;
  }

  Result<std::vector<Claim>> read() {
    check_header();
    if (csv_.rows.size() > most_rows) {
      complaints_.push_back({.place = {.file = csv_.file},
                             .message = fmt::format("{} rows, more than {}", csv_.rows.size(), most_rows),
                             .hint = "audit its tables one by one"});
    }
    if (!complaints_.empty()) return complaints_;
    std::vector<Claim> claims;
    for (const std::vector<CsvField>& row : csv_.rows) {
      row_ = &row;
      claims.push_back(read_row());
      if (complaints_.size() >= CsvLimits::complaints) break;
    }
    check_dimensions(claims);
    if (!complaints_.empty()) return complaints_;
    return claims;
  }

 private:
  void check_header() {
    const std::vector<std::string> names(all_columns.begin(), all_columns.end());
    for (const CsvField& field : csv_.header) {
      if (std::ranges::find(names, field.text) != names.end()) continue;
      const std::string hint = suggest(field.text, names);
      complaints_.push_back(
          {.place = csv_.place(field.mark),
           .message = fmt::format("a table of claims has no column '{}'", field.text),
           .hint = hint.empty() ? fmt::format("there are {}", fmt::join(names, ",")) : hint});
    }
    for (const std::string_view name : needed_columns) {
      if (columns_.contains(std::string(name))) continue;
      complaints_.push_back({.place = csv_.place({.line = 1, .column = 1}),
                             .message = fmt::format("the column '{}' is missing", name),
                             .hint = fmt::format("the columns are {}", fmt::join(names, ","))});
    }
  }

  Claim read_row() {
    Claim claim;
    claim.line = row_->front().mark.line;
    claim.table = text("table");
    claim.model = text("model");
    claim.variant = text("variant");
    claim.device = text("device");
    claim.operating_point = text("operating_point");
    claim.runtime = text("runtime");
    claim.boundary = text("boundary");
    claim.metric = text("metric");
    read_precision(claim);
    read_batch(claim);
    read_figure(claim);
    read_formula(claim);
    return claim;
  }

  void read_precision(Claim& claim) {
    if (text("precision").empty()) return;
    claim.precision = precision_named(text("precision"));
    if (claim.precision) return;
    std::vector<std::string> names;
    for (const Precision precision : precisions) names.emplace_back(name(precision));
    const std::string hint = suggest(text("precision"), names);
    fail("precision", fmt::format("unknown precision '{}'", text("precision")),
         hint.empty()
             ? fmt::format("there are {}; leave it empty where it is not stated", fmt::join(names, ", "))
             : hint);
  }

  void read_batch(Claim& claim) {
    if (text("batch").empty()) return;
    const Number number = parse_number(text("batch"));
    const bool is_whole =
        number.complaint.empty() && number.rest.empty() && number.real == std::floor(number.real);
    if (is_whole && number.real >= 1 && number.real <= most_batch) {
      claim.batch = number.real;
    } else {
      fail("batch", fmt::format("'{}' is no batch", text("batch")),
           "a whole number from 1; leave it empty where it is not stated");
    }
  }

  void read_figure(Claim& claim) {
    if (claim.metric.empty()) fail("metric", "no metric is given");
    const Number number = parse_number(text("value"));
    if (!number.complaint.empty()) {
      return fail("value", text("value").empty() ? "no value is given" : number.complaint, number.hint);
    }
    if (!number.rest.empty()) {
      return fail("value", fmt::format("'{}' is not a number alone", text("value")),
                  "the unit has a column of its own");
    }
    if (number.real < 0) return fail("value", "a figure must not be negative");
    const std::optional<Unit> unit = unit_of_row();
    if (!unit) return;
    claim.dimension = unit->dimension;
    const std::optional<Dimension> wanted = dimension_of(claim.metric);
    if (wanted && *wanted != unit->dimension) {
      return fail("unit", fmt::format("'{}' is {}, but '{}' is {}", claim.metric, name_of(*wanted),
                                      text("unit"), name_of(unit->dimension)));
    }
    if (wanted && number.real == 0 && !claim.metric.starts_with("flop_share_")) {
      return fail("value", fmt::format("'{}' must be above zero", claim.metric),
                  "leave the row out where it is not known");
    }
    claim.printed =
        text("as_printed").empty() ? fmt::format("{} {}", text("value"), text("unit")) : text("as_printed");
    const std::string& source = text("as_printed").empty() ? text("value") : text("as_printed");
    const std::optional<Printed> printed = number_in(source);
    if (!printed) return fail("as_printed", fmt::format("'{}' holds no number", source));
    const std::optional<double> scale = scale_between(printed->number, number.real);
    if (!scale) {
      return fail("as_printed", fmt::format("'{}' does not print the value {}", source, text("value")),
                  "give the value in the unit that was printed");
    }
    claim.value = number.real * unit->factor;
    const KnownMetric* known = find_known(claim.metric);
    if (known == nullptr || !known->is_given) claim.slack = printed->step * *scale * unit->factor / 2;
    if (!std::isfinite(claim.value + claim.slack))
      fail("value", fmt::format("'{}' is out of range", text("value")));
  }

  std::optional<Unit> unit_of_row() {
    const std::string& written = text("unit");
    std::optional<Unit> unit = parse_table_unit(written);
    if (unit) return unit;
    const std::optional<UnitAdvice> advice = advice_on_unit(written);
    const auto wanted = dimension_of(text("metric"));
    const std::string hint =
        wanted ? fmt::format("write {}", name_of(*wanted))
               : "write for example 'ms', '1/s', 'GFLOP', 'MB', '%', or '1' where there is none";
    fail("unit",
         advice            ? advice->message
         : written.empty() ? "no unit is given"
                           : fmt::format("unknown unit '{}'", written),
         advice ? advice->hint : hint);
    return std::nullopt;
  }

  void read_formula(Claim& claim) {
    if (text("formula").empty()) return;
    Result<Formula> formula = parse_formula(text("formula"));
    if (formula) {
      claim.formula = *std::move(formula);
      return;
    }
    const Diagnostic& wrong = formula.diagnostics().front();
    fail("formula", wrong.message, wrong.hint);
  }

  // A metric of the file's own is of one kind throughout.
  void check_dimensions(const std::vector<Claim>& claims) {
    std::map<std::string, const Claim*> first;
    for (std::size_t i = 0; i < claims.size() && complaints_.empty(); ++i) {
      const auto [known, is_new] = first.try_emplace(claims[i].metric, &claims[i]);
      if (is_new || known->second->dimension == claims[i].dimension) continue;
      row_ = &csv_.rows[i];
      fail("unit",
           fmt::format("'{}' is {} here and {} in line {}", claims[i].metric, name_of(claims[i].dimension),
                       name_of(known->second->dimension), known->second->line));
    }
  }

  // Empty where there is no such column.
  const std::string& text(std::string_view column) const {
    static const std::string nothing;
    const auto at = columns_.find(column);
    return at == columns_.end() ? nothing : (*row_)[at->second].text;
  }

  void fail(std::string_view column, std::string message, std::string hint = {}) {
    const auto at = columns_.find(column);
    const Mark mark = at == columns_.end() ? row_->front().mark : (*row_)[at->second].mark;
    complaints_.push_back(
        {.place = csv_.place(mark), .message = std::move(message), .hint = std::move(hint)});
  }

  const Csv& csv_;
  const std::vector<CsvField>* row_ = nullptr;
  std::map<std::string, std::size_t, std::less<>> columns_;
  Diagnostics complaints_;
};

Result<std::vector<Claim>> claims_of(const Result<Csv>& csv) {
  if (!csv) return csv.diagnostics();
  return ClaimReader(*csv).read();
}

}  // namespace

Result<std::vector<Claim>> read_claims(const std::string& path) { return claims_of(read_csv(path)); }
Result<std::vector<Claim>> parse_claims(const std::string& path, std::string text) {
  return claims_of(parse_csv(path, std::move(text)));
}

bool has_rule(const Claim& claim) {
  return claim.formula || dimension_of(claim.metric) || claim.metric.ends_with("_score");
}

}  // namespace chipcast
