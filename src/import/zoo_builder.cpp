#include "import/zoo_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "import/zoo_evaluator.hpp"
#include "import/zoo_layers.hpp"

namespace chipcast::zoo {
namespace {

constexpr std::size_t most_operators = 100'000;
constexpr int deepest_blocks = 32;

class Builder {
 public:
  Builder(const Family& family, std::string name)
      : family_(family), graph_(std::move(name)), state_(family, graph_) {}

  Result<Graph> run(const std::vector<Datum>& parameters) {
    NameScope names;
    Frame frame(family_.network, names);
    std::ranges::copy(parameters, frame.variables.begin());
    state_.global = state_.frame = &frame;
    for (const Input& input : family_.inputs) add_input(input, frame);
    frame.input = frame.current = graph_.inputs().empty() ? none : graph_.inputs()[0];
    if (!state_.failed()) run_all(family_.network.body);
    if (state_.failed()) return state_.error();
    if (graph_.operators().empty()) {
      return Diagnostic{.place = {.file = family_.document.file, .source = {}},
                        .message = "the network has no operator"};
    }
    graph_.add_output(frame.current);
    return std::move(graph_);
  }

 private:
  void add_input(const Input& input, Frame& frame) {
    const Origin origin = family_.expressions[input.shape].origin;
    const Datum datum = state_.evaluate(input.shape);
    Shape shape;
    if (state_.failed()) return;
    if (datum.list() == nullptr) return fail(origin, "a shape is a list of integers");
    for (const Datum& extent : *datum.list()) {
      if (extent.integer() == nullptr || *extent.integer() < 1 || *extent.integer() > (1 << 24)) {
        return fail(origin, fmt::format("an extent of an input is an integer from 1 to 2^24, not {}",
                                        format(extent)));
      }
      shape.push_back(*extent.integer());
    }
    if (shape.elements() > (std::int64_t{1} << 40))
      return fail(origin, "the input has more than 2^40 elements");
    frame.tensors[input.slot] = graph_.add_input(input.name, {input.dtype, std::move(shape)});
  }

  // ---- statements

  void run_all(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      if (state_.failed()) return;
      run_one(statement);
    }
  }

  void run_one(const Statement& statement) {
    if (!state_.charge(statement.origin)) return;
    switch (statement.kind) {
      case Statement::Kind::chain:
        return run_chain_statement(statement);
      case Statement::Kind::let:
        state_.frame->variables[statement.slots[0]] = state_.evaluate(statement.expression);
        return;
      case Statement::Kind::condition: {
        const bool holds = state_.is_true(statement.expression);
        if (!state_.failed()) run_all(holds ? statement.body : statement.else_body);
        return;
      }
      case Statement::Kind::loop:
        return run_loop(statement);
    }
  }

  void run_loop(const Statement& statement) {
    const Datum over = state_.evaluate(statement.expression);
    const Origin origin = statement.origin;
    if (state_.failed()) return;
    if (over.list() == nullptr)
      return fail(origin, fmt::format("a loop runs over a list, not {}", kind_name(over)));
    for (const Datum& item : *over.list()) {
      if (statement.slots.size() == 1) {
        state_.frame->variables[statement.slots[0]] = item;
      } else {
        const std::size_t count = item.list() == nullptr ? 0 : item.list()->size();
        if (count != statement.slots.size()) {
          return fail(origin, fmt::format("the loop names {} variables, but {} has {} values",
                                          statement.slots.size(), format(item), count));
        }
        for (std::size_t i = 0; i < count; ++i)
          state_.frame->variables[statement.slots[i]] = (*item.list())[i];
      }
      if (!state_.charge(origin)) return;
      run_all(statement.body);
      if (state_.failed()) return;
    }
  }

  void run_chain_statement(const Statement& statement) {
    if (statement.expression == no_expression || state_.is_true(statement.expression))
      return run_chain(statement.chain);
    if (state_.failed()) return;
    if (!statement.otherwise.empty()) {
      run_chain(statement.otherwise);
    } else if (statement.chain[0].kind == Step::Kind::tensor) {
      state_.frame->current = state_.tensor(statement.chain[0].tensor, statement.chain[0].origin);
    }
    if (state_.failed()) return;
    // The chain that was passed over is the identity: its names stand for what came instead.
    for (const Step& step : statement.chain) {
      for (const Label& label : step.labels) state_.bind(label, state_.frame->current);
    }
  }

  void run_chain(const std::vector<Step>& chain) {
    for (const Step& step : chain) {
      if (state_.failed()) return;
      run_step(step);
    }
  }

