// Any bytes as a zoo file: read, built (its first variant) and shaped, or refused, in bounded time and memory.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/zoo.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chipcast;
  const std::string source(reinterpret_cast<const char*>(data), size);
  Result<Graph> graph = build_zoo_source("fuzz.yaml", source);
  if (!graph) {
    // Every complaint can be shown.
    if (render(graph.diagnostics()).empty()) std::abort();
    return 0;
  }
  const Result<Shaped> shaped = shape_graph(*graph, {});
  if (!shaped) std::abort();  // what is built is shaped already
  (void)characterize(*graph, shaped->order);
  return 0;
}
