#include "graph/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace chipcast {
namespace {

// Networks hold lists of a few levels or detections; a list of many unlike tensors would be copied with every change.
constexpr std::size_t most_runs = 256;

using Run = Sequence::Run;

void append(Sequence& sequence, const Run& run) {
  if (run.count == 0) return;
  if (!sequence.runs.empty() && sequence.runs.back().type == run.type) {
    sequence.runs.back().count = saturating_add(sequence.runs.back().count, run.count);
  } else {
    sequence.runs.push_back(run);
  }
}

void append_all(Sequence& sequence, const Sequence& other) {
  for (const Run& run : other.runs) append(sequence, run);
}

// The first `length` tensors.
Sequence head(const Sequence& sequence, std::int64_t length) {
  Sequence result;
  for (const Run& run : sequence.runs) {
    const std::int64_t taken = std::min(run.count, length);
    append(result, {run.type, taken});
    length -= taken;
  }
  return result;
}

Sequence without_head(const Sequence& sequence, std::int64_t length) {
  Sequence result;
  for (const Run& run : sequence.runs) {
    const std::int64_t dropped = std::min(run.count, length);
    append(result, {run.type, run.count - dropped});
    length -= dropped;
  }
  return result;
}

// One operator's inputs and outputs, with complaints.
class Rule {
 public:
  Rule(Graph& graph, const Operator& op, const BodyShaper& shaper)
      : graph_(graph), op_(op), shaper_(shaper) {}

  void construct() {
    Sequence sequence;
    for (std::size_t i = 0; i < op_.inputs.size(); ++i) {
      if (!is_tensor(i)) return;
      append(sequence, {input(i).type, 1});
    }
    yield(std::move(sequence));
  }

  void insert() {
    if (!is_sequence(0) || !is_tensor(1)) return;
    const Sequence& before = *input(0).sequence;
    const std::optional<std::int64_t> at = position(2, before, before.length());
    if (!at) return;
    Sequence after = head(before, *at);
    append(after, {input(1).type, 1});
    append_all(after, without_head(before, *at));
    yield(std::move(after));
  }

  void erase() {
    if (!is_sequence(0)) return;
    const Sequence& before = *input(0).sequence;
    const std::optional<std::int64_t> at = position(1, before, before.length() - 1);
    if (!at) return;
    if (*at >= before.length()) return shaper_.fail("it erases from an empty sequence");
    Sequence after = head(before, *at);
    append_all(after, without_head(before, *at + 1));
    yield(std::move(after));
  }

  void at() {
    if (!is_sequence(0)) return;
    const Sequence& sequence = *input(0).sequence;
    const std::optional<std::int64_t> where = position(1, sequence, 0);
    if (!where) return;
    const Sequence rest = without_head(sequence, *where);
    if (rest.runs.empty()) return shaper_.fail("it reads behind the end of the sequence");
    yield_tensor(rest.runs.front().type);
  }

  void length() {
    if (is_sequence(0)) yield_integer(DType::int64, input(0).sequence->length());
  }

  void split() {
    if (!is_tensor(0)) return;
    const TensorType& whole = input(0).type;
    const std::optional<std::int64_t> axis = axis_within(whole.shape.rank());
    if (!axis) return;
    const bool has_parts = op_.inputs.size() > 1 && op_.inputs[1] != none;
    const std::int64_t extent = whole.shape[*axis];
    const auto part = [&](std::int64_t length, std::int64_t count) {
      Run run{whole, count};
      run.type.shape[*axis] = length;
      return run;
    };
    Sequence sequence;
    if (!has_parts) {
      Run run = part(1, extent);
      if (int_attribute("keepdims", 1) == 0) {
        std::vector<std::int64_t> extents = run.type.shape.extents();
        extents.erase(extents.begin() + *axis);
        run.type.shape = Shape(std::move(extents));
      }
      append(sequence, run);
      return yield(std::move(sequence));
    }
    const Tensor& parts = input(1);
    if (parts.value == nullptr) return shaper_.fail("the lengths to split into are computed from data");
    if (parts.type.shape.rank() == 0) {
      const std::int64_t length = parts.value->ints.empty() ? 0 : parts.value->ints[0];
      if (length <= 0) return shaper_.fail(fmt::format("it splits into pieces of {}", length));
      append(sequence, part(length, extent / length));
      if (extent % length != 0) append(sequence, part(extent % length, 1));
    } else {
      std::int64_t total = 0;
      for (const std::int64_t length : parts.value->ints) {
        if (length < 0) return shaper_.fail(fmt::format("it splits into pieces of {}", length));
        total = saturating_add(total, length);
        append(sequence, part(length, 1));
      }
      if (total != extent) {
        return shaper_.fail(fmt::format("the pieces make {}, but axis {} of shape {} has {}", total, *axis,
                                        format(whole.shape), extent));
      }
    }
    yield(std::move(sequence));
  }

