#include "import/mapped_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "import/onnx.hpp"

namespace chipcast {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("chipcast_mapped_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

std::string complaint(const std::string& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  return file ? "" : render(file.diagnostics());
}

}  // namespace

TEST_CASE("a file's bytes, and those of an empty one") {
  const Folder folder;
  std::ofstream(folder.file("a")) << "abc";
  std::ofstream(folder.file("empty"));
  Result<MappedFile> file = MappedFile::open(folder.file("a"));
  REQUIRE(file);
  const MappedFile moved = *std::move(file);
  CHECK(std::string(reinterpret_cast<const char*>(moved.bytes().data()), moved.bytes().size()) == "abc");
  CHECK(MappedFile::open(folder.file("empty"))->bytes().empty());
  CHECK(render(read_onnx(folder.file("empty")).diagnostics()) ==
        folder.file("empty") + ": error: the file is empty\n");
}

TEST_CASE("a missing file, with a suggestion from its folder") {
  const Folder folder;
  std::ofstream(folder.file("resnet50.onnx")) << "x";
  const std::string wanted = folder.file("resnet5O.onnx");
  CHECK(complaint(wanted) == wanted + ": error: there is no such file\n  did you mean 'resnet50.onnx'?\n");
  CHECK(complaint("/nonexistent/folder/a.onnx") ==
        "/nonexistent/folder/a.onnx: error: there is no such file\n");
}

TEST_CASE("directories, pipes and what is no path are refused without waiting") {
  const Folder folder;
  CHECK(complaint(folder.path.string()) ==
        folder.path.string() + ": error: this is a directory\n  give a file in it\n");
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(complaint(pipe) == pipe +
                               ": error: this is not a regular file (a pipe or a device)\n"
                               "  save its content to a file first and give that\n");
  CHECK(complaint("/dev/null") ==
        "/dev/null: error: this is not a regular file (a pipe or a device)\n"
        "  save its content to a file first and give that\n");
  CHECK(complaint("") == "error: this is not a file name\n");
  CHECK(complaint(std::string("a\0b", 3)) == "a\\x00b: error: this is not a file name\n");
}

TEST_CASE("a file that nobody may read") {
  if (::geteuid() == 0) return;  // root may read everything
  const Folder folder;
  std::ofstream(folder.file("a")) << "abc";
  REQUIRE(::chmod(folder.file("a").c_str(), 0) == 0);
  CHECK(complaint(folder.file("a")) == folder.file("a") + ": error: cannot be opened: Permission denied\n");
}

}  // namespace chipcast
