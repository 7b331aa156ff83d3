#include "graph/shaping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.hpp"
#include "graph/control_flow.hpp"
#include "graph/extent_sum.hpp"
#include "graph/sequence.hpp"
#include "graph/topology.hpp"

namespace chipcast {
namespace {

// A loop whose carried values grow in the first trip is shaped twice, and so is every loop in it, each time: nests of
// loops would take time exponential in their depth. Nests that people write stay far below.
constexpr std::int64_t rounds_per_operator = 64;

// A few bytes of a file can ask for 4096 elements. Networks compute some thousands ahead, shapes and index tables.
constexpr std::int64_t most_known_elements = 16'777'216;

std::int64_t operators_of(const Graph& graph) {
  auto count = static_cast<std::int64_t>(graph.operators().size());
  for (const Operator& op : graph.operators()) {
    for (const Body& body : op.bodies) count += 1 + operators_of(*body.graph);
  }
  return count;
}

constexpr std::size_t most_diagnostics = 20;  // a file whose every node is wrong says it all in the first few

// An input's leading extent by one of these names is a batch, which is 1 until the user says otherwise.
bool names_a_batch(std::string_view symbol) {
  std::string lower;
  for (const char c : symbol) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower.find("batch") != std::string::npos || lower == "n" || lower == "b" || lower == "bs";
}

class Shaper {
 public:
  Shaper(Graph& graph, const ShapingOptions& options)
      : root_(graph), options_(options), steps_left_(rounds_per_operator * operators_of(graph)) {}

  Result<Shaped> run() {
    bind_inputs();
    if (!errors_.empty()) return errors_;
    Shaped shaped;
    if (!shape(root_, &shaped.order)) return errors_;
    for (const auto& [name, extent] : options_.dims) {
      if (!used_.contains(name)) warn(unused_dimension(name));
    }
    if (!guesses_.empty()) {
      warn(fmt::format("{} that only data decides {} taken at the most possible: {} (--dim NAME=N gives one)",
                       guesses_.size() == 1 ? "an extent" : fmt::format("{} extents", guesses_.size()),
                       guesses_.size() == 1 ? "is" : "are", guessed_extents()));
    }
    shaped.warnings = std::move(warnings_);
    return shaped;
  }

 private:
  // ---- symbols

  void bind_inputs() {
    std::vector<std::int64_t> extents(root_.symbols().size(), -1);
    std::vector<bool> is_asked(root_.symbols().size(), false);
    for (const TensorId id : root_.inputs()) {
      Tensor& input = root_.tensor(id);
      const auto bind = [&](Shape& shape) {
        for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
          std::int64_t& extent = shape[axis];
          if (extent >= 0) continue;
          const auto index = static_cast<std::size_t>(symbol_index(extent));
          if (extents[index] < 0)
            extents[index] = bound_extent(input, axis, root_.symbols()[index], is_asked, index);
          if (extents[index] >= 0) extent = extents[index];
        }
      };
      bind(input.type.shape);
      if (input.sequence == nullptr) continue;
      Sequence sequence = *input.sequence;
      for (Sequence::Run& run : sequence.runs) {
        bind(run.type.shape);
        if (run.count < 0) run.count = bound_length(input);
      }
      input.sequence = std::make_shared<const Sequence>(std::move(sequence));
    }
    if (open_.empty()) return;
    std::string names, way_out;
    for (const std::string& symbol : open_) {
      names += (names.empty() ? "'" : ", '") + symbol + "'";
      way_out += " --dim " + symbol + "=N";
    }
    errors_.push_back(
        {.message = fmt::format("the extent of {} is not known", names), .hint = "give it with" + way_out});
  }

  std::int64_t bound_length(const Tensor& sequence) {
    const auto found = options_.dims.find(sequence.name);
    if (found == options_.dims.end()) {
      warn(fmt::format("the sequence '{}' is taken to hold 1 tensor (--dim {}=N changes it)", sequence.name,
                       sequence.name));
      return 1;
    }
    used_.insert(sequence.name);
    return found->second;
  }

