#include "cli/design_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <type_traits>

#include "cli/whole_file.hpp"
#include "database/database.hpp"
#include "report/sweep.hpp"

namespace chipcast::cli {
namespace {

Diagnostic cannot_write(const std::string& path) {
  return {.place = {.file = path},
          .message = "cannot write all designs",
          .hint = "what is in the file is whole as far as it goes; is the disk full?"};
}

Diagnostic is_another(const std::string& path) {
  return {.place = {.file = path},
          .message = "this is not the file of all designs that the sweep was writing when it was stopped",
          .hint = "name that file, or begin anew with another file for --resume"};
}

class CsvFile : public DesignFile {
 public:
  // At the end of what is there.
  CsvFile(const std::string& path, std::ios::openmode mode, std::uint64_t written)
      : path_(path), rows_(path, std::ios::binary | mode), written_(written) {}

  Result<Done> write(std::string_view rows) override {
    if (!(rows_ << rows << std::flush)) return cannot_write(path_);
    written_ += rows.size();
    return Done{};
  }
  Result<std::uint64_t> keep() override { return written_; }

 private:
  std::string path_;
  std::ofstream rows_;
  std::uint64_t written_;  // bytes
};

Result<std::unique_ptr<DesignFile>> begin_csv(const std::string& path, const Sweep& sweep) {
  const Result<Done> writable = can_write(path);
  if (!writable) return writable.diagnostics();
  auto file = std::make_unique<CsvFile>(path, std::ios::trunc, 0);
  const Result<Done> headed = file->write(report::design_heading(sweep));
  if (!headed) return headed.diagnostics();
  return std::unique_ptr<DesignFile>(std::move(file));
}

Result<std::unique_ptr<DesignFile>> continue_csv(const std::string& path, const Sweep& sweep,
                                                 std::uint64_t written) {
  const std::string wanted = report::design_heading(sweep);
  std::string heading(wanted.size(), '\0');
  char last = '\0';
  std::ifstream file(path, std::ios::binary);
  file.read(heading.data(), static_cast<std::streamsize>(heading.size()));
  file.seekg(static_cast<std::streamoff>(written) - 1);
  file.get(last);
  if (!file || heading != wanted || last != '\n') return is_another(path);
  std::error_code error;
  std::filesystem::resize_file(path, written, error);
  if (error) return cannot_write(path);
  return std::unique_ptr<DesignFile>(std::make_unique<CsvFile>(path, std::ios::app, written));
}

// ---- databases

std::string table_of(const Sweep& sweep) {
  std::string columns = "design INTEGER PRIMARY KEY";
  for (const Axis& axis : sweep.problem().axes) columns += fmt::format(", {} TEXT", sql_name(label(axis)));
  for (const Measure& measure : report::design_measures(sweep.problem()))
    columns += fmt::format(", {} REAL", sql_name(report::design_key(sweep.problem(), measure)));
  return fmt::format("CREATE TABLE designs ({}, standing TEXT)", columns);
}

// Rows are committed many at once; those that were can be read whatever happens.
class DatabaseFile : public DesignFile {
 public:
  // The table is there and has so many rows.
  static Result<std::unique_ptr<DesignFile>> on(Database database, const Sweep& sweep,
                                                std::uint64_t written) {
    std::string places = "?, ?";
    for (std::size_t i = 0; i < sweep.space().axes() + report::design_measures(sweep.problem()).size(); ++i)
      places += ", ?";
    Result<Statement> insert = database.prepare(fmt::format("INSERT INTO designs VALUES ({})", places));
    if (!insert) return insert.diagnostics();
    return std::unique_ptr<DesignFile>(
        new DatabaseFile(std::move(database), *std::move(insert), sweep, written));
  }

  // As they lie in memory.
  static std::string rows(std::uint64_t first, std::span<const Judged> judged) {
    static_assert(std::is_trivially_copyable_v<Row>);
    std::string bytes(judged.size() * sizeof(Row), '\0');
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const Row row{first + i, judged[i]};
      std::memcpy(bytes.data() + i * sizeof(row), &row, sizeof(row));
    }
    return bytes;
  }

