#include "transform/fusion.hpp"

#include <algorithm>
#include <optional>

#include "graph/control_flow.hpp"
#include "graph/topology.hpp"

namespace chipcast {
namespace {

constexpr std::size_t most_region_operators =
    16;  // a region that is not closed by then is not a fusion pattern

bool is_product(OperatorClass c) {
  return c == OperatorClass::standard_convolution || c == OperatorClass::grouped_convolution ||
         c == OperatorClass::depthwise_convolution || c == OperatorClass::pointwise_convolution ||
         c == OperatorClass::transposed_convolution || c == OperatorClass::dense ||
         c == OperatorClass::attention;
}

bool is_elementwise(OperatorClass c) {
  return c == OperatorClass::elementwise || c == OperatorClass::activation ||
         c == OperatorClass::quantization;
}

bool is_normalizing(OperatorClass c) {
  return c == OperatorClass::normalization || c == OperatorClass::reduction || c == OperatorClass::softmax;
}

class Fuser {
 public:
  Fuser(const Graph& graph, const Complexity& complexity, const std::array<bool, fusion_rule_count>& rules)
      : graph_(graph), complexity_(complexity), rules_(rules), readers_(readers_of(graph)) {
    row_of_.assign(graph.operators().size(), none);
    for (std::size_t row = 0; row < complexity.operators.size(); ++row) {
      const OperatorId source = complexity.operators[row].source;
      if (!is_control_flow(graph.op(source))) row_of_[source] = static_cast<std::uint32_t>(row);
    }
    is_grouped_.assign(complexity.operators.size(), false);
    is_output_.assign(graph.tensors().size(), false);
    for (std::size_t row = 0; row < complexity.operators.size(); ++row) is_view_.push_back(is_view(row));
    find_storage();
    for (const TensorId output : graph.outputs()) is_output_[storage(output)] = true;
  }

  Fusion run() {
    for (std::size_t row = 0; row < complexity_.operators.size(); ++row) {
      if (is_grouped_[row] || !runs(row)) continue;
      FusedGroup group{.rows = {row}, .let_in_by = {std::nullopt}, .main = row};
      is_grouped_[row] = true;
      if (row_of_[source(row)] == row) grow(group);
      finish(group);
      fusion_.groups.push_back(std::move(group));
    }
    // A group runs where its last operator stands: everything it reads has been computed by then.
    std::ranges::stable_sort(fusion_.groups, {}, [](const FusedGroup& group) { return group.rows.back(); });
    fusion_.storage = std::move(storage_);
    return std::move(fusion_);
  }

 private:
  const OperatorComplexity& row(std::size_t index) const { return complexity_.operators[index]; }
  OperatorId source(std::size_t index) const { return row(index).source; }
  const Operator& op(std::size_t index) const { return graph_.op(source(index)); }
  bool has(FusionRule rule) const { return rules_[static_cast<std::size_t>(rule)]; }

  // What takes time at run time: not what a view, a fold at load or a control-flow operator itself is.
  bool runs(std::size_t index) const {
    const OperatorComplexity& r = row(index);
    if (is_view_[index] || r.operator_class == OperatorClass::control || !r.is_modelled) return false;
    if (r.storage == Storage::ahead) return !has(FusionRule::fold_constants) && r.cost.bytes() > Bytes();
    return true;
  }

  // The tensor that holds the elements: a view holds none of its own.
  TensorId storage(TensorId tensor) const { return storage_[tensor]; }

  // A tensor that is only another's elements in another order is a view where the runtime keeps strides, unless
  // somebody reshapes it, which takes them in one piece.
  bool is_view(std::size_t index) const {
    if (row(index).storage == Storage::view) return true;
    if (!has(FusionRule::strided_views) || row(index).storage == Storage::ahead) return false;
    if (row_of_[source(index)] != index) return false;
    const std::string_view kind = row(index).kind;
    if (kind != "Transpose" && kind != "Split" && kind != "Slice" && kind != "Expand") return false;
    return std::ranges::none_of(op(index).outputs, [&](TensorId output) {
      return output != none && std::ranges::any_of(readers_.of(output), [&](OperatorId reader) {
               return graph_.op(reader).kind == "Reshape" || graph_.op(reader).kind == "Flatten";
             });
    });
  }

