// ranks/ranks.hpp: the processes that mpirun started as one job, and texts between them.
//
//   if (rank_of_job()) {                                        // started by mpirun; 0 leads
//     Result<std::unique_ptr<Ranks>> ranks = join_ranks();      // waits for the others
//     (*ranks)->send(0, "text");
//     std::optional<Message> message = (*ranks)->receive();     // does not wait
//   }
//
// One thread at a time may use them. Without MPI the program builds as well; join_ranks() then says so.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chipcast {

struct Message {
  std::size_t from = 0;
  std::string text;
};

class Ranks {
 public:
  Ranks() = default;
  virtual ~Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  virtual std::size_t number() const = 0;
  virtual std::size_t count() const = 0;
  virtual std::size_t threads()
      const = 0;  // this rank's share of the cores that it and its neighbours may use
  virtual void send(std::size_t to, std::string_view text) = 0;  // texts to one rank arrive in order
  virtual std::optional<Message> receive() = 0;
  // The job ends without waiting for the others, of whom some may be gone.
  virtual void do_not_wait() = 0;
};

// From the environment, without any cost.
std::optional<std::size_t> rank_of_job();

Result<std::unique_ptr<Ranks>> join_ranks();

}  // namespace chipcast
