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

// How far one has to come down from a height before it goes up to a greater one, or ends. Of equals the first is a top.
double prominence(const std::vector<double>& heights, std::size_t at) {
  double left = heights[at], right = heights[at];
  for (std::size_t i = at; i-- > 0 && heights[i] < heights[at];) left = std::min(left, heights[i]);
  for (std::size_t i = at + 1; i < heights.size() && heights[i] <= heights[at]; ++i)
    right = std::min(right, heights[i]);
  return heights[at] - std::max(left, right);
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

// From the line through the ends, by the sum of the scaled goods: less is farther towards the best.
std::vector<double> ParetoFront::distances() const {
  ParetoPoint least = points_.front(), most = least;
  for (const ParetoPoint& point : points_) {
    for (std::size_t i = 0; i < objectives_; ++i) {
      least.goods[i] = std::min(least.goods[i], point.goods[i]);
      most.goods[i] = std::max(most.goods[i], point.goods[i]);
    }
  }
  std::vector<double> distances;
  for (const ParetoPoint& point : points_) {
    double distance = 1;
    for (std::size_t i = 0; i < objectives_; ++i) {
      const double range = most.goods[i] - least.goods[i];
      if (range > 0) distance -= (point.goods[i] - least.goods[i]) / range;
    }
    distances.push_back(distance);
  }
  return distances;
}

std::vector<std::size_t> ParetoFront::knees() const {
  const std::vector<double> distance = distances();
  const auto best = static_cast<std::size_t>(std::ranges::max_element(distance) - distance.begin());
  std::vector<std::size_t> knees = {best};
  for (std::size_t i = 1; objectives_ == 2 && i + 1 < distance.size(); ++i) {
    if (i != best && prominence(distance, i) >= knee_prominence) knees.push_back(i);
  }
  std::stable_sort(knees.begin(), knees.end(),
                   [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  return knees;
}

}  // namespace chipcast
