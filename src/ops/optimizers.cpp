// Adagrad, Adam and Momentum: one step of training, as files with training information hold it.
//
// Inputs are the learning rate, the step, then every tensor to be trained, all their gradients, and all their states;
// outputs are the tensors again, then their states.
#include <fmt/format.h>

#include <algorithm>

#include "ops/families.hpp"

namespace chipcast {
namespace {

struct Optimizer {
  int states = 1;                    // tensors of state that each trained tensor has
  std::int64_t flops = 0;            // for each element
  std::int64_t transcendentals = 0;  // likewise
};

// How many tensors it trains; 0 after a complaint.
int trained(Inference& op, const Optimizer& optimizer) {
  const int lists = 2 + optimizer.states;  // tensors, gradients, states
  const int tensors = (op.input_count() - 2) / lists;
  if (tensors >= 1 && op.input_count() == 2 + lists * tensors) return tensors;
  op.fail(
      fmt::format("it has {} inputs, expected 2 and {} for each tensor it trains", op.input_count(), lists));
  return 0;
}

void step_rule(Inference& op, const Optimizer& optimizer) {
  const int tensors = trained(op, optimizer);
  for (int list = 0; list <= optimizer.states; ++list) {
    for (int i = 0; i < tensors; ++i) {
      const int input = 2 + (list == 0 ? 0 : list + 1) * tensors + i;  // the gradients are not handed on
      op.expect(op.shape(input) == op.shape(2 + i), "a tensor and its state differ in shape");
      op.output(list * tensors + i, op.dtype(input), op.shape(input));
    }
  }
}

Work step_work(Inference& op, const Optimizer& optimizer) {
  ExplicitWork stated;
  for (int input = 0; input < op.input_count(); ++input)
    stated.elements_read.push_back(op.shape(input).elements());
  const int tensors = trained(op, optimizer);
  std::int64_t elements = 0;
  for (int i = 0; i < tensors; ++i) elements = saturating_add(elements, op.shape(2 + i).elements());
  stated.flops = saturating_multiply(elements, optimizer.flops);
  stated.transcendentals = saturating_multiply(elements, optimizer.transcendentals);
  Work work;
  work.stated = std::move(stated);
  return work;
}

// G' = n X + G;  H' = H + G' G';  X' = X - r G' / (sqrt(H') + e)
constexpr Optimizer adagrad{.states = 1, .flops = 2 + 2 + 4, .transcendentals = 1};
// G' = n X + G;  V' = a V + (1 - a) G';  H' = b H + (1 - b) G' G';  X' = X - r V' / (sqrt(H') + e)
constexpr Optimizer adam{.states = 2, .flops = 2 + 3 + 4 + 4, .transcendentals = 1};
// G' = n X + G;  V' = a V + b G';  X' = X - r V' (Nesterov: X - r (G' + a V'))
constexpr Optimizer momentum{.states = 1, .flops = 2 + 3 + 2};
constexpr Optimizer nesterov{.states = 1, .flops = 2 + 3 + 4};

const Optimizer& momentum_of(Inference& op) {
  return op.text_or("mode", "") == "nesterov" ? nesterov : momentum;
}

constexpr OperatorType optimizer(std::string_view name, void (*rule)(Inference&), Work (*work)(Inference&)) {
  return {.domain = "ai.onnx.preview.training",
          .name = name,
          .operator_class = OperatorClass::elementwise,
          .least_inputs = 3,
          .most_inputs = any_number,
          .most_outputs = any_number,
          .rule = rule,
          .work = work};
}

constexpr OperatorType operators[] = {
    optimizer(
        "Adagrad", [](Inference& op) { step_rule(op, adagrad); },
        [](Inference& op) { return step_work(op, adagrad); }),
    optimizer(
        "Adam", [](Inference& op) { step_rule(op, adam); },
        [](Inference& op) { return step_work(op, adam); }),
    optimizer(
        "Momentum", [](Inference& op) { step_rule(op, momentum); },
        [](Inference& op) { return step_work(op, momentum_of(op)); }),
};

}  // namespace

std::span<const OperatorType> optimizer_operators() { return operators; }

}  // namespace chipcast
