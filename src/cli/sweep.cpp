#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "cli/design_file.hpp"
#include "cli/interrupts.hpp"
#include "cli/output.hpp"
#include "cli/studies.hpp"
#include "cli/usage_error.hpp"
#include "cli/whole_file.hpp"
#include "ranks/sweep.hpp"
#include "study/findings_file.hpp"

namespace chipcast::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Shard {
  std::uint64_t number = 1, count = 1;

  DesignRange of(std::uint64_t designs) const {
    const auto end = [&](std::uint64_t part) {
      return designs / count * part + designs % count * part / count;
    };
    return {end(number - 1), end(number)};
  }
};

struct SweepArguments {
  std::string study;
  std::uint64_t most_designs = 100'000'000;
  std::size_t threads = 0;
  Shard shard;
  std::string resume, all;  // files; empty: none
  OutputOptions output;
};

std::string designs_text(std::uint64_t count) {
  return count > Space::most
             ? fmt::format("more than {} designs", format_count(static_cast<std::int64_t>(Space::most)))
             : fmt::format("{} designs", format_count(static_cast<std::int64_t>(count)));
}

// "3/8"
Shard shard_in(const std::string& text) {
  Shard shard;
  const std::size_t slash = text.find('/');
  try {
    std::size_t end = 0, end_of_count = 0;
    shard.number = std::stoull(text, &end);
    shard.count = std::stoull(text.substr(slash + 1), &end_of_count);
    const bool is_whole = end == slash && slash + 1 + end_of_count == text.size();
    if (is_whole && shard.number >= 1 && shard.number <= shard.count && shard.count <= 1'000'000)
      return shard;
  } catch (const std::logic_error&) {  // below
  }
  throw UsageError{fmt::format("--shard takes which of how many parts, not '{}'", printable(text)),
                   "write 1/8 to 8/8"};
}

// How far it is, on a terminal, where it takes more than a second.
class Progress {
 public:
  Progress(std::uint64_t before, std::uint64_t all, bool is_shown, Streams streams)
      : before_(before), all_(all), is_shown_(is_shown && isatty(STDERR_FILENO) == 1), streams_(streams) {}
  ~Progress() {
    if (is_drawn_) streams_.err << "\r\x1b[K" << std::flush;
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done) {
    const Clock::time_point now = Clock::now();
    if (!is_shown_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(250);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done - before_) / seconds;
    const double left = static_cast<double>(all_ - done) / rate;
    streams_.err << fmt::format("\r\x1b[K{:.0f}% of {}, {} a second, {:.0f} s left",
                                100.0 * static_cast<double>(done) / static_cast<double>(all_),
                                designs_text(all_), format_scaled(rate, ""), left)
                 << std::flush;
    is_drawn_ = true;
  }

 private:
  std::uint64_t before_, all_;
  bool is_shown_, is_drawn_ = false;
  Streams streams_;
  Clock::time_point start_ = Clock::now(), next_ = start_ + std::chrono::seconds(1);
};

class Sweeping {
 public:
  Sweeping(const SweepArguments& arguments, Streams streams) : arguments_(arguments), streams_(streams) {}

  int run() {
    if (!rank_of_job()) return sweep_study();
    Result<std::unique_ptr<Ranks>> ranks = join_ranks();
    if (!ranks) return fail(ranks.diagnostics());
    ranks_ = std::move(*ranks);
    if (ranks_->number() > 0) return follow_leader();
    leader_ = std::make_unique<Leader>(*ranks_);
    return sweep_study();
  }

 private:
  int sweep_study() {
    Result<LoadedStudy> study = load_study(arguments_.study);
    if (!study) return fail(study.diagnostics());
    study_ = &*study;
    const Sweep& sweep = study_->sweep;
    range_ = arguments_.shard.of(sweep.designs());
    if (sweep.designs() > arguments_.most_designs) {
      return fail(
          {{.place = {.file = arguments_.study},
            .message =
                fmt::format("the space has {}, more than --max-designs {}", designs_text(sweep.designs()),
                            format_count(static_cast<std::int64_t>(arguments_.most_designs))),
            .hint = "take a sample ('sample: {kind: sobol, designs: 1000000}'), or raise --max-designs"}});
    }
    if (!arguments_.output.file.empty()) {
      const Result<Done> writable = can_write(arguments_.output.file);
      if (!writable) return fail(writable.diagnostics());
    }
    if (!arguments_.output.quiet && isatty(STDERR_FILENO) == 1)
      streams_.err << fmt::format("{}: {}\n", study_->file.title, designs_text(range_.to - range_.from));
    Findings findings = sweep.empty();
    const Result<Done> begun = begin(findings);
    if (!begun) return fail(begun.diagnostics());
    const Result<Done> done = sweep_rest(findings);
    if (!done) return fail(done.diagnostics());
    const std::vector<DesignRange> gaps = missing(range_, findings.done);
    if (!gaps.empty()) say_what_is_missing(gaps);
    const int shown = print_findings(*study_, findings, arguments_.output, streams_);
    return gaps.empty() ? shown : exit_no;
  }

