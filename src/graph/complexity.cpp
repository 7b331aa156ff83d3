#include "graph/complexity.hpp"

#include <algorithm>

#include "graph/control_flow.hpp"
#include "graph/parameters.hpp"
#include "graph/sequence.hpp"
#include "graph/topology.hpp"

namespace chipcast {
namespace {

Cost operator+(const Cost& a, const Cost& b) {
  return {a.macs + b.macs,
          a.flops + b.flops,
          saturating_add(a.transcendentals, b.transcendentals),
          a.read + b.read,
          a.read_weights + b.read_weights,
          a.written + b.written};
}

Cost operator*(std::int64_t factor, const Cost& cost) {
  return {factor * cost.macs, factor * cost.flops,        saturating_multiply(factor, cost.transcendentals),
          factor * cost.read, factor * cost.read_weights, factor * cost.written};
}

class Characterizer {
 public:
  // Appends the rows of `graph` to `rows`. `holder`: the network's own operator whose body this is, if it is one.
  Characterizer(const Graph& graph, std::span<const OperatorId> order, std::string prefix,
                std::int64_t repeats, OperatorId holder, std::vector<OperatorComplexity>& rows)
      : graph_(graph),
        order_(order),
        prefix_(std::move(prefix)),
        repeats_(repeats),
        holder_(holder),
        rows_(rows),
        readers_(readers_of(graph)),
        parameters_(parameter_elements(graph)),
        storage_(graph.operators().size(), Storage::fresh),
        scratch_(graph.operators().size()) {
    is_output_.assign(graph.tensors().size(), false);
    for (const TensorId output : graph.outputs()) is_output_[output] = true;
  }

  ActivationMemory run() {
    for (const OperatorId id : order_) {
      if (is_control_flow(graph_.op(id))) {
        add_bodies(id);
      } else {
        add_operator(id);
      }
    }
    return plan_activations(graph_, order_, storage_, scratch_).memory;
  }

 private:
  OperatorComplexity& add_row(OperatorId id) {
    const Operator& op = graph_.op(id);
    OperatorComplexity& row = rows_.emplace_back();
    row.source = holder_ == none ? id : holder_;
    row.name = prefix_ + op.name;
    row.kind = op.kind;
    row.repeats = repeats_;
    for (const TensorId input : op.inputs) {
      if (input == none) continue;
      row.input_shapes.push_back(graph_.tensor(input).type.shape);
      row.parameters = saturating_add(row.parameters, std::exchange(parameters_[input], 0));
    }
    for (const TensorId output : op.outputs) {
      if (output == none) continue;
      row.output_shape = graph_.tensor(output).type.shape;
      row.output_dtype = graph_.tensor(output).type.dtype;
      break;
    }
    return row;
  }

  void add_operator(OperatorId id) {
    const Operator& op = graph_.op(id);
    OperatorComplexity& row = add_row(id);
    if (is_sequence_operator(graph_, op)) {
      row.operator_class = OperatorClass::data_movement;
      row.cost = repeats_ * cost_of_sequence_operator(graph_, op);
      return;
    }
    if (op.type == nullptr) {
      row.is_modelled = false;
      return;
    }
    Inference inference = shaped_inference(graph_, op);
    row.operator_class =
        op.type->classify != nullptr ? op.type->classify(inference) : op.type->operator_class;
    if (is_known_ahead(op)) {
      row.storage = storage_[id] = Storage::ahead;
      return;
    }
    if (is_absorbed_by_producer(op)) {
      row.storage = storage_[id] = Storage::in_place;
      row.is_folded = true;
      return;
    }
    const Work work = op.type->work(inference);
    const Cost cost = cost_of(work, inference);
    if (work.is_view) row.storage = storage_[id] = Storage::view;
    // What depends on stored values alone runs once, at load; products are kept, since engines do not fold them.
    if (depends_on_stored_only(op) && cost.macs == Macs()) {
      row.storage = storage_[id] = Storage::ahead;
      return;
    }
    row.cost = repeats_ * cost;
  }

  bool is_known_ahead(const Operator& op) const {
    return std::ranges::all_of(op.outputs, [&](TensorId output) {
      return output == none || graph_.tensor(output).value != nullptr;
    });
  }

  bool depends_on_stored_only(const Operator& op) const {
    return !op.inputs.empty() && std::ranges::all_of(op.inputs, [&](TensorId input) {
      return input == none || graph_.tensor(input).is_constant;
    });
  }

