// A network at several precisions: which kernel runs at which, and what changes of precision between them cost.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/workload.hpp"

namespace chipcast {
namespace {

constexpr std::size_t most_named = 3;  // operators, in a note

class Mixer {
 public:
  Mixer(const Graph& graph, const Complexity& complexity, const Target& target, const KeptOperators& kept,
        const WorkloadMaker& maker, Workload plain)
      : graph_(graph),
        complexity_(complexity),
        target_(target),
        kept_(kept),
        maker_(maker),
        mixed_(std::move(plain)),
        writer_(graph.tensors().size(), none) {}

  Workload run() {
    choose_targets();
    find_tensors();
    store_weights();
    const bool converts_inside = target_.runtime->fuses(FusionRule::elementwise_chain);
    choose_formats(converts_inside);
    store_activations(converts_inside);
    if (converts_inside) {
      for (std::size_t i = 0; i < groups().size(); ++i) convert_inside(i);
    } else {
      insert_casts();
    }
    find_alike(mixed_);
    return std::move(mixed_);
  }

 private:
  // A tensor that goes from one group to others.
  struct Passed {
    std::vector<std::size_t> readers;  // in order
    bool is_output = false;            // of the network
    Precision format = Precision::fp32;
  };
  using PassedEntry = std::pair<const TensorId, Passed>;

  std::vector<GroupWork>& groups() { return mixed_.groups; }
  const FusedGroup& fused(std::size_t group) const { return mixed_.fusion.groups[group]; }
  Precision format_of(std::size_t group) const { return target_.at(mixed_.groups[group].target).stored_as; }
  double elements(TensorId tensor) const {
    return static_cast<double>(graph_.tensor(tensor).type.shape.elements());
  }
  // Indices and masks stay what they are.
  bool has_precision(TensorId tensor) const {
    const DType dtype = graph_.tensor(tensor).type.dtype;
    return is_floating(dtype) || is_quantized(dtype);
  }
  static double width(Precision stored, Precision own) {
    return static_cast<double>(bits(stored)) / static_cast<double>(bits(own));
  }

  std::uint32_t target_at(std::size_t row) const {
    const std::optional<Precision>& wanted = kept_.precisions[row];
    if (!wanted) return 0;
    const auto found = std::ranges::find(target_.options.kept, *wanted);
    return static_cast<std::uint32_t>(found - target_.options.kept.begin() + 1);
  }

