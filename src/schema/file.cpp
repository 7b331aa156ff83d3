// Reading whole text files.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "schema/document.hpp"

namespace chipcast {
namespace {

Diagnostic about_file(const std::string& path, std::string message, std::string hint = {}) {
  return {.place = {.file = path, .source = {}}, .message = std::move(message), .hint = std::move(hint)};
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t most) {
  struct stat status = {};
  if (path.find('\0') != std::string::npos) return about_file(path, "a path cannot hold a NUL");
  if (::stat(path.c_str(), &status) != 0) {
    return about_file(
        path, errno == ENOENT ? "no such file" : fmt::format("cannot read it: {}", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) return about_file(path, "this is a directory", "name a file in it");
  // A pipe or a device could block or never end.
  if (!S_ISREG(status.st_mode)) return about_file(path, "this is not a regular file");
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) return about_file(path, fmt::format("cannot read it: {}", std::strerror(errno)));
  std::string text;
  // The file may grow while it is read: what counts is what arrives.
  text.resize(std::min(most, static_cast<std::size_t>(status.st_size)) + 1);
  std::size_t size = 0;
  while (size <= most) {
    const std::size_t got = std::fread(text.data() + size, 1, text.size() - size, file.get());
    size += got;
    if (got == 0) break;
    if (size == text.size()) text.resize(std::min(most + 1, text.size() * 2));
    if (size == text.size()) break;
  }
  if (std::ferror(file.get()) != 0) return about_file(path, "cannot read it: an input error");
  if (size > most) return about_file(path, fmt::format("the file is larger than {} MiB", most >> 20));
  text.resize(size);
  return text;
}

Result<Document> read_document(const std::string& path) {
  Result<std::string> source = read_text_file(path);
  if (!source) return source.diagnostics();
  return parse_document(path, std::move(*source));
}

}  // namespace chipcast
