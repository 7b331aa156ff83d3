#include "bench/process.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chipcast::bench {

Finished run_chipcast(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {CHIPCAST_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // The kernel starts a process's peak at what its parent holds, so hold little; posix_spawn would even pass on the
  // parent's own peak.
  malloc_trim(0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execv(CHIPCAST_BINARY, argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, usage.ru_maxrss * 1024,
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

}  // namespace chipcast::bench
