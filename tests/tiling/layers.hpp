// tests/tiling/layers.hpp: the distinct products of ResNet-50, MobileNet-V2 and a BERT-base encoder at batch 1.
//
//   for (const Layer& layer : real_layers()) tile(layer.nest);
#pragma once

#include <string>
#include <vector>

#include "nests.hpp"

namespace chipcast {

struct Layer {
  std::string name;
  LoopNest nest;
};

inline std::vector<Layer> real_layers() {
  std::vector<Layer> layers;
  // He et al. 2016, table 1: blocks of 1x1, 3x3, 1x1; the first block of a stage strides in its 3x3.
  layers.push_back(
      {"resnet50 stem",
       conv({.k = 64, .c = 3, .rows = 112, .columns = 112, .kernel = 7, .stride = 2, .pad = 3})});
  std::int64_t in = 64, size = 56;
  for (std::int64_t width = 64; width <= 512; width *= 2) {
    const std::string stage = "resnet50 " + std::to_string(width) + " ";
    const std::int64_t stride = width == 64 ? 1 : 2;
    layers.push_back({stage + "reduce first", conv({.k = width, .c = in, .rows = size, .columns = size})});
    size /= stride;
    layers.push_back({stage + "3x3 first", conv({.k = width,
                                                 .c = width,
                                                 .rows = size,
                                                 .columns = size,
                                                 .kernel = 3,
                                                 .stride = stride,
                                                 .pad = 1})});
    layers.push_back({stage + "3x3",
                      conv({.k = width, .c = width, .rows = size, .columns = size, .kernel = 3, .pad = 1})});
    layers.push_back({stage + "expand", conv({.k = 4 * width, .c = width, .rows = size, .columns = size})});
    layers.push_back({stage + "project",
                      conv({.k = 4 * width, .c = in, .rows = size, .columns = size, .stride = stride})});
    layers.push_back({stage + "reduce", conv({.k = width, .c = 4 * width, .rows = size, .columns = size})});
    in = 4 * width;
  }
  layers.push_back({"resnet50 classifier", gemm(1, 1000, 2048)});
  // Sandler et al. 2018, table 2: expand, depthwise 3x3, project.
  layers.push_back(
      {"mobilenet_v2 stem",
       conv({.k = 32, .c = 3, .rows = 112, .columns = 112, .kernel = 3, .stride = 2, .pad = 1})});
  struct Block {
    std::int64_t in, out, expansion, stride, rows;  // rows of the output
  };
  for (const Block& b : {Block{32, 16, 1, 1, 112},
                         {16, 24, 6, 2, 56},
                         {24, 24, 6, 1, 56},
                         {24, 32, 6, 2, 28},
                         {32, 32, 6, 1, 28},
                         {32, 64, 6, 2, 14},
                         {64, 64, 6, 1, 14},
                         {64, 96, 6, 1, 14},
                         {96, 96, 6, 1, 14},
                         {96, 160, 6, 2, 7},
                         {160, 160, 6, 1, 7},
                         {160, 320, 6, 1, 7}}) {
    const std::string block = "mobilenet_v2 " + std::to_string(b.in) + "-" + std::to_string(b.out) + " ";
    const std::int64_t wide = b.in * b.expansion, before = b.rows * b.stride;
    if (b.expansion > 1)
      layers.push_back({block + "expand", conv({.k = wide, .c = b.in, .rows = before, .columns = before})});
    layers.push_back(
        {block + "depthwise",
         conv({.g = wide, .rows = b.rows, .columns = b.rows, .kernel = 3, .stride = b.stride, .pad = 1})});
    layers.push_back({block + "project", conv({.k = b.out, .c = wide, .rows = b.rows, .columns = b.rows})});
  }
  layers.push_back({"mobilenet_v2 head", conv({.k = 1280, .c = 320, .rows = 7, .columns = 7})});
  layers.push_back({"mobilenet_v2 classifier", gemm(1, 1000, 1280)});
  // Devlin et al. 2019: 768 wide, 12 heads of 64, 3,072 in the middle; 384 tokens as in SQuAD.
  layers.push_back({"bert projection", gemm(384, 768, 768)});
  layers.push_back({"bert scores", gemm(384, 384, 64, 12)});
  layers.push_back({"bert context", gemm(384, 64, 384, 12)});
  layers.push_back({"bert up", gemm(384, 3072, 768)});
  layers.push_back({"bert down", gemm(384, 768, 3072)});
  return layers;
}

}  // namespace chipcast
