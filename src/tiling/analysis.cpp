// Turns a nest into fused loops and tensors: which axes are plain, which are windows, which loops are one.
#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>

#include "tiling/space.hpp"

namespace chipcast::tiling {
namespace {

using Int = std::int64_t;
using Mask =
    std::uint64_t;  // of the nest's loops or accesses: those beyond 64 are never split, or moved once

// Larger extents and steps are not split, nor is an axis that reaches farther, so that no product overflows.
constexpr Int huge = Int{1} << 40;
constexpr Int farthest = Int{1} << 60;

enum class AxisKind { skipped, plain, windowed, rigid };

struct AxisForm {
  std::size_t access = 0, axis = 0;
  AxisKind kind = AxisKind::skipped;
  Mask loops = 0;
  WindowAxis window;  // of the loops in the order below
  int loop_a = -1, loop_b = -1;
};

bool same_window(const AxisForm& a, const AxisForm& b) {
  return a.loop_a == b.loop_a && a.loop_b == b.loop_b && a.window == b.window;
}

struct Term {
  int loop;
  Int step, extent;
};

class Analysis {
 public:
  Analysis(const TilingProblem& problem, Space& space) : nest_(*problem.nest), space_(space) {
    for (std::size_t i = 0; i < nest_.accesses().size(); ++i) {
      const ElementBits bits = i < problem.elements.size() ? problem.elements[i] : ElementBits{};
      Tensor tensor;
      tensor.writes = nest_.accesses()[i].writes;
      tensor.bits = space_.points == 0 ? 0 : std::max(0, bits.bits);
      tensor.partial_bits = bits.partial_bits > 0 && tensor.writes ? bits.partial_bits : tensor.bits;
      space_.tensors.push_back(tensor);
      if (tensor.bits > 0 && i < 64) classify_axes(i);
    }
    settle_windows();
    fuse();
    describe_tensors();
  }

 private:
  const Loop& loop(int index) const { return nest_.loops()[static_cast<std::size_t>(index)]; }

  void classify_axes(std::size_t access) {
    const Access& a = nest_.accesses()[access];
    Mask determined = 0;
    for (std::size_t axis = 0; axis < a.axes.size(); ++axis) {
      AxisForm form;
      form.access = access;
      form.axis = axis;
      std::array<Term, Affine::most_terms> terms;
      const std::size_t count = terms_of(a.axes[axis], terms, form);
      const std::span<Term> used(terms.data(), count);
      const bool is_fixed = form.loops == 0;  // one element, or padding only
      if (!is_fixed && (form.loops & ~determined) == 0) {
        form.kind = AxisKind::skipped;  // a diagonal, see ops/loop_nest.cpp
      } else if (is_fixed || (form.loops & determined) != 0 || overflow_) {
        form.kind = AxisKind::rigid;
      } else {
        form.kind = kind_of(a, axis, used, form);
      }
      if (!a.axes[axis].terms().empty()) determined |= form.loops;
      forms_.push_back(form);
    }
  }

  std::size_t terms_of(const Affine& index, std::array<Term, Affine::most_terms>& terms, AxisForm& form) {
    std::size_t count = 0;
    for (const AffineTerm& term : index.terms()) {
      if (term.coefficient == 0 || loop(term.loop).extent <= 1) continue;
      if (term.loop >= 32 || term.coefficient > huge || term.coefficient < -huge ||
          loop(term.loop).extent > huge) {
        overflow_ = true;
        continue;
      }
      form.loops |= Mask{1} << term.loop;
      const auto same = std::find_if(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(count),
                                     [&](const Term& t) { return t.loop == term.loop; });
      if (same != terms.begin() + static_cast<std::ptrdiff_t>(count)) {
        same->step += term.coefficient;
      } else {
        terms[count++] = {term.loop, term.coefficient, loop(term.loop).extent};
      }
    }
    return count;
  }