  void find_storage() {
    for (TensorId id = 0; id < graph_.tensors().size(); ++id) storage_.push_back(id);
    for (std::size_t index = 0; index < complexity_.operators.size(); ++index) {
      if (!is_view_[index]) continue;
      const Operator& viewing = op(index);
      if (viewing.inputs.empty() || viewing.inputs[0] == none) continue;
      for (const TensorId output : viewing.outputs) {
        if (output != none) storage_[output] = storage_[viewing.inputs[0]];
      }
    }
  }

  using Rows = std::vector<std::size_t>;  // in order, each once
  static void insert(Rows& rows, std::size_t row) {
    const auto place = std::ranges::lower_bound(rows, row);
    if (place == rows.end() || *place != row) rows.insert(place, row);
  }

  // The operators that read a tensor or a view of it, as rows.
  void add_readers(TensorId tensor, Rows& rows) const {
    for (const OperatorId reader : readers_.of(tensor)) {
      const std::uint32_t index = row_of_[reader];
      if (index == none) {
        insert(rows, complexity_.operators.size());  // a body reads it: no region closes over that
      } else if (is_view_[index]) {
        for (const TensorId output : op(index).outputs) {
          if (output != none) add_readers(output, rows);
        }
      } else {
        insert(rows, index);
      }
    }
  }

  struct Step {
    std::size_t row;
    FusionRule rule;
  };
  struct Region {
    std::vector<Step> steps;
    TensorId result = none;
  };

  // The smallest closed region behind `from`: operators that `allow` lets in, of which only the last is read outside.
  template <class Allow>
  std::optional<Region> closed_region(TensorId from, Allow allow) const {
    Region region;
    std::vector<TensorId> inside = {storage(from)};
    Rows open;
    if (is_output_[storage(from)]) return std::nullopt;
    add_readers(from, open);
    while (!open.empty() && region.steps.size() < most_region_operators) {
      const std::size_t next = open.front();
      open.erase(open.begin());
      if (next >= complexity_.operators.size() || is_grouped_[next] || !runs(next)) return std::nullopt;
      int from_outside = 0;
      for (const TensorId input : op(next).inputs) {
        if (input == none || graph_.tensor(input).is_constant) continue;
        if (std::ranges::find(inside, storage(input)) == inside.end()) ++from_outside;
      }
      const std::optional<FusionRule> rule = allow(next, from_outside, region.steps.size());
      if (!rule || op(next).outputs.empty() || op(next).outputs[0] == none) return std::nullopt;
      region.steps.push_back({next, *rule});
      region.result = op(next).outputs[0];
      for (const TensorId extra : op(next).outputs) {
        if (extra != none && extra != region.result && (!readers_.of(extra).empty() || is_output_[extra])) {
          return std::nullopt;
        }
      }
      if (open.empty()) return region;
      if (is_output_[storage(region.result)]) return std::nullopt;  // read outside before the region closes
      inside.push_back(storage(region.result));
      add_readers(region.result, open);
    }
    return std::nullopt;
  }

  void take(FusedGroup& group, const Region& region, TensorId from) {
    std::vector<TensorId> between = {storage(from)};
    for (const Step& step : region.steps) {
      group.rows.push_back(step.row);
      group.let_in_by.push_back(step.rule);
      is_grouped_[step.row] = true;
      // What the operator before wrote need not be written, and what this one reads of the region not be read.
      Bytes& saved = fusion_.saved[static_cast<std::size_t>(step.rule)];
      saved += bytes_of(graph_.tensor(between.back()).type);
      for (const TensorId tensor : between) {
        const bool is_read = std::ranges::any_of(
            op(step.row).inputs, [&](TensorId input) { return input != none && storage(input) == tensor; });
        if (is_read) saved += bytes_of(graph_.tensor(tensor).type);
      }
      between.push_back(storage(op(step.row).outputs[0]));
    }
  }

