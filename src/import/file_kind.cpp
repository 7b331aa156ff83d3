#include "import/file_kind.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace chipcast {
namespace {

constexpr std::string_view from_pytorch = "load it in PyTorch and write ONNX with torch.onnx.export";
constexpr std::string_view from_tensorflow = "convert it with tf2onnx";

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  FileKind kind;
};

using namespace std::string_view_literals;

// Longer and rarer signatures first: "<" alone says least.
constexpr Magic magics[] = {
    {0, "version https://git-lfs"sv, {"a Git LFS pointer", "fetch the file itself with `git lfs pull`"}},
    {0, "\x89PNG\r\n\x1a\n"sv, {"a PNG image"}},
    {0, "\xFF\xD8\xFF"sv, {"a JPEG image"}},
    {0, "\x89HDF\r\n\x1a\n"sv, {"an HDF5 file, perhaps a Keras model", from_tensorflow}},
    {4, "TFL3"sv, {"a TensorFlow Lite model", from_tensorflow}},
    {4, "ORTM"sv, {"a model in ONNX Runtime's own format", "give the .onnx file it was made from"}},
    {0, "GGUF"sv, {"a GGUF file: weights without a graph", "export the network to ONNX"}},
    {0, "PK\x03\x04"sv, {"a zip archive, perhaps a PyTorch or Keras file", from_pytorch}},
    {0, "\x80\x02"sv, {"a Python pickle, perhaps a PyTorch checkpoint", from_pytorch}},
    {0, "\x80\x03"sv, {"a Python pickle", from_pytorch}},
    {0, "\x80\x04"sv, {"a Python pickle", from_pytorch}},
    {0, "\x1F\x8B"sv, {"a gzip archive", "unpack it first"}},
    {0, "BZh"sv, {"a bzip2 archive", "unpack it first"}},
    {0,
     "\xFD"
     "7zXZ"sv,
     {"an xz archive", "unpack it first"}},
    {0, "\x28\xB5\x2F\xFD"sv, {"a Zstandard archive", "unpack it first"}},
    {257, "ustar"sv, {"a tar archive", "unpack it first"}},
    {0, "\x93NUMPY"sv, {"a NumPy array"}},
    {0,
     "\x7F"
     "ELF"sv,
     {"an ELF program or library"}},
    {0, "%PDF"sv, {"a PDF document"}},
    {0, "<!DOCTYPE"sv, {"an HTML page", "the download may have failed"}},
    {0, "<!doctype"sv, {"an HTML page", "the download may have failed"}},
    {0, "<html"sv, {"an HTML page", "the download may have failed"}},
    {0, "<?xml"sv, {"an XML file, perhaps an OpenVINO model", "give the .onnx file it was made from"}},
};

bool is_text(std::string_view bytes) {
  std::string_view start = bytes.substr(0, 512);
  // A sequence may be cut where the sample ends.
  for (int cut = 0; cut < 4 && start.size() < bytes.size() && !is_valid_utf8(start); ++cut)
    start.remove_suffix(1);
  return is_valid_utf8(start) && std::ranges::none_of(start, [](char c) {
           const auto code = static_cast<unsigned char>(c);
           return code < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
         });
}

// Safetensors: the length of a JSON header, eight bytes, then the header.
bool is_safetensors(std::string_view bytes) {
  return bytes.size() > 10 && bytes[8] == '{' && bytes[9] == '"' && bytes[6] == 0 && bytes[7] == 0;
}

}  // namespace

std::optional<FileKind> guess_kind(std::string_view bytes) {
  for (const Magic& magic : magics) {
    if (bytes.size() >= magic.offset && bytes.substr(magic.offset).starts_with(magic.bytes))
      return magic.kind;
  }
  if (is_safetensors(bytes)) {
    return FileKind{"a safetensors file: weights without a graph", "export the network to ONNX"};
  }
  if (!bytes.empty() && std::ranges::all_of(bytes.substr(0, 4096), [](char c) { return c == 0; })) {
    return FileKind{"a file of zeros", "the download may have failed"};
  }
  if (!bytes.empty() && is_text(bytes)) return FileKind{"a text file"};
  return std::nullopt;
}

}  // namespace chipcast
