// cli/interrupts.hpp: Ctrl-C as a wish to end soon, for as long as this object lives.
//
//   const Interrupts interrupts;
//   while (!interrupts.flag()) ...        // the second Ctrl-C ends the program at once
#pragma once

#include <atomic>

namespace chipcast::cli {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  static const std::atomic<bool>& flag();
};

}  // namespace chipcast::cli
