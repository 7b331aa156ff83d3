// tiling/utilisation.hpp: how much of an engine's arithmetic a product can use, and what takes the rest.
//
//   const Product product = product_of(conv_nest);                        // {.m = 3136, .n = 64, .k = 576}
//   const Utilisation u = utilisation(product, engine, {.units = 132, .block_m = 128, .block_n = 128});
//   u.total();                                                            // fraction of peak that is left
//   u.reason();                                                           // "50 tiles for 132 units: 38%"
//
// Each term is a fraction in (0, 1] of what the others leave, so they multiply. All follow from the engine's native
// tile and count; none is fitted.
#pragma once

#include <cstdint>
#include <string>

#include "hardware/device.hpp"
#include "ops/loop_nest.hpp"

namespace chipcast {

// `stack` independent products of an m x k by a k x n matrix.
struct Product {
  std::int64_t m = 1, n = 1, k = 1;
  std::int64_t stack = 1;
  friend bool operator==(const Product&, const Product&) = default;
};
// A nest seen as a product of its first two operands: m are the loops that the second does not have, n those that the
// first does not, k those that the result does not, `stack` those that all three have. A convolution's are n p q, k,
// c r s, and g. Of a nest without two operands and a result, every point is a row.
Product product_of(const LoopNest& nest);

struct UtilisationOptions {
  std::int64_t units = 0;  // of the engine that work; 0: all
  int element_bits = 32;   // a SIMD unit has `tile_n` lanes of 32 bits, and twice as many of 16
  // What one unit takes at a time, as a GPU hands blocks to SMs; 0: the native tile.
  std::int64_t block_m = 0, block_n = 0;
};

struct Utilisation {
  double padding_m = 1, padding_n = 1, padding_k = 1;  // rounding up to the native tile
  double lanes = 1;                                    // SIMD: the last vector of a row is not full
  double fill = 1;          // systolic: loading weights, and results that travel through the array
  double waves = 1;         // the last round leaves units idle, or there are fewer blocks than units
  std::int64_t blocks = 1;  // that units can take, ...
  std::int64_t units = 1;
  std::int64_t rounds = 1;  // ... and how many of them one unit takes at most
  double total() const { return padding_m * padding_n * padding_k * lanes * fill * waves; }
  // The term that costs most, in words; empty if all of them leave more than 99%.
  std::string reason() const;
};
Utilisation utilisation(const Product& product, const Engine& engine, const UtilisationOptions& options = {});

// ---- the terms -----------------------------------------------------------------------------------------------------

// Of `extent` rounded up to a multiple of `tile`, the share that is work: 197 by 16 is 197/208.
double padding_share(std::int64_t extent, std::int64_t tile);

// A weight-stationary array of rows x columns runs `passes` pairs of weight tile and stream of `length` vectors. The
// next weights are loaded (a row a cycle) while the stream runs, and streams follow each other without a gap, so it
// takes passes * max(length, rows) cycles, and rows + columns - 2 until the last result is out.
double fill_share(std::int64_t length, std::int64_t passes, std::int64_t rows, std::int64_t columns);

// Of the unit-rounds that `blocks` take on `units`, those with work: 148 on 132 take 2 rounds, 148/264.
double wave_share(std::int64_t blocks, std::int64_t units);

}  // namespace chipcast
