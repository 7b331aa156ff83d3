// study/space.hpp: a space of designs: axes with their values, all combinations or a sample of them, by number.
//
//   const Space space({3, 4}, {.kind = Sampling::Kind::grid});
//   space.designs()                 // 12
//   space.choose(7, choice);        // {1, 3}: the last axis moves fastest
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace chipcast {

struct Sampling {
  enum class Kind : std::uint8_t {
    grid,             // every combination
    latin_hypercube,  // of `count` designs, each value of an axis in its equal share
    sobol,            // the first `count` of a sequence that fills the space ever more evenly
  };
  Kind kind = Kind::grid;
  std::uint64_t count = 0;  // of a sample
  std::uint64_t seed = 1;   // of the hypercube
};

class Space {
 public:
  static constexpr std::uint64_t most = 1'000'000'000'000;  // designs; what is beyond counts as one more
  static constexpr std::size_t most_sobol_axes = 10;

  // `sizes`: how many values each axis has, none of them 0.
  Space(std::vector<std::uint32_t> sizes, const Sampling& sampling);

  std::size_t axes() const { return sizes_.size(); }
  std::uint64_t designs() const { return designs_; }
  // The value that a design takes on each axis.
  void choose(std::uint64_t design, std::span<std::uint32_t> choice) const;

 private:
  std::uint64_t permuted(std::uint64_t design, std::uint64_t axis) const;

  std::vector<std::uint32_t> sizes_;
  Sampling sampling_;
  std::uint64_t designs_ = 1;
};

}  // namespace chipcast
