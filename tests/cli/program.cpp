#include "cli/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "import/onnx_writer.hpp"

namespace chipcast::cli {
namespace {

struct Ends {
  int read = -1;
  int write = -1;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  return {ends[0], ends[1]};
}

Ends make_terminal(int columns) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) std::abort();
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  ioctl(master, TIOCSWINSZ, &size);
  return {master, slave};
}

[[noreturn]] void become_program(const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& environment, const RunOptions& options) {
  if (options.most_file_bytes > 0) {
    const rlimit limit{options.most_file_bytes, options.most_file_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  }
  std::vector<std::string> words = {CHIPCAST_BINARY};
  std::vector<std::string> variables = environment;
  if (options.ranks > 0) {
    words = {CHIPCAST_MPIRUN,
             "--oversubscribe",
             "--mca",
             "btl",
             "self,vader",
             "--mca",
             "plm",
             "isolated",
             "-n",
             std::to_string(options.ranks),
             CHIPCAST_BINARY};
    // MPI keeps what it has allocated until the end of the process, which is no leak of ours.
    for (const char* variable : {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                 "ASAN_OPTIONS=detect_leaks=0", "PATH=/usr/bin:/bin"})
      variables.emplace_back(variable);
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& variable : variables) envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  execve(argv.front(), argv.data(), envp.data());
  _exit(127);
}

// Both at once, so that neither can fill up and block the program.
void drain(int out, int err, Ran& ran, std::function<bool()> meanwhile) {
  std::array<pollfd, 2> sources = {pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&ran.out, &ran.err};
  for (int open_sources = 2; open_sources > 0;) {
    if (meanwhile && meanwhile()) meanwhile = {};
    if (poll(sources.data(), sources.size(), meanwhile ? 2 : -1) < 0) continue;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].fd < 0 || sources[i].revents == 0) continue;
      std::array<char, 65536> buffer{};
      const ssize_t got = read(sources[i].fd, buffer.data(), buffer.size());
      if (got > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
      } else {
        sources[i].fd = -1;
        --open_sources;
      }
    }
  }
}

}  // namespace

Ran run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                const RunOptions& options) {
  const Ends out = options.terminal_columns > 0 ? make_terminal(options.terminal_columns) : make_pipe();
  const Ends err = make_pipe();
  if (options.closes_output) close(out.read);
  const pid_t child = fork();
  if (child == 0) {
    const int target =
        options.out_to.empty() ? out.write : open(options.out_to.c_str(), O_WRONLY | O_CREAT, 0666);
    dup2(target, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    for (const int descriptor : {out.read, out.write, err.read, err.write}) close(descriptor);
    become_program(arguments, environment, options);
  }
  close(out.write);
  close(err.write);
  Ran ran;
  std::function<bool()> meanwhile;
  if (options.meanwhile) meanwhile = [&] { return options.meanwhile(child); };
  drain(options.closes_output ? open("/dev/null", O_RDONLY) : out.read, err.read, ran, std::move(meanwhile));
  int status = 0;
  waitpid(child, &status, 0);
  if (!options.closes_output) close(out.read);
  close(err.read);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

bool has_mpirun() {
  static const bool has =
      std::string_view(CHIPCAST_MPIRUN) != "" && run_program({"--version"}, {}, {.ranks = 1}).code == 0;
  return has;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "chipcast_test_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
}

std::string Folder::read(const std::string& name) const {
  std::ifstream file(folder_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

std::string convolution_onnx() {
  using namespace onnx_writer;
  return model({.inputs = {value("x", f32, {"batch", extent(3), extent(8), extent(8)})},
                .outputs = {value("y", f32, {"batch", extent(4), extent(6), extent(6)})},
                .nodes = {node("Conv", {"x", "w"}, {"y"}, {}, "conv")},
                .initializers = {zeros("w", {4, 3, 3, 3})}});
}

std::string unknown_operator_onnx() {
  using namespace onnx_writer;
  const auto shape = [](std::string_view name) { return value(name, f32, {extent(2), extent(5)}); };
  return model({.inputs = {shape("x")},
                .outputs = {shape("y")},
                .nodes = {node("Relu", {"x"}, {"a"}), node("Fancy", {"a"}, {"b"}, {}, "odd"),
                          node("Relu", {"b"}, {"y"})},
                .value_infos = {shape("a"), shape("b")}});
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, display_width(line));
  return widest;
}

}  // namespace chipcast::cli