  // Before the report, as an mpirun that ends a job may not take all of that.
  void say_what_is_missing(std::span<const DesignRange> gaps) const {
    streams_.err << fmt::format("chipcast: stopped; designs {} are missing\n", text_of(gaps));
    if (!arguments_.resume.empty())
      streams_.err << fmt::format("  go on with '--resume {}'\n", arguments_.resume);
    streams_.err << std::flush;
  }

  // Another rank of the job leads; only it has anything to say. Its exit code is that of the job.
  int follow_leader() {
    const Result<LoadedStudy> study = load_study(arguments_.study);
    if (!study) {
      decline(*ranks_, render(study.diagnostics()));
      return exit_done;
    }
    study_ = &*study;
    const Interrupts interrupts;
    const bool is_ended = follow(*ranks_, study->sweep, rank_options());
    if (!is_ended || Interrupts::flag()) ranks_->do_not_wait();
    return is_ended ? exit_done : exit_usage;
  }

  RankOptions rank_options() const {
    RankOptions options{.digest = study_->file.digest, .sweep = sweep_options()};
    if (options.sweep.threads == 0) options.sweep.threads = ranks_->threads();
    return options;
  }

  SweepOptions sweep_options() const {
    SweepOptions options{
        .threads = arguments_.threads, .is_stopped = &Interrupts::flag(), .write = {}, .on_block = {}};
    if (!arguments_.all.empty())
      options.write = [this](std::uint64_t first, std::span<const Judged> judged) {
        return design_rows(arguments_.all, study_->sweep, first, judged);
      };
    return options;
  }

  // With what was found another time, and the file of all designs where that ended.
  Result<Done> begin(Findings& findings) {
    std::error_code ignored;
    if (!arguments_.resume.empty() && std::filesystem::exists(arguments_.resume, ignored))
      return resume(findings);
    if (arguments_.all.empty()) return Done{};
    return open_all(begin_design_file(arguments_.all, study_->sweep));
  }

  Result<Done> resume(Findings& findings) {
    const Result<SavedFindings> saved = read_findings(arguments_.resume);
    if (!saved) return saved.diagnostics();
    if (saved->digest != study_->file.digest)
      return cannot_resume(fmt::format(
          "it holds designs {}-{} of '{}', which is another study, or the study or a file behind it has "
          "changed",
          saved->range.from, saved->range.to, printable(saved->study)));
    if (saved->range != range_)
      return Diagnostic{.place = {.file = arguments_.resume},
                        .message = fmt::format("it holds designs {}-{} of the study, this is about {}-{}",
                                               saved->range.from, saved->range.to, range_.from, range_.to),
                        .hint = "give the --shard it was made with; 'chipcast merge' joins the parts"};
    Result<Findings> restored_findings = restored(*saved, study_->sweep);
    if (!restored_findings) return restored_findings.diagnostics();
    findings = *std::move(restored_findings);
    const std::vector<DesignRange> gaps = missing(range_, findings.done);
    if (!gaps.empty() && !arguments_.output.quiet)
      streams_.err << fmt::format("chipcast: going on from '{}', which misses designs {}\n",
                                  arguments_.resume, text_of(gaps));
    if (arguments_.all.empty()) return Done{};
    if (!saved->written)
      return cannot_resume("it was kept without --all, so that no file has the designs it is about");
    return open_all(continue_design_file(arguments_.all, study_->sweep, *saved->written));
  }

  Diagnostic cannot_resume(std::string why) const {
    return {.place = {.file = arguments_.resume},
            .message = std::move(why),
            .hint = "name another file to begin anew"};
  }

  Result<Done> open_all(Result<std::unique_ptr<DesignFile>> file) {
    if (!file) return file.diagnostics();
    all_ = *std::move(file);
    return Done{};
  }

