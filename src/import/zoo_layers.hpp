// import/zoo_layers.hpp: the layers that zoo files are written in, and what each lowers to.
//
//   conv(64, 7, stride=2)  ->  a Conv with a weight of [64, channels, 7, 7]
//
//   void relu(Lowering& layer) { layer.yield(layer.op("Relu", {}, {layer.current()})); }
//   constexpr Layer layer = {"relu", {}, relu};
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/graph.hpp"
#include "import/zoo_program.hpp"

namespace chipcast::zoo {

class Lowering;

struct LayerParameter {
  enum class Kind : std::uint8_t {
    value,
    tensor,
    tensors,  // any number of them, before everything given by name
  };
  std::string_view name;
  Kind kind = Kind::value;
  bool is_required = false;
};

struct Layer {
  std::string_view name;
  std::span<const LayerParameter> parameters;
  void (*lower)(Lowering& layer) = nullptr;
  bool yields_many = false;  // as many tensors as the step has names
};

const Layer* find_layer(std::string_view name);
std::vector<std::string> layer_names();

// The tables, one per file; zoo_layers.cpp lists them.
std::span<const Layer> convolution_layers();
std::span<const Layer> pointwise_layers();
std::span<const Layer> shape_layers();
std::span<const Layer> dense_layers();

// What a layer's arguments come to.
struct LayerArgument {
  Datum value;  // unset: not given
  std::vector<TensorId> tensors;
};

// Weights that several layers read, by name.
using SharedWeights = std::unordered_map<std::string, TensorId>;

// One application of a layer: its arguments in, operators and weights out. The first complaint sticks and every later
// question gets a harmless answer.
class Lowering {
 public:
  Lowering(Graph& graph, SharedWeights& shared_weights, const Layer& layer, std::string name,
           TensorId current, std::vector<LayerArgument> arguments, std::size_t wanted_outputs)
      : graph_(graph),
        shared_weights_(shared_weights),
        layer_(layer),
        name_(std::move(name)),
        current_(current),
        arguments_(std::move(arguments)),
        wanted_outputs_(wanted_outputs) {}

  const Layer& layer() const { return layer_; }

  // ---- arguments, by position in the layer's table
  bool has(std::size_t index) const;
  std::int64_t integer(std::size_t index, std::int64_t fallback, std::int64_t least, std::int64_t most);
  double real(std::size_t index, double fallback);
  bool flag(std::size_t index, bool fallback);
  std::string text(std::size_t index, std::string_view fallback);
  // A list of integers; one integer stands for `count` equal ones.
  std::vector<std::int64_t> integers(std::size_t index, std::vector<std::int64_t> fallback, std::size_t count,
                                     std::int64_t least, std::int64_t most);
  // A list of any length.
  std::vector<std::int64_t> list(std::size_t index);
  bool is_text(std::size_t index) const;
  const std::vector<TensorId>& tensors(std::size_t index) const { return arguments_[index].tensors; }

  // ---- tensors
  TensorId current() const { return current_; }
  const Shape& shape(TensorId tensor) const;
  DType dtype(TensorId tensor) const;
  std::int64_t rank() const { return shape(current_).rank(); }
  std::int64_t extent(std::int64_t axis);  // of the current tensor; -1 is the last axis
  bool expect_rank(std::int64_t least, std::int64_t most);
  std::int64_t axis(std::size_t index,
                    std::int64_t fallback);  // an argument that names an axis, counted from 0

  // A trained tensor "<name>.<suffix>".
  TensorId weight(std::string_view suffix, Shape shape);
  // A trained tensor "<owner>.<suffix>" that all layers of that owner read; the first of them adds it.
  TensorId shared_weight(std::string_view owner, std::string_view suffix, Shape shape);
  // Stored nowhere and trained by nobody: running statistics, index tables, masks.
  TensorId buffer(std::string_view suffix, DType dtype, Shape shape);
  TensorId integers_constant(std::string_view suffix, std::vector<std::int64_t> values);
  TensorId real_constant(std::string_view suffix, double value);

  // Adds an operator and runs its rule. The first of a layer bears the layer's name, the others add their kind.
  TensorId op(std::string_view kind, Attributes attributes, std::vector<TensorId> inputs);
  std::vector<TensorId> op_many(std::string_view kind, Attributes attributes, std::vector<TensorId> inputs,
                                std::size_t outputs);

  void yield(TensorId tensor) { results_ = {tensor}; }
  void yield(std::vector<TensorId> tensors) { results_ = std::move(tensors); }
  const std::vector<TensorId>& results() const { return results_; }
  std::size_t wanted_outputs() const { return wanted_outputs_; }

  void fail(std::string message);
  bool failed() const { return !complaint_.empty(); }
  const std::string& complaint() const { return complaint_; }

 private:
  void fail_argument(std::size_t index, std::string_view wanted);
  std::optional<std::int64_t> integer_in(std::size_t index, const Datum& datum, std::int64_t least,
                                         std::int64_t most);

  TensorId add_weight(std::string name, Shape shape);

  Graph& graph_;
  SharedWeights& shared_weights_;
  const Layer& layer_;
  std::string name_;
  TensorId current_;
  std::vector<LayerArgument> arguments_;
  std::size_t wanted_outputs_;
  std::size_t operators_ = 0;
  std::vector<TensorId> results_;
  std::string complaint_;
};

}  // namespace chipcast::zoo