  std::int64_t bound_extent(const Tensor& input, std::int64_t axis, const std::string& symbol,
                            std::vector<bool>& is_asked, std::size_t index) {
    const auto found = options_.dims.find(symbol);
    if (found != options_.dims.end()) {
      used_.insert(symbol);
      return found->second;
    }
    const bool is_unnamed = symbol == fmt::format("{}.{}", input.name, axis);
    if (axis == 0 && (names_a_batch(symbol) || is_unnamed)) {
      warn(fmt::format("'{}' is not bound and taken to be 1 (--dim {}=N changes it)", symbol, symbol));
      return 1;
    }
    if (const std::optional<ExtentSum> sum = parse_extent_sum(symbol)) return value_of(*sum, symbol);
    if (!is_asked[index]) ask_for(symbol);
    is_asked[index] = true;
    return -1;
  }

  // Of an extent such as "past + 1" the parts are asked for.
  std::int64_t value_of(const ExtentSum& sum, const std::string& symbol) {
    std::int64_t value = sum.constant;
    bool is_known = true;
    for (const ExtentSum::Term& term : sum.terms) {
      const auto found = options_.dims.find(term.name);
      if (found == options_.dims.end()) {
        ask_for(term.name);
        is_known = false;
      } else {
        used_.insert(term.name);
        value = saturating_add(value, term.sign * found->second);
      }
    }
    if (!is_known) return -1;
    if (value >= 0) return value;
    errors_.push_back({.message = fmt::format("the extent '{}' is {}", symbol, value)});
    return 0;
  }

  void ask_for(const std::string& symbol) {
    if (std::ranges::find(open_, symbol) == open_.end()) open_.push_back(symbol);
  }

  std::string unused_dimension(const std::string& name) const {
    const std::string suggestion = suggest(name, root_.symbols());
    return fmt::format("no dimension of this network is called '{}'{}", name,
                       suggestion.empty() ? "" : "; " + suggestion);
  }

  // ---- operators

  bool shape(Graph& graph, std::vector<OperatorId>* kept_order = nullptr) {
    Result<std::vector<OperatorId>> order = execution_order(graph);
    if (!order) {
      for (const Diagnostic& diagnostic : order.diagnostics()) errors_.push_back(diagnostic);
      return false;
    }
    const std::size_t errors_before = errors_.size();
    std::vector<bool> is_broken(graph.tensors().size(), false);
    for (const OperatorId id : *order) {
      const Operator& op = graph.op(id);
      const bool reads_broken =
          std::ranges::any_of(op.inputs, [&](TensorId input) { return input != none && is_broken[input]; });
      if (!reads_broken && shape_operator(graph, id)) continue;
      for (const TensorId output : op.outputs) {
        if (output != none) is_broken[output] = true;
      }
      if (errors_.size() - errors_before >= most_diagnostics) break;
    }
    if (kept_order != nullptr) *kept_order = *std::move(order);
    return errors_.size() == errors_before;
  }

  bool shape_operator(Graph& graph, OperatorId id) {
    Operator& op = graph.op(id);
    if (is_control_flow(op)) return shape_with_bodies(graph, id, shape_control_flow);
    if (is_sequence_operator(graph, op)) return shape_with_bodies(graph, id, shape_sequence_operator);
    if (op.type == nullptr) return skip_unknown(graph, op);
    if (!has_right_arity(op) || !takes_tensors(graph, op)) return false;

    Inference inference(*op.type, op.opset, op.attributes, input_views(graph, op),
                        static_cast<int>(op.outputs.size()));
    BindingContext context{this, &graph, &op};
    inference.bind({&find_binding, &name_binding, &context});
    op.type->rule(inference);
    if (inference.failed()) return complain(op, inference.error());
    const bool is_guessed = context.has_guessed || std::ranges::any_of(op.inputs, [&](TensorId input) {
                              return input != none && graph.tensor(input).is_guessed;
                            });
    if (is_guessed && cost_of(op.type->work(inference), inference).macs > Macs()) return ask_for_guesses(op);

    const bool is_constant = std::ranges::all_of(
        op.inputs, [&](TensorId input) { return input == none || graph.tensor(input).is_constant; });
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
      if (op.outputs[i] == none) continue;
      Tensor& output = graph.tensor(op.outputs[i]);
      output.type = std::move(inference.outputs()[i]);
      output.value = std::move(inference.output_values()[i]);
      // What is known before the first run is as good as stored, whatever it was computed from.
      output.is_constant = is_constant || output.value != nullptr;
      output.is_guessed = is_guessed;
      if (output.value != nullptr) known_elements_ += output.value->size();
    }
    if (known_elements_ <= most_known_elements) return true;
    return complain(op, fmt::format("with it, the elements computed ahead for shapes are more than {}",
                                    format_count(most_known_elements)));
  }

