// hardware/read_figure.hpp: figures in YAML: {value: 4.8 TB/s, source: datasheet}, held to plausible bounds.
//
//   FigureReader figures(reading, device.sources);
//   figures.need(level, "bandwidth", memory.bandwidth);   // missing, and not inherited: a complaint
//   figures.take(level, "energy", memory.energy);         // may be absent
//
// An assumed figure gives its low and high; a figure beyond all plausible bounds needs `force: true`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "hardware/figure.hpp"
#include "schema/reading.hpp"

namespace chipcast {

// Where a figure stands in the file, for checks across figures; empty where it was not given in this file.
struct FigurePlace {
  Value value = {};
  bool is_forced = false;
};

struct Tolerance {
  Sign sign = Sign::positive;
  Bounds<double> plain = {0, 1e6};  // of a figure without unit
};

class FigureReader {
 public:
  FigureReader(Reading& reading, const std::vector<Source>& sources);

  template <class Q>
  FigurePlace need(Fields& fields, std::string_view key, Figure<Q>& figure, Tolerance tolerance = {}) {
    const Value map = figure.is_set() ? fields.find(key) : fields.get(key);
    return map ? read(map, key, fields.what(), figure, tolerance) : FigurePlace{};
  }
  template <class Q>
  FigurePlace take(Fields& fields, std::string_view key, std::optional<Figure<Q>>& figure,
                   Tolerance tolerance = {}) {
    const Value map = fields.find(key);
    if (!map) return {};
    figure.emplace();
    return read(map, key, fields.what(), *figure, tolerance);
  }
  // The figure's own map, left open for the caller's further keys.
  template <class Q>
  FigurePlace read_open(Fields& map, const std::string& name, Figure<Q>& figure, Tolerance tolerance = {}) {
    figure = {};
    const Value from = map.get("source");
    figure.source = source(from);
    const Value forced = map.find("force");
    const bool is_forced = forced && forced.boolean();
    const Value value = renamed(map.get("value"), name);
    figure.value = amount<Q>(value, tolerance, is_forced);
    const Value low = renamed(map.find("low"), "'low' of " + name);
    const Value high = renamed(map.find("high"), "'high' of " + name);
    if (low) figure.low = amount<Q>(low, tolerance, is_forced);
    if (high) figure.high = amount<Q>(high, tolerance, is_forced);
    if (const Value basis = map.find("basis")) figure.basis = basis.text();
    const bool is_assumed = from.is(Node::Kind::text) && from.node()->text == "assumed";
    check_range(map, is_assumed, low, high);
    if (was_read(value, figure.value == Q{})) {
      if (figure.low && *figure.low > figure.value) complain_of_order(low, "above", value);
      if (figure.high && *figure.high < figure.value) complain_of_order(high, "below", value);
    }
    return {.value = value, .is_forced = is_forced};
  }

  // A key of the sources, or "assumed".
  std::string source(const Value& value) const;

 private:
  template <class Q>
  FigurePlace read(const Value& map, std::string_view key, const std::string& owner, Figure<Q>& figure,
                   Tolerance tolerance) {
    const std::string name = "'" + std::string(key) + "'";
    if (!expect_map(map)) {
      figure.source = "assumed";  // complained of; nothing more to say
      return {};
    }
    Fields fields = map.fields(name + " of " + owner);
    FigurePlace place = read_open(fields, name, figure, tolerance);
    fields.close();
    return place;
  }
  template <class Q>
  Q amount(const Value& value, Tolerance tolerance, bool is_forced) const {
    if constexpr (std::is_same_v<Q, double>) {
      const double number = value.real(tolerance.plain);
      if (value && number == 0 && tolerance.sign == Sign::positive) complain_of_zero(value);
      return number;
    } else {
      const Q quantity = value.quantity<Q>(tolerance.sign);
      check_plausible(value, static_cast<double>(quantity.in_base_units()), Q::dimension, is_forced);
      return quantity;
    }
  }
  Value renamed(const Value& value, std::string name) const;
  static bool expect_map(const Value& value);
  void complain_of_zero(const Value& value) const;
  static void check_plausible(const Value& value, double amount, Dimension dimension, bool is_forced);
  static void check_range(const Fields& map, bool is_assumed, const Value& low, const Value& high);
  // What cannot be read comes out as zero, and has been complained of.
  static bool was_read(const Value& value, bool is_zero);
  static void complain_of_order(const Value& bound, std::string_view where, const Value& value);

  Reading* reading_;
  const std::vector<Source>* sources_;
};

// The `sources:` of a file, added to `sources`.
void read_sources(Fields& root, std::vector<Source>& sources);
// The `notes:` of a file, a list of sentences.
void read_notes(Fields& root, std::vector<std::string>& notes);

}  // namespace chipcast
