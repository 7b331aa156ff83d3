#include "report/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.hpp"

namespace chipcast::report {
namespace {

constexpr std::string_view conventions =
    "1 MAC = 2 FLOPs; batch normalization behind a convolution is folded into it; bytes: every tensor an "
    "operator "
    "touches, once, each operator on its own; kB, MB, GB are powers of ten.";

// The share of the whole; not known where there is no whole.
Value share(Flops part, Flops whole) { return whole == Flops() ? Value() : Value(part / whole); }
Value ratio(double a, double b) { return b == 0 ? Value() : Value(a / b); }
Value intensity(Flops flops, Bytes bytes) { return bytes == Bytes() ? Value() : Value(flops / bytes); }

// A long list, for people.
Value first_of(const std::vector<std::string>& list, std::size_t most) {
  Value::Texts shown(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(most, list.size())));
  if (list.size() > most) shown.push_back(fmt::format("and {} more", list.size() - most));
  return shown;
}

// A network's inputs or outputs: one line for people, a list for machines.
Field signature(std::string label, const Graph& graph, const std::vector<TensorId>& tensors) {
  Value::Texts texts;
  for (const TensorId id : tensors) {
    const Tensor& tensor = graph.tensor(id);
    texts.push_back(fmt::format("{} {} {}", tensor.name, format(tensor.type.shape), name(tensor.type.dtype)));
  }
  return {"", std::move(label), first_of(texts, 8), Unit::none, Audience::people};
}
Table signature_table(std::string key, const Graph& graph, const std::vector<TensorId>& tensors) {
  Table table{.key = std::move(key),
              .title = "",
              .columns = {{"name", "name"}, {"shape", "shape"}, {"dtype", "dtype"}},
              .rows = {}};
  table.audience = Audience::machines;
  for (const TensorId id : tensors) {
    const Tensor& tensor = graph.tensor(id);
    table.rows.push_back({tensor.name, tensor.type.shape, name(tensor.type.dtype)});
  }
  return table;
}

Value messages(const Diagnostics& diagnostics) {
  Value::Texts texts;
  for (const Diagnostic& diagnostic : diagnostics) {
    const std::string& part = diagnostic.place.part;
    texts.push_back(part.empty() ? diagnostic.message : part + ": " + diagnostic.message);
  }
  return texts;
}

Table class_table(const Complexity& complexity) {
  Table table{.key = "classes",
              .title = "FLOPs by operator class",
              .columns = {{"class", "class"},
                          {"operators", "operators", Unit::count, 2},
                          {"macs", "MACs", Unit::macs},
                          {"flops", "FLOPs", Unit::flops},
                          {"share", "share", Unit::share},
                          {"parameters", "parameters", Unit::count, 1},
                          {"bytes", "bytes", Unit::bytes, 3},
                          {"intensity_flops_per_byte", "intensity", Unit::flops_per_byte, 4}},
              .rows = {}};
  for (const ClassTotal& total : class_totals(complexity)) {
    table.rows.push_back({name(total.operator_class), total.operators, total.macs, total.flops,
                          share(total.flops, complexity.flops), total.parameters, total.bytes,
                          intensity(total.flops, total.bytes)});
  }
  return table;
}

// The heaviest rows; equals stay in order of execution.
Table::Excerpt heaviest(const std::vector<OperatorComplexity>& operators, std::size_t most) {
  Table::Excerpt excerpt;
  excerpt.rows.resize(operators.size());
  std::iota(excerpt.rows.begin(), excerpt.rows.end(), std::size_t{0});
  std::ranges::stable_sort(excerpt.rows, std::ranges::greater{}, [&](std::size_t row) {
    return std::pair(count_of(operators[row].cost.flops), count_of(operators[row].cost.bytes()));
  });
  Flops hidden;
  for (std::size_t i = most; i < excerpt.rows.size(); ++i) hidden += operators[excerpt.rows[i]].cost.flops;
  excerpt.rows.resize(most);
  excerpt.remark = fmt::format("{} more {} with {} together (--operators all shows them)",
                               format_count(static_cast<std::int64_t>(operators.size() - most)),
                               operators.size() - most == 1 ? "operator" : "operators", format(hidden));
  return excerpt;
}

Table operator_table(const Complexity& complexity, std::size_t most) {
  Table table{.key = "operators",
              .title = "Operators",
              .columns = {{"name", "name"},
                          {"kind", "kind", Unit::none, 1},
                          {"class", "class", Unit::none, 7},
                          {"input_shapes", "input shapes", Unit::none, 9},
                          {"output_shape", "output shape", Unit::none, 2},
                          {"output_dtype", "dtype", Unit::none, 0, Audience::machines},
                          {"macs", "MACs", Unit::macs, 3},
                          {"flops", "FLOPs", Unit::flops},
                          {"transcendentals", "transcendentals", Unit::count, 0, Audience::machines},
                          {"parameters", "parameters", Unit::count, 4},
                          {"bytes", "bytes", Unit::bytes, 5},
                          {"intensity_flops_per_byte", "intensity", Unit::flops_per_byte, 6},
                          {"repeats", "repeats", Unit::count, 0, Audience::machines},
                          {"is_modelled", "modelled", Unit::none, 0, Audience::machines},
                          {"is_folded", "folded", Unit::none, 0, Audience::machines}},
              .rows = {}};
  table.rows.reserve(complexity.operators.size());
  for (const OperatorComplexity& row : complexity.operators) {
    const Cost& cost = row.cost;
    // What is not modelled is not zero.
    const auto known = [&](const Value& value) { return row.is_modelled ? value : Value(); };
    table.rows.push_back({row.name, row.kind, name(row.operator_class), row.input_shapes, row.output_shape,
                          name(row.output_dtype), known(cost.macs), known(cost.flops),
                          known(cost.transcendentals), row.parameters, known(cost.bytes()),
                          known(intensity(cost.flops, cost.bytes())), row.repeats, row.is_modelled,
                          row.is_folded});
  }
  if (most < complexity.operators.size()) {
    table.title =
        most == 1 ? "The operator with most FLOPs" : fmt::format("The {} operators with most FLOPs", most);
    table.excerpt = heaviest(complexity.operators, most);
    if (most == 0) table.audience = Audience::machines;
  }
  return table;
}

Group ratios(const Complexity& c, const Complexity& base) {
  const auto entry = [](std::string key, std::string label, auto a, auto b) {
    return Field{std::move(key), std::move(label), ratio(static_cast<double>(a), static_cast<double>(b)),
                 Unit::ratio};
  };
  return {.key = "ratio_to_first",
          .label = "ratio to the first",
          .fields = {entry("parameters", "parameters", c.parameters, base.parameters),
                     entry("model_bytes", "model size", count_of(c.model_bytes), count_of(base.model_bytes)),
                     entry("macs", "MACs", count_of(c.macs), count_of(base.macs)),
                     entry("flops", "FLOPs", count_of(c.flops), count_of(base.flops)),
                     entry("activation_peak", "peak activation", count_of(c.activation.peak),
                           count_of(base.activation.peak))}};
}

}  // namespace