  // What may join a group that began with `seed`.
  std::optional<FusionRule> rule_for(std::size_t seed, std::size_t next, int from_outside) const {
    const OperatorComplexity& r = row(next);
    const auto allowed = [&](FusionRule rule) { return has(rule) ? std::optional(rule) : std::nullopt; };
    if (is_product(row(seed).operator_class)) {
      if (r.is_folded) return allowed(FusionRule::fold_batch_norm);
      if (is_bias(next, from_outside) && has(FusionRule::product_bias)) return FusionRule::product_bias;
      if (is_elementwise(r.operator_class)) {
        return allowed(from_outside == 0 ? FusionRule::product_activation : FusionRule::product_add);
      }
      if (r.operator_class == OperatorClass::pooling && from_outside == 0 && !is_one_pixel(r)) {
        return allowed(FusionRule::pooling_into_product);
      }
      return std::nullopt;
    }
    if (is_gate(seed, next) && has(FusionRule::gated_activation)) return FusionRule::gated_activation;
    const bool is_chain = is_elementwise(row(seed).operator_class);
    if (is_chain && is_elementwise(r.operator_class)) return allowed(FusionRule::elementwise_chain);
    const bool is_normalization = is_normalizing(row(seed).operator_class);
    if (is_normalization && (is_elementwise(r.operator_class) || is_normalizing(r.operator_class))) {
      return allowed(FusionRule::normalization);
    }
    return std::nullopt;
  }

  // The addition of stored values to a product.
  bool is_bias(std::size_t index, int from_outside) const {
    return from_outside == 0 && row(index).kind == "Add" &&
           std::ranges::any_of(op(index).inputs, [&](TensorId input) {
             return input != none && graph_.tensor(input).is_constant;
           });
  }

  // x times its sigmoid, which `seed` computed.
  bool is_gate(std::size_t seed, std::size_t next) const {
    const std::string_view kind = row(seed).kind;
    if ((kind != "Sigmoid" && kind != "HardSigmoid") || row(next).kind != "Mul") return false;
    const TensorId x = storage(op(seed).inputs[0]), gate = storage(op(seed).outputs[0]);
    return std::ranges::all_of(op(next).inputs, [&](TensorId input) {
      return input != none && (storage(input) == x || storage(input) == gate);
    });
  }

  static bool is_one_pixel(const OperatorComplexity& r) {
    return r.output_shape.rank() >= 3 && r.output_shape.elements(2, r.output_shape.rank()) == 1;
  }

  // QK^T, what follows it element by element, softmax, PV: only worth it if it reaches the second product.
  bool grow_attention(FusedGroup& group) {
    if (!has(FusionRule::attention) || row(group.main).operator_class != OperatorClass::attention)
      return false;
    FusedGroup trial = group;
    const auto saved_before = fusion_.saved;
    TensorId result = op(trial.main).outputs[0];
    const auto allow = [&](std::size_t next, int, std::size_t) -> std::optional<FusionRule> {
      const OperatorClass c = row(next).operator_class;
      const bool fits = is_elementwise(c) || c == OperatorClass::softmax || c == OperatorClass::attention;
      return fits ? std::optional(FusionRule::attention) : std::nullopt;
    };
    while (const std::optional<Region> region = closed_region(result, allow)) {
      take(trial, *region, result);
      result = region->result;
      if (row(region->steps.back().row).operator_class == OperatorClass::attention) {
        group = std::move(trial);
        return true;
      }
    }
    for (const std::size_t taken : trial.rows) is_grouped_[taken] = taken == group.main;
    fusion_.saved = saved_before;
    return false;
  }

