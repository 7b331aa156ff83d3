#include "validate/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <tuple>

#include "validate/statistics.hpp"

namespace chipcast {
namespace {

struct Class {
  double below;
  std::string_view name;
};

std::size_t class_of(double value, std::span<const Class> classes) {
  std::size_t i = 0;
  while (i + 1 < classes.size() && value >= classes[i].below) ++i;
  return i;
}

constexpr std::array<Class, 4> intensities = {
    {{30, "below 30 FLOP a value"}, {60, "30 to 60"}, {120, "60 to 120"}, {0, "120 and more"}}};
constexpr std::array<Class, 4> sizes = {
    {{3e8, "below 0.3 GFLOP"}, {1e9, "0.3 to 1 GFLOP"}, {1e10, "1 to 10 GFLOP"}, {0, "10 GFLOP and more"}}};
constexpr std::array<Class, 4> batches = {{{2, "1"}, {9, "2 to 8"}, {65, "9 to 64"}, {0, "65 and more"}}};

}  // namespace

std::string_view measure_of(Metric metric) {
  switch (metric) {
    case Metric::latency:
    case Metric::throughput:
      return "time";
    case Metric::energy:
      return "energy";
    case Metric::power:
      return "power";
  }
  return "";
}

std::vector<Slice> slices(const Validation& validation) {
  // By measure, by what, in which order, as what.
  std::map<std::tuple<std::string_view, int, std::size_t, std::string>, std::vector<Pair>> pairs;
  constexpr std::array<std::string_view, 4> by = {"intensity", "size", "batch", "family"};
  for (const Compared& row : validation.compared) {
    const Measurement& m = *row.measured;
    if (is_of_operator(m)) continue;
    const bool is_rate = m.metric == Metric::throughput;
    const Pair pair = is_rate ? Pair{m.batch / row.estimate, m.batch / m.value} : Pair{row.estimate, m.value};
    const auto add = [&](int what, std::size_t order, std::string_view of) {
      pairs[{measure_of(m.metric), what, order, std::string(of)}].push_back(pair);
    };
    const auto add_class = [&](int what, double value, std::span<const Class> classes) {
      const std::size_t index = class_of(value, classes);
      add(what, index, classes[index].name);
    };
    add_class(0, row.flops_per_value, intensities);
    add_class(1, row.flops, sizes);
    add_class(2, m.batch, batches);
    if (!m.family.empty()) add(3, 0, m.family);
  }
  std::vector<Slice> all;
  for (const auto& [key, slice] : pairs) {
    all.push_back({.measure = std::get<0>(key),
                   .by = by[static_cast<std::size_t>(std::get<1>(key))],
                   .of = std::get<3>(key),
                   .rows = slice.size(),
                   .mape = mean_absolute_percentage_error(slice),
                   .median_log_ratio = median_log_ratio(slice)});
  }
  return all;
}

}  // namespace chipcast
