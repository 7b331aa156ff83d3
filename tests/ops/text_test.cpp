// Words in front of a network.
#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {

TEST_CASE("StringNormalizer keeps the shape unless it drops stopwords") {
  const Applied kept = apply("StringNormalizer", {data({1, 6}, DType::text)});
  CHECK(kept.error == "");
  CHECK(kept.shape() == Shape{1, 6});
  CHECK(kept.dtype() == DType::text);
  CHECK(apply("StringNormalizer", {data({6}, DType::text)}, {{"stopwords", std::vector<std::string>{"the"}}})
            .error == "how many words are no stopwords depends on the data");
}

TEST_CASE("TfIdfVectorizer yields one score for each n-gram it knows, the largest index deciding") {
  const Applied scores =
      apply("TfIdfVectorizer", {data({2, 6}, DType::int32)}, {{"ngram_indexes", Ints{0, 6, 3}}});
  CHECK(scores.error == "");
  CHECK(scores.shape() == Shape{2, 7});
  CHECK(scores.dtype() == DType::float32);
  CHECK(scores.cost.macs == 0 * mac);
  CHECK(apply("TfIdfVectorizer", {data({6}, DType::int32)}).error == "attribute 'ngram_indexes' is missing");
  CHECK(apply("TfIdfVectorizer", {data({6}, DType::int32)}, {{"ngram_indexes", Ints{-2}}}).error ==
        "the largest of 'ngram_indexes' is -2");
}

}  // namespace chipcast
