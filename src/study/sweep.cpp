#include "study/sweep.hpp"

#include <fmt/format.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <thread>

#include "study/judge.hpp"

namespace chipcast {
namespace {

constexpr std::uint64_t block_size = 4096;

struct BlockFindings {
  Findings findings;
  std::string text;
};

void add_range(std::vector<DesignRange>& done, DesignRange range) {
  if (range.from == range.to) return;
  const auto after = std::ranges::upper_bound(done, range.from, {}, &DesignRange::from);
  auto placed = done.insert(after, range);
  if (const auto next = std::next(placed); next != done.end() && next->from == placed->to) {
    placed->to = next->to;
    done.erase(next);
  }
  if (placed != done.begin() && std::prev(placed)->to == placed->from) {
    std::prev(placed)->to = placed->to;
    done.erase(placed);
  }
}

}  // namespace

std::string label(const Axis& axis) { return fmt::format("{}", fmt::join(axis.paths, " + ")); }

std::uint64_t Findings::designs() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void Findings::add(const Findings& other) {
  for (const DesignRange& range : other.done) add_range(done, range);
  for (std::size_t i = 0; i < standing_count; ++i) counts[i] += other.counts[i];
  for (std::size_t axis = 0; axis < effects.size(); ++axis) {
    for (std::size_t value = 0; value < effects[axis].size(); ++value) {
      Effect& mine = effects[axis][value];
      const Effect& others = other.effects[axis][value];
      mine.good += others.good;
      for (std::size_t i = 0; i < most_objectives; ++i) {
        mine.logarithms[i] += others.logarithms[i];
        mine.best[i] = std::min(mine.best[i], others.best[i]);
      }
    }
  }
  front.add(other.front);
}

std::vector<DesignRange> missing(DesignRange range, std::span<const DesignRange> done) {
  std::vector<DesignRange> gaps;
  for (const DesignRange& part : done) {
    if (part.from > range.from) gaps.push_back({range.from, std::min(part.from, range.to)});
    range.from = std::max(range.from, part.to);
    if (range.from >= range.to) return gaps;
  }
  if (range.from < range.to) gaps.push_back(range);
  return gaps;
}

std::string text_of(std::span<const DesignRange> ranges) {
  std::string text;
  for (const DesignRange& range : ranges)
    text += fmt::format("{}{}-{}", text.empty() ? "" : ", ", range.from, range.to);
  return text;
}

namespace {

// What one thread needs.
struct Workplace {
  std::vector<std::unique_ptr<Judge>> judges;  // by variant, made when first asked
  std::vector<std::uint32_t> choices;          // of a block, axis by axis within a design
  std::vector<std::size_t> variants;
  std::vector<Judged> judged;
};

// Workplaces that nobody is at.
class Workplaces {
 public:
  std::unique_ptr<Workplace> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Workplace>();
    std::unique_ptr<Workplace> last = std::move(free_.back());
    free_.pop_back();
    return last;
  }
  void give_back(std::unique_ptr<Workplace> workplace) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(workplace));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workplace>> free_;
};

}  // namespace

struct Sweep::Impl {
  Impl(Problem p, Space s, std::vector<std::uint64_t> all_strides)
      : problem(std::move(p)), space(std::move(s)), strides(std::move(all_strides)) {}

  Problem problem;
  Space space;
  std::vector<std::uint64_t> strides;  // of each variant axis in the number of a variant; 0 for the others
  mutable Workplaces workplaces;

  std::size_t variant_of(std::span<const std::uint32_t> choice) const {
    std::uint64_t variant = 0;
    for (std::size_t axis = 0; axis < strides.size(); ++axis) variant += strides[axis] * choice[axis];
    return static_cast<std::size_t>(variant);
  }
};

