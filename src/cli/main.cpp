#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>

#include "cli/app.hpp"
#include "ranks/ranks.hpp"

int main(int argc, char** argv) {
  // A reader that has seen enough (`| head`) closes the pipe; the failing write then ends the program quietly.
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  // Of the processes of a job only the first speaks, so that everything is said once.
  if (chipcast::rank_of_job().value_or(0) > 0) {
    std::ofstream nowhere("/dev/null");
    return chipcast::cli::run(arguments, {nowhere, nowhere, {}});
  }
  return chipcast::cli::run(arguments, {std::cout, std::cerr, chipcast::cli::terminal_of(STDOUT_FILENO)});
}