  AxisKind kind_of(const Access& access, std::size_t axis, std::span<Term> terms, AxisForm& form) const {
    const Int size = access.shape[static_cast<Int>(axis)];
    Int offset = access.axes[axis].offset();
    if (offset > farthest || offset < -farthest) return AxisKind::rigid;
    const auto is_finer = [](const Term& a, const Term& b) { return std::abs(a.step) < std::abs(b.step); };
    for (std::size_t i = 1; i < terms.size(); ++i) {
      for (std::size_t j = i; j > 0 && is_finer(terms[j], terms[j - 1]); --j)
        std::swap(terms[j], terms[j - 1]);
    }
    Int low = offset, high = offset;
    Int reach = 0;
    bool injective = true;
    for (const Term& term : terms) {
      const Int span = saturating_multiply(term.step, term.extent - 1);
      low = saturating_add(low, std::min<Int>(span, 0));
      high = saturating_add(high, std::max<Int>(span, 0));
      injective = injective && std::abs(term.step) > reach;
      reach = saturating_add(reach, std::abs(span));
    }
    if (reach > farthest) return AxisKind::rigid;
    if (injective && low >= 0 && high < size) return AxisKind::plain;
    if (terms.size() > 2 || std::ranges::any_of(terms, [](const Term& t) { return t.step <= 0; })) {
      return AxisKind::rigid;
    }
    // a: the longer loop, as `covered` knows in one step what many tiles of it touch.
    if (terms.size() == 2 && terms[0].extent < terms[1].extent) std::swap(terms[0], terms[1]);
    const Term& a = terms.front();
    form.window.step_a = a.step;
    form.window.extent_a = a.extent;
    form.window.offset = offset;
    form.window.size = size;
    form.loop_a = a.loop;
    if (terms.size() == 2) {
      form.window.step_b = terms[1].step;
      form.window.extent_b = terms[1].extent;
      form.loop_b = terms[1].loop;
    }
    return AxisKind::windowed;
  }

  // Windows that share a loop become one unit of at most two loops; what does not fit is not split.
  void settle_windows() {
    Mask rigid = 0;
    const auto stiffen = [&](AxisForm& form) {
      form.kind = AxisKind::rigid;
      rigid |= form.loops;
    };
    for (AxisForm& form : forms_) {
      if (form.kind == AxisKind::rigid) rigid |= form.loops;
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (AxisForm& form : forms_) {
        if (form.kind != AxisKind::windowed) continue;
        bool fits = (form.loops & rigid) == 0;
        int axes = 0, of_tensor = 0;
        for (const AxisForm& other : forms_) {
          if (other.kind != AxisKind::windowed) continue;
          of_tensor += other.access == form.access ? 1 : 0;
          if ((other.loops & form.loops) == 0) continue;
          axes += same_window(other, form) ? 0 : 1;
          fits = fits && std::popcount(other.loops | form.loops) <= 2;
        }
        fits = fits && axes <= 1 && of_tensor <= 3;
        if (!fits) {
          stiffen(form);
          changed = true;
        }
      }
    }
    rigid_ = rigid;
  }

  void fuse() {
    // Which tensors a loop moves.
    std::vector<Mask> moves(nest_.loops().size(), 0);
    Mask in_window = 0;
    for (const AxisForm& form : forms_) {
      for (std::size_t l = 0; l < moves.size() && l < 64; ++l) {
        if ((form.loops >> l & 1) != 0) moves[l] |= Mask{1} << form.access;
      }
      if (form.kind == AxisKind::windowed) in_window |= form.loops;
    }
    fused_.assign(moves.size(), -1);
    if (overflow_) return;
    // Windows first: a plain loop too many is just not split, half a window would be no window.
    for (const bool windows : {true, false}) {
      for (std::size_t l = 0; l < moves.size() && l < 32; ++l) {
        const bool in_this_pass = (in_window >> l & 1) == (windows ? 1 : 0);
        if (!in_this_pass || nest_.loops()[l].extent <= 1 || moves[l] == 0 || (rigid_ >> l & 1) != 0)
          continue;
        add_loop(l, moves[l], !windows);
      }
    }
  }

  void add_loop(std::size_t l, Mask moves, bool plain) {
    const Int extent = nest_.loops()[l].extent;
    int into = 0;
    const auto takes_it_in = [&](std::size_t at) {
      return plain && is_plain_[at] && moved_[at] == moves && space_.loops[at].extent < huge / extent;
    };
    while (into < space_.loop_count && !takes_it_in(static_cast<std::size_t>(into))) ++into;
    if (into == most_loops) {
      if (!plain) overflow_ = true;
      return;
    }
    const auto at = static_cast<std::size_t>(into);
    space_.loop_count = std::max(space_.loop_count, into + 1);
    moved_[at] = moves;
    is_plain_[at] = plain;
    space_.loops[at].extent *= extent;
    space_.loops[at].nest_loops |= 1u << l;
    fused_[l] = into;
  }

