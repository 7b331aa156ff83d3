#include "hardware/datasheet_errors.hpp"

#include <fmt/format.h>

#include "schema/document.hpp"
#include "schema/reading.hpp"

namespace chipcast {
namespace {

Result<DatasheetErrors> read_document_as_errors(const Document& document) {
  Reading reading(document);
  Fields root = reading.root("datasheet_errors", 1, "errors of data sheets");
  if (reading.failed()) return reading.diagnostics();
  DatasheetErrors result;
  result.date = root.get("date").text();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < device_kind_count; ++i) names.emplace_back(name(static_cast<DeviceKind>(i)));
  if (const Value list = root.get("kinds")) {
    for (const Value& item : list.items()) {
      Fields fields = item.fields("a kind");
      auto& [kind, error] = result.kinds.emplace_back();
      if (const Value value = fields.get("kind"))
        kind = static_cast<DeviceKind>(value.index_in(names).value_or(0));
      if (const Value value = fields.get("error")) error = read_fit_error(value);
      fields.close();
    }
  }
  root.close();
  if (reading.failed()) return reading.diagnostics();
  return result;
}

}  // namespace

void borrow_margin(const DatasheetErrors& errors, DeviceKind kind, Runtime& runtime) {
  auto& execution = runtime.executions[static_cast<std::size_t>(kind)];
  if (!execution) return;
  for (const auto& [of, error] : errors.kinds) {
    if (of != kind) continue;
    Fitted& fitted = execution->fitted.emplace();
    fitted.margin = fitted.margin_elsewhere = error.margin;
  }
}

Result<DatasheetErrors> read_datasheet_errors(const std::string& path) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_errors(*document);
}

Result<DatasheetErrors> parse_datasheet_errors(const std::string& path, std::string text) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_errors(*document);
}

std::string to_yaml(const DatasheetErrors& errors) {
  std::string text = fmt::format(
      "schema: datasheet_errors/1\n# written by 'chipcast calibrate', never by hand\ndate: {}\nkinds:\n",
      errors.date);
  for (const auto& [kind, error] : errors.kinds)
    text += fmt::format("  - {{kind: {}, error: {}}}\n", name(kind), to_yaml_map(error));
  return text;
}

}  // namespace chipcast
