// tests/tiling/nests.hpp: the loop nests that the tiling tests and benchmarks speak of, without graph or import.
//
//   const LoopNest stem = conv({.k = 64, .c = 3, .rows = 112, .columns = 112, .kernel = 7, .stride = 2, .pad = 3});
#pragma once

#include "ops/loop_nest.hpp"

namespace chipcast {

struct ConvSizes {
  std::int64_t n = 1, g = 1, k = 1, c = 1;
  std::int64_t rows = 1, columns = 1;  // of the output
  std::int64_t kernel = 1, stride = 1, dilation = 1, pad = 0;
  bool is_line = false;  // one row high: no kernel, no padding along the columns
};

// Input, weight, output, as ops/convolution.cpp builds it.
inline LoopNest conv(const ConvSizes& s) {
  const auto input = [&](std::int64_t out, std::int64_t kernel, std::int64_t pad) {
    return (out - 1) * s.stride + (kernel - 1) * s.dilation + 1 - 2 * pad;
  };
  const std::int64_t across = s.is_line ? 1 : s.kernel, side = s.is_line ? 0 : s.pad;
  LoopNest nest;
  const Affine n = nest.loop("n", s.n), g = nest.loop("g", s.g), k = nest.loop("k", s.k),
               c = nest.loop("c", s.c);
  const Affine p = nest.loop("p", s.rows), r = nest.loop("r", s.kernel);
  const Affine q = nest.loop("q", s.columns), t = nest.loop("s", across);
  nest.read(input_operand(0),
            Shape{s.n, s.g * s.c, input(s.rows, s.kernel, s.pad), input(s.columns, across, side)},
            {n, g * s.c + c, p * s.stride + r * s.dilation - s.pad, q * s.stride + t * s.dilation - side});
  nest.read(input_operand(1), Shape{s.g * s.k, s.c, s.kernel, across}, {g * s.k + k, c, r, t});
  nest.write(output_operand(0), Shape{s.n, s.g * s.k, s.rows, s.columns}, {n, g * s.k + k, p, q});
  nest.each_point({.macs = 1});
  return nest;
}

// A[m,k] * B[k,n], or a stack of them.
inline LoopNest gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t stack = 1) {
  LoopNest nest;
  const Affine b = nest.loop("b", stack), i = nest.loop("m", m), j = nest.loop("n", n), l = nest.loop("k", k);
  nest.read(input_operand(0), Shape{stack, m, k}, {b, i, l});
  nest.read(input_operand(1), Shape{stack, k, n}, {b, l, j});
  nest.write(output_operand(0), Shape{stack, m, n}, {b, i, j});
  nest.each_point({.macs = 1});
  return nest;
}

// Of one row; every input point adds its kernel to the output.
inline LoopNest transposed_conv(const ConvSizes& s) {
  LoopNest nest;
  const std::int64_t out = (s.rows - 1) * s.stride + (s.kernel - 1) * s.dilation + 1 - 2 * s.pad;
  const Affine k = nest.loop("k", s.k), c = nest.loop("c", s.c);
  const Affine p = nest.loop("p", s.rows), r = nest.loop("r", s.kernel);
  nest.read(input_operand(0), Shape{s.c, s.rows}, {c, p});
  nest.read(input_operand(1), Shape{s.c, s.k, s.kernel}, {c, k, r});
  nest.write(output_operand(0), Shape{s.k, out}, {k, p * s.stride + r * s.dilation - s.pad});
  nest.each_point({.macs = 1});
  return nest;
}

inline LoopNest max_pool(std::int64_t channels, std::int64_t rows, std::int64_t kernel, std::int64_t stride) {
  LoopNest nest;
  const Affine c = nest.loop("c", channels), p = nest.loop("p", rows), r = nest.loop("r", kernel);
  const Affine q = nest.loop("q", rows), t = nest.loop("s", kernel);
  const std::int64_t size = (rows - 1) * stride + kernel;
  nest.read(input_operand(0), Shape{channels, size, size}, {c, p * stride + r, q * stride + t});
  nest.write(output_operand(0), Shape{channels, rows, rows}, {c, p, q});
  nest.each_point({.flops = 1});
  return nest;
}

}  // namespace chipcast
