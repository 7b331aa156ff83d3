// cli/side_by_side.hpp: independent pieces of work on all cores of this machine.
//
//   side_by_side(names.size(), [&](std::size_t i) { outcomes[i] = work_on(names[i]); });
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace chipcast::cli {

// Calls work(0) to work(count - 1), each once, in no order; returns when all are done.
template <class Work>
void side_by_side(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> helpers;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t core = 1; core < std::min(cores, count); ++core) helpers.emplace_back(take_turns);
  take_turns();
}

}  // namespace chipcast::cli
