#include "cli/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

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

constexpr const char* untouched = "nothing was written; choose another place with -o";

Result<Done> write_in_place(const std::string& path, std::string_view text) {
  File file(path.c_str(), O_WRONLY, 0);
  if (!file.is_open() || !file.write_all(text) || !file.close_now()) return cannot_write(path, "");
  return Done{};
}

}  // namespace

Result<Done> write_whole(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    return Diagnostic{.place = {.file = path}, .message = "is a directory", .hint = "name a file in it"};
  }
  if (exists && !S_ISREG(status.st_mode)) return write_in_place(path, text);

  std::error_code error;
  fs::path target = path;
  for (int links = 0; fs::is_symlink(target, error) && links < 40; ++links) {
    const fs::path next = fs::read_symlink(target, error);
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  const std::string temporary = fmt::format("{}.{}.tmp", target.string(), getpid());
  const auto give_up = [&] {
    const int cause = errno;
    unlink(temporary.c_str());
    errno = cause;
    return cannot_write(path, untouched);
  };
  File file(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (!file.is_open()) return cannot_write(path, untouched);
  if (exists && fchmod(file.descriptor(), status.st_mode & 07777U) != 0) return give_up();
  if (!file.write_all(text) || !file.close_now()) return give_up();
  if (rename(temporary.c_str(), target.c_str()) != 0) return give_up();
  return Done{};
}

}  // namespace chipcast::cli
