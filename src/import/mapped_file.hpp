// import/mapped_file.hpp: a file as read-only memory; pages that nobody looks at are never read from the disk.
//
//   Result<MappedFile> file = MappedFile::open("resnet50.onnx");
//   if (!file) return file.diagnostics();      // missing (with suggestions), a directory, unreadable, a pipe
//   parse(file->bytes());
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.hpp"

namespace chipcast {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {start_, size_}; }  // empty for an empty file

 private:
  MappedFile() = default;
  const std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace chipcast
