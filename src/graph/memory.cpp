#include "graph/memory.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "graph/sequence.hpp"
#include "graph/topology.hpp"

namespace chipcast {
namespace {

constexpr std::int64_t most_bytes = std::int64_t{1} << 62;
constexpr std::int64_t alignment = 64;  // a cache line: what engines align tensors to

std::int64_t aligned(std::int64_t size) {
  return size > saturated - alignment ? saturated : (size + alignment - 1) / alignment * alignment;
}

// First-come best-fit allocation with coalescing: what an engine's arena planner does in one pass. An arena that
// outgrows 2^62 bytes is no longer planned: its extent is saturated, which becomes an error about the input.
class Arena {
 public:
  std::int64_t allocate(std::int64_t size) {
    if (size == 0) return 0;
    if (size > most_bytes - extent_) extent_ = saturated;
    if (extent_ == saturated) return 0;
    const auto fit = by_size_.lower_bound({size, 0});
    if (fit != by_size_.end()) {
      const auto [room, offset] = *fit;
      remove(offset, room);
      if (room > size) insert(offset + size, room - size);
      return offset;
    }
    std::int64_t offset = extent_;
    if (!by_offset_.empty()) {  // a hole at the end grows instead of being left behind
      const auto [last_offset, last_size] = *by_offset_.rbegin();
      if (last_offset + last_size == extent_) {
        offset = last_offset;
        remove(last_offset, last_size);
      }
    }
    extent_ = offset + size;
    return offset;
  }

  void release(std::int64_t offset, std::int64_t size) {
    if (size == 0 || extent_ == saturated) return;
    auto after = by_offset_.lower_bound(offset);
    if (after != by_offset_.end() && after->first == offset + size) {
      const auto [next_offset, next_size] = *after;
      remove(next_offset, next_size);
      size += next_size;
    }
    after = by_offset_.lower_bound(offset);
    if (after != by_offset_.begin()) {
      const auto [previous_offset, previous_size] = *std::prev(after);
      if (previous_offset + previous_size == offset) {
        remove(previous_offset, previous_size);
        offset = previous_offset;
        size += previous_size;
      }
    }
    insert(offset, size);
  }

  std::int64_t extent() const { return extent_; }

 private:
  void insert(std::int64_t offset, std::int64_t size) {
    by_offset_.emplace(offset, size);
    by_size_.emplace(size, offset);
  }
  void remove(std::int64_t offset, std::int64_t size) {
    by_offset_.erase(offset);
    by_size_.erase({size, offset});
  }

  std::map<std::int64_t, std::int64_t> by_offset_;           // holes
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;  // the same, as (size, offset)
  std::int64_t extent_ = 0;
};

class Planner {
 public:
  Planner(const Graph& graph, std::span<const OperatorId> order, std::span<const Storage> storage,
          std::span<const Bytes> scratch)
      : graph_(graph),
        order_(order),
        storage_(storage),
        scratch_(scratch),
        buffer_of_(graph.tensors().size(), none) {}

  ActivationPlan run() {
    find_buffers();
    sweep();
    return std::move(plan_);
  }

 private:
  void add_buffer(TensorId tensor, std::size_t position) {
    buffer_of_[tensor] = static_cast<std::uint32_t>(plan_.buffers.size());
    plan_.buffers.push_back(
        {.tensor = tensor, .size = bytes_of(graph_.tensor(tensor)), .first = position, .last = position});
  }

  void keep_until(TensorId tensor, std::size_t position) {
    const std::uint32_t buffer = buffer_of_[tensor];
    if (buffer != none) plan_.buffers[buffer].last = std::max(plan_.buffers[buffer].last, position);
  }

  void find_buffers() {
    for (const TensorId input : graph_.inputs()) add_buffer(input, 0);
    for (std::size_t position = 0; position < order_.size(); ++position) {
      const Operator& op = graph_.op(order_[position]);
      const Storage storage = storage_[order_[position]];
      for (const TensorId input : op.inputs) {
        if (input != none) keep_until(input, position);
      }
      for (const Body& body : op.bodies) {
        for (const Tensor& tensor : body.graph->tensors()) {
          if (tensor.origin == TensorOrigin::captured) keep_until(tensor.outer, position);
        }
      }
      if (storage == Storage::ahead) continue;
      bool is_first = true;
      for (const TensorId output : op.outputs) {
        if (output == none) continue;
        const bool shares =
            is_first && storage != Storage::fresh && !op.inputs.empty() && op.inputs[0] != none;
        if (!shares || storage == Storage::in_place) plan_.memory.sum += bytes_of(graph_.tensor(output));
        if (shares) {
          buffer_of_[output] = buffer_of_[op.inputs[0]];  // `none` for a view of a weight
        } else {
          add_buffer(output, position);
        }
        is_first = false;
      }
    }
    for (const TensorId output : graph_.outputs()) keep_until(output, order_.empty() ? 0 : order_.size() - 1);
  }

  void sweep() {
    std::vector<std::vector<std::uint32_t>> starting(order_.size() + 1), ending(order_.size() + 1);
    for (std::uint32_t i = 0; i < plan_.buffers.size(); ++i) {
      starting[plan_.buffers[i].first].push_back(i);
      ending[plan_.buffers[i].last].push_back(i);
    }
    Bytes live;
    Arena arena;
    for (std::size_t position = 0; position < starting.size(); ++position) {
      for (const std::uint32_t i : starting[position]) {
        Buffer& buffer = plan_.buffers[i];
        live += buffer.size;
        buffer.offset = arena.allocate(aligned(count_of(buffer.size))) * byte;
      }
      const Bytes scratch = position < order_.size() ? scratch_[order_[position]] : Bytes();
      plan_.memory.peak = std::max(plan_.memory.peak, live + scratch);
      if (scratch > Bytes()) {
        const std::int64_t size = aligned(count_of(scratch));
        arena.release(arena.allocate(size), size);
      }
      for (const std::uint32_t i : ending[position]) {
        const Buffer& buffer = plan_.buffers[i];
        live -= buffer.size;
        arena.release(count_of(buffer.offset), aligned(count_of(buffer.size)));
      }
    }
    plan_.memory.arena = arena.extent() * byte;
  }

  const Graph& graph_;
  std::span<const OperatorId> order_;
  std::span<const Storage> storage_;
  std::span<const Bytes> scratch_;
  std::vector<std::uint32_t> buffer_of_;  // by tensor
  ActivationPlan plan_;
};

}  // namespace

ActivationPlan plan_activations(const Graph& graph, std::span<const OperatorId> order,
                                std::span<const Storage> storage, std::span<const Bytes> scratch) {
  return Planner(graph, order, storage, scratch).run();
}

}  // namespace chipcast
