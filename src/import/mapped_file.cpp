#include "import/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace chipcast {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// The files beside a missing one that it may have been meant to be.
std::string suggest_neighbours(const std::string& path) {
  constexpr std::size_t most_listed = 10'000;
  const fs::path wanted(path);
  const fs::path folder = wanted.has_parent_path() ? wanted.parent_path() : fs::path(".");
  std::vector<std::string> names;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end && names.size() < most_listed;
       at.increment(ignored)) {
    names.push_back(at->path().filename().string());
  }
  return suggest(wanted.filename().string(), names);
}

Diagnostic cannot_read(const std::string& path, std::string message, std::string hint = {}) {
  return {.place = {.file = path}, .message = std::move(message), .hint = std::move(hint)};
}

Diagnostic cannot_open(const std::string& path, int error) {
  if (error == ENOENT) return cannot_read(path, "there is no such file", suggest_neighbours(path));
  return cannot_read(path, fmt::format("cannot be opened: {}", std::system_category().message(error)));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  // A path with a zero byte would be cut short by the system and open another file.
  if (path.empty() || path.find('\0') != std::string::npos)
    return cannot_read(path, "this is not a file name");
  // Without O_NONBLOCK a pipe that nobody writes to would hang us before we see what it is.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return cannot_open(path, errno);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) return cannot_open(path, errno);
  if (S_ISDIR(info.st_mode)) return cannot_read(path, "this is a directory", "give a file in it");
  if (!S_ISREG(info.st_mode)) {
    return cannot_read(path, "this is not a regular file (a pipe or a device)",
                       "save its content to a file first and give that");
  }
  MappedFile mapped;
  mapped.size_ = static_cast<std::size_t>(info.st_size);
  if (mapped.size_ == 0) return mapped;
  void* start = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) {
    mapped.size_ = 0;
    return cannot_open(path, errno);
  }
  mapped.start_ = static_cast<const std::byte*>(start);
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(start_, other.start_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (start_ != nullptr) ::munmap(const_cast<std::byte*>(start_), size_);
}

}  // namespace chipcast
