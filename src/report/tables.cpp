#include "report/tables.hpp"

#include <fmt/format.h>

#include <cassert>

#include "database/database.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

std::string_view sql_type(const Table& table, std::size_t column) {
  for (const auto& row : table.rows) {
    if (row[column].as<double>() != nullptr) return "REAL";
    if (row[column].as<std::int64_t>() != nullptr || row[column].as<bool>() != nullptr) return "INTEGER";
    if (row[column].is_known()) return "TEXT";
  }
  return "";
}

// `text` holds what is no number, for as long as the cell is used.
Cell cell_of(const Value& value, std::string& text) {
  if (!value.is_known()) return {};
  if (const auto* real = value.as<double>()) return *real;
  if (const auto* whole = value.as<std::int64_t>()) return *whole;
  if (const auto* answer = value.as<bool>()) return std::int64_t{*answer};
  text = exact(value);
  return std::string_view(text);
}

// In memory nothing can fail but memory itself.
void add_table(Database& database, const Table& table) {
  std::string columns, places;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    columns += fmt::format("{}{} {}", c == 0 ? "" : ", ", sql_name(table.columns[c].key), sql_type(table, c));
    places += c == 0 ? "?" : ", ?";
  }
  [[maybe_unused]] const Result<Done> made =
      database.run(fmt::format("CREATE TABLE {} ({})", sql_name(table.key), columns));
  assert(made);
  Result<Statement> insert =
      database.prepare(fmt::format("INSERT INTO {} VALUES ({})", sql_name(table.key), places));
  assert(insert);
  for (const auto& row : table.rows) {
    std::vector<std::string> texts(row.size());
    std::vector<Cell> cells;
    for (std::size_t c = 0; c < row.size(); ++c) cells.push_back(cell_of(row[c], texts[c]));
    [[maybe_unused]] const Result<Done> inserted = insert->row(cells);
    assert(inserted);
  }
}

Table table_of(const Group& group) {
  Table table{.key = group.key, .title = {}, .columns = {}, .rows = {{}}};
  for (const Field& field : group.fields) {
    table.columns.push_back({.key = field.key, .label = field.label, .unit = field.unit});
    table.rows.front().push_back(field.value);
  }
  return table;
}

}  // namespace

std::string tables_as_database(const Report& report) {
  Database database = Database::in_memory();
  for (const Part& part : report.parts) {
    if (const auto* table = std::get_if<Table>(&part)) add_table(database, *table);
    if (const auto* group = std::get_if<Group>(&part)) add_table(database, table_of(*group));
  }
  return database.bytes();
}

}  // namespace chipcast::report
