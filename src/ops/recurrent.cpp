// LSTM, GRU, RNN: a product with the input and a product with the state per step, then the cell's arithmetic.
#include <fmt/format.h>

#include <algorithm>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

struct Form {
  std::int64_t gates = 1;
  bool has_cell = false;                 // LSTM's second state
  bool is_quantized = false;             // weights as [directions, input, gates x hidden], with scales
  PointWork combining = {};              // per hidden value, beside the sums of the gates and the activations
  std::string_view activations[3] = {};  // the defaults
  int activation_count = 1;
};

// i, o, f, c: three sigmoids, two tanh; c = f c + i g, h = o tanh(c): three products and a sum. The third activation
// is that of the new state.
constexpr Form lstm = {.gates = 4,
                       .has_cell = true,
                       .combining = {.flops = 4},
                       .activations = {"Sigmoid", "Tanh", "Tanh"},
                       .activation_count = 3};
constexpr Form dynamic_lstm = {.gates = 4,
                               .has_cell = true,
                               .is_quantized = true,
                               .combining = {.flops = 4},
                               .activations = {"Sigmoid", "Tanh", "Tanh"},
                               .activation_count = 3};
// z, r, h: r times the state (or its product); h = (1 - z) h' + z h: two products, a difference, a sum.
constexpr Form gru = {
    .gates = 3, .combining = {.flops = 5}, .activations = {"Sigmoid", "Tanh"}, .activation_count = 2};
constexpr Form rnn = {.gates = 1, .activations = {"Tanh"}, .activation_count = 1};

struct Recurrence {
  std::int64_t steps = 1, batch = 1, directions = 1, inputs = 1, hidden = 1;
  bool batch_first = false;
  PointWork cell;  // per hidden value and step
};

void add(PointWork& work, PointWork more, std::int64_t times) {
  work.flops += times * more.flops;
  work.transcendentals += times * more.transcendentals;
}

// The activation functions of one direction, the defaults where none are named.
std::vector<PointWork> read_activations(Inference& op, const Form& form, std::int64_t directions) {
  std::vector<std::string> names;
  if (const AttributeValue* value = op.attribute("activations")) {
    if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
      names = *list;
      const auto expected = static_cast<std::size_t>(form.activation_count * directions);
      if (!names.empty() && names.size() != expected) {
        op.fail(
            fmt::format("attribute 'activations' names {} functions, expected {}", names.size(), expected));
        names.clear();
      }
    }
  }
  std::vector<PointWork> costs;
  for (int i = 0; i < form.activation_count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::string_view name = at < names.size() ? std::string_view(names[at]) : form.activations[at];
    if (const auto cost = activation_cost(name)) {
      costs.push_back(*cost);
    } else {
      op.fail(fmt::format("attribute 'activations' names '{}', which is no known activation", name));
      costs.push_back({});
    }
  }
  return costs;
}

PointWork cell_work(Inference& op, const Form& form, std::int64_t directions) {
  const std::vector<PointWork> activations = read_activations(op, form, directions);
  PointWork cell = form.combining;
  // Input and state products meet: one sum a gate, and two more where there are biases (one for each product).
  cell.flops += form.gates * (op.has(3) ? 3 : 1);
  if (form.has_cell) {
    add(cell, activations[0], 3);
    add(cell, activations[1], 1);
    add(cell, activations[2], 1);
    if (op.has(7)) cell.flops += 6;  // peepholes: a product and a sum for each of three gates
  } else if (form.gates == 3) {
    add(cell, activations[0], 2);
    add(cell, activations[1], 1);
  } else {
    add(cell, activations[0], 1);
  }
  // Products of 8-bit values become floating point: two scales each a gate.
  if (form.is_quantized) cell.flops += 2 * form.gates;
  return cell;
}

void expect_shape(Inference& op, int input, const Shape& expected, std::string_view what) {
  if (!op.has(input) || op.shape(input) == expected) return;
  op.fail(fmt::format("input {} ({}) has shape {}; expected {}", input, what, format(op.shape(input)),
                      format(expected)));
}

// X, W, R, B, sequence_lens, initial_h, initial_c, P, then the scales and zero points of quantized weights.
Recurrence read_recurrence(Inference& op, const Form& form) {
  Recurrence r;
  if (!op.expect_rank(0, 3, 3) || !op.expect_rank(1, 3, 3) || !op.expect_rank(2, 3, 3)) return r;
  r.batch_first = op.int_or("layout", 0) != 0;
  const Shape& x = op.shape(0);
  r.steps = x[r.batch_first ? 1 : 0];
  r.batch = x[r.batch_first ? 0 : 1];
  r.inputs = x[2];
  r.hidden = op.shape(2)[form.is_quantized ? 1 : 2];
  const std::string direction = op.text_or("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    op.fail(
        fmt::format("attribute 'direction' is '{}'; expected forward, reverse or bidirectional", direction));
  }
  r.directions = direction == "bidirectional" ? 2 : 1;
  if (const std::int64_t stated = op.int_or("hidden_size", r.hidden); stated != r.hidden) {
    op.fail(fmt::format("attribute 'hidden_size' is {}, but the recurrent weights of shape {} take {}",
                        stated, format(op.shape(2)), r.hidden));
  }
  r.cell = cell_work(op, form, r.directions);
  return r;
}

// The gates' rows (or columns) of a matrix that takes `from` values.
Shape weight_shape(const Form& form, const Recurrence& r, std::int64_t from) {
  const std::int64_t gates = saturating_multiply(form.gates, r.hidden);
  return form.is_quantized ? Shape{r.directions, from, gates} : Shape{r.directions, gates, from};
}

