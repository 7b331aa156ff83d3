#include "hardware/read_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "hardware/catalog.hpp"
#include "hardware/check_device.hpp"
#include "hardware/figures.hpp"

namespace chipcast {
namespace {

template <class E, std::size_t N>
std::vector<Choice<E>> choices_of() {
  std::vector<Choice<E>> choices;
  for (std::size_t i = 0; i < N; ++i) choices.push_back({name(static_cast<E>(i)), static_cast<E>(i)});
  return choices;
}

std::vector<std::string> precision_names() {
  std::vector<std::string> names;
  names.reserve(precisions.size());
  for (const Precision precision : precisions) names.emplace_back(name(precision));
  return names;
}

// Names stand in paths such as engines.p-core.clock.
std::string read_name(const Value& value) {
  std::string text = value.text();
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
  if (!is_plain) value.fail(fmt::format("'{}' is no name", printable(text)), "use a-z, 0-9, '-' and '_'");
  return text;
}

std::string source_seen_from_child(const std::string& source, const std::string& parent) {
  const bool stays = source.empty() || source == "assumed" || source.find('/') != std::string::npos;
  return stays ? source : parent + "/" + source;
}

// The parent's figures as the child holds them.
Device inherited(Device parent) {
  parent.published_peaks.clear();
  parent.price_usd.reset();
  visit_figures(parent, [&](const std::string&, auto& figure) {
    if (figure.inherited_from.empty()) figure.inherited_from = parent.id;
    figure.source = source_seen_from_child(figure.source, parent.id);
  });
  for (Engine& engine : parent.engines)
    engine.tile_source = source_seen_from_child(engine.tile_source, parent.id);
  for (Source& source : parent.sources) source.key = source_seen_from_child(source.key, parent.id);
  parent.extends = parent.id;
  return parent;
}

class DeviceReader {
 public:
  DeviceReader(const Document& document, std::string id, const Device* parent) : reading_(document) {
    if (parent != nullptr) device_ = inherited(*parent);
    device_.id = std::move(id);
    places_.root = Value(reading_, document.root, "the device");
    places_.engines.resize(device_.engines.size());
    places_.memory.resize(device_.memory.size());
    places_.points.resize(device_.operating_points.size());
    is_child_ = parent != nullptr;
  }

  Result<Device> read() {
    Fields root = reading_.root("device", 1, "a device");
    if (reading_.failed()) return reading_.diagnostics();  // another schema: nothing here would fit
    root.find("extends");
    if (const Value title = root.get("title")) device_.title = title.text();
    read_choice(root, "kind", device_.kind, choices_of<DeviceKind, device_kind_count>(), !is_child_);
    read_notes(root, device_.notes);
    if (const Value runtime = root.find("runtime")) device_.runtime = runtime.text();
    read_sources(root, device_.sources);
    read_engines(root);
    read_memory(root);
    read_scalars(root);
    read_points(root);
    read_published_peaks(root);
    root.close();
    if (!reading_.failed()) check_device(device_, places_);
    if (!reading_.failed()) check_published_peaks(device_, places_);
    if (reading_.failed()) return reading_.diagnostics();
    return std::move(device_);
  }

 private:
  template <class E>
  void read_choice(Fields& fields, std::string_view key, E& out, const std::vector<Choice<E>>& choices,
                   bool is_needed) {
    const Value value = is_needed ? fields.get(key) : fields.find(key);
    if (value) out = value.one_of(std::span<const Choice<E>>(choices));
  }

  // Finds the entry of a list by its 'name', among the inherited or as a new one; nothing if it is there twice.
  template <class T, class P>
  std::optional<std::size_t> slot(const Value& item, Fields& fields, std::vector<T>& entries,
                                  std::vector<P>& places, bool& is_new) {
    const Value name_value = fields.get("name");
    if (!name_value) return std::nullopt;
    const std::string name = read_name(name_value);
    auto found = std::ranges::find(entries, name, &T::name);
    is_new = found == entries.end();
    const auto index = static_cast<std::size_t>(found - entries.begin());
    if (!is_new && places[index].item) {
      name_value.fail(fmt::format("'{}' is there twice", name));
      return std::nullopt;
    }
    if (is_new) {
      entries.emplace_back().name = name;
      places.emplace_back();
    }
    places[index].item = item;
    return index;
  }

