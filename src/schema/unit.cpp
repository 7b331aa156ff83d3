#include "schema/unit.hpp"

#include <fmt/format.h>

#include <array>

namespace chipcast {
namespace {

struct Symbol {
  std::string_view text;
  double factor;
  Dimension dimension;
  bool takes_decimal;  // k, M, G, ... and m, u, n, p
  bool takes_binary;   // Ki, Mi, Gi, ...
};

constexpr std::array symbols = {
    Symbol{"B", 1, byte_dimension, true, true},
    Symbol{"FLOP", 1, flop_dimension, true, false},
    Symbol{"OP", 1, flop_dimension, true, false},
    Symbol{"MAC", 1, mac_dimension, true, false},
    Symbol{"s", 1, second_dimension, true, false},
    Symbol{"min", 60, second_dimension, false, false},
    Symbol{"h", 3600, second_dimension, false, false},
    Symbol{"day", 86400, second_dimension, false, false},
    Symbol{"Hz", 1, Dimension{} - second_dimension, true, false},
    Symbol{"J", 1, joule_dimension, true, false},
    Symbol{"Wh", 3600, joule_dimension, true, false},
    Symbol{"W", 1, joule_dimension - second_dimension, true, false},
};

struct Prefix {
  std::string_view text;
  double factor;
  bool is_binary;
};

constexpr std::array prefixes = {
    Prefix{"f", 1e-15, false},  Prefix{"p", 1e-12, false},     Prefix{"n", 1e-9, false},
    Prefix{"u", 1e-6, false},   Prefix{"m", 1e-3, false},      Prefix{"k", 1e3, false},
    Prefix{"M", 1e6, false},    Prefix{"G", 1e9, false},       Prefix{"T", 1e12, false},
    Prefix{"P", 1e15, false},   Prefix{"E", 1e18, false},      Prefix{"Ki", 0x1p10, true},
    Prefix{"Mi", 0x1p20, true}, Prefix{"Gi", 0x1p30, true},    Prefix{"Ti", 0x1p40, true},
    Prefix{"Pi", 0x1p50, true}, Prefix{"\u00B5", 1e-6, false},
};

// Counts come whole: there is no milli-byte.
bool fits(const Prefix& prefix, const Symbol& symbol) {
  if (prefix.is_binary) return symbol.takes_binary;
  const bool is_count = symbol.dimension.byte + symbol.dimension.flop + symbol.dimension.mac > 0;
  return symbol.takes_decimal && !(is_count && prefix.factor < 1);
}

std::optional<Unit> parse_factor(std::string_view text) {
  for (const Symbol& symbol : symbols) {
    if (text == symbol.text) return Unit{symbol.factor, symbol.dimension};
  }
  for (const Prefix& prefix : prefixes) {
    if (!text.starts_with(prefix.text)) continue;
    for (const Symbol& symbol : symbols) {
      if (text.substr(prefix.text.size()) == symbol.text && fits(prefix, symbol)) {
        return Unit{prefix.factor * symbol.factor, symbol.dimension};
      }
    }
  }
  return std::nullopt;
}

struct Named {
  Dimension dimension;
  DimensionName name;
};

constexpr std::array names = {
    Named{Bytes::dimension, {"a size", "16 GiB"}},
    Named{Flops::dimension, {"a number of operations", "2 GFLOP"}},
    Named{Macs::dimension, {"a number of multiply-accumulates", "300 MMAC"}},
    Named{Seconds::dimension, {"a time", "33 ms"}},
    Named{Joules::dimension, {"an energy", "10 Wh"}},
    Named{Watts::dimension, {"a power", "15 W"}},
    Named{Hertz::dimension, {"a frequency", "1.2 GHz"}},
    Named{BytesPerSecond::dimension, {"a bandwidth", "4.8 TB/s"}},
    Named{FlopsPerSecond::dimension, {"a rate of operations", "2 TFLOP/s"}},
    Named{mac_dimension - second_dimension, {"a rate of multiply-accumulates", "1 TMAC/s"}},
    Named{FlopsPerByte::dimension, {"an intensity", "10 FLOP/B"}},
    Named{JoulesPerByte::dimension, {"an energy per byte", "3.9 pJ/B"}},
    Named{JoulesPerFlop::dimension, {"an energy per operation", "0.5 pJ/FLOP"}},
    Named{joule_dimension - mac_dimension, {"an energy per multiply-accumulate", "1 pJ/MAC"}},
};

}  // namespace

std::optional<Unit> parse_unit(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Unit> above = parse_factor(text.substr(0, slash));
  if (!above || slash == std::string_view::npos) return above;
  const std::optional<Unit> below = parse_factor(text.substr(slash + 1));
  if (!below) return std::nullopt;
  return Unit{above->factor / below->factor, above->dimension - below->dimension};
}

std::optional<UnitAdvice> advice_on_unit(std::string_view text) {
  const auto is_prefix = [](std::string_view start) {
    return start.empty() || start == "k" || start == "M" || start == "G" || start == "T" || start == "P";
  };
  for (const std::string_view rate : {"FLOPS", "FLOPs", "OPS", "flops"}) {
    if (text.ends_with(rate) && is_prefix(text.substr(0, text.size() - rate.size()))) {
      const std::string count =
          std::string(text.substr(0, text.size() - rate.size())) + (rate == "OPS" ? "OP" : "FLOP");
      return UnitAdvice{fmt::format("'{}' can mean a rate or a number of operations", text),
                        fmt::format("write {}/s or {}", count, count)};
    }
  }
  if (text.starts_with("KB"))
    return UnitAdvice{fmt::format("'{}' is not a unit", text), "write kB (1000) or KiB (1024)"};
  for (const std::string_view bits : {"bps", "b/s", "bit/s"}) {
    if (text.ends_with(bits) && is_prefix(text.substr(0, text.size() - bits.size()))) {
      return UnitAdvice{fmt::format("'{}' counts bits", text),
                        "write bytes, such as GB/s: one byte is 8 bits"};
    }
  }
  return std::nullopt;
}

DimensionName describe(Dimension dimension) {
  for (const Named& named : names) {
    if (named.dimension == dimension) return named.name;
  }
  return {"a quantity of another kind", ""};
}

}  // namespace chipcast
