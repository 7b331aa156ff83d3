#include "ops/loop_nest.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/quantity.hpp"

namespace chipcast {

Affine Affine::of_loop(int loop) {
  Affine index;
  index.terms_[0] = {loop, 1};
  index.count_ = 1;
  return index;
}

Affine operator+(Affine a, const Affine& b) {
  a.offset_ += b.offset_;
  for (const AffineTerm& term : b.terms()) {
    assert(a.count_ < Affine::most_terms);
    a.terms_[a.count_++] = term;
  }
  return a;
}

Affine operator*(Affine a, std::int64_t factor) {
  a.offset_ = saturating_multiply(a.offset_, factor);
  for (std::size_t i = 0; i < a.count_; ++i) {
    a.terms_[i].coefficient = saturating_multiply(a.terms_[i].coefficient, factor);
  }
  return a;
}

Affine LoopNest::loop(std::string_view name, std::int64_t extent) {
  loops_.push_back({name, extent});
  return Affine::of_loop(static_cast<int>(loops_.size()) - 1);
}

void LoopNest::read(Operand operand, const Shape& shape, std::vector<Affine> axes) {
  assert(static_cast<std::int64_t>(axes.size()) == shape.rank());
  accesses_.push_back({operand, false, shape, std::move(axes)});
}

void LoopNest::write(Operand operand, const Shape& shape, std::vector<Affine> axes) {
  assert(static_cast<std::int64_t>(axes.size()) == shape.rank());
  accesses_.push_back({operand, true, shape, std::move(axes)});
}

std::int64_t LoopNest::points() const {
  std::int64_t product = 1;
  for (const Loop& loop : loops_) {
    if (loop.extent == 0) return 0;
    product = saturating_multiply(product, loop.extent);
  }
  return product;
}

namespace {

using Wide = __int128;  // products of an extent and a coefficient never overflow in it

// The values step * i, 0 <= i < length.
struct Progression {
  Wide step = 1;
  Wide length = 1;
};

// Past this many combinations of the minor loops of one axis the count is an upper bound. No operator of ours
// comes near: the minor loop of a convolution's axis is its kernel.
constexpr Wide most_combinations = 1 << 16;

std::int64_t narrow(Wide value) {
  return value > Wide{saturated} ? saturated : static_cast<std::int64_t>(value);
}

Wide floor_divide(Wide a, Wide b) { return a / b - ((a % b != 0 && a < 0) ? 1 : 0); }
Wide ceil_divide(Wide a, Wide b) { return -floor_divide(-a, b); }

// {a*i + b*j} is one progression when b is a multiple of a and the runs of a leave no gap between steps of b.
void merge_dense(std::vector<Progression>& terms) {
  std::ranges::sort(terms, {}, &Progression::step);
  for (std::size_t i = 0; i + 1 < terms.size();) {
    const Wide ratio = terms[i + 1].step / terms[i].step;
    if (terms[i + 1].step % terms[i].step == 0 && ratio <= terms[i].length) {
      terms[i].length += ratio * (terms[i + 1].length - 1);
      terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    } else {
      ++i;
    }
  }
}

// How many values of offset + a progression fall into [0, size).
std::int64_t values_of(const Progression& one, Wide offset, Wide size) {
  Wide first = std::max<Wide>(0, -offset), last = size - 1 - offset;
  if (one.step != 1) {  // mostly it is 1, and a wide division is slow
    first = ceil_divide(first, one.step);
    last = floor_divide(last, one.step);
  }
  last = std::min(last, one.length - 1);
  return first <= last ? narrow(last - first + 1) : 0;
}

// How many distinct values offset + sum of terms fall into [0, size). The terms are used up.
std::int64_t distinct_values(std::vector<Progression>& terms, Wide offset, Wide size) {
  if (terms.size() > 1) merge_dense(terms);
  if (terms.empty()) return offset >= 0 && offset < size ? 1 : 0;
  if (terms.size() == 1) return values_of(terms[0], offset, size);

  const auto longest = std::ranges::max_element(terms, {}, &Progression::length);
  const Progression base = *longest;
  terms.erase(longest);

  Wide combinations = 1;
  for (const Progression& term : terms) combinations *= std::min(term.length, most_combinations + 1);
  if (combinations > most_combinations) {
    Wide values = base.length;
    for (const Progression& term : terms) values = std::min(values * term.length, size);
    return narrow(std::min(values, size));
  }
  std::vector<Wide> starts = {offset};
  for (const Progression& term : terms) {
    const std::size_t before = starts.size();
    for (Wide i = 1; i < term.length; ++i) {
      for (std::size_t s = 0; s < before; ++s) starts.push_back(starts[s] + term.step * i);
    }
  }
  // Values of one residue form intervals [first, last] of quotients; unite them residue by residue.
  struct Interval {
    Wide residue, first, last;
  };
  std::vector<Interval> intervals;
  for (const Wide start : starts) {
    const Wide quotient = floor_divide(start, base.step);
    const Wide residue = start - quotient * base.step;
    const Wide first = std::max(quotient, ceil_divide(-residue, base.step));
    const Wide last = std::min(quotient + base.length - 1, floor_divide(size - 1 - residue, base.step));
    if (first <= last) intervals.push_back({residue, first, last});
  }
  std::ranges::sort(intervals, [](const Interval& a, const Interval& b) {
    return std::pair(a.residue, a.first) < std::pair(b.residue, b.first);
  });
  Wide count = 0;
  for (std::size_t i = 0; i < intervals.size();) {
    Interval run = intervals[i];
    for (++i;
         i < intervals.size() && intervals[i].residue == run.residue && intervals[i].first <= run.last + 1;
         ++i) {
      run.last = std::max(run.last, intervals[i].last);
    }
    count += run.last - run.first + 1;
  }
  return narrow(count);
}

}  // namespace

std::int64_t footprint(const Access& access, std::span<const LoopRange> tile) {
  if (std::ranges::any_of(tile, [](const LoopRange& range) { return range.extent <= 0; })) return 0;
  std::int64_t product = 1;
  std::vector<int> determined;  // loops that an earlier axis fixes: a diagonal is as long as one axis
  determined.reserve(2 * access.axes.size());
  std::vector<Progression> terms;
  for (std::size_t axis = 0; axis < access.axes.size(); ++axis) {
    terms.clear();
    Wide offset = access.axes[axis].offset();
    bool repeats = !access.axes[axis].terms().empty();
    for (const AffineTerm& term : access.axes[axis].terms()) {
      const LoopRange& range = tile[static_cast<std::size_t>(term.loop)];
      repeats = repeats && std::ranges::find(determined, term.loop) != determined.end();
      offset += Wide{term.coefficient} * range.start;
      Wide step = term.coefficient;
      if (step < 0) {  // the same values, counted from the other end
        offset += step * (range.extent - 1);
        step = -step;
      }
      if (step != 0 && range.extent > 1) terms.push_back({step, range.extent});
    }
    if (repeats) continue;
    for (const AffineTerm& term : access.axes[axis].terms()) determined.push_back(term.loop);
    const std::int64_t extent = access.shape[static_cast<std::int64_t>(axis)];
    product = saturating_multiply(product, distinct_values(terms, offset, extent));
  }
  return product;
}

std::int64_t footprint(const Access& access, const LoopNest& nest) {
  std::vector<LoopRange> whole;
  whole.reserve(nest.loops().size());
  for (const Loop& loop : nest.loops()) whole.push_back({0, loop.extent});
  return footprint(access, whole);
}

}  // namespace chipcast
