#include "hardware/read_runtime.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hardware/catalog.hpp"
#include "hardware/read_figure.hpp"

namespace chipcast {
namespace {

class RuntimeReader {
 public:
  explicit RuntimeReader(const Document& document) : reading_(document) {}

  Result<Runtime> read(std::string id) {
    Fields root = reading_.root("runtime", 1, "a runtime");
    if (reading_.failed()) return reading_.diagnostics();
    runtime_.id = std::move(id);
    if (const Value title = root.get("title")) runtime_.title = title.text();
    read_notes(root, runtime_.notes);
    read_sources(root, runtime_.sources);
    if (const Value fusion = root.get("fusion")) {
      Fields map = fusion.fields("'fusion'");
      for (std::size_t rule = 0; rule < fusion_rule_count; ++rule) {
        const Value is_on = map.get(name(static_cast<FusionRule>(rule)));
        if (is_on) runtime_.fusion[rule] = is_on.boolean();
      }
      map.close();
    }
    if (const Value on = root.get("on")) read_executions(on);
    root.close();
    if (reading_.failed()) return reading_.diagnostics();
    return std::move(runtime_);
  }

 private:
  void read_executions(const Value& on) {
    Fields kinds = on.fields("'on'");
    for (std::size_t kind = 0; kind < device_kind_count; ++kind) {
      const std::string_view kind_name = name(static_cast<DeviceKind>(kind));
      const Value value = kinds.find(kind_name);
      if (!value) continue;
      Fields fields = value.fields(fmt::format("'{}'", kind_name));
      read_execution(fields, runtime_.executions[kind].emplace());
      fields.close();
    }
    kinds.close();
    if (on.is(Node::Kind::map) && on.node()->items.empty())
      on.fail("'on' names no kind of device", "cpu, gpu, ...");
  }

  void read_execution(Fields& fields, Execution& execution) {
    figures_.need(fields, "dispatch", execution.dispatch, {.sign = Sign::not_negative});
    figures_.need(fields, "bandwidth_efficiency", execution.bandwidth_efficiency, {.plain = {0, 1}});
    figures_.need(fields, "cache_efficiency", execution.cache_efficiency, {.plain = {0, 1}});
    for (const auto& [key, figure] : {std::pair{"half_rows", &execution.half_rows},
                                      {"half_columns", &execution.half_columns},
                                      {"half_depth", &execution.half_depth},
                                      {"half_outputs", &execution.half_outputs}}) {
      figures_.need(fields, key, *figure, {.sign = Sign::not_negative, .plain = {0, 10'000}});
    }
    for (const auto& [key, figure] : {std::pair{"activation_passes", &execution.activation_passes},
                                      {"weight_passes", &execution.weight_passes}}) {
      figures_.need(fields, key, *figure, {.sign = Sign::not_negative, .plain = {0, 100}});
    }
    figures_.need(fields, "parallel_fraction", execution.parallel_fraction,
                  {.sign = Sign::not_negative, .plain = {0, 1}});
    constexpr std::array<Choice<int>, 4> tiles = {{{"0", 0}, {"2", 2}, {"4", 4}, {"6", 6}}};
    if (const Value tile = fields.find("winograd_tile")) {
      execution.winograd_tile = tile.one_of(std::span<const Choice<int>>(tiles));
    }
    std::vector<Choice<Layout>> layouts;
    for (std::size_t i = 0; i < layout_count; ++i) {
      layouts.push_back({name(static_cast<Layout>(i)), static_cast<Layout>(i)});
    }
    if (const Value layout = fields.get("layout")) {
      execution.layout = layout.one_of(std::span<const Choice<Layout>>(layouts));
    }
    if (const Value native = fields.get("native")) read_native(native, execution.native);
    if (const Value parallel = fields.get("runs_branches_side_by_side")) {
      execution.runs_branches_side_by_side = parallel.boolean();
    }
    if (const Value streams = fields.find("streams_activations")) {
      execution.streams_activations = streams.boolean();
    }
    if (const Value priors = fields.get("priors")) {
      Fields map = priors.fields(fmt::format("'priors' of {}", fields.what()));
      for (std::size_t kind = 0; kind < work_kind_count; ++kind) {
        const std::string_view kind_name = name(static_cast<WorkKind>(kind));
        const Value prior = map.get(kind_name);
        if (!prior) continue;
        Fields figures = prior.fields(fmt::format("prior '{}'", kind_name));
        figures_.need(figures, "efficiency", execution.priors[kind].efficiency, {.plain = {0, 1}});
        figures_.need(figures, "half_cycles", execution.priors[kind].half_cycles,
                      {.sign = Sign::not_negative, .plain = {0, 1e9}});
        figures.close();
      }
      map.close();
    }
  }

  static void read_native(const Value& list, std::vector<Precision>& native) {
    std::vector<std::string> names;
    for (const Precision precision : precisions) names.emplace_back(name(precision));
    for (const Value& item : list.items()) {
      const std::optional<std::size_t> chosen = item.index_in(names);
      if (!chosen) continue;
      const auto precision = static_cast<Precision>(*chosen);
      if (std::ranges::find(native, precision) != native.end()) {
        item.fail(fmt::format("{} is there twice", name(precision)));
      }
      native.push_back(precision);
    }
    if (native.empty()) list.fail("'native' names no precision", "the precisions it has kernels for");
  }

  Reading reading_;
  Runtime runtime_;
  FigureReader figures_{reading_, runtime_.sources};
};

Result<Runtime> read_document_as_runtime(const Document& document) {
  return RuntimeReader(document).read(id_of(document.file));
}

}  // namespace

Result<Runtime> read_runtime(const std::string& path) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_runtime(*document);
}

Result<Runtime> parse_runtime(const std::string& path, std::string text) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_runtime(*document);
}

std::vector<std::string> runtime_ids(const std::string& folder) { return yaml_ids(folder); }

Result<Runtime> find_runtime(const std::string& folder, const std::string& name_or_path) {
  const Result<std::string> path = yaml_path(folder, name_or_path, "runtime");
  if (!path) return path.diagnostics();
  return read_runtime(*path);
}

}  // namespace chipcast
