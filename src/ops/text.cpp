// StringNormalizer and TfIdfVectorizer: words in front of a network.
#include <fmt/format.h>

#include <algorithm>

#include "ops/families.hpp"

namespace chipcast {
namespace {

// [C] or [1, C] words; those in `stopwords` fall out, and only the data tell how many.
void normalizer_rule(Inference& op) {
  if (!op.expect_rank(0, 1, 2)) return;
  Shape shape = op.shape(0);
  const std::int64_t last = op.rank(0) - 1;
  if (op.attribute("stopwords") != nullptr) {
    shape[last] = op.data_dependent_extent(0, last, "how many words are no stopwords");
  }
  op.output(0, DType::text, std::move(shape));
}

// [C] or [N, C] tokens to as many scores as the largest of `ngram_indexes` says.
void vectorizer_rule(Inference& op) {
  if (!op.expect_rank(0, 1, 2)) return;
  const std::vector<std::int64_t> indices = op.ints_or("ngram_indexes", {});
  if (indices.empty()) return op.fail("attribute 'ngram_indexes' is missing");
  const std::int64_t largest = *std::ranges::max_element(indices);
  if (largest < 0) return op.fail(fmt::format("the largest of 'ngram_indexes' is {}", largest));
  Shape shape = op.shape(0);
  shape[op.rank(0) - 1] = saturating_add(largest, 1);
  op.output(0, DType::float32, std::move(shape));
}

// Comparing words is no arithmetic: only what is read and written counts.
Work text_work(Inference& op) {
  Work work;
  work.stated = ExplicitWork{.elements_read = {op.shape(0).elements()}};
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "StringNormalizer",
     .operator_class = OperatorClass::data_movement,
     .rule = normalizer_rule,
     .work = text_work},
    {.name = "TfIdfVectorizer",
     .operator_class = OperatorClass::embedding,
     .rule = vectorizer_rule,
     .work = text_work},
};

}  // namespace

std::span<const OperatorType> text_operators() { return operators; }

}  // namespace chipcast
