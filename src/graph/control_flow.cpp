#include "graph/control_flow.hpp"

#include <fmt/format.h>

#include <optional>

#include "graph/sequence.hpp"

namespace chipcast {
namespace {

// What a body's tensor takes over from outside: its type always, its elements where they hold for every trip.
void hand_in(Tensor& inner, const Tensor& outer, bool holds_for_every_trip) {
  inner.type = outer.type;
  inner.sequence = outer.sequence;
  inner.is_constant = outer.is_constant && holds_for_every_trip;
  inner.is_guessed = outer.is_guessed;
  inner.value = holds_for_every_trip ? outer.value : nullptr;
}

void hand_in_captured(const Graph& graph, Graph& body) {
  for (TensorId id = 0; id < body.tensors().size(); ++id) {
    Tensor& tensor = body.tensor(id);
    if (tensor.origin == TensorOrigin::captured) hand_in(tensor, graph.tensor(tensor.outer), true);
  }
}

// Like every operator's output (ops/operator_type.cpp), what the trips stack up stays below 2^50 elements.
bool is_possible(const Shape& shape, const BodyShaper& shaper) {
  if (shape.elements() <= std::int64_t{1} << 50) return true;
  shaper.fail(fmt::format("an output of shape {} has more than 2^50 elements", format(shape)));
  return false;
}

void set_output(Graph& graph, const Operator& op, std::size_t index, TensorType type) {
  if (index >= op.outputs.size() || op.outputs[index] == none) return;
  graph.tensor(op.outputs[index]).type = std::move(type);
}

void set_output(Graph& graph, const Operator& op, std::size_t index,
                std::shared_ptr<const Sequence> sequence) {
  if (index >= op.outputs.size() || op.outputs[index] == none) return;
  graph.tensor(op.outputs[index]).sequence = std::move(sequence);
}

// What the file says of a value that the loop stacks up, one slice for each trip.
std::optional<std::int64_t> declared_trips(const Graph& graph, const Operator& op, std::size_t carried) {
  for (std::size_t i = carried; i < op.outputs.size(); ++i) {
    if (op.outputs[i] == none) continue;
    const auto& declared = graph.tensor(op.outputs[i]).declared;
    if (declared != nullptr && declared->shape.rank() > 0 && declared->shape[0] >= 0)
      return declared->shape[0];
  }
  return std::nullopt;
}

// The trips the user gave, else what the file lets conclude, else a complaint that asks for them.
std::optional<std::int64_t> asked_trips(const Graph& graph, const Operator& op, std::size_t carried,
                                        const BodyShaper& shaper) {
  const auto& trips = shaper.options.trips;
  auto found = trips.find(op.name);
  if (found == trips.end()) found = trips.find("*");
  if (found != trips.end()) return found->second;
  if (const auto declared = declared_trips(graph, op, carried)) return declared;
  shaper.fail(fmt::format("how often it runs depends on the data; give it with --trip {}=N", op.name));
  return std::nullopt;
}

Graph* body_of(const Operator& op, std::string_view role, const BodyShaper& shaper) {
  for (const Body& body : op.bodies) {
    if (body.role == role) return body.graph.get();
  }
  shaper.fail(fmt::format("attribute '{}' is missing", role));
  return nullptr;
}

void shape_if(Graph& graph, Operator& op, const BodyShaper& shaper) {
  Graph* branches[] = {body_of(op, "then_branch", shaper), body_of(op, "else_branch", shaper)};
  if (branches[0] == nullptr || branches[1] == nullptr) return;
  if (op.inputs.size() != 1 || op.inputs[0] == none) return shaper.fail("it takes one input, the condition");
  const Tensor& condition = graph.tensor(op.inputs[0]);
  op.taken = -1;
  if (condition.value != nullptr && !condition.value->ints.empty())
    op.taken = condition.value->ints[0] != 0 ? 0 : 1;
  for (int i = 0; i < 2; ++i) {
    if (op.taken == 1 - i) continue;
    hand_in_captured(graph, *branches[i]);
    if (!shaper.shape(*branches[i])) return;
    if (branches[i]->outputs().size() < op.outputs.size())
      return shaper.fail("a branch yields too few outputs");
  }
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    if (op.outputs[i] == none) continue;
    if (op.taken >= 0) {
      const Tensor& yielded = branches[op.taken]->tensor(branches[op.taken]->outputs()[i]);
      Tensor& output = graph.tensor(op.outputs[i]);
      hand_in(output, yielded, true);
      continue;
    }
    const Tensor& yielded = branches[0]->tensor(branches[0]->outputs()[i]);
    const Tensor& otherwise = branches[1]->tensor(branches[1]->outputs()[i]);
    if (yielded.sequence != nullptr || otherwise.sequence != nullptr) {
      const bool takes_first = bytes_of(yielded) >= bytes_of(otherwise);
      hand_in(graph.tensor(op.outputs[i]), takes_first ? yielded : otherwise, false);
      continue;
    }
    const TensorType& first = yielded.type;
    const TensorType& second = otherwise.type;
    if (first.shape != second.shape) {
      shaper.warn(fmt::format("its branches yield {} and {}; the larger is assumed", format(first.shape),
                              format(second.shape)));
    }
    set_output(graph, op, i, first.shape.elements() >= second.shape.elements() ? first : second);
  }
}

// Runs a body whose first inputs are carried from trip to trip until their types stand.
// Returns false after a complaint.
bool settle_carried(Graph& body, std::size_t first_input, std::size_t first_output, std::size_t carried,
                    std::int64_t trips, const BodyShaper& shaper) {
  for (int round = 0;; ++round) {
    if (!shaper.shape(body)) return false;
    bool settled = true;
    for (std::size_t i = 0; i < carried; ++i) {
      Tensor& in = body.tensor(body.inputs()[first_input + i]);
      const Tensor& yielded = body.tensor(body.outputs()[first_output + i]);
      const TensorType& out = yielded.type;
      if ((in.sequence == nullptr) != (yielded.sequence == nullptr)) {
        shaper.fail("it carries a tensor that becomes a sequence, or a sequence that becomes a tensor");
        return false;
      }
      if (in.sequence != nullptr || in.type.shape == out.shape) continue;
      settled = false;
      if (round == 0) in.type.shape = out.shape;
    }
    if (settled || trips <= 1) return true;
    if (round == 1) {
      shaper.fail("a value it carries changes its shape with every trip, which is not modelled");
      return false;
    }
    shaper.warn(
        "a value it carries changes its shape in the first trip; every trip is counted with the later shape");
  }
}

void shape_loop(Graph& graph, Operator& op, const BodyShaper& shaper) {
  Graph* body = body_of(op, "body", shaper);
  if (body == nullptr) return;
  if (op.inputs.size() < 2)
    return shaper.fail("it takes a trip count and a condition, both of which may be empty");
  const std::size_t carried = op.inputs.size() - 2;
  if (body->inputs().size() != carried + 2 || body->outputs().size() < carried + 1) {
    return shaper.fail("its body does not take and yield what the loop carries");
  }
  const auto known = [&](std::size_t input) -> std::optional<std::int64_t> {
    if (op.inputs[input] == none) return std::nullopt;
    const Tensor& tensor = graph.tensor(op.inputs[input]);
    if (tensor.value == nullptr || tensor.value->ints.size() != 1) return std::nullopt;
    return tensor.value->ints[0];
  };
  std::optional<std::int64_t> trips = known(0);
  const bool is_open_ended = !trips || *trips >= saturated;  // exporters write "while" as INT64_MAX trips
  if (known(1) == 0) {
    trips = 0;
  } else if (is_open_ended || shaper.options.trips.contains(op.name)) {
    trips = asked_trips(graph, op, carried, shaper);
  }
  if (!trips) return;
  op.trips = std::max<std::int64_t>(0, *trips);

  hand_in_captured(graph, *body);
  Tensor& counter = body->tensor(body->inputs()[0]);
  counter.type = {DType::int64, {}};
  // A loop that runs once (exporters write such) has but one value of its counter.
  counter.value =
      op.trips == 1 ? std::make_shared<const Constant>(Constant{.type = counter.type, .ints = {0}}) : nullptr;
  counter.is_constant = counter.value != nullptr;
  Tensor& condition = body->tensor(body->inputs()[1]);
  condition.type = {DType::boolean, {}};
  for (std::size_t i = 0; i < carried; ++i) {
    if (op.inputs[i + 2] == none) return shaper.fail("a value it carries is left out");
    hand_in(body->tensor(body->inputs()[i + 2]), graph.tensor(op.inputs[i + 2]), op.trips == 1);
  }
  if (!settle_carried(*body, 2, 1, carried, op.trips, shaper)) return;
  for (std::size_t i = 0; i < op.outputs.size() && i + 1 < body->outputs().size(); ++i) {
    const Tensor& yielded = body->tensor(body->outputs()[i + 1]);
    TensorType type = yielded.type;
    if (i < carried && op.trips == 0) type = graph.tensor(op.inputs[i + 2]).type;
    if (i >= carried && yielded.sequence != nullptr) return shaper.fail("a loop cannot stack sequences");
    if (yielded.sequence != nullptr) {
      auto sequence = repeated(*graph.tensor(op.inputs[i + 2]).sequence, *yielded.sequence, op.trips);
      if (sequence == nullptr)
        return shaper.fail("a sequence it carries changes in a way that is not modelled");
      set_output(graph, op, i, std::move(sequence));
      continue;
    }
    if (i >= carried) {
      std::vector<std::int64_t> extents = type.shape.extents();
      extents.insert(extents.begin(), op.trips);
      type.shape = Shape(std::move(extents));
    }
    if (!is_possible(type.shape, shaper)) return;
    set_output(graph, op, i, std::move(type));
  }
}

// Scan of opset 8 runs over a batch too: axis 0 is the batch and axis 1 the sequence; from 9 the axes are given.
void shape_scan(Graph& graph, Operator& op, const BodyShaper& shaper) {
  Graph* body = body_of(op, "body", shaper);
  if (body == nullptr) return;
  const bool is_batched = op.opset < 9;
  const std::size_t first = is_batched ? 1 : 0;  // behind the sequence lengths
  const AttributeValue* number = op.attributes.find("num_scan_inputs");
  const auto* scanned = number == nullptr ? nullptr : std::get_if<std::int64_t>(number);
  const std::size_t inputs = op.inputs.size() < first ? 0 : op.inputs.size() - first;
  if (scanned == nullptr || *scanned < 1 || static_cast<std::size_t>(*scanned) > inputs) {
    return shaper.fail("attribute 'num_scan_inputs' is missing or more than there are");
  }
  const std::size_t states = inputs - static_cast<std::size_t>(*scanned);
  if (body->inputs().size() != inputs || body->outputs().size() < states ||
      body->outputs().size() < op.outputs.size()) {
    return shaper.fail("its body does not take and yield what the scan hands over");
  }
  const auto axes = [&](std::string_view name, std::size_t index, std::int64_t rank) -> std::int64_t {
    const AttributeValue* value = op.attributes.find(name);
    const auto* list = value == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(value);
    if (list == nullptr || index >= list->size()) return 0;
    const std::int64_t axis = (*list)[index];
    return axis < 0 ? axis + rank : axis;
  };
  hand_in_captured(graph, *body);
  std::int64_t length = -1;
  std::int64_t batch = 1;
  for (std::size_t i = 0; i < inputs; ++i) {
    if (op.inputs[first + i] == none) return shaper.fail("an input is left out");
    Tensor& inner = body->tensor(body->inputs()[i]);
    hand_in(inner, graph.tensor(op.inputs[first + i]), false);
    if (inner.sequence != nullptr) return shaper.fail("it takes tensors, not sequences");
    std::vector<std::int64_t> extents = inner.type.shape.extents();
    if (is_batched) {
      if (extents.empty()) return shaper.fail("an input lacks the batch axis");
      batch = extents.front();
      extents.erase(extents.begin());
    }
    if (i >= states) {
      const auto rank = static_cast<std::int64_t>(extents.size());
      const std::int64_t axis = is_batched ? 0 : axes("scan_input_axes", i - states, rank);
      if (axis < 0 || axis >= rank) return shaper.fail("an axis it scans does not exist");
      const std::int64_t extent = extents[static_cast<std::size_t>(axis)];
      if (length >= 0 && extent != length) return shaper.fail("the sequences it scans differ in length");
      length = extent;
      extents.erase(extents.begin() + axis);
    }
    inner.type.shape = Shape(std::move(extents));
  }
  if (!settle_carried(*body, 0, 0, states, length, shaper)) return;
  op.trips = saturating_multiply(length, batch);
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    TensorType type = body->tensor(body->outputs()[i]).type;
    std::vector<std::int64_t> extents = type.shape.extents();
    if (i >= states) {
      const auto rank = static_cast<std::int64_t>(extents.size()) + 1;
      const std::int64_t axis = is_batched ? 0 : axes("scan_output_axes", i - states, rank);
      if (axis < 0 || axis >= rank) return shaper.fail("an axis it yields does not exist");
      extents.insert(extents.begin() + axis, length);
    }
    if (is_batched) extents.insert(extents.begin(), batch);
    type.shape = Shape(std::move(extents));
    if (!is_possible(type.shape, shaper)) return;
    set_output(graph, op, i, std::move(type));
  }
}