  // Batch normalization right behind a product with stored weights is folded into those weights.
  bool is_absorbed_by_producer(const Operator& op) const {
    if (op.kind != "BatchNormalization" || !op.domain.empty() || op.inputs.empty() || op.inputs[0] == none)
      return false;
    const TensorId input = op.inputs[0];
    const OperatorId producer = graph_.tensor(input).producer;
    if (producer == none || readers_.of(input).size() != 1 || is_output_[input]) return false;
    const Operator& product = graph_.op(producer);
    const bool is_product =
        product.kind == "Conv" || product.kind == "ConvTranspose" || product.kind == "Gemm";
    return is_product && product.inputs.size() >= 2 && product.inputs[1] != none &&
           graph_.tensor(product.inputs[1]).is_constant;
  }

  void add_bodies(OperatorId id) {
    const Operator& op = graph_.op(id);
    add_row(id).operator_class = OperatorClass::control;
    std::vector<std::vector<OperatorComplexity>> alternatives;
    for (std::size_t i = 0; i < op.bodies.size(); ++i) {
      const Body& body = op.bodies[i];
      if (op.taken >= 0 && (body.role == "then_branch") != (op.taken == 0)) continue;
      const Result<std::vector<OperatorId>> order = execution_order(*body.graph);
      if (!order) continue;  // shaping has complained of it
      std::vector<OperatorComplexity>& rows = alternatives.emplace_back();
      Characterizer inner(*body.graph, *order, prefix_ + op.name + "/",
                          saturating_multiply(repeats_, op.trips), holder_ == none ? id : holder_, rows);
      inner.take_captured_parameters(*this);
      scratch_[id] = std::max(scratch_[id], inner.run().peak);
    }
    // Of branches that only data decides between, the costlier one counts.
    const auto costliest = std::ranges::max_element(alternatives, {}, [](const auto& rows) {
      Cost total;
      for (const OperatorComplexity& row : rows) total = total + row.cost;
      return std::pair(total.flops, total.bytes());
    });
    if (costliest == alternatives.end()) return;
    rows_.insert(rows_.end(), std::make_move_iterator(costliest->begin()),
                 std::make_move_iterator(costliest->end()));
  }

  // A weight of the surroundings belongs to the first operator in the body that reads it.
  void take_captured_parameters(Characterizer& outside) {
    for (TensorId id = 0; id < graph_.tensors().size(); ++id) {
      const Tensor& tensor = graph_.tensor(id);
      if (tensor.origin == TensorOrigin::captured)
        parameters_[id] = std::exchange(outside.parameters_[tensor.outer], 0);
    }
  }

  const Graph& graph_;
  std::span<const OperatorId> order_;
  std::string prefix_;
  std::int64_t repeats_;
  OperatorId holder_;
  std::vector<OperatorComplexity>& rows_;
  Readers readers_;
  std::vector<std::int64_t> parameters_;  // by tensor, until an operator claims them
  std::vector<bool> is_output_;
  std::vector<Storage> storage_;
  std::vector<Bytes> scratch_;
};

}  // namespace

Result<Complexity> characterize(const Graph& graph, std::span<const OperatorId> order) {
  Complexity result;
  const Parameters parameters = count_parameters(graph);
  result.parameters = parameters.total;
  result.model_bytes = parameters.model_bytes;
  result.activation = Characterizer(graph, order, "", 1, none, result.operators).run();
  Cost total;
  for (const OperatorComplexity& row : result.operators) {
    total = total + row.cost;
    if (!row.is_modelled) result.not_modelled.push_back("node '" + row.name + "' (" + row.kind + ")");
  }
  result.macs = total.macs;
  result.flops = total.flops;
  result.transcendentals = total.transcendentals;
  result.bytes = total.bytes();
  const bool is_countable = is_exact(result.flops) && is_exact(result.macs) && is_exact(result.bytes) &&
                            is_exact(result.model_bytes) && is_exact(result.activation.sum) &&
                            is_exact(result.activation.arena) && result.parameters != saturated &&
                            result.transcendentals != saturated;
  if (!is_countable) {
    return Diagnostic{.message = "the network's operations or bytes outgrow 2^63",
                      .hint = "check its extents and trip counts"};
  }
  return result;
}

}  // namespace chipcast
