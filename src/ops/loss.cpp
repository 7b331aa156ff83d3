// Training losses: NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss over scores (n, classes, d...).
#include <fmt/format.h>

#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

void loss_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return;
  const Shape& scores = op.shape(0);
  std::vector<std::int64_t> labels = {scores[0]};
  labels.insert(labels.end(), scores.begin() + 2, scores.end());
  if (op.shape(1) != Shape(labels)) {
    op.fail(
        fmt::format("labels of shape {} do not fit scores of shape {}", format(op.shape(1)), format(scores)));
  }
  if (op.has(2) && op.shape(2) != Shape{scores[1]}) {
    op.fail(fmt::format("weights of shape {} for {} classes", format(op.shape(2)), scores[1]));
  }
  op.output(0, op.dtype(0), op.text_or("reduction", "mean") == "none" ? Shape(std::move(labels)) : Shape());
  op.output(1, op.dtype(0), scores);
}

// One score a label, weighted and added.
ExplicitWork picking(const Inference& op) {
  const std::int64_t labels = op.shape(1).elements();
  return {.flops = saturating_multiply(labels, op.has(2) ? 2 : 1),
          .elements_read = {labels, labels, op.has(2) ? op.shape(2).elements() : 0}};
}

Work likelihood_work(Inference& op) {
  Work work;
  work.stated = picking(op);
  return work;
}

// The logarithm of a softmax before it: maximum, difference, sum of exponentials, difference, and one logarithm a label.
Work cross_entropy_work(Inference& op) {
  const std::int64_t scores = op.shape(0).elements();
  Work work = likelihood_work(op);
  work.stated->flops = saturating_add(work.stated->flops, saturating_multiply(4, scores));
  work.stated->transcendentals = saturating_add(scores, op.shape(1).elements());
  work.stated->elements_read[0] = scores;
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "NegativeLogLikelihoodLoss",
     .operator_class = OperatorClass::reduction,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = loss_rule,
     .work = likelihood_work},
    {.name = "SoftmaxCrossEntropyLoss",
     .operator_class = OperatorClass::reduction,
     .least_inputs = 2,
     .most_inputs = 3,
     .most_outputs = 2,
     .rule = loss_rule,
     .work = cross_entropy_work},
};

}  // namespace

std::span<const OperatorType> loss_operators() { return operators; }

}  // namespace chipcast