  Result<Done> write(std::string_view rows) override {
    if (!is_begun_) {
      const Result<Done> begun = database_.run("BEGIN");
      if (!begun) return begun.diagnostics();
      is_begun_ = true;
    }
    for (; !rows.empty(); rows.remove_prefix(sizeof(Row))) {
      Row row;
      std::memcpy(&row, rows.data(), sizeof(row));
      const Result<Done> inserted = insert(row.design, row.judged);
      if (!inserted) return inserted.diagnostics();
    }
    if (written_ - committed_ < rows_at_once) return Done{};
    const Result<std::uint64_t> kept = keep();
    if (!kept) return kept.diagnostics();
    return Done{};
  }

  Result<std::uint64_t> keep() override {
    if (is_begun_) {
      const Result<Done> committed = database_.run("COMMIT");
      if (!committed) return committed.diagnostics();
      is_begun_ = false;
      committed_ = written_;
    }
    return written_;
  }

 private:
  struct Row {
    std::uint64_t design = 0;
    Judged judged;
  };
  static constexpr std::uint64_t rows_at_once = 100'000;

  DatabaseFile(Database database, Statement insert, const Sweep& sweep, std::uint64_t written)
      : database_(std::move(database)),
        insert_(std::move(insert)),
        sweep_(sweep),
        measures_(report::design_measures(sweep.problem())),
        choice_(sweep.space().axes()),
        written_(written),
        committed_(written) {}

  Result<Done> insert(std::uint64_t design, const Judged& judged) {
    sweep_.space().choose(design, choice_);
    cells_.assign({static_cast<std::int64_t>(design)});
    for (std::size_t axis = 0; axis < choice_.size(); ++axis)
      cells_.emplace_back(std::string_view(sweep_.problem().axes[axis].values[choice_[axis]]));
    for (const Measure& measure : measures_) {
      const double amount = judged.measures[measure.index];
      const bool is_known = judged.standing != Standing::impossible && !std::isnan(amount);
      cells_.push_back(is_known ? Cell(amount) : Cell());
    }
    cells_.emplace_back(report::name(judged.standing));
    ++written_;
    return insert_.row(cells_);
  }

  Database database_;
  Statement insert_;
  const Sweep& sweep_;
  std::vector<Measure> measures_;
  std::vector<std::uint32_t> choice_;
  std::vector<Cell> cells_;
  std::uint64_t written_, committed_;  // rows
  bool is_begun_ = false;
};

Result<std::unique_ptr<DesignFile>> begin_database(const std::string& path, const Sweep& sweep) {
  Result<Database> database = Database::create(path);
  if (!database) return database.diagnostics();
  const Result<Done> made = database->run(table_of(sweep));
  if (!made) return made.diagnostics();
  return DatabaseFile::on(*std::move(database), sweep, 0);
}

Result<std::unique_ptr<DesignFile>> continue_database(const std::string& path, const Sweep& sweep,
                                                      std::uint64_t written) {
  Result<Database> database = Database::open(path);
  if (!database) return is_another(path);
  const auto table = database->first("SELECT sql FROM sqlite_master WHERE name = 'designs'");
  const auto rows = database->first("SELECT COUNT(*) FROM designs");
  if (!table || *table != table_of(sweep) || !rows || std::stoull(**rows) < written) return is_another(path);
  const Result<Done> cut = database->run(
      fmt::format("DELETE FROM designs WHERE design >= (SELECT MIN(design) FROM designs) + {}", written));
  if (!cut) return cut.diagnostics();
  return DatabaseFile::on(*std::move(database), sweep, written);
}

}  // namespace

bool is_database(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension();
  return ending == ".sqlite" || ending == ".sqlite3" || ending == ".db";
}

std::string design_rows(const std::string& path, const Sweep& sweep, std::uint64_t first,
                        std::span<const Judged> judged) {
  return is_database(path) ? DatabaseFile::rows(first, judged) : report::design_rows(sweep, first, judged);
}

Result<std::unique_ptr<DesignFile>> begin_design_file(const std::string& path, const Sweep& sweep) {
  return is_database(path) ? begin_database(path, sweep) : begin_csv(path, sweep);
}

Result<std::unique_ptr<DesignFile>> continue_design_file(const std::string& path, const Sweep& sweep,
                                                         std::uint64_t written) {
  return is_database(path) ? continue_database(path, sweep, written) : continue_csv(path, sweep, written);
}

}  // namespace chipcast::cli
