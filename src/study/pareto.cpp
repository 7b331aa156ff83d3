#include "study/pareto.hpp"

#include <algorithm>

namespace chipcast {
namespace {

bool is_no_worse(const ParetoPoint& a, const ParetoPoint& b) {
  for (std::size_t i = 0; i < most_objectives; ++i) {
    if (a.goods[i] > b.goods[i]) return false;
  }
  return true;
}

}  // namespace

// Only points before it can be better; of two objectives only the last of those need be asked, as the other good falls.
bool ParetoFront::is_beaten(const ParetoPoint& point, std::size_t end) const {
  if (objectives_ <= 2) return end > 0 && is_no_worse(points_[end - 1], point);
  return std::any_of(points_.rend() - static_cast<std::ptrdiff_t>(end), points_.rend(),
                     [&](const ParetoPoint& other) { return is_no_worse(other, point); });
}

void ParetoFront::add(const ParetoPoint& point) {
  // Behind all that are as good or less in the order of goods.
  const auto place = std::ranges::upper_bound(points_, point.goods, {}, &ParetoPoint::goods);
  const auto end = static_cast<std::size_t>(place - points_.begin());
  if (end > 0 && points_[end - 1].goods == point.goods) {
    points_[end - 1].design = std::min(points_[end - 1].design, point.design);
    return;
  }
  if (is_beaten(point, end)) return;
  const auto worse = std::remove_if(place, points_.end(),
                                    [&](const ParetoPoint& other) { return is_no_worse(point, other); });
  points_.erase(worse, points_.end());
  points_.insert(points_.begin() + static_cast<std::ptrdiff_t>(end), point);
}

void ParetoFront::add(const ParetoFront& other) {
  for (const ParetoPoint& point : other.points_) add(point);
}

std::size_t ParetoFront::knee() const {
  ParetoPoint least = points_.front(), most = least;
  for (const ParetoPoint& point : points_) {
    for (std::size_t i = 0; i < objectives_; ++i) {
      least.goods[i] = std::min(least.goods[i], point.goods[i]);
      most.goods[i] = std::max(most.goods[i], point.goods[i]);
    }
  }
  const auto distance = [&](const ParetoPoint& point) {
    double sum = 0;
    for (std::size_t i = 0; i < objectives_; ++i) {
      const double range = most.goods[i] - least.goods[i];
      const double away = range > 0 ? (point.goods[i] - least.goods[i]) / range : 0;
      sum += away * away;
    }
    return sum;
  };
  return static_cast<std::size_t>(std::ranges::min_element(points_, {}, distance) - points_.begin());
}

}  // namespace chipcast
