// Reading sources.yaml.
#include <fmt/format.h>

#include "schema/reading.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast {
namespace {

std::string text_of(const Value& value) { return value ? value.text() : std::string(); }

MeasurementSource read_source(const std::string& key, const Value& value) {
  MeasurementSource source;
  source.key = key;
  Fields fields = value.fields(fmt::format("source '{}'", key));
  source.title = text_of(fields.get("title"));
  source.page = text_of(fields.get("page"));
  source.how = text_of(fields.get("how"));
  source.commit = text_of(fields.find("commit"));
  source.date = text_of(fields.find("date"));
  source.license = text_of(fields.find("license"));
  if (const Value trust = fields.get("trust")) {
    const std::vector<std::string> levels = {"high", "medium", "low"};
    source.trust = levels[trust.index_in(levels).value_or(0)];
  }
  if (const Value faults = fields.find("faults")) {
    for (const Value& fault : faults.items()) source.faults.push_back(fault.text());
  }
  fields.close();
  return source;
}

Result<std::vector<MeasurementSource>> read_document_as_sources(const Document& document) {
  Reading reading(document);
  Fields root = reading.root("measurements", 1, "the sources of measurements");
  std::vector<MeasurementSource> sources;
  if (reading.failed()) return reading.diagnostics();
  if (const Value map = root.get("sources")) {
    for (const auto& [key, value] : map.entries()) sources.push_back(read_source(key, value));
    if (map.is(Node::Kind::map) && sources.empty()) map.fail("'sources' names no source");
  }
  root.close();
  if (reading.failed()) return reading.diagnostics();
  return sources;
}

}  // namespace

Result<std::vector<MeasurementSource>> read_sources(const std::string& path) {
  const Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_sources(*document);
}

Result<std::vector<MeasurementSource>> parse_sources(const std::string& path, std::string text) {
  const Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_sources(*document);
}

}  // namespace chipcast
