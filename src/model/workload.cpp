#include "model/workload.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <tuple>

#include "graph/control_flow.hpp"

namespace chipcast {

WorkKind work_kind(OperatorClass operator_class) {
  switch (operator_class) {
    case OperatorClass::standard_convolution:
    case OperatorClass::transposed_convolution:
      return WorkKind::standard_convolution;
    case OperatorClass::grouped_convolution:
      return WorkKind::grouped_convolution;
    case OperatorClass::depthwise_convolution:
      return WorkKind::depthwise_convolution;
    case OperatorClass::pointwise_convolution:
      return WorkKind::pointwise_convolution;
    case OperatorClass::dense:
      return WorkKind::dense;
    case OperatorClass::attention:
      return WorkKind::attention;
    case OperatorClass::recurrent:
      return WorkKind::recurrent;
    case OperatorClass::normalization:
    case OperatorClass::reduction:
    case OperatorClass::softmax:
      return WorkKind::normalization;
    case OperatorClass::elementwise:
    case OperatorClass::activation:
    case OperatorClass::quantization:
      return WorkKind::elementwise;
    case OperatorClass::pooling:
    case OperatorClass::resize:
      return WorkKind::pooling;
    case OperatorClass::data_movement:
    case OperatorClass::embedding:
    case OperatorClass::shape:
      return WorkKind::data_movement;
    case OperatorClass::detection:
    case OperatorClass::control:
    case OperatorClass::other:
      return WorkKind::other;
  }
  return WorkKind::other;
}

namespace {

class Builder {
 public:
  Builder(const Graph& graph, const Complexity& complexity, const WorkloadMaker& maker,
          const std::vector<WorkloadMaker::Alone>& alone, const std::vector<TensorId>& storage)
      : graph_(graph), complexity_(complexity), maker_(maker), alone_(alone), storage_(storage) {}

  GroupWork build(const FusedGroup& fused) {
    GroupWork group;
    const OperatorComplexity& main = complexity_.operators[fused.main];
    group.name = main.name;
    group.kind = kind_of(main);
    if (group.kind == WorkKind::winograd_convolution) group.winograd = winograd_savings(main.output_shape);
    group.repeats = static_cast<double>(main.repeats);
    group.product = alone_[fused.main].product;
    group.rows = fused.rows;
    for (std::size_t i = 0; i < fused.rows.size(); ++i) {
      const bool is_folded_away = fused.let_in_by[i] == FusionRule::fold_batch_norm;
      add_operations(group, fused.rows[i], is_folded_away);
      group.members.push_back(complexity_.operators[fused.rows[i]].name);
    }
    if (is_control_flow(graph_.op(main.source))) {
      // Inside a body: its own reads and writes say all, trip by trip.
      const double element = std::max(1.0, in(bytes_of(1, main.output_dtype), byte));
      group.weight_elements = in(main.cost.read_weights, byte) / element;
      group.activation_elements_read = in(main.cost.read - main.cost.read_weights, byte) / element;
      group.activation_elements_written = in(main.cost.written, byte) / element;
      return group;
    }
    for (const TensorId tensor : fused.reads) add_read(group, fused, tensor);
    for (const TensorId tensor : fused.writes) {
      const TensorType& type = graph_.tensor(tensor).type;
      add(group, type.dtype, static_cast<double>(type.shape.elements()), group.activation_elements_written);
    }
    return group;
  }

 private:
  static WorkKind kind_of(const OperatorComplexity& row) {
    // A batch norm that is not folded scales and shifts; pooling down to one pixel is a sum.
    if (row.is_folded) return WorkKind::elementwise;
    const Shape& out = row.output_shape;
    if (row.operator_class == OperatorClass::pooling && out.rank() >= 3 && out.elements(2, out.rank()) == 1) {
      return WorkKind::normalization;
    }
    if (row.operator_class == OperatorClass::standard_convolution && is_for_winograd(row))
      return WorkKind::winograd_convolution;
    return work_kind(row.operator_class);
  }

  static bool is_for_winograd(const OperatorComplexity& row) {
    if (row.input_shapes.size() < 2 || row.input_shapes[1].rank() != 4) return false;
    const Shape &in = row.input_shapes[0], &weights = row.input_shapes[1];
    if (weights[2] != 3 || weights[3] != 3 || row.output_shape.rank() != 4 || in.rank() != 4) return false;
    // Over few channels the transforms cost more than they save.
    if (weights[0] < 8 || weights[1] < 8) return false;
    // With a stride of 2 half the rows are left, without padding two fewer.
    return row.output_shape[2] + 2 >= in[2] && row.output_shape[3] + 2 >= in[3] && in[2] > 3;
  }

  // Outputs come in tiles of t x t, each from (t + 2)^2 products where the convolution has 9 t^2; tiles at the far
  // edges are computed whole.
  static std::array<double, 4> winograd_savings(const Shape& out) {
    std::array<double, 4> savings = {1, 1, 1, 1};
    for (std::size_t i = 1; i < savings.size(); ++i) {
      const auto tile = static_cast<std::int64_t>(2 * i);
      const double fewer =
          static_cast<double>(9 * tile * tile) / static_cast<double>((tile + 2) * (tile + 2));
      const double filled = padding_share(out[2], tile) * padding_share(out[3], tile);
      savings[i] = std::max(savings[i - 1], fewer * filled);
    }
    return savings;
  }

  // An operator that complexity took out (a batch norm it folded, work on stored values) runs if a runtime says so.
  void add_operations(GroupWork& group, std::size_t index, bool is_folded_away) {
    const OperatorComplexity& row = complexity_.operators[index];
    const Cost& cost = row.is_folded && !is_folded_away ? alone_[index].cost : row.cost;
    group.macs += in(cost.macs, mac);
    group.flops += in(cost.flops - flops_of(cost.macs), flop);
    group.transcendentals += static_cast<double>(cost.transcendentals);
  }

