// Ranks are threads here, and what MPI does is done by letter boxes; tests/cli has them as processes of mpirun.
#include "ranks/sweep.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <mutex>
#include <thread>

#include "ranks/messages.hpp"
#include "study/one_layer.hpp"
#include "study/same_findings.hpp"

namespace chipcast {
namespace {

class Post {
 public:
  explicit Post(std::size_t count) : boxes_(count) {}
  std::size_t count() const { return boxes_.size(); }
  void send(std::size_t to, Message message) {
    const std::lock_guard lock(mutex_);
    boxes_[to].push_back(std::move(message));
  }
  std::optional<Message> receive(std::size_t at) {
    const std::lock_guard lock(mutex_);
    if (boxes_[at].empty()) return std::nullopt;
    Message first = std::move(boxes_[at].front());
    boxes_[at].pop_front();
    return first;
  }

 private:
  std::mutex mutex_;
  std::vector<std::deque<Message>> boxes_;
};

class PostedRanks : public Ranks {
 public:
  PostedRanks(Post& post, std::size_t number) : post_(post), number_(number) {}
  std::size_t number() const override { return number_; }
  std::size_t count() const override { return post_.count(); }
  std::size_t threads() const override { return 1; }
  void send(std::size_t to, std::string_view text) override { post_.send(to, {number_, std::string(text)}); }
  std::optional<Message> receive() override { return post_.receive(number_); }
  void do_not_wait() override {}

 private:
  Post& post_;
  std::size_t number_;
};

std::vector<std::string> factors(std::size_t count) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(std::to_string(0.5 + 0.01 * static_cast<double>(i)) + "x");
  return values;
}

// 4,000 designs: more than a rank is handed at once.
Sweep space() {
  const OneLayer layer;
  const Design design = bandwidth_bound();
  Problem problem;
  problem.axes = {{.paths = {"memory.dram.bandwidth"}, .values = factors(20)},
                  {.paths = {"memory.dram.energy"}, .values = factors(20)},
                  {.paths = {"idle_power"}, .values = factors(10)}};
  problem.is_variant_axis = {false, false, false};
  problem.variants.push_back({design, {std::make_shared<const Workload>(layer.workload(design.runtime))}});
  problem.weights = {1};
  problem.objectives = {{.measure = {static_cast<std::size_t>(GoalMetric::latency)}},
                        {.measure = {static_cast<std::size_t>(GoalMetric::power)}}};
  return *make_sweep(std::move(problem));
}

std::string row_numbers(std::uint64_t first, std::span<const Judged> judged) {
  std::string text;
  for (std::size_t i = 0; i < judged.size(); ++i) text += std::to_string(first + i) + "\n";
  return text;
}

Findings found_alone(const Sweep& sweep) {
  Findings findings = sweep.empty();
  sweep.run({0, sweep.designs()}, findings, {.threads = 1});
  return findings;
}

// A job whose other ranks do as `others` says.
template <class Others>
Result<Done> lead(std::size_t count, const Sweep& sweep, Findings& findings, const RankOptions& options,
                  Others others) {
  Post post(count);
  std::vector<std::jthread> threads;
  for (std::size_t number = 1; number < count; ++number) {
    threads.emplace_back([&, number] {
      PostedRanks ranks(post, number);
      others(ranks);
    });
  }
  PostedRanks ranks(post, 0);
  Leader leader(ranks);
  return leader.run(sweep, {0, sweep.designs()}, findings, options);
}

RankOptions plain() {
  return {.digest = "0123", .sweep = {.threads = 1}, .patience = std::chrono::seconds(20)};
}

}  // namespace

TEST_CASE("one to four ranks find what one process finds, to the bit") {
  const Sweep sweep = space();
  const Findings whole = found_alone(sweep);
  for (std::size_t count = 1; count <= 4; ++count) {
    CAPTURE(count);
    Findings findings = sweep.empty();
    CHECK(lead(count, sweep, findings, plain(), [&](Ranks& ranks) {
      const Sweep its_own = space();
      CHECK(follow(ranks, its_own, plain()));
    }));
    check_same(whole, findings);
  }
}