  void run_step(const Step& step) {
    if (!state_.charge(step.origin)) return;
    switch (step.kind) {
      case Step::Kind::tensor:
        state_.frame->current = state_.tensor(step.tensor, step.origin);
        break;
      case Step::Kind::group: {
        NameScope inner{.prefix = step_name(step, "group"), .is_numbered = true};
        NameScope* const outer = std::exchange(state_.frame->names, &inner);
        run_chain(step.group);
        state_.frame->names = outer;
        break;
      }
      case Step::Kind::layer:
        return apply(step, *step.layer, step_name(step, step.layer->name));
      case Step::Kind::block:
        enter(step, family_.blocks[step.block]);
        break;
      case Step::Kind::dynamic:
        call_dynamically(step);
        break;
    }
    if (state_.failed()) return;
    for (const Label& label : step.labels) state_.bind(label, state_.frame->current);
  }

  void call_dynamically(const Step& step) {
    const Datum target = state_.evaluate(step.target);
    if (state_.failed()) return;
    const Origin origin = family_.expressions[step.target].origin;
    if (target.text() == nullptr)
      return fail(origin, fmt::format("a block is named by a text, not {}", kind_name(target)));
    const auto found = std::ranges::find(family_.blocks, *target.text(), &Block::name);
    if (found == family_.blocks.end()) {
      std::vector<std::string> names;
      for (const Block& block : family_.blocks) names.push_back(block.name);
      return fail(origin, fmt::format("no block is called '{}'", *target.text()),
                  suggest(*target.text(), names));
    }
    if (step.arguments.size() > found->parameters.size()) {
      return fail(step.origin, fmt::format("block '{}' takes {} argument(s), not {}", found->name,
                                           found->parameters.size(), step.arguments.size()));
    }
    enter(step, *found);
  }

  void enter(const Step& step, const Block& block) {
    if (depth_ >= deepest_blocks) {
      return fail(step.origin, fmt::format("blocks nest deeper than {} (does '{}' contain itself?)",
                                           deepest_blocks, block.name));
    }
    NameScope names{.prefix = step_name(step, block.name)};
    Frame inner(block, names);
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      if (step.arguments[i].is_given()) inner.variables[i] = state_.evaluate(step.arguments[i].expression);
    }
    inner.input = inner.current = state_.frame->current;
    Frame* const outer = std::exchange(state_.frame, &inner);
    for (std::size_t i = 0; i < block.parameters.size() && !state_.failed(); ++i) {
      if (inner.variables[i].is_set()) continue;
      const ExpressionId preset = block.parameters[i].preset;
      if (preset == no_expression) {
        fail(step.origin, fmt::format("block '{}' lacks '{}'", block.name, block.parameters[i].name));
      } else {
        inner.variables[i] = state_.evaluate(preset);
      }
    }
    ++depth_;
    run_all(block.body);
    --depth_;
    state_.frame = outer;
    if (state_.failed()) {
      if (state_.error().hint.empty())
        state_.error().hint = fmt::format("in '{}', block '{}'", names.prefix, block.name);
      return;
    }
    state_.frame->current = inner.current;
  }

  void apply(const Step& step, const Layer& layer, std::string name) {
    std::vector<LayerArgument> arguments(layer.parameters.size());
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      const Argument& argument = step.arguments[i];
      if (argument.expression != no_expression) arguments[i].value = state_.evaluate(argument.expression);
      for (const TensorSlot& slot : argument.tensors)
        arguments[i].tensors.push_back(state_.tensor(slot, argument.origin));
    }
    if (state_.failed()) return;
    if (graph_.operators().size() >= most_operators) {
      return fail(step.origin,
                  fmt::format("the network has more than {} operators", format_count(most_operators)));
    }
    Lowering lowering(graph_, shared_weights_, layer, std::move(name), state_.frame->current,
                      std::move(arguments), step.labels.size());
    layer.lower(lowering);
    if (lowering.failed()) return fail(step.origin, lowering.complaint());
    const std::vector<TensorId>& results = lowering.results();
    state_.frame->current = results[0];
    for (std::size_t i = 0; i < step.labels.size(); ++i)
      state_.bind(step.labels[i], results[std::min(i, results.size() - 1)]);
  }

  // ---- names and tensors

  std::string step_name(const Step& step, std::string_view fallback) {
    NameScope& names = *state_.frame->names;
    if (step.labels.empty()) {
      if (names.is_numbered) return names.within(fmt::format("{}", names.position++));
      return names.unique(std::string(fallback));
    }
    std::string name;
    for (const Label& label : step.labels) {
      if (!name.empty()) name += "_";
      name += state_.name_of(label);
    }
    return names.unique(std::move(name));
  }

  void fail(Origin origin, std::string message, std::string hint = {}) {
    state_.fail(origin, std::move(message), std::move(hint));
  }

  const Family& family_;
  Graph graph_;
  SharedWeights shared_weights_;
  Evaluator state_;
  int depth_ = 0;
};

}  // namespace

Result<Graph> build(const Family& family, std::string name, const std::vector<Datum>& parameters) {
  return Builder(family, std::move(name)).run(parameters);
}

}  // namespace chipcast::zoo