// Runs its body once for every tensor of its sequences.
void shape_sequence_map(Graph& graph, Operator& op, const BodyShaper& shaper) {
  Graph* body = body_of(op, "body", shaper);
  if (body == nullptr) return;
  if (body->inputs().size() != op.inputs.size() || body->outputs().size() < op.outputs.size()) {
    return shaper.fail("its body does not take and yield what the operator hands over");
  }
  hand_in_captured(graph, *body);
  op.trips = -1;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.inputs[i] == none) return shaper.fail("an input is left out");
    const Tensor& outer = graph.tensor(op.inputs[i]);
    Tensor& inner = body->tensor(body->inputs()[i]);
    hand_in(inner, outer, outer.sequence == nullptr);
    if (outer.sequence == nullptr) continue;
    const std::vector<Sequence::Run>& runs = outer.sequence->runs;
    if (runs.size() != 1)
      return shaper.fail("mapping an empty sequence or one of unlike tensors is not modelled");
    if (op.trips >= 0 && runs[0].count != op.trips) return shaper.fail("its sequences differ in length");
    op.trips = runs[0].count;
    inner.type = runs[0].type;
    inner.sequence = nullptr;
  }
  if (op.trips < 0) return shaper.fail("it takes no sequence");
  if (!shaper.shape(*body)) return;
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    const Tensor& yielded = body->tensor(body->outputs()[i]);
    if (yielded.sequence != nullptr) return shaper.fail("sequences of sequences are not modelled");
    set_output(graph, op, i, std::make_shared<const Sequence>(Sequence{{{yielded.type, op.trips}}}));
  }
}

using Rule = void (*)(Graph& graph, Operator& op, const BodyShaper& shaper);

Rule rule_of(const Operator& op) {
  if (op.type != nullptr || !op.domain.empty()) return nullptr;
  if (op.kind == "If") return shape_if;
  if (op.kind == "Loop") return shape_loop;
  if (op.kind == "Scan") return shape_scan;
  if (op.kind == "SequenceMap") return shape_sequence_map;
  return nullptr;
}

}  // namespace

bool is_control_flow(const Operator& op) { return rule_of(op) != nullptr; }

void shape_control_flow(Graph& graph, OperatorId id, const BodyShaper& shaper) {
  Operator& op = graph.op(id);
  const std::size_t known = op.kind == "If" ? 2 : 1;
  // A graph that no rule shapes would be counted with the shapes it happens to have.
  if (op.bodies.size() > known) return shaper.fail("it holds a graph that is none of its branches or bodies");
  rule_of(op)(graph, op, shaper);
}

}  // namespace chipcast