  Result<Done> save(const Findings& findings) {
    std::optional<std::uint64_t> written;
    if (all_) {
      const Result<std::uint64_t> kept = all_->keep();
      if (!kept) return kept.diagnostics();
      written = *kept;
    }
    if (arguments_.resume.empty()) return Done{};
    return write_whole(arguments_.resume,
                       findings_to_yaml(arguments_.study, study_->file.digest, range_, findings, written));
  }

  Result<Done> sweep_rest(Findings& findings) {
    const Sweep& sweep = study_->sweep;
    Result<Done> state = Done{}, led = Done{};
    const Interrupts interrupts;
    Progress progress(findings.designs(), range_.to - range_.from, !arguments_.output.quiet, streams_);
    Clock::time_point next_save = Clock::now() + std::chrono::seconds(5);
    const auto on_block = [&](const Findings& so_far, std::string_view text) {
      progress.show(so_far.designs());
      if (all_) state = all_->write(text);
      if (state && Clock::now() >= next_save) {
        state = save(so_far);
        next_save = Clock::now() + std::chrono::seconds(5);
      }
      return static_cast<bool>(state);
    };
    if (leader_) {
      RankOptions options = rank_options();
      options.sweep.on_block = on_block;
      options.on_loss = [&](std::size_t rank, std::span<const DesignRange> designs) {
        streams_.err << fmt::format("chipcast: rank {} is silent; it had designs {}\n", rank,
                                    text_of(designs))
                     << std::flush;
      };
      led = leader_->run(sweep, range_, findings, options);
      if (Interrupts::flag()) ranks_->do_not_wait();  // mpirun is ending the job
    } else {
      SweepOptions options = sweep_options();
      options.on_block = on_block;
      for (const DesignRange& gap : missing(range_, findings.done)) sweep.run(gap, findings, options);
    }
    if (!state) return state;
    const Result<Done> saved = save(findings);
    return saved ? led : saved;
  }

  int fail(const Diagnostics& diagnostics) const {
    print(diagnostics, arguments_.output.quiet, streams_);
    return exit_usage;
  }

  const SweepArguments& arguments_;
  Streams streams_;
  std::unique_ptr<Ranks> ranks_;    // of a job of mpirun
  std::unique_ptr<Leader> leader_;  // where this rank is the first
  const LoadedStudy* study_ = nullptr;
  DesignRange range_;
  std::unique_ptr<DesignFile> all_;  // where every design is asked for
};

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<SweepArguments>();
  CLI::App& command = *app.add_subcommand(
      "sweep",
      "Every design of a space: the best ones, and what each axis does (exit code 1 where none is good).");
  command
      .add_option("STUDY", arguments->study, "a study's file (reports/studies/README.md has the language)")
      ->required()
      ->type_name("");
  command
      .add_option("--max-designs", arguments->most_designs, "refuse larger spaces; 100,000,000 unless given")
      ->type_name("N");
  command.add_option("--threads", arguments->threads, "all cores unless given")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}))
      ->type_name("N");
  command
      .add_option("--resume", arguments->resume,
                  "keep what is found in this file, and go on from it where it exists")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--shard", [arguments](const std::string& text) { arguments->shard = shard_in(text); },
          "one of several parts, as in 3/8; 'merge' joins the files of --resume")
      ->type_name("I/N");
  command
      .add_option(
          "--all", arguments->all,
          "write every design into a file: .csv, or a SQLite database where it ends in .sqlite or .db")
      ->type_name("FILE");
  add_output_options(command, arguments->output);
  command.footer(
      "Examples:\n"
      "  chipcast sweep reports/studies/kpu_t2_memory.yaml --format html -o memory.html\n"
      "  chipcast sweep study.yaml --all designs.sqlite --output best.sqlite\n"
      "  chipcast sweep study.yaml --shard 1/8 --resume part1.yaml\n"
      "  mpirun -n 8 chipcast sweep study.yaml --resume state.yaml");
  command.callback([arguments, &action] {
    if (arguments->shard.count > 1 && arguments->resume.empty())
      throw UsageError{"--shard finds a part, which is kept in the file of --resume",
                       "add --resume part1.yaml"};
    require_distinct(std::array<NamedFile, 4>{{{"STUDY", arguments->study},
                                               {"--resume", arguments->resume},
                                               {"--all", arguments->all},
                                               {"--output", arguments->output.file}}});
    action = [arguments](Streams streams) { return Sweeping(*arguments, streams).run(); };
  });
}

}  // namespace chipcast::cli
