// import/onnx_import.hpp: what the readers of one ONNX file share: the complaints, the allowance, the file's place.
//
//   Import import(bytes, "net.onnx");
//   import.complain("initializer 'w'", "holds 3 bytes, but 64x3x7x7 float32 takes 37,632");
//   std::string name = import.text(fields.bytes());
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "import/mapped_file.hpp"
#include "import/onnx_wire.hpp"

namespace chipcast::onnx {

struct EnoughComplaints {};  // thrown; caught at the edge

class Import {
 public:
  Import(std::string_view file, std::string path);

  // ---- complaints; the import goes on with something harmless and fails at its end, or when there are enough of them
  void complain(std::string part, std::string message, std::string hint = {});
  bool has_failed() const { return !complaints_.empty(); }
  Diagnostics& complaints() { return complaints_; }

  // A copy that is fit for any terminal, table and JSON file; names in a file may hold any bytes.
  std::string text(std::string_view bytes);

  // The bytes of a file that the model names as the home of its weights; nothing if there is no such file, or if it
  // lies outside the model's folder.
  std::optional<std::string_view> external(std::string_view location);

  const std::string& path() const { return path_; }
  std::string_view file() const { return file_; }
  Reading reading;

 private:
  std::string_view file_;
  std::string path_;
  Diagnostics complaints_;
  std::map<std::string, std::optional<MappedFile>, std::less<>> external_;  // by location
};

// "'name'", shortened: a name may be a megabyte long.
std::string quoted(std::string_view name);

}  // namespace chipcast::onnx
