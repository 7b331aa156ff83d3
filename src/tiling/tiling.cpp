#include "tiling/tiling.hpp"

#include <cmath>

#include "tiling/space.hpp"

namespace chipcast {

std::vector<Boundary> on_chip_boundaries(const Device& device) {
  std::vector<Boundary> boundaries;
  for (std::size_t level = 0; level + 1 < device.memory.size(); ++level) {
    boundaries.push_back({device.memory[level].capacity.value, device.memory[level].is_managed});
  }
  return boundaries;
}

Tiler::Tiler(const TilingProblem& problem)
    : space_(std::make_unique<tiling::Space>(tiling::prepare(problem))) {}
Tiler::~Tiler() = default;
Tiler::Tiler(Tiler&&) noexcept = default;
Tiler& Tiler::operator=(Tiler&&) noexcept = default;

Tiling Tiler::at(const Boundary& boundary) const {
  const double capacity = 8 * static_cast<double>(count_of(boundary.capacity - space_->problem.resident));
  tiling::Choice choice;
  if (capacity >= 0) choice = tiling::search(*space_, capacity, boundary.double_buffered);
  return tiling::count(*space_, tiling::schedule_of(*space_, choice, boundary), boundary);
}

}  // namespace chipcast
