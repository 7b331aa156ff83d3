#include "import/onnx.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "import/file_kind.hpp"
#include "import/mapped_file.hpp"
#include "import/onnx_graph.hpp"

namespace chipcast {
namespace onnx {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 31;  // protobuf's own limit

void read_opset(Import& import, std::string_view message, Opsets& opsets) {
  std::string_view domain;
  std::int64_t version = 0;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case opset_field::domain:
        domain = fields.bytes();
        break;
      case opset_field::version:
        version = fields.integer();
        break;
      default:
        fields.skip();
    }
  }
  constexpr std::int64_t most = 1'000'000;
  if (version >= 1 && version <= most) return opsets.add(without_alias(domain), static_cast<int>(version));
  import.complain(
      "", fmt::format("version {} of the operators of domain {} does not exist", version, quoted(domain)));
}

Function read_function(Import& import, std::string_view message) {
  Function function;
  for (Fields fields(import.reading, message); fields.next();) {
    switch (fields.field()) {
      case function_field::name:
        function.name = fields.bytes();
        break;
      case function_field::domain:
        function.domain = fields.bytes();
        break;
      case function_field::overload:
        function.overload = fields.bytes();
        break;
      case function_field::input:
        function.inputs.push_back(fields.bytes());
        break;
      case function_field::output:
        function.outputs.push_back(fields.bytes());
        break;
      case function_field::node:
        function.nodes.push_back(fields.bytes());
        break;
      case function_field::attribute_default:
        function.attribute_defaults.push_back(fields.bytes());
        break;
      case function_field::opset_import:
        read_opset(import, fields.bytes(), function.opsets);
        break;
      default:
        fields.skip();
    }
  }
  return function;
}

Diagnostic wrong(const std::string& path, std::string message, std::string hint = {}) {
  return {.place = {.file = path}, .message = std::move(message), .hint = std::move(hint)};
}

// It starts with ir_version, as every writer of ONNX lets it.
bool starts_like_onnx(std::string_view file) {
  return file.size() >= 2 && file[0] == 0x08 && file[1] > 0 && file[1] < 100;
}

Diagnostic not_onnx(const Import& import, std::string_view why) {
  if (const auto kind = guess_kind(import.file())) {
    return wrong(import.path(), fmt::format("this is not an ONNX file but {}", kind->name),
                 std::string(kind->way_out));
  }
  return wrong(import.path(), fmt::format("this is not an ONNX file: {}", why));
}

Diagnostic damaged(const Import& import, std::string_view what) {
  const auto place = format_count(import.reading.position - import.file().data());
  if (!starts_like_onnx(import.file())) return not_onnx(import, fmt::format("{} at byte {}", what, place));
  return wrong(import.path(),
               fmt::format("the file is damaged or cut short: {} at byte {} of {}", what, place,
                           format_count(static_cast<std::int64_t>(import.file().size()))),
               "fetch it or export it again");
}

Result<Graph> read_model(Import& import) {
  Model model(import);
  std::optional<std::string_view> graph;
  std::vector<std::string_view> functions;
  for (Fields fields(import.reading, import.file()); fields.next();) {
    switch (fields.field()) {
      case model_field::ir_version:
        model.ir_version = fields.integer();
        break;
      case model_field::graph:
        if (graph) return not_onnx(import, "it holds two graphs");
        graph = fields.bytes();
        break;
      case model_field::opset_import:
        read_opset(import, fields.bytes(), model.opsets);
        break;
      case model_field::functions:
        functions.push_back(fields.bytes());
        break;
      default:
        fields.skip();
    }
  }
  if (!graph) {
    return not_onnx(import, starts_like_onnx(import.file())
                                ? "it holds no graph; perhaps it is cut short, or a TensorFlow SavedModel"
                                : "it holds no graph");
  }
  for (const std::string_view message : functions) model.add_function(read_function(import, message));
  Graph result = read_main_graph(model, *graph);
  if (import.has_failed()) return std::move(import.complaints());
  return result;
}

}  // namespace
}  // namespace onnx

Result<Graph> parse_onnx(std::span<const std::byte> bytes, const std::string& path) {
  using namespace onnx;
  if (bytes.empty()) return wrong(path, "the file is empty");
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Import import(file, path);
  if (file.size() >= most_bytes) {
    if (guess_kind(file)) return not_onnx(import, "");
    return wrong(path,
                 fmt::format("the file has {} bytes, and an ONNX file less than 2 GiB",
                             format_count(static_cast<std::int64_t>(file.size()))),
                 "export a large network with external data; its weights then lie in a file of their own");
  }
  // The one place where what the readers throw is caught: a file can break off anywhere in any message.
  try {
    return read_model(import);
  } catch (const EnoughComplaints&) {
    return std::move(import.complaints());
  } catch (const AllowanceSpent&) {
    return wrong(path, "the file unfolds to far more than it holds: its functions call each other too often");
  } catch (const protozero::end_of_buffer_exception&) {
    return damaged(import, "a field reaches past the end");
  } catch (const protozero::varint_too_long_exception&) {
    return damaged(import, "a number is longer than ten bytes");
  } catch (const protozero::invalid_length_exception&) {
    return damaged(import, "a list is no multiple of its elements");
  } catch (const protozero::exception&) {
    return damaged(import, "there is a field that protobuf does not allow");
  }
}

Result<Graph> read_onnx(const std::string& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.diagnostics();
  return parse_onnx(file->bytes(), path);
}

}  // namespace chipcast
