#include "cli/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace chipcast::cli {
namespace {

// Closes on every way out, and lets the last close report what a network file system finds out only then.
class File {
 public:
  File(const char* path, int flags, mode_t mode) : descriptor_(open(path, flags | O_CLOEXEC, mode)) {}
  ~File() { close_now(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  bool close_now() { return descriptor_ < 0 || close(std::exchange(descriptor_, -1)) == 0; }
  bool write_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

 private:
  int descriptor_;
};

Diagnostic cannot_write(const std::string& path, std::string hint) {
  return {.place = {.file = path},
          .message = fmt::format("cannot write: {}", std::strerror(errno)),
          .hint = std::move(hint)};
}

Diagnostic is_directory(const std::string& path) {
  return {.place = {.file = path}, .message = "is a directory", .hint = "name a file in it"};
}

constexpr const char* untouched = "nothing was written; choose another place with -o";

Result<Done> write_in_place(const std::string& path, std::string_view text) {
  File file(path.c_str(), O_WRONLY, 0);
  if (!file.is_open() || !file.write_all(text) || !file.close_now()) return cannot_write(path, "");
  return Done{};
}

// A text beside its place: renamed there by `take_place`, else removed.
class Staged {
 public:
  Staged() = default;
  Staged(Staged&& other) noexcept
      : temporary_(std::exchange(other.temporary_, {})), target_(std::move(other.target_)) {}
  Staged& operator=(Staged&&) = delete;
  ~Staged() {
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }

  // `status`: of the file that is replaced; null where there is none.
  static Result<Staged> write(const std::string& path, std::string_view text, const struct stat* status) {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::path target = path;
    for (int links = 0; fs::is_symlink(target, error) && links < 40; ++links) {
      const fs::path next = fs::read_symlink(target, error);
      target = next.is_absolute() ? next : target.parent_path() / next;
    }
    const std::string temporary = fmt::format("{}.{}.tmp", target.string(), getpid());
    File file(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (!file.is_open()) return cannot_write(path, untouched);
    Staged staged;
    staged.temporary_ = temporary;
    staged.target_ = target.string();
    const bool is_written = (status == nullptr || fchmod(file.descriptor(), status->st_mode & 07777U) == 0) &&
                            file.write_all(text) && file.close_now();
    if (!is_written) return cannot_write(path, untouched);
    return staged;
  }

  Result<Done> take_place() {
    if (rename(temporary_.c_str(), target_.c_str()) != 0) return cannot_write(target_, untouched);
    temporary_.clear();
    return Done{};
  }

 private:
  std::string temporary_, target_;
};

}  // namespace

Result<Done> write_whole(const std::string& path, std::string_view text) {
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return is_directory(path);
  if (exists && !S_ISREG(status.st_mode)) return write_in_place(path, text);
  Result<Staged> staged = Staged::write(path, text, exists ? &status : nullptr);
  if (!staged) return staged.diagnostics();
  return staged->take_place();
}

Result<Done> can_write(const std::string& path) {
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return is_directory(path);
  // A regular file is made beside its place, another written in place.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const std::string opened = exists && !S_ISREG(status.st_mode) ? path : folder.empty() ? "." : folder;
  if (access(opened.c_str(), W_OK) != 0)
    return cannot_write(path, "nothing was written; choose another place");
  return Done{};
}

Result<Done> write_together(std::span<const NamedText> files) {
  std::vector<Staged> all;
  for (const NamedText& file : files) {
    struct stat status {};
    const bool exists = stat(file.path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
      return Diagnostic{.place = {.file = file.path},
                        .message = "is no regular file",
                        .hint = "nothing was written; remove it or choose another folder"};
    }
    Result<Staged> staged = Staged::write(file.path, file.text, exists ? &status : nullptr);
    if (!staged) return staged.diagnostics();
    all.push_back(*std::move(staged));
  }
  for (Staged& staged : all) {
    const Result<Done> done = staged.take_place();
    if (!done) return done.diagnostics();
  }
  return Done{};
}

}  // namespace chipcast::cli
