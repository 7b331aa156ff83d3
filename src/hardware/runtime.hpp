// hardware/runtime.hpp: the software between network and machine, as data.
//
//   Result<Runtime> runtime = read_runtime("hardware_specs/runtimes/tensorrt.yaml");
//   runtime->fuses(FusionRule::product_activation)
//   const Execution* how = runtime->on(DeviceKind::gpu);   // nullptr: it does not run there
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hardware/device.hpp"

namespace chipcast {

// Each a named switch (`fusion.product_activation=false`).
enum class FusionRule : std::uint8_t {
  fold_constants,        // what depends on weights only runs at load
  fold_batch_norm,       // into the convolution or product before it
  product_bias,          // GEMM + the addition of stored values
  product_activation,    // conv/GEMM + activation
  product_add,           // ... + residual addition (and the activation behind it)
  gated_activation,      // x times its sigmoid: SiLU, hard swish
  elementwise_chain,     // elementwise operators that feed each other
  normalization,         // LayerNorm, softmax and their neighbours as one kernel
  attention,             // QK^T, softmax, PV as one kernel: the scores never leave the chip
  pooling_into_product,  // a pooling or resize read by the producer's or consumer's kernel
  squeeze_excite,        // global pooling, its two products and the scaling
  strided_views,         // transposing, splitting and slicing move nothing until a reader needs it dense
};
inline constexpr std::size_t fusion_rule_count = 12;
std::string_view name(FusionRule rule);

enum class Layout : std::uint8_t { nchw, nhwc, blocked };
inline constexpr std::size_t layout_count = 3;
std::string_view name(Layout layout);

// Priors of the latency model by kind of work; calibration replaces them by target.
enum class WorkKind : std::uint8_t {
  standard_convolution,
  winograd_convolution,  // 3 x 3 with stride 1, where Winograd's algorithm may serve
  grouped_convolution,
  depthwise_convolution,
  pointwise_convolution,
  dense,
  attention,
  recurrent,
  normalization,
  elementwise,
  pooling,
  data_movement,
  other,
};
inline constexpr std::size_t work_kind_count = 13;
std::string_view name(WorkKind kind);
// Its work is multiply-accumulates.
constexpr bool is_product(WorkKind kind) { return kind <= WorkKind::recurrent; }
constexpr bool is_convolution(WorkKind kind) { return kind <= WorkKind::pointwise_convolution; }

struct WorkPrior {
  Figure<double> efficiency;  // of peak when the engine is full
  // What fork, join, fill and drain take, on a CPU for each thread. In cycles, as the same software takes about as many
  // on a wide engine and a narrow one.
  Figure<double> half_cycles;
};

// What calibration found beside an execution's figures (hardware/calibration.hpp).
struct Scale {
  // Of the rates that the device's file gives, and of the host's time.
  double compute = 1, memory = 1, dispatch = 1;
  // Of the rate at a precision, beside `compute`; 0: not known.
  std::array<double, precision_count> precisions = {};
};
// Where a network lies among others, in the order of model/likeness.hpp.
inline constexpr std::size_t trait_count = 6;
using Traits = std::array<double, trait_count>;
struct Fitted {
  std::map<std::string, Scale> devices;                 // by id; others are taken as their files say
  std::array<double, precision_count> precisions = {};  // of the rate at a precision; 0: not known
  // Nine estimates in ten of a network that the fit had not seen were off by less than this times (1 + its distance to
  // the nearest of `networks`), as a logarithm of the ratio: on a device of `devices`, and on one that it had not seen
  // either.
  double margin = 0, margin_elsewhere = 0;
  std::vector<Traits> networks;  // that the fit had seen
};

// Of a device's energies and powers, as fitted (hardware/energy_calibration.hpp).
struct EnergyScale {
  double per_flop = 1, per_byte = 1, idle = 1, busy = 1, board = 1;
};
struct EnergyFit {
  EnergyScale scale;
  std::map<std::string, double> devices;  // by id, of their idle, busy and board power beside `scale`
};

// How a runtime does on one kind of device.
struct Execution {
  Figure<Seconds> dispatch;             // per kernel, on a host of speed 1 (Device::host_speed)
  Figure<double> bandwidth_efficiency;  // of the data sheet's bandwidth off chip
  Figure<double> cache_efficiency;      // ... and of that of the levels on the chip
  Figure<double> parallel_fraction;     // of an operator's work, for threads (Amdahl)
  // A product of m rows, n columns and depth k takes (1 + half_rows / m)(1 + half_columns / n)(1 + half_depth / k)
  // times as long as its operations: what loops, edges of blocks and the end of each sum cost. And half_outputs / o
  // times as long again, o being the outputs for each unit: those come in blocks, and with few of them units stand idle.
  Figure<double> half_rows, half_columns, half_depth, half_outputs;
  // How often a convolution's activations and weights move beside being read or written once: packing, im2col, changes
  // of layout.
  Figure<double> activation_passes, weight_passes;
  // The largest F(t x t, 3 x 3) that its Winograd convolutions use, t = 2, 4 or 6; 0: it has none.
  int winograd_tile = 0;
  Layout layout = Layout::nchw;
  std::vector<Precision> native;            // precisions it has kernels for; others run as the next wider one
  bool runs_branches_side_by_side = false;  // independent operators at the same time
  bool streams_activations = false;         // row by row from layer to layer: nothing holds a whole one
  std::array<WorkPrior, work_kind_count> priors = {};
  std::optional<Fitted> fitted;  // the figures above are then those of the fit
  std::optional<EnergyFit> energy;

  bool runs(Precision precision) const;
  const WorkPrior& prior(WorkKind kind) const { return priors[static_cast<std::size_t>(kind)]; }
};

struct Runtime {
  std::string id;  // the file's name
  std::string title;
  std::vector<std::string> notes;
  std::vector<Source> sources;
  std::array<bool, fusion_rule_count> fusion = {};
  std::array<std::optional<Execution>, device_kind_count> executions = {};

  bool fuses(FusionRule rule) const { return fusion[static_cast<std::size_t>(rule)]; }
  const Execution* on(DeviceKind kind) const {
    const auto& execution = executions[static_cast<std::size_t>(kind)];
    return execution ? &*execution : nullptr;
  }
};

}  // namespace chipcast
