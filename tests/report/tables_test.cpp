#include "report/tables.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "database/database.hpp"

namespace chipcast::report {

TEST_CASE(
    "tables of a report are those of a database, columns by their keys, with the types of what is in them") {
  Report report{.title = "a report"};
  report.parts.emplace_back(Group{.key = "counts",
                                  .label = "counts",
                                  .fields = {{"good", "good", Value(7), Unit::count}, {"bad", "bad", {}}}});
  report.parts.emplace_back(
      Table{.key = "front",
            .title = "the front",
            .columns = {{.key = "memory.dram.bandwidth", .label = "bandwidth"},
                        {.key = "latency_s", .label = "latency", .unit = Unit::seconds},
                        {.key = "knee", .label = "knee"}},
            .rows = {{Value("2x"), Value(), Value(false)}, {Value("4x"), Value(0.125), Value(true)}}});
  const std::string path =
      (std::filesystem::temp_directory_path() / ("chipcast_tables_" + std::to_string(getpid()))).string();
  std::ofstream(path, std::ios::binary) << tables_as_database(report);
  {
    Result<Database> database = Database::open(path);
    REQUIRE(database);
    const auto first = [&](const std::string& sql) { return (*database->first(sql)).value_or("nothing"); };
    CHECK(first("SELECT good FROM counts") == "7");
    CHECK(first("SELECT bad FROM counts") == "nothing");
    CHECK(first("SELECT latency_s FROM front WHERE \"memory.dram.bandwidth\" = '4x'") == "0.125");
    CHECK(first("SELECT COUNT(*) FROM front WHERE knee AND typeof(latency_s) = 'real'") == "1");
    CHECK(first("SELECT COUNT(*) FROM front WHERE latency_s IS NULL") == "1");
    CHECK(first("SELECT sql FROM sqlite_master WHERE name = 'front'") ==
          "CREATE TABLE \"front\" (\"memory.dram.bandwidth\" TEXT, \"latency_s\" REAL, \"knee\" INTEGER)");
  }
  std::filesystem::remove(path);
}

}  // namespace chipcast::report
