#include "cli/interrupts.hpp"

#include <csignal>

namespace chipcast::cli {
namespace {

std::atomic<bool> is_interrupted = false;

extern "C" void interrupted(int number) {
  is_interrupted = true;
  std::signal(number, SIG_DFL);
}

}  // namespace

Interrupts::Interrupts() {
  is_interrupted = false;
  std::signal(SIGINT, interrupted);
  std::signal(SIGTERM, interrupted);
}
Interrupts::~Interrupts() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& Interrupts::flag() { return is_interrupted; }

}  // namespace chipcast::cli
