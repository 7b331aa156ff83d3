#include "ranks/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <thread>

#include "ranks/messages.hpp"

namespace chipcast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t least_handed = 64, most_handed = 1 << 20, most_handed_with_rows = 1 << 14;
constexpr std::size_t most_held = 2;  // ranges a rank has: one it works at and one so that it need not wait
constexpr auto pause = std::chrono::microseconds(500);
constexpr auto time_to_answer =
    std::chrono::milliseconds(200);  // mpirun ends a job a second after it says so

// Each rank is heard often within everyone's patience.
class Pulse {
 public:
  explicit Pulse(std::chrono::milliseconds patience) : interval_(patience / 8) {}

  bool is_due() {
    const Clock::time_point now = Clock::now();
    if (now < next_) return false;
    next_ = now + interval_;
    return true;
  }

 private:
  Clock::duration interval_;
  Clock::time_point next_ = Clock::now();
};

class Leading {
 public:
  Leading(Ranks& ranks, const Sweep& sweep, DesignRange range, Findings& findings, const RankOptions& options)
      : ranks_(ranks), sweep_(sweep), range_(range), findings_(findings), options_(options) {
    const std::vector<DesignRange> gaps = missing(range, findings.done);
    open_.assign(gaps.begin(), gaps.end());
    others_.resize(ranks.count());
  }

  Result<Done> run() {
    for (;;) {
      serve();
      if (is_stopping()) break;
      if (const std::optional<DesignRange> own = take()) {
        sweep_own(*own);
      } else if (open_.empty() && !is_anyone_busy()) {
        return Done{};
      } else {
        std::this_thread::sleep_for(pause);
      }
    }
    call_in();
    if (!failure_.empty()) return Diagnostic{.message = failure_, .hint = "nothing more was swept"};
    return Done{};
  }

 private:
  struct Rank {
    std::vector<DesignRange> has;
    Clock::time_point heard = Clock::now();
    bool is_gone = false;
  };

  bool is_in_order() const { return static_cast<bool>(options_.sweep.write); }
  bool is_stopping() const {
    return is_refused_ || is_interrupted_ || !failure_.empty() ||
           (options_.sweep.is_stopped != nullptr && *options_.sweep.is_stopped);
  }
  bool is_anyone_busy() const {
    return std::ranges::any_of(others_, [](const Rank& rank) { return !rank.has.empty(); });
  }

  // ---- handing out

  // The next designs to do, fewer towards the end; none where those before them must be found first.
  std::optional<DesignRange> take() {
    if (open_.empty()) return std::nullopt;
    const std::uint64_t most = is_in_order() ? most_handed_with_rows : most_handed;
    if (is_in_order() && open_.front().from > first_missing() + 4 * ranks_.count() * most)
      return std::nullopt;
    std::uint64_t left = 0;
    for (const DesignRange& gap : open_) left += gap.to - gap.from;
    const std::uint64_t size = std::clamp(left / (8 * ranks_.count()), least_handed, most);
    DesignRange& gap = open_.front();
    const DesignRange taken{gap.from, std::min(gap.to, gap.from + size)};
    gap.from = taken.to;
    if (gap.from == gap.to) open_.pop_front();
    return taken;
  }

  void put_back(DesignRange range) {
    open_.insert(std::ranges::upper_bound(open_, range.from, {}, &DesignRange::from), range);
  }

  std::uint64_t first_missing() const {
    const std::vector<DesignRange> gaps = missing(range_, findings_.done);
    return gaps.empty() ? range_.to : gaps.front().from;
  }

  void hand_out() {
    for (std::size_t number = 1; number < others_.size(); ++number) {
      Rank& rank = others_[number];
      while (!rank.is_gone && rank.has.size() < most_held) {
        const std::optional<DesignRange> range = take();
        if (!range) return;
        rank.has.push_back(*range);
        ranks_.send(number, written(Handed{.range = *range, .digest = options_.digest}));
      }
    }
  }

  void sweep_own(DesignRange range) {
    Found found{.range = range, .findings = sweep_.empty(), .rows = {}};
    SweepOptions options = options_.sweep;
    options.on_block = [&](const Findings&, std::string_view rows) {
      found.rows += rows;
      serve();
      return !is_stopping();
    };
    sweep_.run(range, found.findings, options);
    collect(std::move(found));
  }

  // ---- what comes

  void serve() {
    while (const std::optional<Message> message = ranks_.receive()) hear(*message);
    if (pulse_.is_due()) {
      for (std::size_t number = 1; number < others_.size(); ++number) {
        if (others_[number].is_gone) continue;
        if (Clock::now() - others_[number].heard > options_.patience) {
          lose(number);
        } else {
          ranks_.send(number, written(Word::sign_of_life));
        }
      }
    }
    if (!is_stopping()) hand_out();
  }

