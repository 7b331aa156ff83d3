// tests/bench/graph_to_onnx.hpp: a graph as an ONNX file, its weights zero: what an exporter would have written.
//
//   const OnnxFile file(zoo_graph("resnet50"));           // 102 MB below the temporary folder, removed afterwards
//   read_onnx(file.path());
#pragma once

#include <cstddef>
#include <string>

#include "graph/graph.hpp"

namespace chipcast::bench {

Graph zoo_graph(const std::string& model);

// conv -> relu -> conv -> ...: `length` operators on 1x8x8x8.
Graph chain(std::size_t length);

std::string onnx_of(const Graph& graph);

class OnnxFile {
 public:
  explicit OnnxFile(const Graph& graph);
  ~OnnxFile();
  OnnxFile(const OnnxFile&) = delete;
  OnnxFile& operator=(const OnnxFile&) = delete;

  const std::string& path() const { return path_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::string path_;
  std::size_t bytes_ = 0;
};

}  // namespace chipcast::bench
