// validate/row.hpp: one line of a CSV file by column; complains, with the place, of what it is asked for and cannot give.
//
//   const Row row(csv, csv.rows[0], complaints);
//   row.needed("model"), row.count("batch", 1e6), row.index_in(device_ids, "device")
//
// Its columns are those of the header: a column that is asked for must be there.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "schema/csv.hpp"

namespace chipcast {

class Row {
 public:
  Row(const Csv& csv, const std::vector<CsvField>& fields, Diagnostics& complaints)
      : csv_(&csv), fields_(&fields), complaints_(&complaints) {}

  const std::string& text(std::string_view column) const { return field(column).text; }
  bool has(std::string_view column) const { return !text(column).empty(); }
  int line() const { return fields_->front().mark.line; }

  // Complains of an empty field; the text all the same.
  std::string needed(std::string_view column) const;
  // One of `names`; nothing, after a complaint, if it is none.
  std::optional<std::size_t> index_in(std::span<const std::string> names, std::string_view column) const;
  template <class E, std::size_t N>
  std::optional<E> one_of(const std::array<E, N>& all, std::string_view column) const {
    std::vector<std::string> names;
    for (const E e : all) names.emplace_back(name(e));
    const std::optional<std::size_t> index = index_in(names, column);
    if (!index) return std::nullopt;
    return all[*index];
  }
  std::optional<double> number(std::string_view column) const;
  // A whole number from `least`; that after a complaint.
  double count(std::string_view column, double most, double least = 1) const;
  // What a unit of the column `unit` is in base units; `examples` says what fits.
  std::optional<double> unit(Dimension dimension, std::string_view of, std::string_view examples) const;

  void fail(std::string_view column, std::string message, std::string hint = {}) const;

 private:
  const CsvField& field(std::string_view column) const;

  const Csv* csv_;
  const std::vector<CsvField>* fields_;
  Diagnostics* complaints_;
};

}  // namespace chipcast
