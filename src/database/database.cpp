#include "database/database.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>

namespace chipcast {
namespace {

Diagnostic complaint(const std::string& file, sqlite3* database) {
  const bool is_full =
      (sqlite3_errcode(database) & 0xff) == SQLITE_FULL || (sqlite3_errcode(database) & 0xff) == SQLITE_IOERR;
  return {.place = {.file = file},
          .message = std::string("the database says: ") + sqlite3_errmsg(database),
          .hint = is_full ? "what was committed is whole; is the disk full?" : ""};
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }
void Statement::End::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Database> Database::opened(const std::string& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  if (raw == nullptr) throw std::bad_alloc();
  Database database(file, raw);
  if (code != SQLITE_OK) return complaint(file, raw);
  return database;
}

Result<Database> Database::create(const std::string& file) {
  // Emptied in place, so that what is no regular file stays what it is, and a journal that lies beside it is not
  // taken for its own.
  if (!std::ofstream(file, std::ios::binary | std::ios::trunc))
    return Diagnostic{.place = {.file = file}, .message = "cannot write", .hint = "choose another place"};
  std::error_code ignored;
  std::filesystem::remove(file + "-journal", ignored);
  return opened(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Result<Database> Database::open(const std::string& file) { return opened(file, SQLITE_OPEN_READWRITE); }

Database Database::in_memory() {
  return *opened(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
}

Result<Done> Database::run(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return complaint(file_, database_.get());
  return Done{};
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    return complaint(file_, database_.get());
  return Statement(file_, raw);
}

Result<std::optional<std::string>> Database::first(const std::string& sql) {
  const Result<Statement> query = prepare(sql);
  if (!query) return query.diagnostics();
  sqlite3_stmt* const statement = query->statement_.get();
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return complaint(file_, database_.get());
  const unsigned char* text = code == SQLITE_ROW ? sqlite3_column_text(statement, 0) : nullptr;
  if (text == nullptr) return std::optional<std::string>();
  return std::optional<std::string>(reinterpret_cast<const char*>(text));
}

std::string Database::bytes() const {
  sqlite3_int64 size = 0;
  unsigned char* const all = sqlite3_serialize(database_.get(), "main", &size, 0);
  if (all == nullptr) return {};
  std::string bytes(reinterpret_cast<const char*>(all), static_cast<std::size_t>(size));
  sqlite3_free(all);
  return bytes;
}

Result<Done> Statement::row(std::span<const Cell> cells) {
  sqlite3_stmt* const statement = statement_.get();
  int place = 0;
  for (const Cell& cell : cells) {
    ++place;
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
      sqlite3_bind_int64(statement, place, *number);
    } else if (const auto* real = std::get_if<double>(&cell)) {
      sqlite3_bind_double(statement, place, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
      // Until the step is done, as long as the text is there.
      sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    } else {
      sqlite3_bind_null(statement, place);
    }
  }
  const int code = sqlite3_step(statement);
  std::optional<Diagnostic> wrong;
  if (code != SQLITE_DONE && code != SQLITE_ROW) wrong = complaint(file_, sqlite3_db_handle(statement));
  sqlite3_reset(statement);
  if (wrong) return *wrong;
  return Done{};
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace chipcast