  // The entry whose name `value` is; nothing after a complaint.
  template <class T>
  static std::optional<std::size_t> named(const Value& value, const std::vector<T>& entries) {
    std::vector<std::string> names;
    names.reserve(entries.size());
    for (const T& entry : entries) names.push_back(entry.name);
    return value.index_in(names);
  }

  // ---- engines

  void read_engines(Fields& root) {
    const Value list = is_child_ ? root.find("engines") : root.get("engines");
    if (!list) return;
    const std::vector<Value> items = list.items();
    if (items.empty() && list.is(Node::Kind::list))
      list.fail("'engines' is empty", "a device has at least one");
    std::vector<std::pair<std::size_t, Value>> joins;  // names that may stand further down
    for (const Value& item : items) {
      Fields fields = item.fields("an engine");
      bool is_new = false;
      const std::optional<std::size_t> index = slot(item, fields, device_.engines, places_.engines, is_new);
      if (!index) continue;
      Fields engine = item.fields(fmt::format("engine '{}'", device_.engines[*index].name));
      engine.find("name");
      read_engine(engine, device_.engines[*index], places_.engines[*index], is_new);
      if (const Value other = engine.find("joins")) joins.emplace_back(*index, other);
      engine.close();
    }
    for (const auto& [index, other] : joins) device_.engines[index].joins = named(other, device_.engines);
  }

  void read_engine(Fields& fields, Engine& engine, EnginePlaces& places, bool is_new) {
    read_choice(fields, "kind", engine.kind, choices_of<EngineKind, engine_kind_count>(), is_new);
    places.count = figures_.need(fields, "count", engine.count).value;
    places.clock = figures_.need(fields, "clock", engine.clock).value;
    const Value rates = is_new ? fields.get("flops_per_cycle") : fields.find("flops_per_cycle");
    if (rates) {
      Fields map = rates.fields(fmt::format("'flops_per_cycle' of engine '{}'", engine.name));
      for (const Precision precision : precisions) {
        const auto index = static_cast<std::size_t>(precision);
        places.rates[index] =
            figures_.take(map, name(precision), engine.flops_per_cycle[index], {.plain = {0, 1e9}});
      }
      map.close();
    }
    if (const Value energies = fields.find("energy_per_flop")) {
      Fields map = energies.fields(fmt::format("'energy_per_flop' of engine '{}'", engine.name));
      for (const Precision precision : precisions) {
        figures_.take(map, name(precision), engine.energy_per_flop[static_cast<std::size_t>(precision)]);
      }
      map.close();
    }
    read_fallbacks(fields, engine, places);
    read_tile(fields, engine);
    if (const Value only = fields.find("products_only")) engine.products_only = only.boolean();
  }

  static void read_fallbacks(Fields& fields, Engine& engine, EnginePlaces& places) {
    const Value fallbacks = fields.find("falls_back_to");
    if (!fallbacks) return;
    engine.falls_back_to = {};
    Fields map = fallbacks.fields(fmt::format("'falls_back_to' of engine '{}'", engine.name));
    for (const Precision precision : precisions) {
      const auto index = static_cast<std::size_t>(precision);
      const Value target = map.find(name(precision));
      if (!target) continue;
      places.fallbacks[index] = target;
      if (const auto chosen = target.index_in(precision_names())) {
        engine.falls_back_to[index] = static_cast<Precision>(*chosen);
      }
    }
    map.close();
  }

  void read_tile(Fields& fields, Engine& engine) {
    const Value tile = fields.find("tile");
    if (!tile) return;
    Fields map = tile.fields(fmt::format("'tile' of engine '{}'", engine.name));
    constexpr Bounds<std::int64_t> sides = {1, 65536};
    engine.tile_m = map.get("m").integer(sides);
    engine.tile_n = map.get("n").integer(sides);
    engine.tile_k = map.get("k").integer(sides);
    engine.tile_source = figures_.source(map.get("source"));
    map.close();
  }

  // ---- memory