  void hear(const Message& message) {
    Rank& rank = others_[message.from];
    if (rank.is_gone) return;  // others have done its part meanwhile
    rank.heard = Clock::now();
    if (word_of(message.text) == Word::failed) {
      failure_ = fmt::format("rank {} cannot take part: {}", message.from, rest_of(message.text));
      rank.has.clear();
    } else if (word_of(message.text) == Word::found) {
      Found found = found_in(message.text, sweep_);
      std::erase(rank.has, found.range);
      // Somebody asked that rank to end.
      if (!missing(found.range, found.findings.done).empty()) is_interrupted_ = true;
      collect(std::move(found));
    }
  }

  void collect(Found found) {
    for (const DesignRange& rest : missing(found.range, found.findings.done)) put_back(rest);
    if (found.findings.done.empty()) return;
    if (!is_in_order()) return add(found);
    early_.emplace(found.range.from, std::move(found));
    while (!early_.empty() && early_.begin()->first == first_missing()) {
      const Found next = std::move(early_.begin()->second);
      early_.erase(early_.begin());
      add(next);
    }
  }

  void add(const Found& found) {
    findings_.add(found.findings);
    if (options_.sweep.on_block && !options_.sweep.on_block(findings_, found.rows)) is_refused_ = true;
  }

  // ---- endings

  void lose(std::size_t number) {
    Rank& rank = others_[number];
    rank.is_gone = true;
    ranks_.do_not_wait();
    if (options_.on_loss) options_.on_loss(number, rank.has);
    for (const DesignRange& range : rank.has) put_back(range);
    rank.has.clear();
  }

  // Whoever answers in time loses nothing.
  void call_in() {
    for (std::size_t number = 1; number < others_.size(); ++number) {
      if (!others_[number].is_gone) ranks_.send(number, written(Word::stop));
    }
    const Clock::time_point end = Clock::now() + time_to_answer;
    while (is_anyone_busy() && Clock::now() < end) {
      while (const std::optional<Message> message = ranks_.receive()) hear(*message);
      std::this_thread::sleep_for(pause);
    }
    for (std::size_t number = 1; number < others_.size(); ++number) {
      if (!others_[number].has.empty()) lose(number);
    }
  }

  Ranks& ranks_;
  const Sweep& sweep_;
  DesignRange range_;
  Findings& findings_;
  const RankOptions& options_;
  std::deque<DesignRange> open_;          // in order: what nobody has
  std::vector<Rank> others_;              // by number
  std::map<std::uint64_t, Found> early_;  // found before its turn
  Pulse pulse_{options_.patience};
  bool is_refused_ = false, is_interrupted_ = false;
  std::string failure_;
};

}  // namespace

Result<Done> Leader::run(const Sweep& sweep, DesignRange range, Findings& findings,
                         const RankOptions& options) {
  return Leading(ranks_, sweep, range, findings, options).run();
}

Leader::~Leader() {
  for (std::size_t number = 1; number < ranks_.count(); ++number) ranks_.send(number, written(Word::end));
}

bool follow(Ranks& ranks, const Sweep& sweep, const RankOptions& options) {
  std::deque<DesignRange> to_do;
  std::atomic<bool> is_stopped = false;
  bool is_ended = false;
  Pulse pulse(options.patience);
  Clock::time_point heard = Clock::now();
  const auto listen = [&] {
    while (const std::optional<Message> message = ranks.receive()) {
      heard = Clock::now();
      if (word_of(message->text) == Word::end) is_ended = true;
      if (word_of(message->text) == Word::stop) is_stopped = true;
      if (word_of(message->text) != Word::handed) continue;
      const Handed handed = handed_in(message->text);
      to_do.push_back(handed.range);
      if (handed.digest != options.digest) decline(ranks, "it has read another study");
    }
    if (options.sweep.is_stopped != nullptr && *options.sweep.is_stopped) is_stopped = true;
    if (pulse.is_due()) ranks.send(0, written(Word::sign_of_life));
  };
  while (!is_ended && Clock::now() - heard <= options.patience) {
    listen();
    if (to_do.empty()) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    Found found{.range = to_do.front(), .findings = sweep.empty(), .rows = {}};
    to_do.pop_front();
    SweepOptions part = options.sweep;
    part.is_stopped = &is_stopped;
    part.on_block = [&](const Findings&, std::string_view rows) {
      found.rows += rows;
      listen();
      return !is_stopped && !is_ended;
    };
    sweep.run(found.range, found.findings, part);
    if (!is_ended) ranks.send(0, written(found));
  }
  return is_ended;
}

void decline(Ranks& ranks, const std::string& why) { ranks.send(0, written(Word::failed, why)); }

}  // namespace chipcast