  void concatenate() {
    if (!is_sequence(0)) return;
    const Sequence& sequence = *input(0).sequence;
    if (sequence.runs.empty()) return shaper_.fail("it concatenates an empty sequence, which has no shape");
    TensorType whole = sequence.runs.front().type;
    const bool is_new = int_attribute("new_axis", 0) != 0;
    const std::optional<std::int64_t> axis = axis_within(whole.shape.rank() + (is_new ? 1 : 0));
    if (!axis) return;
    std::int64_t total = 0;
    for (const Run& run : sequence.runs) {
      Shape rest = run.type.shape;
      if (!is_new && rest.rank() == whole.shape.rank()) rest[*axis] = whole.shape[*axis];
      if (rest != whole.shape) {
        return shaper_.fail(fmt::format("a tensor of shape {} does not fit beside one of shape {}",
                                        format(run.type.shape), format(whole.shape)));
      }
      const std::int64_t extent = is_new ? 1 : run.type.shape[*axis];
      total = saturating_add(total, saturating_multiply(extent, run.count));
    }
    std::vector<std::int64_t> extents = whole.shape.extents();
    if (is_new) extents.insert(extents.begin() + *axis, 1);
    extents[static_cast<std::size_t>(*axis)] = total;
    whole.shape = Shape(std::move(extents));
    yield_tensor(std::move(whole));
  }

  // Optional, OptionalGetElement and Identity hand on what they are given.
  void hand_on() {
    if (op_.inputs.empty() || op_.inputs[0] == none) return yield(Sequence());
    if (op_.outputs.empty() || op_.outputs[0] == none) return;
    Tensor& output = graph_.tensor(op_.outputs[0]);
    output.type = input(0).type;
    output.value = input(0).value;
    output.is_constant = input(0).is_constant;
    output.sequence = input(0).sequence;
  }

  void has_element() {
    const bool is_given = !op_.inputs.empty() && op_.inputs[0] != none;
    const bool is_empty = is_given && input(0).sequence != nullptr && input(0).sequence->runs.empty();
    yield_integer(DType::boolean, is_given && !is_empty ? 1 : 0);
  }

 private:
  const Tensor& input(std::size_t i) const { return graph_.tensor(op_.inputs[i]); }

  bool is_given(std::size_t i) const {
    if (i < op_.inputs.size() && op_.inputs[i] != none) return true;
    shaper_.fail(fmt::format("input {} is missing", i));
    return false;
  }
  bool is_sequence(std::size_t i) const {
    if (!is_given(i)) return false;
    if (input(i).sequence != nullptr) return true;
    shaper_.fail(fmt::format("input {} is a tensor, not a sequence", i));
    return false;
  }
  bool is_tensor(std::size_t i) const {
    if (!is_given(i)) return false;
    if (input(i).sequence == nullptr) return true;
    shaper_.fail(fmt::format("input {} is a sequence, not a tensor", i));
    return false;
  }

  // Where in the sequence; a place that only data decides is any place, as long as all tensors are alike.
  std::optional<std::int64_t> position(std::size_t i, const Sequence& sequence, std::int64_t fallback) const {
    const std::int64_t length = sequence.length();
    if (i >= op_.inputs.size() || op_.inputs[i] == none) return std::max<std::int64_t>(fallback, 0);
    const Constant* value = input(i).value.get();
    if (value == nullptr || value->ints.size() != 1) {
      if (sequence.runs.size() <= 1) return 0;
      shaper_.fail("the position in a sequence of unlike tensors is computed from data");
      return std::nullopt;
    }
    const std::int64_t at = value->ints[0] < 0 ? value->ints[0] + length : value->ints[0];
    if (at >= 0 && at <= length) return at;
    shaper_.fail(fmt::format("position {} is outside a sequence of {} tensors", value->ints[0], length));
    return std::nullopt;
  }

  std::int64_t int_attribute(std::string_view name, std::int64_t fallback) const {
    const AttributeValue* value = op_.attributes.find(name);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    return number == nullptr ? fallback : *number;
  }
  std::optional<std::int64_t> axis_within(std::int64_t rank) const {
    const std::int64_t axis = int_attribute("axis", 0);
    if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
    shaper_.fail(fmt::format("axis {} is outside a tensor of {} dimensions", axis, rank));
    return std::nullopt;
  }

  void yield(Sequence sequence) {
    if (sequence.runs.size() > most_runs) {
      return shaper_.fail(
          fmt::format("a sequence of more than {} unlike tensors is not modelled", most_runs));
    }
    if (op_.outputs.empty() || op_.outputs[0] == none) return;
    Tensor& output = graph_.tensor(op_.outputs[0]);
    output.type = {};
    output.value = nullptr;
    output.is_constant = false;
    output.sequence = std::make_shared<const Sequence>(std::move(sequence));
  }
  void yield_tensor(TensorType type) {
    if (type.shape.elements() > std::int64_t{1} << 50) {
      return shaper_.fail(
          fmt::format("an output of shape {} has more than 2^50 elements", format(type.shape)));
    }
    if (op_.outputs.empty() || op_.outputs[0] == none) return;
    Tensor& output = graph_.tensor(op_.outputs[0]);
    output.type = std::move(type);
    output.value = nullptr;
    output.is_constant = false;
    output.sequence = nullptr;
  }
  void yield_integer(DType dtype, std::int64_t number) {
    yield_tensor({dtype, {}});
    if (op_.outputs.empty() || op_.outputs[0] == none) return;
    Tensor& output = graph_.tensor(op_.outputs[0]);
    output.value = std::make_shared<const Constant>(Constant{.type = {dtype, {}}, .ints = {number}});
    output.is_constant = true;
  }

