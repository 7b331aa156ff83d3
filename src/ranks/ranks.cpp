#include "ranks/ranks.hpp"

#include <charconv>
#include <cstdlib>

namespace chipcast {

std::optional<std::size_t> rank_of_job() {
  // Of OpenMPI's mpirun, of PMIx and of the older PMI, as srun and MPICH start jobs.
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
    const char* text = std::getenv(name);
    if (text == nullptr) continue;
    const std::string_view digits = text;
    std::size_t rank = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
    if (error == std::errc() && end == digits.data() + digits.size()) return rank;
  }
  return std::nullopt;
}

}  // namespace chipcast
