// study/settings.hpp: what the user sets, as text: a path and a value, with places for complaints.
//
//   Result<Settings> settings = parse_settings(std::vector<std::string>{"memory.dram.bandwidth=2x", "precision=int8"});
//   settings->all[0].path                         // "memory.dram.bandwidth"
//   factor_in(value)                              // 2 for "2x", 1.2 for "+20%", nothing for "400 GB/s"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "schema/document.hpp"
#include "schema/reading.hpp"

namespace chipcast {

struct Setting {
  std::string path;
  Mark path_mark;
  std::string relation;  // "=", or what a goal has in its place
  Node value;            // a text
};

struct Settings {
  Document document;  // a line a setting
  std::vector<Setting> all;
};

// PATH=VALUE each, no path twice.
Result<Settings> parse_settings(std::span<const std::string> texts);

// How such lines are written: behind which option, with which relation between path and value.
struct Notation {
  std::string option;                  // "--set"
  std::vector<std::string> relations;  // none the beginning of one that follows it
  std::string example;                 // the way out of what is written otherwise
};
Result<Settings> parse_settings(std::span<const std::string> texts, const Notation& notation);

// What "2x", "+20%" and "-30%" multiply the present value by; nothing where the value is of another form. A percentage
// without a sign is complained of.
std::optional<double> factor_in(const Value& value);

}  // namespace chipcast