namespace {

std::vector<std::uint32_t> sizes_of(const Problem& problem) {
  std::vector<std::uint32_t> sizes;
  for (const Axis& axis : problem.axes) sizes.push_back(static_cast<std::uint32_t>(axis.values.size()));
  return sizes;
}

ParetoPoint point_of(const Problem& problem, std::uint64_t design, const Judged& judged) {
  ParetoPoint point{.design = design};
  for (std::size_t i = 0; i < problem.objectives.size(); ++i) {
    const double measure = judged.measures[problem.objectives[i].measure.index];
    point.goods[i] = problem.objectives[i].is_least ? measure : -measure;
  }
  return point;
}

// The designs of a block, judged: by variant, as only those of one go side by side.
template <class Choices>
void judge_block(std::vector<std::unique_ptr<Judge>>& judges, const Problem& problem, std::size_t axes,
                 std::span<const std::size_t> variants, const Choices& choices, std::span<Judged> judged) {
  std::vector<std::vector<std::uint32_t>> by_variant(problem.variants.size());
  for (std::size_t i = 0; i < variants.size(); ++i)
    by_variant[variants[i]].push_back(static_cast<std::uint32_t>(i));
  if (judges.empty()) judges.resize(problem.variants.size());
  for (std::size_t variant = 0; variant < by_variant.size(); ++variant) {
    if (by_variant[variant].empty()) continue;
    if (!judges[variant]) judges[variant] = std::make_unique<Judge>(problem, problem.variants[variant]);
    judges[variant]->judge(by_variant[variant], choices, axes, judged);
  }
}

}  // namespace

