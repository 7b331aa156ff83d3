// database/database.hpp: a SQLite database: in a file, or in memory to become one.
//
//   Result<Database> database = Database::create("designs.sqlite");
//   Result<Done> made = database->run("CREATE TABLE designs (design INTEGER PRIMARY KEY, latency_s REAL)");
//   Result<Statement> insert = database->prepare("INSERT INTO designs VALUES (?, ?)");
//   Result<Done> inserted = insert->row({std::int64_t{7}, 0.0123});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace chipcast {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string_view>;  // monostate: NULL

// Ends before its database does.
class Statement {
 public:
  // Once, with these in the places of the question marks; what it yields is dropped.
  Result<Done> row(std::span<const Cell> cells);
  Result<Done> row(std::initializer_list<Cell> cells) { return row(std::span(cells.begin(), cells.size())); }

 private:
  friend class Database;
  struct End {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(std::string file, sqlite3_stmt* statement) : file_(std::move(file)), statement_(statement) {}

  std::string file_;
  std::unique_ptr<sqlite3_stmt, End> statement_;
};

class Database {
 public:
  static Result<Database> create(const std::string& file);  // in the place of what is there
  static Result<Database> open(const std::string& file);    // what is there
  static Database in_memory();

  Result<Done> run(const std::string& sql);  // one statement or several
  Result<Statement> prepare(const std::string& sql);
  // The first column of the first row, as text; nothing where there is no row or it is NULL.
  Result<std::optional<std::string>> first(const std::string& sql);
  // What a file of this database holds.
  std::string bytes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(std::string file, sqlite3* database) : file_(std::move(file)), database_(database) {}
  static Result<Database> opened(const std::string& file, int flags);

  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
};

// A name as SQL takes any: "memory.dram.bandwidth" in double quotes.
std::string sql_name(std::string_view name);

}  // namespace chipcast
