// import/file_kind.hpp: what a file is that turned out not to be a network.
//
//   guess_kind(bytes of a .png)       -> {"a PNG image", ""}
//   guess_kind(bytes of a .pt)        -> {"a zip archive, perhaps a PyTorch checkpoint", "export the network ..."}
//   guess_kind(random bytes)          -> nothing
#pragma once

#include <optional>
#include <string_view>

namespace chipcast {

struct FileKind {
  std::string_view name;
  std::string_view way_out = {};  // how to get an ONNX file from it; empty where there is no telling
};

std::optional<FileKind> guess_kind(std::string_view bytes);

}  // namespace chipcast
