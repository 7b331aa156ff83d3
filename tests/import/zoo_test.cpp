// The zoo as a library: names, overrides, files.
#include "import/zoo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace chipcast {
namespace {

const Zoo& shipped() {
  static const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
  REQUIRE(zoo);
  return *zoo;
}

std::string complaint(const std::string& spec) {
  const Result<Graph> graph = build_zoo_model(shipped(), spec);
  return graph ? std::string() : render(graph.diagnostics());
}

}  // namespace

TEST_CASE("a network is built by its name, with overrides") {
  const Result<Graph> graph = build_zoo_model(shipped(), "mobilenet_v2?resolution=160,classes=100,batch=8");
  REQUIRE(graph);
  CHECK(graph->name() == "mobilenet_v2?resolution=160,classes=100,batch=8");
  CHECK(graph->tensor(graph->inputs()[0]).type.shape == Shape{8, 3, 160, 160});
  CHECK(graph->tensor(graph->outputs()[0]).type.shape == Shape{8, 100});
}

TEST_CASE("an unknown network is suggested the nearest") {
  const std::string message = complaint("resnet5");
  CHECK(message.starts_with("error: model 'resnet5': the model zoo has no such network\n"));
  CHECK(message.find("did you mean 'resnet50'") != std::string::npos);
  CHECK(complaint("zzzzzz").find("'chipcast list models' names them all") != std::string::npos);
}

TEST_CASE("an override that does not exist, does not fit or is malformed") {
  CHECK(complaint("resnet50?resoltion=3") ==
        "error: model 'resnet50?resoltion=3': the family 'resnet' has no parameter 'resoltion'\n"
        "  did you mean 'resolution'?\n");
  CHECK(complaint("resnet50?zzz=3").find("it has batch, classes, resolution, width, block") !=
        std::string::npos);
  CHECK(complaint("resnet50?batch=0,classes=many") ==
        "error: model 'resnet50?batch=0,classes=many': 'batch' must be between 1 and 1048576, not 0\n"
        "error: model 'resnet50?batch=0,classes=many': 'classes' must be an integer, not 'many'\n");
  CHECK(complaint("resnet50?depths=3") ==
        "error: model 'resnet50?depths=3': 'depths' is a list, which only a variant can set\n"
        "  it has batch, classes, resolution, width, block, groups, group_width\n");
  CHECK(complaint("resnet50?batch") ==
        "error: model 'resnet50?batch': 'batch' is not of the form name=value\n  for example "
        "?resolution=160,batch=8\n");
  CHECK(complaint("resnet50?batch=1,batch=2") ==
        "error: model 'resnet50?batch=1,batch=2': 'batch' is given twice\n");
  CHECK(complaint("mobilenet_v2?width=2").empty());  // an integer for a real
  CHECK(complaint("mobilenet_v2?width=0").find("'width' must be between 0.01 and 100, not 0") !=
        std::string::npos);
}

TEST_CASE("a network that a resolution is too small for says so at the step") {
  const std::string message = complaint("alexnet?resolution=30");
  CHECK(message.find("alexnet.yaml:") != std::string::npos);
  CHECK(
      complaint("vgg16?resolution=64").find("the image has shrunk to 2, below the 7 that are pooled here") !=
      std::string::npos);
}

TEST_CASE("names are found without parsing, and are those that parsing finds") {
  const Result<std::vector<ZooVariant>> variants = shipped().variants();
  REQUIRE(variants);
  std::vector<std::string> parsed;
  for (const ZooVariant& variant : *variants) parsed.push_back(variant.name);
  CHECK(parsed == shipped().names());
  std::vector<std::string> sorted = parsed;
  std::ranges::sort(sorted);
  CHECK(std::ranges::adjacent_find(sorted) == sorted.end());
  const auto found = std::ranges::find(*variants, "mobilenet_v3_small", &ZooVariant::name);
  REQUIRE(found != variants->end());
  CHECK(found->family == "mobilenet_v3");
  CHECK(found->parameters == "batch=1, classes=1000, resolution=224, width=1, size=small");
}

TEST_CASE("each family's file is short and named after the family") {
  for (const auto& entry : std::filesystem::directory_iterator(CHIPCAST_SOURCE_DIR "/model_zoo")) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path().string());
    std::ifstream file(entry.path());
    int lines = 0;
    bool is_named = false;
    for (std::string line; std::getline(file, line); ++lines) {
      is_named = is_named || line == "family: " + entry.path().stem().string();
      CHECK(line.size() <= 140);
    }
    CHECK(lines <= 80);
    CHECK(is_named);
  }
}

TEST_CASE("a path to a file builds its first variant, or the one behind #") {
  const std::string path = CHIPCAST_SOURCE_DIR "/model_zoo/resnet.yaml";
  CHECK(is_zoo_file(path + "?batch=2"));
  CHECK_FALSE(is_zoo_file("resnet50"));
  const Result<Graph> first = build_zoo_model(shipped(), path + "?batch=2");
  REQUIRE(first);
  CHECK(first->tensor(first->inputs()[0]).type.shape[0] == 2);
  const Result<Graph> chosen = build_zoo_model(shipped(), path + "#resnet50");
  REQUIRE(chosen);
  CHECK(chosen->operators().size() > first->operators().size());
  CHECK(complaint(path + "#resnet5").find("the file has no variant 'resnet5'\n  did you mean 'resnet50'") !=
        std::string::npos);
  CHECK(complaint("/nonexistent.yaml") == "/nonexistent.yaml: error: no such file\n");
}

TEST_CASE("the example of the language's page is a network") {
  std::ifstream file(CHIPCAST_SOURCE_DIR "/model_zoo/README.md");
  std::string example;
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```") break;
    if (is_inside) example += line + "\n";
    is_inside = is_inside || line == "```yaml";
  }
  for (const char* variant : {"tiny", "tiny_wide"}) {
    const Result<Graph> graph = build_zoo_source("README.md", example, variant);
    REQUIRE_MESSAGE(graph, (graph ? std::string() : render(graph.diagnostics())));
    CHECK(graph->tensor(graph->outputs()[0]).type.shape == Shape{1, 1000});
  }
}

TEST_CASE("a folder of one's own works as well, however its files are written") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "chipcast_zoo_test";
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const char* text) { std::ofstream(folder / name) << text; };
  write("flow.yaml",
        "{schema: zoo/1, family: flow, about: a, source: b, parameters: {}, inputs: {i: 'float32[1, 4]'}, "
        "network: [relu], variants: {flowing: {}}}");
  write("broken.yaml", "schema: zoo/1\n");
  write("notes.txt", "no YAML");
  const Result<Zoo> zoo = Zoo::open(folder.string());
  REQUIRE(zoo);
  CHECK(zoo->names() == std::vector<std::string>{"flowing"});
  CHECK(build_zoo_model(*zoo, "flowing"));
  CHECK_FALSE(zoo->variants());  // and says what is wrong with the other
  std::filesystem::remove_all(folder);
}

TEST_CASE("a zoo that is not there is an error") {
  const Result<Zoo> zoo = Zoo::open("/nonexistent");
  REQUIRE_FALSE(zoo);
  CHECK(render(zoo.diagnostics()).starts_with("/nonexistent: error: cannot read the model zoo: "));
}

}  // namespace chipcast