  void read_memory(Fields& root) {
    const Value list = is_child_ ? root.find("memory") : root.get("memory");
    if (!list) return;
    const std::vector<Value> items = list.items();
    if (items.empty() && list.is(Node::Kind::list))
      list.fail("'memory' is empty", "a device has at least one level");
    for (const Value& item : items) {
      Fields fields = item.fields("a memory level");
      bool is_new = false;
      const std::optional<std::size_t> index = slot(item, fields, device_.memory, places_.memory, is_new);
      if (!index) continue;
      MemoryLevel& level = device_.memory[*index];
      LevelPlaces& places = places_.memory[*index];
      Fields map = item.fields(fmt::format("memory level '{}'", level.name));
      map.find("name");
      read_choice(map, "scope", level.scope, choices_of<MemoryScope, memory_scope_count>(), is_new);
      figures_.need(map, "instances", level.instances);
      places.capacity = figures_.need(map, "capacity", level.capacity);
      places.bandwidth = figures_.need(map, "bandwidth", level.bandwidth);
      figures_.take(map, "energy", level.energy);
      if (const Value managed = map.find("managed")) level.is_managed = managed.boolean();
      if (const Value engine = map.find("clocked_by")) level.clocked_by = named(engine, device_.engines);
      map.close();
    }
  }

  // ---- the rest

  void read_scalars(Fields& root) {
    places_.max_power = figures_.need(root, "max_power", device_.max_power).value;
    places_.idle_power = figures_.need(root, "idle_power", device_.idle_power).value;
    places_.busy_power = figures_.take(root, "busy_power", device_.busy_power).value;
    figures_.take(root, "board_power", device_.board_power, {.sign = Sign::not_negative});
    figures_.take(root, "supply_efficiency", device_.supply_efficiency, {.plain = {0, 1}});
    figures_.take(root, "host_speed", device_.host_speed, {.plain = {0, 10}});
    figures_.take(root, "process_nm", device_.process_nm, {.plain = {1, 1000}});
    figures_.take(root, "price_usd", device_.price_usd, {.plain = {0, 1e7}});
    figures_.take(root, "lifetime_years", device_.lifetime_years, {.plain = {0, 50}});
    if (const Value battery = root.find("battery")) {
      Fields map = battery.fields("'battery'");
      if (!device_.battery) device_.battery.emplace();
      figures_.need(map, "capacity", device_.battery->capacity);
      figures_.need(map, "usable", device_.battery->usable, {.plain = {0, 1}});
      figures_.need(map, "conversion", device_.battery->conversion, {.plain = {0, 1}});
      figures_.need(map, "self_discharge", device_.battery->self_discharge,
                    {.sign = Sign::not_negative, .plain = {0, 1}});
      map.close();
    }
  }

  void read_points(Fields& root) {
    const Value list = is_child_ ? root.find("operating_points") : root.get("operating_points");
    if (!list) return;
    device_.operating_points.clear();
    places_.points.clear();
    const std::vector<Value> items = list.items();
    if (items.empty() && list.is(Node::Kind::list))
      list.fail("'operating_points' is empty", "name at least the default one");
    for (const Value& item : items) {
      Fields fields = item.fields("an operating point");
      bool is_new = false;
      const auto index = slot(item, fields, device_.operating_points, places_.points, is_new);
      if (!index) continue;
      OperatingPoint& point = device_.operating_points[*index];
      PointPlaces& places = places_.points[*index];
      Fields map = item.fields(fmt::format("operating point '{}'", point.name));
      map.find("name");
      const std::string of = fmt::format("of operating point '{}'", point.name);
      read_by_name(map, "clocks", of, device_.engines, point.clocks);
      places.counts = read_by_name(map, "counts", of, device_.engines, point.counts);
      read_by_name(map, "bandwidths", of, device_.memory, point.bandwidths);
      places.max_power = figures_.take(map, "max_power", point.max_power).value;
      places.idle_power = figures_.take(map, "idle_power", point.idle_power).value;
      map.close();
    }
  }

