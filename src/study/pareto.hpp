// study/pareto.hpp: the designs that no other is better than, all of them and exactly, while designs stream by.
//
//   ParetoFront front(2);
//   front.add({.design = 7, .goods = {0.012, 3.4}});         // the less the better
//   front.points()                                           // by the first good
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace chipcast {

inline constexpr std::size_t most_objectives = 4;

struct ParetoPoint {
  std::uint64_t design = 0;
  std::array<double, most_objectives> goods = {};  // the less the better; unused ones 0
};

inline constexpr double knee_prominence = 0.05;

class ParetoFront {
 public:
  explicit ParetoFront(std::size_t objectives) : objectives_(objectives) {}

  // Of designs that are equal in all, the one with the least number stays: the front hangs on no order.
  void add(const ParetoPoint& point);
  void add(const ParetoFront& other);
  const std::vector<ParetoPoint>& points() const { return points_; }

  // Places of the points where the front bends, the best first; of a front that is not empty. With each objective scaled
  // to the range that it has on the front, that is the point farthest from the line (the plane) through the ends towards
  // the best of all at once. Of two objectives also every other one that is farther from it than its neighbours, and by
  // `knee_prominence` farther than whatever lies between it and a point farther still, or an end.
  std::vector<std::size_t> knees() const;

 private:
  bool is_beaten(const ParetoPoint& point, std::size_t end) const;
  std::vector<double> distances() const;

  std::size_t objectives_;
  std::vector<ParetoPoint> points_;  // by the first good, then the others
};

}  // namespace chipcast
