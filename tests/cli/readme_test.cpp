#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/program.hpp"

namespace chipcast::cli {
namespace {

struct Example {
  std::string command;  // without "tools/chipcast"
  std::string output;
};

// Blocks marked `console` that start with "$ tools/chipcast ".
std::vector<Example> examples() {
  std::ifstream file(CHIPCAST_SOURCE_DIR "/README.md");
  std::vector<Example> found;
  bool is_inside = false;
  const std::string prompt = "$ tools/chipcast ";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```console";
    } else if (is_inside && line.starts_with(prompt)) {
      found.push_back({line.substr(prompt.size()), ""});
    } else if (is_inside && !found.empty()) {
      found.back().output += line + "\n";
    }
  }
  return found;
}

std::vector<std::string> words(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> all;
  for (std::string word; in >> word;) {
    std::erase(word, '\'');  // quoted for the shell
    all.push_back(word);
  }
  return all;
}

TEST_CASE("the README shows what the program prints on 80 columns") {
  const std::vector<Example> all = examples();
  CHECK(all.size() >= 2);
  for (const Example& example : all) {
    CAPTURE(example.command);
    const Ran ran = run_program(words(example.command), {"COLUMNS=80"}, {.folder = CHIPCAST_SOURCE_DIR});
    CHECK(ran.out + ran.err == example.output);
  }
}

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(CHIPCAST_SOURCE_DIR "/") + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("the README shows an operator that the tests compile and apply") {
  const std::string test = text_of("tests/ops/example_operator_test.cpp");
  const std::string begin = "// README begins\n";
  const std::size_t first = test.find(begin) + begin.size();
  const std::string code = test.substr(first, test.find("// README ends") - first);
  CHECK(code.size() > 100);
  CHECK(text_of("README.md").find("```cpp\n" + code + "```\n") != std::string::npos);
}

}  // namespace
}  // namespace chipcast::cli