void recurrent_rule(Inference& op, const Form& form) {
  const Recurrence r = read_recurrence(op, form);
  if (op.failed()) return;
  const std::int64_t gates = saturating_multiply(form.gates, r.hidden);
  const Shape state =
      r.batch_first ? Shape{r.batch, r.directions, r.hidden} : Shape{r.directions, r.batch, r.hidden};
  expect_shape(op, 1, weight_shape(form, r, r.inputs), "input weights");
  expect_shape(op, 2, weight_shape(form, r, r.hidden), "recurrent weights");
  expect_shape(op, 3, {r.directions, saturating_multiply(2, gates)}, "bias");
  expect_shape(op, 4, {r.batch}, "sequence lengths");
  expect_shape(op, 5, state, "initial state");
  if (form.has_cell) {
    expect_shape(op, 6, state, "initial cell state");
    expect_shape(op, 7, {r.directions, saturating_multiply(3, r.hidden)}, "peephole weights");
  }
  op.output(0, op.dtype(0),
            r.batch_first ? Shape{r.batch, r.steps, r.directions, r.hidden}
                          : Shape{r.steps, r.directions, r.batch, r.hidden});
  op.output(1, op.dtype(0), state);
  op.output(2, op.dtype(0), state);
}

struct Loops {
  Affine d, t, b, h;
};

Loops loops_of(LoopNest& nest, const Recurrence& r) {
  Loops at;
  at.d = nest.loop("d", r.directions);
  at.t = nest.loop("t", r.steps);
  at.b = nest.loop("n", r.batch);
  at.h = nest.loop("k", r.hidden);
  return at;
}

// Every gate of every hidden value at every step: gates x hidden x `from` MACs. Sequences that `sequence_lens` cuts
// short are counted in full, as engines run them.
LoopNest gates_nest(const Inference& op, const Form& form, const Recurrence& r, int weights,
                    std::int64_t from) {
  LoopNest nest;
  const Loops at = loops_of(nest, r);
  const Affine gate = nest.loop("g", form.gates) * r.hidden + at.h;
  const Affine c = nest.loop("c", from);
  nest.read(input_operand(weights), op.shape(weights),
            form.is_quantized ? std::vector<Affine>{at.d, c, gate} : std::vector<Affine>{at.d, gate, c});
  if (weights == 1) {
    nest.read(input_operand(0), op.shape(0),
              r.batch_first ? std::vector<Affine>{at.b, at.t, c} : std::vector<Affine>{at.t, at.b, c});
  }
  nest.each_point({.macs = 1});
  return nest;
}

Work recurrent_work(Inference& op, const Form& form) {
  const Recurrence r = read_recurrence(op, form);
  Work work = work_of(gates_nest(op, form, r, 1, r.inputs));
  work.nests.push_back(gates_nest(op, form, r, 2, r.hidden));
  LoopNest cell;
  const Loops at = loops_of(cell, r);
  const std::vector<Affine> state =
      r.batch_first ? std::vector<Affine>{at.b, at.d, at.h} : std::vector<Affine>{at.d, at.b, at.h};
  for (const int input : {5, 6}) {
    if (op.has(input)) cell.read(input_operand(input), op.shape(input), state);
  }
  const bool has_sequence = op.output_type(0).shape.rank() == 4;
  if (has_sequence) {
    cell.write(output_operand(0), op.output_type(0).shape,
               r.batch_first ? std::vector<Affine>{at.b, at.t, at.d, at.h}
                             : std::vector<Affine>{at.t, at.d, at.b, at.h});
  }
  for (int i = 1; i < std::min(op.output_count(), form.has_cell ? 3 : 2); ++i) {
    cell.write(output_operand(i), op.output_type(i).shape, state);
  }
  cell.each_point(r.cell);
  work.nests.push_back(std::move(cell));
  for (const int input : {3, 4, 7, 8, 9, 10, 11}) {
    if (op.has(input)) work.nests.push_back(reading_pass(op, input, {}));
  }
  return work;
}

template <const Form& form>
void rule(Inference& op) {
  recurrent_rule(op, form);
}
template <const Form& form>
Work work(Inference& op) {
  return recurrent_work(op, form);
}

constexpr auto recurrent = OperatorClass::recurrent;
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "LSTM",
     .operator_class = recurrent,
     .least_inputs = 3,
     .most_inputs = 8,
     .least_outputs = 0,
     .most_outputs = 3,
     .rule = rule<lstm>,
     .work = work<lstm>,
     .roles = {data, data, data, data, shape, data, data, data}},
    {.name = "GRU",
     .operator_class = recurrent,
     .least_inputs = 3,
     .most_inputs = 6,
     .least_outputs = 0,
     .most_outputs = 2,
     .rule = rule<gru>,
     .work = work<gru>,
     .roles = {data, data, data, data, shape, data}},
    {.name = "RNN",
     .operator_class = recurrent,
     .least_inputs = 3,
     .most_inputs = 6,
     .least_outputs = 0,
     .most_outputs = 2,
     .rule = rule<rnn>,
     .work = work<rnn>,
     .roles = {data, data, data, data, shape, data}},
    {.domain = "com.microsoft",
     .name = "DynamicQuantizeLSTM",
     .operator_class = recurrent,
     .least_inputs = 12,
     .most_inputs = 12,
     .least_outputs = 0,
     .most_outputs = 3,
     .rule = rule<dynamic_lstm>,
     .work = work<dynamic_lstm>,
     .roles = {data, quantized, quantized, data, shape, data, data, data, scale, zero_point, scale,
               zero_point}},
};

}  // namespace

std::span<const OperatorType> recurrent_operators() { return operators; }

}  // namespace chipcast
