// import/zoo.hpp: the model zoo: networks by name, with overrides.
//
//   Result<Zoo> zoo = Zoo::open("model_zoo");
//   Result<Graph> graph = build_zoo_model(*zoo, "mobilenet_v2?resolution=160,classes=100,batch=8");
//   Result<Graph> mine = build_zoo_model(*zoo, "my_net.yaml#wide?batch=4");    // a file; its first variant by default
//
// A family's file is parsed when one of its networks is asked for, and once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"

namespace chipcast {

namespace zoo {
struct Family;
}

struct ZooVariant {
  std::string name;
  std::string family;
  std::string about;
  std::string parameters;  // "classes=1000, resolution=224, ..."
};

class Zoo {
 public:
  // Complains only if the directory cannot be read.
  static Result<Zoo> open(const std::string& directory);

  // All networks, family by family; parses every file.
  Result<std::vector<ZooVariant>> variants() const;
  // One of them; parses its file only. Nothing where there is none of that name or its file is wrong.
  std::optional<ZooVariant> variant(const std::string& name) const;
  // The same names without parsing: as the files spell them.
  std::vector<std::string> names() const;

  struct State;

 private:
  explicit Zoo(std::shared_ptr<State> state) : state_(std::move(state)) {}
  friend Result<Graph> build_zoo_model(const Zoo& zoo, std::string_view spec);

  std::shared_ptr<State> state_;
};

Result<Graph> build_zoo_model(const Zoo& zoo, std::string_view spec);

// Whether `spec` names a YAML file rather than a network of the zoo.
bool is_zoo_file(std::string_view spec);

// Builds a variant of the zoo file `source` holds (its first one where `variant` is empty).
Result<Graph> build_zoo_source(std::string file, std::string source, std::string_view variant = {});

}  // namespace chipcast
