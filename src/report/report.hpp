// report/report.hpp: a report as data: fields, groups of fields and tables, in the order in which they are read.
//
//   Report report{.title = "resnet50"};
//   report.parts.push_back(field("macs", "MACs", complexity.macs));
//   render(report, Format::json, {}, text);               // report/render.hpp; views such as describe.hpp fill reports
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "report/chart.hpp"
#include "report/value.hpp"

namespace chipcast::report {

// Machines read JSON and CSV, people tables and Markdown.
enum class Audience : std::uint8_t { everybody, machines, people };

// `key` is what JSON and CSV call it and ends in the unit ("latency_s"); `label` is what people read.
struct Field {
  std::string key, label;
  Value value;
  Unit unit = Unit::none;
  Audience audience = Audience::everybody;
};

// A field whose unit is that of its quantity.
template <Dimension D, Representation Rep>
Field field(std::string key, std::string label, Quantity<D, Rep> quantity) {
  return {std::move(key), std::move(label), quantity, unit_of<D>()};
}

// A JSON object; one line for people.
struct Group {
  std::string key, label;
  std::vector<Field> fields;
  Audience audience = Audience::everybody;
};

struct Column {
  std::string key, label;
  Unit unit = Unit::none;
  int dispensable = 0;  // a narrow terminal drops the largest first; 0: never
  Audience audience = Audience::everybody;
  bool scales_alone = false;  // each number with a prefix of its own: they span more than one can show
  bool wraps = false;         // what is too long goes on below, where others are shortened
};

struct Table {
  std::string key, title;
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows;  // each as long as `columns`
  // The rows that people see and a remark on the others; machines get all. Nothing: people see all, too.
  struct Excerpt {
    std::vector<std::size_t> rows;
    std::string remark;
  };
  std::optional<Excerpt> excerpt = {};
  Audience audience = Audience::everybody;
  std::vector<Chart> charts = {};
  // Which of several like it: a page shows one at a time. Empty: the only one.
  std::string axis = {}, alternative = {};  // "device", "kpu_t2"
  // Where cells come from, by row and column: keys of the page's derivations.
  std::map<std::pair<std::size_t, std::size_t>, std::string> derived = {};
};

using Part = std::variant<Field, Group, Table>;

struct Report {
  std::string title = {};
  std::string caveat = {};             // what makes the numbers incomplete; stands in the first line
  std::vector<std::string> lead = {};  // for people, before the parts
  std::vector<Part> parts = {};
  std::string csv = {};   // the key of the table that CSV carries
  std::string json = {};  // the key of the table whose rows are the JSON; empty: an object of all parts
  std::string csv_subject = {};  // heads a first column in CSV that repeats the title; empty: no such column
  std::vector<std::string> notes = {};  // for people, at the end
};

// Several reports under one title: what is published as one page.
struct Chapter {
  std::string key;  // "energy"
  Report report;
};
// How figures of a page came about; `with`: the key of another that is read beside it.
struct Derivation {
  std::string key, with;
  Report report;
};
struct Page {
  std::string title;
  std::string caveat;
  std::vector<Chapter> chapters;
  std::vector<Derivation> derivations = {};
};

}  // namespace chipcast::report
