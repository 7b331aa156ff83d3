#include "import/onnx_import.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/text.hpp"

namespace chipcast::onnx {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_complaints = 20;
constexpr std::size_t most_external_files = 64;

// Room for what small files legitimately unfold to, and a multiple of the file: its bytes are looked at a few times.
constexpr std::int64_t least_allowance = 8'000'000;
constexpr std::int64_t allowance_per_byte = 8;

bool is_plain(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// The folder and everything below it; symbolic links are followed before the answer.
std::optional<std::string> inside(const fs::path& folder, std::string_view location) {
  if (location.empty() || location.find('\0') != std::string_view::npos) return std::nullopt;
  const fs::path relative(location);
  if (relative.is_absolute()) return std::nullopt;
  std::error_code error;
  const fs::path root = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, error);
  if (error) return std::nullopt;
  const fs::path target = fs::weakly_canonical(root / relative, error);
  if (error) return std::nullopt;
  const bool is_below =
      std::mismatch(root.begin(), root.end(), target.begin(), target.end()).first == root.end();
  return is_below ? std::optional(target.string()) : std::nullopt;
}

}  // namespace

Import::Import(std::string_view file, std::string path) : file_(file), path_(std::move(path)) {
  reading.position = file.data();
  reading.allowance = least_allowance + allowance_per_byte * static_cast<std::int64_t>(file.size());
}

void Import::complain(std::string part, std::string message, std::string hint) {
  complaints_.push_back({.place = {.file = path_, .part = std::move(part)},
                         .message = std::move(message),
                         .hint = std::move(hint)});
  if (complaints_.size() >= most_complaints) throw EnoughComplaints();
}

std::string Import::text(std::string_view bytes) {
  charge(reading, bytes.size());
  return is_plain(bytes) ? std::string(bytes) : printable(bytes);
}

std::optional<std::string_view> Import::external(std::string_view location) {
  auto found = external_.find(location);
  if (found == external_.end()) {
    if (external_.size() >= most_external_files) return std::nullopt;
    std::optional<MappedFile> file;
    if (const auto target = inside(fs::path(path_).parent_path(), location)) {
      if (Result<MappedFile> opened = MappedFile::open(*target)) file = *std::move(opened);
    }
    found = external_.emplace(std::string(location), std::move(file)).first;
  }
  if (!found->second) return std::nullopt;
  const auto bytes = found->second->bytes();
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::string quoted(std::string_view name) {
  constexpr std::size_t most_shown = 120;
  if (name.size() <= most_shown) return "'" + printable(name) + "'";
  return "'" + printable(name.substr(0, most_shown)) + "...'";
}

}  // namespace chipcast::onnx