  bool has_right_arity(const Operator& op) {
    const auto count = static_cast<int>(op.inputs.size());
    const OperatorType& type = *op.type;
    if (count > type.most_inputs) {
      return complain(op, fmt::format("it has {} inputs, at most {} are possible", count, type.most_inputs));
    }
    for (int i = 0; i < type.least_inputs; ++i) {
      if (i >= count || op.inputs[static_cast<std::size_t>(i)] == none) {
        return complain(op, fmt::format("input {} is missing; it takes at least {}", i, type.least_inputs));
      }
    }
    if (std::ranges::all_of(op.outputs, [](TensorId output) { return output == none; })) {
      return complain(op, "it has no output");
    }
    const auto outputs = static_cast<int>(op.outputs.size());
    if (outputs > type.most_outputs) {
      return complain(op,
                      fmt::format("it has {} outputs, at most {} are possible", outputs, type.most_outputs));
    }
    return true;
  }

  bool takes_tensors(const Graph& graph, const Operator& op) {
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] == none || graph.tensor(op.inputs[i]).sequence == nullptr) continue;
      return complain(op, fmt::format("input {} is a sequence, not a tensor", i));
    }
    return true;
  }

  bool shape_with_bodies(Graph& graph, OperatorId id,
                         void (*rule)(Graph& graph, OperatorId id, const BodyShaper& shaper)) {
    const Operator& op = graph.op(id);
    bool failed = false;
    const BodyShaper shaper{.options = options_,
                            .shape =
                                [&](Graph& body) {
                                  steps_left_ -= 1 + static_cast<std::int64_t>(body.operators().size());
                                  if (steps_left_ < 0 && !failed) {
                                    complain(op,
                                             "the loops in it change their shapes too often to be counted");
                                    failed = true;
                                  }
                                  if (failed) return false;
                                  failed = !shape(body) || failed;
                                  return !failed;
                                },
                            .fail =
                                [&](std::string message) {
                                  complain(op, std::move(message));
                                  failed = true;
                                },
                            .warn = [&](const std::string& message) { warn(describe(op) + ": " + message); }};
    rule(graph, id, shaper);
    return !failed;
  }

  bool skip_unknown(Graph& graph, const Operator& op) {
    if (!options_.skip_unknown_operators) {
      static const std::vector<std::string> names = operator_names();
      const std::string full = op.domain.empty() ? op.kind : op.domain + "." + op.kind;
      std::string hint = suggest(full, names);
      if (!hint.empty()) hint += " or ";
      hint += "count the rest of the network with --skip-unknown";
      return complain(op, "chipcast does not know this operator", std::move(hint));
    }
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
      if (op.outputs[i] == none) continue;
      Tensor& output = graph.tensor(op.outputs[i]);
      const std::optional<TensorType> declared = bound_declaration(graph, output);
      if (!declared) {
        return complain(
            op, fmt::format("it is unknown, and the file does not declare the shape of its output '{}'",
                            output.name));
      }
      output.type = *declared;
    }
    return true;
  }

  std::optional<TensorType> bound_declaration(const Graph& graph, const Tensor& tensor) {
    if (tensor.declared == nullptr) return std::nullopt;
    TensorType type = *tensor.declared;
    for (std::int64_t axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] >= 0) continue;
      const std::optional<std::int64_t> extent = declared_extent(graph, tensor, axis);
      if (!extent) return std::nullopt;
      type.shape[axis] = *extent;
    }
    return type;
  }

  // ---- extents that only data decides

  struct BindingContext {
    Shaper* shaper;
    const Graph* graph;
    const Operator* op;
    mutable bool has_guessed = false;

    const Tensor& output(int index) const {
      return graph->tensor(op->outputs[static_cast<std::size_t>(index)]);
    }
  };

  static std::optional<std::int64_t> find_binding(const void* opaque, int output, std::int64_t axis,
                                                  std::int64_t at_most) {
    const auto& context = *static_cast<const BindingContext*>(opaque);
    const auto at = static_cast<std::size_t>(output);
    const bool is_read = at < context.op->outputs.size() && context.op->outputs[at] != none;
    if (!is_read) return std::max<std::int64_t>(0, at_most);
    const auto known = context.shaper->declared_extent(*context.graph, context.output(output), axis);
    if (known || at_most == Inference::unbounded) return known;
    context.has_guessed = true;
    context.shaper->guesses_.insert_or_assign(name_binding(opaque, output, axis), at_most);
    return at_most;
  }

  static std::string name_binding(const void* opaque, int output, std::int64_t axis) {
    const auto& context = *static_cast<const BindingContext*>(opaque);
    const Tensor& tensor = context.output(output);
    const std::optional<std::string> symbol = declared_symbol(*context.graph, tensor, axis);
    return symbol ? *symbol : fmt::format("{}.{}", tensor.name, axis);
  }

  static std::optional<std::string> declared_symbol(const Graph& graph, const Tensor& tensor,
                                                    std::int64_t axis) {
    if (tensor.declared == nullptr || axis >= tensor.declared->shape.rank()) return std::nullopt;
    const std::int64_t extent = tensor.declared->shape[axis];
    if (extent >= 0) return std::nullopt;
    return graph.symbols()[static_cast<std::size_t>(symbol_index(extent))];
  }

  // What the user said of it, by axis, by tensor or by the symbol the file gives it; else what the file declares.
  std::optional<std::int64_t> declared_extent(const Graph& graph, const Tensor& tensor, std::int64_t axis) {
    std::vector<std::string> names = {fmt::format("{}.{}", tensor.name, axis), tensor.name};
    if (auto symbol = declared_symbol(graph, tensor, axis)) names.push_back(*std::move(symbol));
    for (const std::string& name : names) {
      const auto found = options_.dims.find(name);
      if (found == options_.dims.end()) continue;
      used_.insert(name);
      return found->second;
    }
    if (tensor.declared != nullptr && axis < tensor.declared->shape.rank() &&
        tensor.declared->shape[axis] >= 0) {
      return tensor.declared->shape[axis];
    }
    return std::nullopt;
  }

  // Products are never counted on a guess.
  bool ask_for_guesses(const Operator& op) {
    std::string way_out;
    for (const auto& [name, extent] : guesses_) {
      way_out += fmt::format(" --dim {}=N", name);
      if (way_out.size() > 2000) break;
    }
    return complain(op, "how much it multiplies depends on the data",
                    "give the extents behind it:" + way_out);
  }

  std::string guessed_extents() const {
    constexpr std::size_t most_named = 3;
    std::string text;
    for (const auto& [name, extent] : guesses_) {
      if (!text.empty()) text += ", ";
      text += fmt::format("'{}' = {}", name, extent);
      if (static_cast<std::size_t>(std::ranges::count(text, '=')) == most_named) break;
    }
    return guesses_.size() > most_named ? text + ", ..." : text;
  }

  // ---- what is said

  bool complain(const Operator& op, std::string message, std::string hint = {}) {
    errors_.push_back(
        {.place = {.part = describe(op)}, .message = std::move(message), .hint = std::move(hint)});
    return false;
  }
  void warn(std::string message) {
    if (warnings_.size() < most_diagnostics) {
      warnings_.push_back({.severity = Severity::warning, .message = std::move(message)});
    }
  }

  Graph& root_;
  const ShapingOptions& options_;
  std::int64_t steps_left_;
  std::int64_t known_elements_ = 0;
  std::vector<std::string> open_;  // symbols nobody bound
  std::set<std::string> used_;
  std::map<std::string, std::int64_t> guesses_;
  Diagnostics errors_;
  Diagnostics warnings_;
};

}  // namespace

Result<Shaped> shape_graph(Graph& graph, const ShapingOptions& options) {
  return Shaper(graph, options).run();
}

}  // namespace chipcast
