#include "validate/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "schema/number.hpp"
#include "schema/unit.hpp"

namespace chipcast {

const CsvField& Row::field(std::string_view column) const {
  const auto at = std::ranges::find(csv_->header, column, &CsvField::text) - csv_->header.begin();
  return (*fields_)[static_cast<std::size_t>(at)];
}

void Row::fail(std::string_view column, std::string message, std::string hint) const {
  complaints_->push_back(
      {.place = csv_->place(field(column).mark), .message = std::move(message), .hint = std::move(hint)});
}

std::string Row::needed(std::string_view column) const {
  if (!has(column)) fail(column, fmt::format("no {} is given", column));
  return text(column);
}

std::optional<std::size_t> Row::index_in(std::span<const std::string> names, std::string_view column) const {
  const auto found = std::ranges::find(names, needed(column));
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (has(column)) {
    const std::string hint = suggest(text(column), names);
    fail(column, fmt::format("there is no {} '{}'", column, text(column)),
         hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint);
  }
  return std::nullopt;
}

std::optional<double> Row::number(std::string_view column) const {
  if (needed(column).empty()) return std::nullopt;
  const Number number = parse_number(text(column));
  if (!number.complaint.empty()) {
    fail(column, number.complaint, number.hint);
    return std::nullopt;
  }
  if (!number.rest.empty()) {
    fail(column, fmt::format("'{}' is not a number alone", text(column)), "the unit has a column of its own");
    return std::nullopt;
  }
  return number.real;
}

double Row::count(std::string_view column, double most, double least) const {
  const std::optional<double> value = number(column);
  if (!value) return least;
  if (*value >= least && *value <= most && *value == std::floor(*value)) return *value;
  fail(column, fmt::format("{} must be a whole number from {} to {:.0f}", column, least, most));
  return least;
}

std::optional<double> Row::unit(Dimension dimension, std::string_view of, std::string_view examples) const {
  const std::string wanted = needed("unit");
  if (wanted.empty()) return std::nullopt;
  const std::optional<Unit> unit = wanted == "1/s" ? Unit{1, Hertz::dimension} : parse_unit(wanted);
  if (unit && unit->dimension == dimension) return unit->factor;
  fail("unit", fmt::format("'{}' is no unit of {}", wanted, of), fmt::format("write {}", examples));
  return std::nullopt;
}

}  // namespace chipcast