  void choose_targets() {
    std::vector<std::string> elsewhere;
    for (std::size_t i = 0; i < groups().size(); ++i) {
      groups()[i].target = target_at(fused(i).main);
      for (const std::size_t row : fused(i).rows) {
        if (kept_.precisions[row] && target_at(row) != groups()[i].target)
          elsewhere.push_back(complexity_.operators[row].name);
      }
    }
    if (elsewhere.empty()) return;
    const std::size_t shown = std::min(most_named, elsewhere.size());
    mixed_.notes.push_back(fmt::format(
        "{} of the operators that are kept run at another precision, inside the kernels they are fused into: "
        "{}{}",
        elsewhere.size(),
        fmt::join(elsewhere.begin(), elsewhere.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
        shown < elsewhere.size() ? ", ..." : ""));
  }

  void find_tensors() {
    for (std::size_t i = 0; i < groups().size(); ++i) {
      for (const TensorId tensor : fused(i).reads) {
        if (has_precision(tensor) && !graph_.tensor(tensor).is_constant) passed_[tensor].readers.push_back(i);
      }
      for (const TensorId tensor : fused(i).writes) {
        if (!has_precision(tensor)) continue;
        passed_[tensor];
        writer_[tensor] = static_cast<std::uint32_t>(i);
      }
    }
    for (const TensorId output : graph_.outputs()) {
      const auto found = passed_.find(mixed_.fusion.storage[output]);
      if (found != passed_.end()) found->second.is_output = true;
    }
  }

  // Once for each precision it is read at.
  void store_weights() {
    Stored& stored = mixed_.stored.emplace();
    stored.weight_bytes.resize(target_.kept.size() + 1);
    std::set<std::pair<TensorId, int>> counted;
    for (std::size_t i = 0; i < groups().size(); ++i) {
      const std::uint32_t target = groups()[i].target;
      const int stored_bits = target_.at(target).weight_bits;
      for (const TensorId tensor : fused(i).reads) {
        const Tensor& t = graph_.tensor(tensor);
        if (!t.is_constant || t.is_absorbed || !has_precision(tensor)) continue;
        if (counted.insert({tensor, stored_bits}).second)
          stored.weight_bytes[target] += elements(tensor) * stored_bits / 8;
      }
    }
    for (const double bytes : stored.weight_bytes) stored.all_weight_bytes += bytes;
  }

  // What comes from outside is stored at the widest precision that reads it.
  void choose_formats(bool converts_inside) {
    for (auto& [tensor, passed] : passed_) {
      const bool is_written = writer_[tensor] != none;
      if (is_written) passed.format = format_of(writer_[tensor]);
      if (passed.readers.empty()) continue;
      Precision widest = format_of(passed.readers.front());
      for (const std::size_t reader : passed.readers) {
        if (bits(format_of(reader)) > bits(widest)) widest = format_of(reader);
      }
      const bool is_narrowed = converts_inside && !passed.is_output && bits(widest) < bits(passed.format);
      if (!is_written || is_narrowed) passed.format = widest;
    }
  }

  // ---- what is live at once

  // The arena that the whole network has at the precision of its graph, times what the tensors between kernels hold when
  // most is live, over what they would hold at that precision.
  void store_activations(bool converts_inside) {
    const std::size_t end = groups().size();
    std::vector<double> plain(end + 2, 0), mixed(end + 2, 0);  // how much more is live from here on
    const auto add = [](std::vector<double>& live, std::size_t first, std::size_t last, double bytes) {
      live[first] += bytes;
      live[last + 1] -= bytes;
    };
    for (const auto& [tensor, passed] : passed_) {
      const std::size_t first = writer_[tensor] == none ? 0 : writer_[tensor];
      const std::size_t last = passed.is_output         ? end
                               : passed.readers.empty() ? first
                                                        : passed.readers.back();
      const double bytes = in(bytes_of(graph_.tensor(tensor).type), byte);
      add(plain, first, last, bytes);
      add(mixed, first, last, bytes * bits(passed.format) / 32);
      if (converts_inside) continue;
      std::map<Precision, std::pair<std::size_t, std::size_t>> copies;  // first and last reader
      for (const std::size_t reader : passed.readers) {
        if (format_of(reader) != passed.format)
          copies.try_emplace(format_of(reader), reader, reader).first->second.second = reader;
      }
      for (const auto& [format, life] : copies)
        add(mixed, life.first, life.second, bytes * bits(format) / 32);
    }
    const double at_most = most_live(plain);
    const double share = at_most > 0 ? most_live(mixed) / at_most : bits(target_.stored_as) / 32.0;
    mixed_.stored->activation_peak_bytes = mixed_.activation_peak_bytes * share;
  }

  static double most_live(const std::vector<double>& changes) {
    double live = 0, most = 0;
    for (const double change : changes) most = std::max(most, live += change);
    return most;
  }

  // ---- conversions

  void convert_inside(std::size_t i) {
    GroupWork& group = groups()[i];
    const Precision own = format_of(i);
    const auto convert = [&](TensorId tensor, double count, double& counted) {
      const auto found = passed_.find(tensor);
      if (found == passed_.end() || found->second.format == own) return;
      counted += count * (width(found->second.format, own) - 1);
      group.converted += count;
      group.flops += count;
    };
    for (const TensorId tensor : fused(i).reads)
      convert(tensor, maker_.elements_read(fused(i), tensor, mixed_.fusion.storage),
              group.activation_elements_read);
    for (const TensorId tensor : fused(i).writes)
      convert(tensor, elements(tensor), group.activation_elements_written);
  }

  // Before the first that reads what they write.
  void insert_casts() {
    std::vector<GroupWork> all;
    std::vector<FusedGroup> all_fused;
    std::vector<std::vector<std::size_t>> predecessors;
    std::vector<std::size_t> place;  // of each group now
    std::map<std::pair<TensorId, Precision>, std::size_t> casts;
    for (std::size_t i = 0; i < groups().size(); ++i) {
      std::vector<std::size_t> before;
      for (const std::size_t group : mixed_.predecessors[i]) before.push_back(place[group]);
      for (const TensorId tensor : fused(i).reads) {
        const auto found = passed_.find(tensor);
        if (found == passed_.end() || found->second.format == format_of(i)) continue;
        const auto [cast, is_new] = casts.try_emplace({tensor, format_of(i)}, all.size());
        before.push_back(cast->second);
        if (!is_new) continue;
        all.push_back(cast_of(*found, i));
        all_fused.push_back({.rows = {}, .let_in_by = {}, .main = fused(i).main, .reads = {tensor}});
        predecessors.emplace_back();
        if (writer_[tensor] != none) predecessors.back().push_back(place[writer_[tensor]]);
      }
      place.push_back(all.size());
      all.push_back(std::move(groups()[i]));
      all_fused.push_back(std::move(mixed_.fusion.groups[i]));
      predecessors.push_back(std::move(before));
    }
    mixed_.groups = std::move(all);
    mixed_.fusion.groups = std::move(all_fused);
    mixed_.predecessors = std::move(predecessors);
  }

  GroupWork cast_of(const PassedEntry& from, std::size_t reader) const {
    const Precision to = format_of(reader);
    GroupWork cast;
    cast.name = fmt::format("{} as {}", graph_.tensor(from.first).name, name(to));
    cast.kind = WorkKind::elementwise;
    cast.flops = cast.converted = elements(from.first);
    cast.activation_elements_read = cast.flops * width(from.second.format, to);
    cast.activation_elements_written = cast.flops;
    cast.target = mixed_.groups[reader].target;
    return cast;
  }

  const Graph& graph_;
  const Complexity& complexity_;
  const Target& target_;
  const KeptOperators& kept_;
  const WorkloadMaker& maker_;
  Workload mixed_;
  std::vector<std::uint32_t> writer_;  // of each tensor, its group
  std::map<TensorId, Passed> passed_;
};

}  // namespace

Workload WorkloadMaker::operator()(const Target& target, const KeptOperators& kept) const {
  Workload plain = (*this)(*target.runtime);
  if (target.kept.empty() || kept.precisions.empty()) return plain;
  return Mixer(graph_, complexity_, target, kept, *this, std::move(plain)).run();
}

}  // namespace chipcast