  // Pooling to one pixel, products on it and the scaling of what was pooled.
  std::optional<FusionRule> squeeze_excite_rule(std::size_t next, std::size_t step) const {
    const OperatorComplexity& r = row(next);
    if (!has(FusionRule::squeeze_excite)) return std::nullopt;
    const bool squeezes =
        r.operator_class == OperatorClass::pooling || r.operator_class == OperatorClass::reduction;
    const bool fits =
        step == 0 ? squeezes && is_one_pixel(r)
                  : (is_product(r.operator_class) && is_one_pixel(r)) || is_elementwise(r.operator_class);
    return fits ? std::optional(FusionRule::squeeze_excite) : std::nullopt;
  }

  void grow(FusedGroup& group) {
    const std::size_t seed = group.rows.front();
    if (op(seed).outputs.empty() || op(seed).outputs[0] == none) return;
    if (grow_attention(group)) return;
    TensorId result = op(seed).outputs[0];
    for (;;) {
      std::optional<Region> region =
          closed_region(result, [&](std::size_t next, int from_outside, std::size_t) {
            return rule_for(seed, next, from_outside);
          });
      if (!region && is_product(row(seed).operator_class)) {
        region = closed_region(
            result, [&](std::size_t next, int, std::size_t step) { return squeeze_excite_rule(next, step); });
      }
      if (!region) return;
      take(group, *region, result);
      result = region->result;
    }
  }

  static void sort_rows(FusedGroup& group) {
    std::vector<std::pair<std::size_t, std::optional<FusionRule>>> members;
    for (std::size_t i = 0; i < group.rows.size(); ++i)
      members.emplace_back(group.rows[i], group.let_in_by[i]);
    std::ranges::sort(members, {}, [](const auto& member) { return member.first; });
    for (std::size_t i = 0; i < members.size(); ++i) {
      group.rows[i] = members[i].first;
      group.let_in_by[i] = members[i].second;
    }
  }

  void finish(FusedGroup& group) {
    sort_rows(group);
    for (const std::size_t index : group.rows) {
      const Cost& best = row(group.main).cost;
      const Cost& cost = row(index).cost;
      if (std::pair(cost.macs, cost.bytes()) > std::pair(best.macs, best.bytes())) group.main = index;
    }
    std::vector<TensorId> made;
    for (const std::size_t index : group.rows) {
      if (row_of_[source(index)] != index) continue;  // an operator of a body: its cost says all
      for (const TensorId input : op(index).inputs) {
        if (input == none) continue;
        const TensorId from = storage(input);
        const bool is_new = std::ranges::find(made, from) == made.end() &&
                            std::ranges::find(group.reads, from) == group.reads.end();
        if (is_new) group.reads.push_back(from);
      }
      for (const TensorId output : op(index).outputs) {
        if (output != none) made.push_back(storage(output));
      }
    }
    std::ranges::sort(made);
    made.erase(std::unique(made.begin(), made.end()), made.end());
    Rows readers;
    for (const TensorId tensor : made) {
      readers.clear();
      add_readers(tensor, readers);
      const bool is_read_outside = std::ranges::any_of(
          readers, [&](std::size_t r) { return !std::ranges::binary_search(group.rows, r); });
      if (is_output_[tensor] || is_read_outside) group.writes.push_back(tensor);
    }
  }

  const Graph& graph_;
  const Complexity& complexity_;
  const std::array<bool, fusion_rule_count>& rules_;
  Readers readers_;
  std::vector<std::uint32_t> row_of_;  // by operator
  std::vector<bool> is_grouped_;       // by row
  std::vector<bool> is_view_;          // by row
  std::vector<bool> is_output_;        // by tensor
  std::vector<TensorId> storage_;      // by tensor
  Fusion fusion_;
};

}  // namespace

Fusion fuse(const Graph& graph, const Complexity& complexity,
            const std::array<bool, fusion_rule_count>& rules) {
  return Fuser(graph, complexity, rules).run();
}

}  // namespace chipcast