  void add_read(GroupWork& group, const FusedGroup& fused, TensorId tensor) {
    const Tensor& t = graph_.tensor(tensor);
    if (t.is_constant && t.is_absorbed) return;
    add(group, t.type.dtype, maker_.elements_read(fused, tensor, storage_),
        t.is_constant ? group.weight_elements : group.activation_elements_read);
  }

  static void add(GroupWork& group, DType dtype, double elements, double& scaled) {
    if (is_floating(dtype) || is_quantized(dtype)) {
      scaled += elements;
    } else {
      group.fixed_bytes += elements * bits(dtype) / 8;
    }
  }

  const Graph& graph_;
  const Complexity& complexity_;
  const WorkloadMaker& maker_;
  const std::vector<WorkloadMaker::Alone>& alone_;  // by row
  const std::vector<TensorId>& storage_;            // of each tensor
};

}  // namespace

WorkloadMaker::WorkloadMaker(const Graph& graph, const Complexity& complexity)
    : graph_(graph), complexity_(complexity), alone_(complexity.operators.size()) {
  for (std::size_t i = 0; i < alone_.size(); ++i) {
    const OperatorComplexity& row = complexity.operators[i];
    const Operator& op = graph.op(row.source);
    if (row.storage == Storage::view || is_control_flow(op) || op.type == nullptr || op.type->work == nullptr)
      continue;
    Inference inference = shaped_inference(graph, op);
    const Work work = op.type->work(inference);
    if (row.is_folded) alone_[i].cost = cost_of(work, inference);
    alone_[i].touched = touched_by(work, inference);
    for (const LoopNest& nest : work.nests) {
      if (nest.work().macs > 0) alone_[i].product = product_of(nest);
    }
  }
}

// A strided or gathering reader leaves the rest.
double WorkloadMaker::elements_read(const FusedGroup& fused, TensorId tensor,
                                    const std::vector<TensorId>& storage) const {
  const auto all = static_cast<double>(graph_.tensor(tensor).type.shape.elements());
  double touched = 0;
  for (const std::size_t row : fused.rows) {
    const Operator& op = graph_.op(complexity_.operators[row].source);
    const Touched& by = alone_[row].touched;
    double by_row = 0;  // in one view or several, such as the parts of a split
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] == none || storage[op.inputs[i]] != tensor) continue;
      const auto before = std::span(op.inputs).first(i);
      if (std::ranges::find(before, op.inputs[i]) != before.end()) continue;  // the same once more
      by_row += i < by.read.size() ? static_cast<double>(by.read[i]) : 0;
    }
    touched = std::max(touched, by_row);
  }
  return touched == 0 ? all : std::min(all, touched);
}

Workload make_workload(const Graph& graph, const Complexity& complexity, const Runtime& runtime) {
  return WorkloadMaker(graph, complexity)(runtime);
}

Workload WorkloadMaker::operator()(const Runtime& runtime) const {
  Workload workload;
  workload.model = graph_.name();
  workload.fusion = fuse(graph_, complexity_, runtime.fusion);
  Builder builder(graph_, complexity_, *this, alone_, workload.fusion.storage);
  std::vector<std::uint32_t> writer(graph_.tensors().size(), none);
  std::vector<bool> is_counted(graph_.tensors().size(), false);
  for (const FusedGroup& fused : workload.fusion.groups) {
    std::vector<std::size_t> before;
    for (const TensorId tensor : fused.reads) {
      if (writer[tensor] != none) before.push_back(writer[tensor]);
      const Tensor& t = graph_.tensor(tensor);
      if (!t.is_constant || t.is_absorbed || is_counted[tensor]) continue;
      is_counted[tensor] = true;
      if (is_floating(t.type.dtype) || is_quantized(t.type.dtype)) {
        workload.weight_elements += static_cast<double>(t.type.shape.elements());
      }
    }
    for (const TensorId tensor : fused.writes)
      writer[tensor] = static_cast<std::uint32_t>(workload.groups.size());
    workload.groups.push_back(builder.build(fused));
    workload.predecessors.push_back(std::move(before));
  }
  workload.activation_peak_bytes = in(complexity_.activation.arena, byte);
  find_alike(workload);
  return workload;
}

namespace {

// What an estimate reads of a group.
auto asked_by(const GroupWork& g) {
  return std::tie(g.macs, g.flops, g.transcendentals, g.weight_elements, g.activation_elements_read,
                  g.activation_elements_written, g.fixed_bytes, g.repeats, g.kind, g.winograd, g.product,
                  g.target);
}

std::size_t hash_of(const GroupWork& group) {
  std::size_t hash = 0;
  for (const double number :
       {group.macs, group.flops, group.activation_elements_read, group.weight_elements}) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    hash =
        (hash ^ bits ^ bits >> 32) * 0x9E3779B97F4A7C15U;  // of whole numbers the lower half is mostly zero
  }
  return hash >> 32;
}

}  // namespace

void find_alike(Workload& workload) {
  const std::vector<GroupWork>& groups = workload.groups;
  std::vector<std::size_t> first;  // of each that differs from those before
  // By hash, the last one that was found there: rarely one is taken for another that only looks new.
  std::vector<std::uint32_t> places(std::bit_ceil(2 * groups.size() + 1), 0);
  workload.alike.clear();
  workload.alike.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::uint32_t& place = places[hash_of(groups[i]) & (places.size() - 1)];
    if (place >= first.size() || asked_by(groups[first[place]]) != asked_by(groups[i])) {
      place = static_cast<std::uint32_t>(first.size());
      first.push_back(i);
    }
    workload.alike.push_back(place);
  }
}

}  // namespace chipcast
