#include "cli/app.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

namespace chipcast::cli {
namespace {

struct Ran {
  int code;
  std::string out;
  std::string err;
};

Ran ran(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(arguments, {out, err});
  return {code, out.str(), err.str()};
}

TEST_CASE("--version prints name and version to standard output") {
  const Ran version = ran({"--version"});
  CHECK(version.code == exit_done);
  CHECK(version.out.starts_with("chipcast "));
  CHECK(version.err.empty());
}

TEST_CASE("--help says what the program answers") {
  const Ran help = ran({"--help"});
  CHECK(help.code == exit_done);
  CHECK(help.out.find("Forecasts how a neural network runs on a chip.") != std::string::npos);
  CHECK(help.err.empty());
}

TEST_CASE("an unknown command is named and the way out is given") {
  const Ran unknown = ran({"forecats", "--on", "x"});
  CHECK(unknown.code == exit_usage);
  CHECK(unknown.out.empty());
  CHECK(unknown.err ==
        "chipcast: error: unknown command 'forecats'\n  run 'chipcast --help' for what there is\n");
  CHECK(ran({"descirbe", "x"}).err ==
        "chipcast: error: unknown command 'descirbe'\n  did you mean 'describe'?\n");
}

TEST_CASE("an unknown option is named, with the one that was meant or the command's help") {
  CHECK(ran({"describe", "x", "--fromat", "md"}).err ==
        "chipcast: error: unknown option '--fromat'\n  did you mean '--format'?\n");
  CHECK(ran({"describe", "x", "--zzzzzz=3"}).err ==
        "chipcast: error: unknown option '--zzzzzz'\n  run 'chipcast describe --help' for what there is\n");
}

TEST_CASE("a value that an option does not take is named, with the one that was meant") {
  CHECK(ran({"describe", "x", "--format", "jsn"}).err ==
        "chipcast: error: unknown format 'jsn'\n  did you mean 'json'?\n");
  CHECK(ran({"describe", "x", "--format", "powerpoint"}).err ==
        "chipcast: error: unknown format 'powerpoint'\n  there are table, md, csv, json and html\n");
  CHECK(ran({"describe", "x", "--dim", "batch"}).err ==
        "chipcast: error: --dim 'batch' names no number\n  write --dim NAME=N\n");
  CHECK(ran({"describe", "x", "--dim", "batch=8x"}).err ==
        "chipcast: error: --dim 'batch=8x' needs a whole number, not '8x'\n  write --dim NAME=N\n");
  CHECK(ran({"describe", "x", "--dim", "batch=-1"}).code == exit_usage);
  CHECK(ran({"describe", "x", "--dim", "=1"}).code == exit_usage);
  CHECK(ran({"describe", "x", "--dim", "batch=99999999999999999999"}).code == exit_usage);
  CHECK(ran({"describe", "x", "--dim"}).code == exit_usage);
}

TEST_CASE("a command without what it needs says what is missing") {
  CHECK(ran({"describe"}).err ==
        "chipcast: error: MODEL is required\n  run 'chipcast describe --help' for what there is\n");
}

TEST_CASE("help fits the terminal and shows examples") {
  std::ostringstream out, err;
  CHECK(run({"describe", "--help"}, {out, err, {.width = 80}}) == exit_done);
  CHECK(out.str().find("chipcast describe resnet50") != std::string::npos);
  CHECK(err.str().empty());
}

TEST_CASE("control characters of an argument do not reach the terminal") {
  CHECK(ran({"\x1b[31mred"}).err.find('\x1b') == std::string::npos);
  CHECK(ran({"describe", "\x1b[31mred"}).err.find('\x1b') == std::string::npos);
  CHECK(ran({"describe", "--\x1b[31mred"}).err.find('\x1b') == std::string::npos);
}

TEST_CASE("an unknown flag is a usage error") {
  const Ran unknown = ran({"--forecats"});
  CHECK(unknown.code == exit_usage);
  CHECK(unknown.out.empty());
  CHECK(unknown.err.find("--forecats") != std::string::npos);
}

TEST_CASE("no command at all is a usage error") { CHECK(ran({}).code == exit_usage); }

TEST_CASE("the built program passes the exit code on") {
  CHECK(std::system(CHIPCAST_BINARY " --version > /dev/null") == 0);
  const int status = std::system(CHIPCAST_BINARY " no-such-command 2> /dev/null");
  CHECK(WEXITSTATUS(status) == exit_usage);
}

}  // namespace
}  // namespace chipcast::cli
