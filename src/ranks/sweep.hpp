// ranks/sweep.hpp: one sweep by all ranks of a job: the first hands out ranges of designs and adds up what is found.
//
//   if (ranks.number() > 0) follow(ranks, sweep, {.digest = digest});       // until the leader has had enough
//   Leader leader(ranks);                                                   // when it goes, the others end
//   Result<Done> done = leader.run(sweep, {0, sweep.designs()}, findings, {.digest = digest});
//
// What is found is the same to the bit for any number of ranks, whoever does which part. A rank that gives no sign of
// life for a while is given up, and others do what it had.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "ranks/ranks.hpp"
#include "study/sweep.hpp"

namespace chipcast {

struct RankOptions {
  std::string digest;       // of the study: all ranks must have read the same
  SweepOptions sweep = {};  // with `write`, findings are added in the order of the designs; else as they come
  std::chrono::milliseconds patience = std::chrono::seconds(30);  // with a silent rank
  // A rank is given up, or did not answer when the sweep was stopped, and had these designs.
  std::function<void(std::size_t rank, std::span<const DesignRange> designs)> on_loss = {};
};

class Leader {
 public:
  explicit Leader(Ranks& ranks) : ranks_(ranks) {}
  ~Leader();
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;

  // As Sweep::run does it. Fails where a rank cannot take part.
  Result<Done> run(const Sweep& sweep, DesignRange range, Findings& findings, const RankOptions& options);

 private:
  Ranks& ranks_;
};

// Whether the leader ended it; otherwise it is gone.
bool follow(Ranks& ranks, const Sweep& sweep, const RankOptions& options);
// Tells the leader why this rank does not.
void decline(Ranks& ranks, const std::string& why);

}  // namespace chipcast
