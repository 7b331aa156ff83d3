#include "cli/design_file.hpp"

#include <filesystem>
#include <fstream>

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

}  // namespace

std::string design_rows(const std::string&, const Sweep& sweep, std::uint64_t first,
                        std::span<const Judged> judged) {
  return report::design_rows(sweep, first, judged);
}

Result<std::unique_ptr<DesignFile>> begin_design_file(const std::string& path, const Sweep& sweep) {
  return begin_csv(path, sweep);
}

Result<std::unique_ptr<DesignFile>> continue_design_file(const std::string& path, const Sweep& sweep,
                                                         std::uint64_t written) {
  return continue_csv(path, sweep, written);
}

}  // namespace chipcast::cli
