// study/judge.hpp: designs of one variant, judged many at once.
//
//   Judge judge(problem, problem.variants[0]);
//   judge.judge({0, 1, 2}, choices, axes, judged);
//
// What the axes set is understood once; a design then is a few numbers written into one device, and nothing is
// allocated for it.
#pragma once

#include <memory>
#include <span>

#include "study/sweep.hpp"

namespace chipcast {

class Judge {
 public:
  // Of a problem about which there are no complaints; both outlive it.
  Judge(const Problem& problem, const Variant& variant);
  ~Judge();

  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // What cannot be set, or is of another unit.
  static Diagnostics complaints(const Problem& problem, const Variant& variant);

  // `places` of `choices` (`axes` of them a design) and of `judged`.
  void judge(std::span<const std::uint32_t> places, std::span<const std::uint32_t> choices, std::size_t axes,
             std::span<Judged> judged);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chipcast