Report describe(const Network& network, const DescribeOptions& options) {
  const Complexity& c = network.complexity;
  const GraphFacts facts = facts_of(network);
  Report report{
      .title = network.name, .caveat = not_modelled_caveat(c), .csv = "operators", .csv_subject = "model"};
  const auto add = [&](Part part) { report.parts.push_back(std::move(part)); };

  add(Field{"model", "model", network.name, Unit::none, Audience::machines});
  add(Field{"parameters", "parameters", c.parameters, Unit::count});
  add(field("model_bytes", "model size", c.model_bytes));
  add(field("macs", "MACs", c.macs));
  add(field("flops", "FLOPs", c.flops));
  add(Field{"transcendentals", "transcendentals", c.transcendentals, Unit::count,
            c.transcendentals == 0 ? Audience::machines : Audience::everybody});
  add(field("bytes", "bytes moved", c.bytes));
  add(Field{"intensity_flops_per_byte", "intensity", intensity(c.flops, c.bytes), Unit::flops_per_byte});
  add(Group{.key = "activation_bytes",
            .label = "activation memory",
            .fields = {field("sum", "sum", c.activation.sum), field("peak", "peak", c.activation.peak),
                       field("arena", "arena", c.activation.arena)}});
  add(signature("inputs", network.graph, network.graph.inputs()));
  add(signature("outputs", network.graph, network.graph.outputs()));
  add(Group{.key = "graph",
            .label = "graph",
            .fields = {{"operators", "operators", facts.operators, Unit::count},
                       {"depth", "deep", facts.depth, Unit::count},
                       {"most_concurrent", "side by side at most", facts.most_concurrent, Unit::count}}});
  add(Group{
      .key = "heaviest_path",
      .label = "heaviest path",
      .fields = {{"operators", "operators", facts.heaviest_path_operators, Unit::count},
                 {"flops", "", facts.heaviest_path_flops, Unit::flops, Audience::machines},
                 {"flops_share", "of the FLOPs", share(facts.heaviest_path_flops, c.flops), Unit::share}}});
  if (options.baseline != nullptr) add(ratios(c, options.baseline->complexity));
  if (!c.not_modelled.empty()) {
    add(Field{"", "not modelled", first_of(c.not_modelled, 5), Unit::none, Audience::people});
  }
  add(signature_table("inputs", network.graph, network.graph.inputs()));
  add(signature_table("outputs", network.graph, network.graph.outputs()));
  add(class_table(c));
  add(operator_table(c, options.operators));
  add(Field{"not_modelled", "", c.not_modelled, Unit::none, Audience::machines});
  add(Field{"not_modelled_share", "", not_modelled_share(c), Unit::share, Audience::machines});
  add(Field{"warnings", "", messages(network.shaped.warnings), Unit::none, Audience::machines});
  report.notes.emplace_back(conventions);
  return report;
}

}  // namespace chipcast::report
