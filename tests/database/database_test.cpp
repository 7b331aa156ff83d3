#include "database/database.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace chipcast {
namespace {

class File {
 public:
  File()
      : path_((std::filesystem::temp_directory_path() / ("chipcast_" + std::to_string(getpid()))).string()) {}
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string first(Database& database, const std::string& sql) {
  const Result<std::optional<std::string>> text = database.first(sql);
  REQUIRE(text);
  return text->value_or("nothing");
}

}  // namespace

TEST_CASE("rows come back as they went in, bit for bit, whatever the names") {
  Database database = Database::in_memory();
  CHECK(sql_name("a \"b\".c") == "\"a \"\"b\"\".c\"");
  REQUIRE(database.run("CREATE TABLE t (" + sql_name("a \"b\".c") + " INTEGER, real REAL, text TEXT)"));
  Result<Statement> insert = database.prepare("INSERT INTO t VALUES (?, ?, ?)");
  REQUIRE(insert);
  CHECK(insert->row({std::int64_t{9'007'199'254'740'993}, 0.1, std::string_view("it's; --")}));
  CHECK(insert->row({Cell(), Cell(), Cell()}));
  CHECK(first(database, "SELECT " + sql_name("a \"b\".c") + " FROM t") == "9007199254740993");  // 2^53 + 1
  CHECK(first(database, "SELECT real = 0.1 FROM t") == "1");
  CHECK(first(database, "SELECT text FROM t") == "it's; --");
  CHECK(first(database, "SELECT COUNT(*) FROM t WHERE real IS NULL AND text IS NULL") == "1");
  CHECK(first(database, "SELECT text FROM t WHERE real > 1") == "nothing");
}

TEST_CASE("the bytes of a database are a file of it") {
  const File file;
  Database database = Database::in_memory();
  REQUIRE(database.run("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (42)"));
  std::ofstream(file.path(), std::ios::binary) << database.bytes();
  Result<Database> again = Database::open(file.path());
  REQUIRE(again);
  CHECK(first(*again, "SELECT n FROM t") == "42");
}

TEST_CASE("a database takes the place of what was there; what is none is refused") {
  const File file;
  std::ofstream(file.path()) << "no database, but long enough to be looked at as one";
  Result<Database> none = Database::open(file.path());
  REQUIRE(none);  // SQLite looks only when it is asked something
  const Result<Done> asked = none->run("SELECT * FROM t");
  REQUIRE_FALSE(asked);
  CHECK(asked.diagnostics().front().message.find("file is not a database") != std::string::npos);
  Result<Database> fresh = Database::create(file.path());
  REQUIRE(fresh);
  CHECK(fresh->run("CREATE TABLE t (n INTEGER)"));
  CHECK_FALSE(Database::open("/no/such/folder/file.db"));
  CHECK_FALSE(Database::create("/no/such/folder/file.db"));
}

TEST_CASE("an insert that the table forbids is refused, and the next one is not") {
  Database database = Database::in_memory();
  REQUIRE(database.run("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
  Result<Statement> insert = database.prepare("INSERT INTO t VALUES (?)");
  REQUIRE(insert);
  CHECK(insert->row({std::int64_t{1}}));
  CHECK_FALSE(insert->row({std::int64_t{1}}));
  CHECK(insert->row({std::int64_t{2}}));
}

}  // namespace chipcast