  // A map from the names of engines or levels to figures.
  template <class T, class Q>
  std::vector<Value> read_by_name(Fields& fields, std::string_view key, const std::string& of,
                                  const std::vector<T>& entries,
                                  std::vector<std::optional<Figure<Q>>>& figures) {
    std::vector<Value> places(entries.size());
    const Value value = fields.find(key);
    if (!value) return places;
    figures.resize(entries.size());
    Fields map = value.fields(fmt::format("'{}' {}", key, of));
    for (std::size_t i = 0; i < entries.size(); ++i)
      places[i] = figures_.take(map, entries[i].name, figures[i]).value;
    map.close();
    return places;
  }

  void read_published_peaks(Fields& root) {
    const Value value = root.find("published_peak");
    if (!value) return;
    Fields map = value.fields("'published_peak'");
    for (const Precision precision : precisions) {
      const Value entry = map.find(name(precision));
      if (!entry) continue;
      Fields fields = entry.fields(fmt::format("published peak {}", name(precision)));
      PublishedPeak peak{.precision = precision, .rate = {}, .point = {}};
      places_.published_peaks.push_back(
          figures_.read_open(fields, fmt::format("the published peak {}", name(precision)), peak.rate).value);
      if (!device_.operating_points.empty()) peak.point = device_.operating_points.front().name;
      if (const Value at = fields.find("at")) {
        const auto point = named(at, device_.operating_points);
        peak.point = point ? device_.operating_points[*point].name : "";
      }
      fields.close();
      device_.published_peaks.push_back(std::move(peak));
    }
    map.close();
  }

  Reading reading_;
  Device device_;
  DevicePlaces places_;
  FigureReader figures_{reading_, device_.sources};
  bool is_child_ = false;
};

// ---- extends

// The parent's id where the file names one, without reading the rest.
const Node* extends_of(const Document& document) {
  const Node& root = document.root;
  for (std::size_t i = 0; i < root.keys.size(); ++i) {
    if (root.keys[i].text == "extends") return &root.items[i];
  }
  return nullptr;
}

Result<Device> read_document_as_device(const Document& document, std::vector<std::string> chain) {
  const std::string id = id_of(document.file);
  const Node* extends = extends_of(document);
  if (extends == nullptr) return DeviceReader(document, id, nullptr).read();

  Reading reading(document);
  const std::string wanted = Value(reading, *extends, "'extends'").text();
  if (reading.failed()) return reading.diagnostics();
  chain.push_back(id);
  const auto complain = [&](std::string message, std::string hint) {
    reading.fail(extends->mark, std::move(message), std::move(hint));
    return reading.diagnostics();
  };
  if (std::ranges::find(chain, wanted) != chain.end()) {
    std::string way;
    for (const std::string& link : chain) way += link + " -> ";
    return complain(fmt::format("a device extends itself: {}{}", way, wanted), "break the circle");
  }
  const std::string folder = std::filesystem::path(document.file).parent_path().string();
  const std::string path = (folder.empty() ? "" : folder + "/") + wanted + ".yaml";
  if (wanted.find('/') != std::string::npos || !std::filesystem::exists(path)) {
    const std::string suggestion = suggest(wanted, yaml_ids(folder.empty() ? "." : folder));
    return complain(fmt::format("there is no device '{}' to extend", wanted),
                    suggestion.empty() ? "name a file of the same folder, without '.yaml'" : suggestion);
  }
  Result<Document> parent_document = read_document(path);
  if (!parent_document) return parent_document.diagnostics();
  const Result<Device> parent = read_document_as_device(*parent_document, chain);
  if (!parent) return parent.diagnostics();
  return DeviceReader(document, id, &*parent).read();
}

}  // namespace

Result<Device> read_device(const std::string& path) {
  Result<Document> document = read_document(path);
  if (!document) return document.diagnostics();
  return read_document_as_device(*document, {});
}

Result<Device> parse_device(const std::string& path, std::string text) {
  Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  return read_document_as_device(*document, {});
}

std::vector<std::string> device_ids(const std::string& folder) { return yaml_ids(folder); }

Result<Device> find_device(const std::string& folder, const std::string& name_or_path) {
  const Result<std::string> path = yaml_path(folder, name_or_path, "device");
  if (!path) return path.diagnostics();
  return read_device(*path);
}

}  // namespace chipcast