TEST_CASE("rows of all designs come in their order, whoever makes them") {
  const Sweep sweep = space();
  Findings findings = sweep.empty();
  RankOptions options = plain();
  options.sweep.write = row_numbers;
  std::string rows;
  RankOptions leading = options;
  leading.sweep.on_block = [&](const Findings&, std::string_view text) {
    rows += text;
    return true;
  };
  CHECK(lead(3, sweep, findings, leading, [&](Ranks& ranks) { follow(ranks, sweep, options); }));
  CHECK(rows == row_numbers(0, std::vector<Judged>(sweep.designs())));
  check_same(found_alone(sweep), findings);
}

TEST_CASE("the designs of a rank that falls silent are named and done by others") {
  const Sweep sweep = space();
  Findings findings = sweep.empty();
  RankOptions options = plain();
  options.patience = std::chrono::milliseconds(300);
  std::vector<DesignRange> handed, lost;
  std::size_t who = 0;
  options.on_loss = [&](std::size_t rank, std::span<const DesignRange> designs) {
    who = rank;
    lost.assign(designs.begin(), designs.end());
  };
  CHECK(lead(3, sweep, findings, options, [&](Ranks& ranks) {
    if (ranks.number() == 1) {
      follow(ranks, sweep, options);
      return;
    }
    while (handed.size() < 2) {  // takes what it is given, and says nothing any more
      if (const std::optional<Message> message = ranks.receive();
          message && word_of(message->text) == Word::handed)
        handed.push_back(handed_in(message->text).range);
    }
  }));
  CHECK(who == 2);
  CHECK(lost == handed);
  check_same(found_alone(sweep), findings);
}

TEST_CASE("a rank that is told to end ends the sweep, and what it had found until then counts") {
  const Sweep sweep = space();
  Findings findings = sweep.empty();
  std::atomic<bool> is_told = true;
  CHECK(lead(2, sweep, findings, plain(), [&](Ranks& ranks) {
    RankOptions told = plain();
    told.sweep.is_stopped = &is_told;
    follow(ranks, sweep, told);
  }));
  const std::vector<DesignRange> gaps = missing({0, sweep.designs()}, findings.done);
  REQUIRE_FALSE(gaps.empty());
  for (const DesignRange& gap : gaps) sweep.run(gap, findings, {.threads = 1});
  check_same(found_alone(sweep), findings);
}

TEST_CASE("a rank that cannot take part, or has read another study, ends the sweep with its reason") {
  const Sweep sweep = space();
  Findings findings = sweep.empty();
  const Result<Done> declined =
      lead(2, sweep, findings, plain(), [&](Ranks& ranks) { decline(ranks, "study.yaml: no such file"); });
  REQUIRE_FALSE(declined);
  CHECK(declined.diagnostics().front().message == "rank 1 cannot take part: study.yaml: no such file");
  const Result<Done> other = lead(2, sweep, findings = sweep.empty(), plain(), [&](Ranks& ranks) {
    RankOptions changed = plain();
    changed.digest = "4567";
    follow(ranks, sweep, changed);
  });
  REQUIRE_FALSE(other);
  CHECK(other.diagnostics().front().message == "rank 1 cannot take part: it has read another study");
}

TEST_CASE("ranks whose leader is gone end by themselves") {
  const Sweep sweep = space();
  Post post(2);
  PostedRanks ranks(post, 1);
  RankOptions options = plain();
  options.patience = std::chrono::milliseconds(20);
  CHECK_FALSE(follow(ranks, sweep, options));
}

TEST_CASE("what is missing of a range is what lies between its parts") {
  const std::vector<DesignRange> parts = {{5, 10}, {20, 30}};
  CHECK(missing({0, 40}, parts) == std::vector<DesignRange>{{0, 5}, {10, 20}, {30, 40}});
  CHECK(missing({7, 25}, parts) == std::vector<DesignRange>{{10, 20}});
  CHECK(missing({5, 10}, parts).empty());
  CHECK(text_of(missing({0, 40}, parts)) == "0-5, 10-20, 30-40");
}

}  // namespace chipcast