  int fused(int nest_loop) const { return nest_loop < 0 ? -1 : fused_[static_cast<std::size_t>(nest_loop)]; }

  int add_window(const WindowedAxis& window) const {
    const auto same = [&](const WindowedAxis& w) {
      return w.loop_a == window.loop_a && w.loop_b == window.loop_b && w.axis == window.axis;
    };
    const auto found = std::ranges::find_if(space_.windows, same);
    if (found != space_.windows.end()) return static_cast<int>(found - space_.windows.begin());
    space_.windows.push_back(window);
    return static_cast<int>(space_.windows.size()) - 1;
  }

  void describe_tensors() {
    if (overflow_) space_.loop_count = 0;
    for (std::size_t i = 0; i < space_.tensors.size(); ++i) {
      Tensor& tensor = space_.tensors[i];
      if (tensor.bits == 0) continue;
      tensor.is_tiled = i < 64;
      if (overflow_ || i >= 64) {
        tensor.distinct = tensor.fixed = footprint(nest_.accesses()[i], nest_);
        continue;
      }
      std::size_t windows = 0;
      for (const AxisForm& form : forms_) {
        if (form.access == i) describe_axis(tensor, form, windows);
      }
      if (tensor.writes) tensor.sums_over |= ~tensor.loops & ((1u << space_.loop_count) - 1);
      tensor.distinct = tensor.fixed;
      for (int l = 0; l < space_.loop_count; ++l) {
        if ((tensor.plain >> l & 1) != 0) {
          tensor.distinct =
              saturating_multiply(tensor.distinct, space_.loops[static_cast<std::size_t>(l)].extent);
        }
      }
      for (const std::int8_t w : tensor.windows) {
        if (w < 0) continue;
        const WindowAxis& axis = space_.windows[static_cast<std::size_t>(w)].axis;
        tensor.distinct =
            saturating_multiply(tensor.distinct, covered(axis, axis.extent_a, axis.extent_b).sum);
      }
    }
  }

  void describe_axis(Tensor& tensor, const AxisForm& form, std::size_t& windows) const {
    const Access& access = nest_.accesses()[form.access];
    if (form.kind == AxisKind::rigid) {
      const Access alone{access.operand,
                         access.writes,
                         Shape{access.shape[static_cast<Int>(form.axis)]},
                         {access.axes[form.axis]}};
      tensor.fixed = saturating_multiply(tensor.fixed, footprint(alone, nest_));
    } else if (form.kind == AxisKind::plain) {
      for (std::size_t l = 0; l < fused_.size() && l < 64; ++l) {
        if ((form.loops >> l & 1) == 0) continue;
        if (fused_[l] >= 0) {
          tensor.plain |= 1u << fused_[l];
        } else {
          tensor.fixed = saturating_multiply(tensor.fixed, nest_.loops()[l].extent);
        }
      }
    } else if (form.kind == AxisKind::windowed) {
      const int window = add_window({form.window, fused(form.loop_a), fused(form.loop_b)});
      tensor.windows[windows++] = static_cast<std::int8_t>(window);
      std::uint32_t loops = 1u << fused(form.loop_a);
      if (form.loop_b >= 0) {
        loops |= 1u << fused(form.loop_b);
        if (tensor.writes) tensor.sums_over |= loops;  // tiles overlap, and add up where they do
      }
      tensor.loops |= loops;
    }
    tensor.loops |= tensor.plain;
  }

  const LoopNest& nest_;
  Space& space_;
  std::vector<AxisForm> forms_;
  std::vector<int> fused_;  // by loop of the nest; -1: never split
  std::array<Mask, most_loops> moved_ = {};
  std::array<bool, most_loops> is_plain_ = {};
  Mask rigid_ = 0;
  bool overflow_ = false;
};

}  // namespace

void analyse(Space& space) { Analysis(space.problem, space); }

}  // namespace chipcast::tiling
