// hardware/figure.hpp: a number about hardware or software, and where it is from.
//
//   Figure<Hertz> clock{.value = 1.6e9 * hertz, .source = "datasheet"};
//   Figure<double> efficiency{.value = 0.6, .source = "assumed", .low = 0.4, .high = 0.8};
#pragma once

#include <optional>
#include <string>

namespace chipcast {

template <class Q>
struct Figure {
  Q value{};
  std::string source = {};    // a key of the owner's sources, or "assumed"; empty: not set
  std::optional<Q> low = {};  // always of an assumed figure: the range it is believed to lie in
  std::optional<Q> high = {};
  std::string inherited_from = {};  // the device it was taken over from by `extends:`
  std::string basis = {};           // what an assumption rests on

  bool is_set() const { return !source.empty(); }
  bool is_assumed() const { return source == "assumed"; }
};

struct Source {
  std::string key, title, page, date;
};

}  // namespace chipcast
