// cli/models.hpp: what the user may call a model: networks of the zoo, .yaml families and .onnx files.
//
//   Models models;
//   Result<Graph> graph = models.read("resnet50?classes=100");
//   models.completions("mobilenet_v2?res")     // {"mobilenet_v2?resolution="}
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"
#include "import/zoo.hpp"
#include "report/list_models.hpp"

namespace chipcast::cli {

// Where model_zoo/ and the other data folders are: $CHIPCAST_DATA, or beside the sources.
std::string data_folder();

// One may be asked from several threads.
class Models {
 public:
  // What the user lists, with all networks of the zoo in the place of "*".
  std::vector<std::string> all_of(const std::vector<std::string>& models);

  // Not shaped yet.
  Result<Graph> read(const std::string& model);

  // The dimensions that are parameters of a network of the zoo (its batch, its sequence) become overrides of it.
  std::string with_overrides(std::string model, std::map<std::string, std::int64_t, std::less<>>& dims);

  // "mobilenet_v2?resolution=160" -> "mobilenet_v2"; a network that the zoo does not have is a family of its own.
  std::string family_of(const std::string& model);

  // What may be set of a network of the zoo, as in "resolution"; nothing of others.
  std::vector<std::string> parameters_of(const std::string& model);
  // What such a parameter is, by the model's name or else by its variant.
  std::string parameter(const std::string& model, const std::string& name);
  // The model's name with that parameter set.
  static std::string with_parameter(const std::string& model, const std::string& name,
                                    const std::string& value);

  // Every variant of every family of the zoo.
  Result<std::vector<report::ListedModel>> list();

  // What the beginning of a model's name may become; nothing where only a file can be meant.
  std::vector<std::string> completions(const std::string& typed);

 private:
  const Result<Zoo>& zoo();
  bool is_in_zoo(const std::string& model);
  std::vector<std::string> defaults_of(const std::string& model);  // "resolution=224"

  std::once_flag is_open_;
  std::optional<Result<Zoo>> zoo_;  // opened when first asked for
};

}  // namespace chipcast::cli
