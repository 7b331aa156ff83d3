#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/app.hpp"
#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

namespace fs = std::filesystem;

Ran write_to(const std::string& file, const RunOptions& options = {}) {
  return run_program({"describe", "resnet18", "--format", "json", "-o", file}, {}, options);
}

TEST_CASE("-o writes what standard output would have got, and nothing else") {
  const Folder folder;
  const Ran ran = write_to(folder.path("out.json"));
  CHECK(ran.code == exit_done);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
  CHECK(folder.names() == std::vector<std::string>{"out.json"});
  CHECK(folder.read("out.json") == run_program({"describe", "resnet18", "--format", "json"}).out);
}

TEST_CASE("a file that exists is replaced, keeping its mode") {
  const Folder folder;
  folder.write("out.json", "old");
  chmod(folder.path("out.json").c_str(), 0640);
  CHECK(write_to(folder.path("out.json")).code == exit_done);
  struct stat status {};
  stat(folder.path("out.json").c_str(), &status);
  CHECK((status.st_mode & 0777U) == 0640U);
  CHECK(folder.read("out.json") != "old");
}

TEST_CASE("a symbolic link keeps pointing to the file that is written") {
  const Folder folder;
  folder.write("target.json", "old");
  fs::create_symlink("target.json", folder.path("link.json"));
  CHECK(write_to(folder.path("link.json")).code == exit_done);
  CHECK(fs::is_symlink(folder.path("link.json")));
  CHECK(folder.read("target.json").starts_with("{"));
}

TEST_CASE("a full disk leaves the old file as it was and no debris") {
  const Folder folder;
  folder.write("out.json", "old");
  const Ran ran = write_to(folder.path("out.json"), {.most_file_bytes = 100});
  CHECK(ran.code == exit_usage);
  CHECK(ran.err.starts_with(folder.path("out.json") + ": error: cannot write: "));
  CHECK(folder.read("out.json") == "old");
  CHECK(folder.names() == std::vector<std::string>{"out.json"});
}

TEST_CASE("bad input touches no file") {
  const Folder folder;
  folder.write("out.json", "old");
  CHECK(run_program({"describe", "resnet5o", "-o", folder.path("out.json")}).code == exit_usage);
  CHECK(run_program({"describe", "resnet5o", "-o", folder.path("new.json")}).code == exit_usage);
  CHECK(folder.read("out.json") == "old");
  CHECK(folder.names() == std::vector<std::string>{"out.json"});
}

TEST_CASE("a folder that is not there, a folder itself and an empty name are errors") {
  const Folder folder;
  const Ran missing = write_to(folder.path("no/such/out.json"));
  CHECK(missing.code == exit_usage);
  CHECK(missing.err == folder.path("no/such/out.json") +
                           ": error: cannot write: No such file or directory\n  nothing was written; choose "
                           "another place with -o\n");
  const Ran directory = write_to(folder.path());
  CHECK(directory.code == exit_usage);
  CHECK(directory.err == folder.path() + ": error: is a directory\n  name a file in it\n");
  CHECK(write_to("").code == exit_usage);
}

TEST_CASE("a device is written in place, not replaced") {
  CHECK(write_to("/dev/null").code == exit_done);
  CHECK(fs::is_character_file("/dev/null"));
  const Ran full = write_to("/dev/full");
  CHECK(full.code == exit_usage);
  CHECK(full.err == "/dev/full: error: cannot write: No space left on device\n");
}

TEST_CASE("standard output on a full disk is an error, a closed pipe is not") {
  const Ran full = run_program({"describe", "resnet18"}, {}, {.out_to = "/dev/full"});
  CHECK(full.code == exit_usage);
  CHECK(full.err == "chipcast: error: cannot write to standard output: No space left on device\n");
  const Ran closed = run_program({"describe", "resnet18"}, {}, {.closes_output = true});
  CHECK(closed.code == exit_done);
  CHECK(closed.err.empty());
}

TEST_CASE("colours only on a terminal that wants them, and never in a file") {
  const auto is_colored = [](const Ran& ran) { return ran.out.find('\x1b') != std::string::npos; };
  CHECK(is_colored(run_program({"describe", "resnet18"}, {"TERM=xterm"}, {.terminal_columns = 80})));
  CHECK(!is_colored(run_program({"describe", "resnet18"}, {"NO_COLOR=1"}, {.terminal_columns = 80})));
  CHECK(!is_colored(run_program({"describe", "resnet18"}, {"TERM=dumb"}, {.terminal_columns = 80})));
  CHECK(!is_colored(run_program({"describe", "resnet18"}, {"TERM=xterm"})));
  CHECK(!is_colored(run_program({"describe", "resnet18", "--format", "md"}, {}, {.terminal_columns = 80})));
}

TEST_CASE("the width is the terminal's, COLUMNS goes before it, nonsense in COLUMNS is ignored") {
  const std::vector<std::string> describe = {"describe", "densenet121", "-q"};
  const auto width = [&](const std::vector<std::string>& variables, int terminal) {
    std::vector<std::string> environment = variables;
    environment.emplace_back("NO_COLOR=1");
    std::string text = run_program(describe, environment, {.terminal_columns = terminal}).out;
    std::erase(text, '\r');  // a terminal ends its lines so
    return widest_line(text);
  };
  CHECK(width({}, 70) <= 70);
  CHECK(width({}, 150) > 100);
  CHECK(width({"COLUMNS=70"}, 150) <= 70);
  CHECK(width({"COLUMNS=70"}, 0) <= 70);
  CHECK(width({"COLUMNS=many"}, 0) <= 100);
  CHECK(width({"COLUMNS=0"}, 0) <= 100);
}

}  // namespace
}  // namespace chipcast::cli
