#include "cli/check.hpp"

#include <utility>

#include "cli/load.hpp"
#include "cli/reports.hpp"
#include "cli/studies.hpp"
#include "cli/targets.hpp"
#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "import/onnx.hpp"
#include "import/zoo_reader.hpp"
#include "schema/document.hpp"
#include "validate/bars.hpp"
#include "validate/read_measurements.hpp"

namespace chipcast::cli {
namespace {

Diagnostics check_graph(Result<Graph> graph, const std::string& name, const ShapingOptions& options) {
  if (!graph) return graph.diagnostics();
  const Result<report::Network> network = characterized(*std::move(graph), name, options);
  return network ? network->shaped.warnings : network.diagnostics();
}

Diagnostics check_family(const std::string& file, const ShapingOptions& options) {
  const Result<std::string> source = read_text_file(file);
  if (!source) return source.diagnostics();
  const Result<zoo::FamilyPointer> family = zoo::parse_family(file, *source);
  if (!family) return family.diagnostics();
  Diagnostics all;
  for (const zoo::Variant& variant : (*family)->variants) {
    const Diagnostics found =
        check_graph(build_zoo_source(file, *source, variant.name), file + "#" + variant.name, options);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

template <class T>
Diagnostics complaints_of(const Result<T>& result) {
  return result ? Diagnostics() : result.diagnostics();
}

}  // namespace

FileKind kind_of_yaml(const std::string& file) {
  const Result<Document> document = read_document(file);
  if (!document) return FileKind::family;
  const Node& root = document->root;
  for (std::size_t i = 0; i < root.keys.size(); ++i) {
    if (root.keys[i].text != "schema") continue;
    if (root.items[i].text.starts_with("device/")) return FileKind::device;
    if (root.items[i].text.starts_with("runtime/")) return FileKind::runtime;
    if (root.items[i].text.starts_with("measurements/")) return FileKind::sources;
    if (root.items[i].text.starts_with("bars/")) return FileKind::bars;
    if (root.items[i].text.starts_with("report/")) return FileKind::report;
    if (root.items[i].text.starts_with("study/")) return FileKind::study;
  }
  return FileKind::family;
}

Diagnostics check_file(const std::string& file, const ShapingOptions& options) {
  if (file.ends_with(".onnx")) return check_graph(read_onnx(file), file, options);
  if (file.ends_with(".yaml") || file.ends_with(".yml")) {
    switch (kind_of_yaml(file)) {
      case FileKind::device:
        return complaints_of(read_device(file));
      case FileKind::runtime:
        return complaints_of(read_runtime(file));
      case FileKind::sources:
        return complaints_of(read_sources(file));
      case FileKind::bars: {
        Machines machines(device_folder(), runtime_folder());
        return complaints_of(read_bars(file, machines));
      }
      case FileKind::report:
        return complaints_of(make_report(file, ""));
      case FileKind::study:
        return complaints_of(load_study(file));
      case FileKind::family:
        return check_family(file, options);
    }
  }
  if (file.ends_with(".csv")) {
    Machines machines(device_folder(), runtime_folder());
    return complaints_of(read_measurements(measurement_folder(), {file}, machines));
  }
  return {{.place = {.file = file},
           .message = "is neither a .yaml nor an .onnx nor a .csv file",
           .hint =
               "lint checks devices, runtimes, families of the model zoo, reports, studies and sources of "
               "measurements (.yaml), "
               "networks (.onnx) and measurements (.csv)"}};
}

}  // namespace chipcast::cli