  Graph& graph_;
  const Operator& op_;
  const BodyShaper& shaper_;
};

struct Entry {
  std::string_view kind;
  void (Rule::*rule)();
};
constexpr Entry entries[] = {{"SequenceEmpty", &Rule::construct},
                             {"SequenceConstruct", &Rule::construct},
                             {"SequenceInsert", &Rule::insert},
                             {"SequenceErase", &Rule::erase},
                             {"SequenceAt", &Rule::at},
                             {"SequenceLength", &Rule::length},
                             {"SplitToSequence", &Rule::split},
                             {"ConcatFromSequence", &Rule::concatenate},
                             {"Optional", &Rule::hand_on},
                             {"OptionalGetElement", &Rule::hand_on},
                             {"OptionalHasElement", &Rule::has_element}};

const Entry* entry_of(const Graph& graph, const Operator& op) {
  static constexpr Entry identity{"Identity", &Rule::hand_on};
  if (!op.domain.empty()) return nullptr;
  const auto* found = std::ranges::find(entries, op.kind, &Entry::kind);
  if (found != std::end(entries)) return found;
  const bool hands_on_sequence = op.kind == identity.kind && !op.inputs.empty() && op.inputs[0] != none &&
                                 graph.tensor(op.inputs[0]).sequence != nullptr;
  return hands_on_sequence ? &identity : nullptr;
}

}  // namespace

std::int64_t Sequence::length() const {
  std::int64_t length = 0;
  for (const Run& run : runs) length = saturating_add(length, run.count);
  return length;
}

bool is_sequence_operator(const Graph& graph, const Operator& op) { return entry_of(graph, op) != nullptr; }

void shape_sequence_operator(Graph& graph, OperatorId id, const BodyShaper& shaper) {
  const Operator& op = graph.op(id);
  Rule rule(graph, op, shaper);
  (rule.*entry_of(graph, op)->rule)();
}

Bytes bytes_of(const Tensor& tensor) {
  if (tensor.sequence == nullptr) return bytes_of(tensor.type);
  Bytes bytes;
  for (const Run& run : tensor.sequence->runs) bytes += run.count * bytes_of(run.type);
  return bytes;
}

// A sequence holds copies of its tensors: making one, adding to it and joining it into one tensor move them once.
Cost cost_of_sequence_operator(const Graph& graph, const Operator& op) {
  Cost cost;
  if (op.outputs.empty() || op.outputs[0] == none) return cost;
  if (op.kind == "SequenceInsert") {
    cost.read = cost.written = bytes_of(graph.tensor(op.inputs[1]));
  } else if (op.kind == "SequenceConstruct" || op.kind == "SplitToSequence" ||
             op.kind == "ConcatFromSequence") {
    cost.read = cost.written = bytes_of(graph.tensor(op.outputs[0]));
  }
  return cost;
}

std::shared_ptr<const Sequence> repeated(const Sequence& before, const Sequence& after, std::int64_t trips) {
  if (trips <= 1) return std::make_shared<const Sequence>(trips <= 0 ? before : after);
  const std::int64_t growth = after.length() - before.length();
  Sequence result;
  if (before.runs.size() <= 1 && after.runs.size() <= 1) {  // tensors alike: only how many counts
    if (after.runs.empty()) return before.runs.empty() ? std::make_shared<const Sequence>(before) : nullptr;
    if (!before.runs.empty() && before.runs[0].type != after.runs[0].type) return nullptr;
    const std::int64_t length = saturating_add(before.length(), saturating_multiply(growth, trips));
    if (length < 0) return nullptr;
    append(result, {after.runs[0].type, length});
    return std::make_shared<const Sequence>(std::move(result));
  }
  if (growth < 0 || head(after, before.length()).runs != before.runs) return nullptr;
  const Sequence added = without_head(after, before.length());
  if (added.runs.size() > 1 && trips > static_cast<std::int64_t>(most_runs)) return nullptr;
  append_all(result, before);
  if (added.runs.size() == 1) {
    append(result, {added.runs[0].type, saturating_multiply(added.runs[0].count, trips)});
  } else {
    for (std::int64_t i = 0; i < trips && result.runs.size() <= most_runs; ++i) append_all(result, added);
  }
  if (result.runs.size() > most_runs) return nullptr;
  return std::make_shared<const Sequence>(std::move(result));
}

}  // namespace chipcast
