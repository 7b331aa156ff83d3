#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/app.hpp"

int main(int argc, char** argv) {
  // A reader that has seen enough (`| head`) closes the pipe; the failing write then ends the program quietly.
  std::signal(SIGPIPE, SIG_IGN);
  return chipcast::cli::run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc),
                            {std::cout, std::cerr, chipcast::cli::terminal_of(STDOUT_FILENO)});
}