Sweep::Sweep(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sweep::~Sweep() = default;
Sweep::Sweep(Sweep&&) noexcept = default;

ParetoPoint Sweep::point(std::uint64_t design, const Judged& judged) const {
  return point_of(impl_->problem, design, judged);
}

std::uint64_t Sweep::designs() const { return impl_->space.designs(); }
const Problem& Sweep::problem() const { return impl_->problem; }
const Space& Sweep::space() const { return impl_->space; }

Findings Sweep::empty() const {
  Findings findings;
  Effect nothing;
  nothing.best.fill(std::numeric_limits<double>::infinity());
  for (const Axis& axis : impl_->problem.axes) findings.effects.emplace_back(axis.values.size(), nothing);
  findings.front = ParetoFront(impl_->problem.objectives.size());
  return findings;
}

namespace {

// What Space::choose has for the next design of a grid, without a division an axis.
void choose_next(const Problem& problem, std::span<const std::uint32_t> before,
                 std::span<std::uint32_t> choice) {
  std::ranges::copy(before, choice.begin());
  for (std::size_t axis = choice.size(); axis-- > 0;) {
    if (++choice[axis] < problem.axes[axis].values.size()) return;
    choice[axis] = 0;
  }
}

void judge_designs(const Space& space, const Problem& problem, const auto& variant_of,
                   std::span<const std::uint64_t> designs, Workplace& at) {
  const std::size_t axes = space.axes();
  at.choices.resize(designs.size() * axes);
  at.variants.resize(designs.size());
  at.judged.assign(designs.size(), {});
  for (std::size_t i = 0; i < designs.size(); ++i) {
    const auto choice = std::span(at.choices).subspan(i * axes, axes);
    const bool is_next =
        i > 0 && designs[i] == designs[i - 1] + 1 && problem.sampling.kind == Sampling::Kind::grid;
    if (is_next) {
      choose_next(problem, std::span(at.choices).subspan((i - 1) * axes, axes), choice);
    } else {
      space.choose(designs[i], choice);
    }
    at.variants[i] = variant_of(choice);
  }
  judge_block(at.judges, problem, axes, at.variants, at.choices, at.judged);
}

void add_design(Findings& findings, const Problem& problem, std::uint64_t design,
                std::span<const std::uint32_t> choice, const Judged& judged) {
  ++findings.counts[static_cast<std::size_t>(judged.standing)];
  if (judged.standing != Standing::good) return;
  const ParetoPoint point = point_of(problem, design, judged);
  findings.front.add(point);
  std::array<std::int64_t, most_objectives> logarithms = {};
  for (std::size_t i = 0; i < problem.objectives.size(); ++i) {
    if (point.goods[i] != 0)
      logarithms[i] = std::llround(std::log2(std::abs(point.goods[i])) * Effect::scale);
  }
  for (std::size_t axis = 0; axis < choice.size(); ++axis) {
    Effect& effect = findings.effects[axis][choice[axis]];
    ++effect.good;
    for (std::size_t i = 0; i < problem.objectives.size(); ++i) {
      effect.logarithms[i] += logarithms[i];
      effect.best[i] = std::min(effect.best[i], point.goods[i]);
    }
  }
}

}  // namespace

void Sweep::run(DesignRange range, Findings& findings, const SweepOptions& options) const {
  const Problem& problem = impl_->problem;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = options.threads != 0 ? std::min(options.threads, cores) : cores;
  tbb::task_arena arena(static_cast<int>(threads));
  const auto variant_of = [&](std::span<const std::uint32_t> choice) { return impl_->variant_of(choice); };
  bool is_stopped = false;
  const auto hand_out = [&](tbb::flow_control& flow) {
    const bool is_interrupted = options.is_stopped != nullptr && *options.is_stopped;
    const DesignRange block{range.from, std::min(range.to, range.from + block_size)};
    if (block.from == block.to || is_stopped || is_interrupted) flow.stop();
    range.from = block.to;
    return block;
  };
  const auto judge = [&](DesignRange block) {
    std::unique_ptr<Workplace> workplace = impl_->workplaces.take();
    Workplace& at = *workplace;
    std::vector<std::uint64_t> designs(block.to - block.from);
    std::iota(designs.begin(), designs.end(), block.from);
    judge_designs(impl_->space, problem, variant_of, designs, at);
    auto found = std::make_shared<BlockFindings>();
    found->findings = empty();
    found->findings.done = {block};
    const std::size_t axes = impl_->space.axes();
    for (std::size_t i = 0; i < designs.size(); ++i)
      add_design(found->findings, problem, designs[i], std::span(at.choices).subspan(i * axes, axes),
                 at.judged[i]);
    if (options.write) found->text = options.write(block.from, at.judged);
    impl_->workplaces.give_back(std::move(workplace));
    return found;
  };
  // In the order of the designs.
  const auto collect = [&](const std::shared_ptr<BlockFindings>& found) {
    if (is_stopped) return;
    findings.add(found->findings);
    if (options.on_block && !options.on_block(findings, found->text)) is_stopped = true;
  };
  arena.execute([&] {
    tbb::parallel_pipeline(
        2 * threads,
        tbb::make_filter<void, DesignRange>(tbb::filter_mode::serial_in_order, hand_out) &
            tbb::make_filter<DesignRange, std::shared_ptr<BlockFindings>>(tbb::filter_mode::parallel, judge) &
            tbb::make_filter<std::shared_ptr<BlockFindings>, void>(tbb::filter_mode::serial_in_order,
                                                                   collect));
  });
}

std::vector<Judged> Sweep::judge(std::span<const std::uint64_t> designs) const {
  std::unique_ptr<Workplace> at = impl_->workplaces.take();
  const auto variant_of = [&](std::span<const std::uint32_t> choice) { return impl_->variant_of(choice); };
  judge_designs(impl_->space, impl_->problem, variant_of, designs, *at);
  std::vector<Judged> judged = std::move(at->judged);
  impl_->workplaces.give_back(std::move(at));
  return judged;
}

Result<Sweep> make_sweep(Problem problem) {
  // Every variant understands every value.
  for (const Variant& variant : problem.variants) {
    const Diagnostics wrong = Judge::complaints(problem, variant);
    if (!wrong.empty()) return wrong;
  }
  Space space(sizes_of(problem), problem.sampling);
  std::vector<std::uint64_t> strides(problem.axes.size(), 0);
  std::uint64_t stride = 1;
  for (std::size_t axis = problem.axes.size(); axis-- > 0;) {
    if (!problem.is_variant_axis[axis]) continue;
    strides[axis] = stride;
    stride *= problem.axes[axis].values.size();
  }
  return Sweep(std::make_unique<Sweep::Impl>(std::move(problem), std::move(space), std::move(strides)));
}

}  // namespace chipcast
