#include "study/findings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "schema/document.hpp"
#include "schema/reading.hpp"
#include "study/study_file.hpp"

namespace chipcast {
namespace {

constexpr std::array<std::string_view, standing_count> standings = {"impossible", "too_large", "constrained",
                                                                    "good"};
constexpr std::string_view check_key = "check: ";

template <class T>
bool parse_all(std::string_view text, char separator, std::vector<T>& numbers) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    T number{};
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc() || (stop != end && *stop != separator)) return false;
    numbers.push_back(number);
    at = stop == end ? end : stop + 1;
  }
  return true;
}

// "0-4096"
DesignRange range_of(const Value& value) {
  std::vector<std::uint64_t> ends;
  if (!parse_all(value.text(), '-', ends) || ends.size() != 2 || ends[0] > ends[1]) {
    value.fail(fmt::format("{} is no range of designs", value.name()), "it reads FIRST-END");
    return {};
  }
  return {ends[0], ends[1]};
}

// "GOOD LOGARITHM*4 | BEST*4"
Effect effect_of(const Value& value) {
  const std::string text = value.text();
  const std::size_t bar = std::min(text.find('|'), text.size());
  std::vector<std::int64_t> whole;
  std::vector<double> best;
  Effect effect;
  const bool is_right = parse_all(std::string_view(text).substr(0, bar), ' ', whole) &&
                        parse_all(std::string_view(text).substr(std::min(bar + 2, text.size())), ' ', best) &&
                        whole.size() == 1 + most_objectives && best.size() == most_objectives &&
                        whole[0] >= 0;
  if (!is_right) {
    value.fail(fmt::format("{} is no effect", value.name()), "it reads GOOD LOGARITHMS | BEST");
    return effect;
  }
  effect.good = static_cast<std::uint64_t>(whole[0]);
  std::copy(whole.begin() + 1, whole.end(), effect.logarithms.begin());
  std::ranges::copy(best, effect.best.begin());
  return effect;
}

SavedFindings read(Reading& reading) {
  SavedFindings saved;
  Fields root = reading.root("findings", 1, "findings of a sweep");
  if (reading.failed()) return saved;
  if (const Value study = root.get("study")) saved.study = study.text();
  if (const Value digest = root.get("digest")) saved.digest = digest.text();
  if (const Value range = root.get("range")) saved.range = range_of(range);
  if (const Value done = root.get("done")) {
    for (const Value& range : done.items()) saved.done.push_back(range_of(range));
  }
  if (const Value written = root.find("written"))
    saved.written = static_cast<std::uint64_t>(written.integer({.least = 0}));
  if (const Value counts = root.get("counts")) {
    Fields fields = counts.fields("the counts");
    for (std::size_t i = 0; i < standing_count; ++i) {
      if (const Value count = fields.get(standings[i]))
        saved.counts[i] = static_cast<std::uint64_t>(count.integer({.least = 0}));
    }
    fields.close();
  }
  if (const Value front = root.get("front")) {
    for (const Value& design : front.items())
      saved.front.push_back(static_cast<std::uint64_t>(design.integer({.least = 0})));
  }
  if (const Value effects = root.get("effects")) {
    for (const Value& axis : effects.items()) {
      std::vector<Effect>& values = saved.effects.emplace_back();
      for (const Value& value : axis.items()) values.push_back(effect_of(value));
    }
  }
  if (const Value check = root.get("check")) static_cast<void>(check.text());
  root.close();
  return saved;
}

// Complains of a file that is not what was written.
std::optional<Diagnostic> damage(const std::string& path, std::string_view text) {
  const std::size_t at = text.rfind(check_key);
  const std::string wanted = fmt::format("{}'{}'\n", check_key, digest_of(text.substr(0, at)));
  if (at != std::string_view::npos && text.substr(at) == wanted) return std::nullopt;
  const auto line =
      static_cast<int>(std::ranges::count(text, '\n')) + (text.ends_with('\n') || text.empty() ? 0 : 1);
  return Diagnostic{
      .place = {.file = path, .line = std::max(1, line), .column = 1},
      .message = at == std::string_view::npos
                     ? "the file is cut off: its last line, 'check: ...', is missing"
                     : "the file is damaged: its text is not what the last line is the digest of",
      .hint = "take a copy that is whole, or leave it out and sweep anew"};
}

// A text of YAML in single quotes, which it doubles inside.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

}  // namespace

std::string findings_to_yaml(const std::string& study, const std::string& digest, DesignRange range,
                             const Findings& findings, std::optional<std::uint64_t> written) {
  std::string text = fmt::format("schema: findings/1\nstudy: {}\ndigest: '{}'\nrange: {}-{}\ndone: [",
                                 quoted(study), digest, range.from, range.to);
  for (std::size_t i = 0; i < findings.done.size(); ++i)
    text += fmt::format("{}{}-{}", i == 0 ? "" : ", ", findings.done[i].from, findings.done[i].to);
  text += "]\n";
  if (written) text += fmt::format("written: {}\n", *written);
  text += "counts:\n";
  for (std::size_t i = 0; i < standing_count; ++i)
    text += fmt::format("  {}: {}\n", standings[i], findings.counts[i]);
  text += "front: [";
  for (std::size_t i = 0; i < findings.front.points().size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", findings.front.points()[i].design);
  text += "]\neffects:\n";
  for (const std::vector<Effect>& axis : findings.effects) {
    text += "  -\n";
    for (const Effect& effect : axis)
      text += fmt::format("    - '{} {} | {}'\n", effect.good, fmt::join(effect.logarithms, " "),
                          fmt::join(effect.best, " "));
  }
  return text + fmt::format("{}'{}'\n", check_key, digest_of(text));
}

Result<SavedFindings> read_findings(const std::string& path) {
  Result<std::string> text = read_text_file(path);
  if (!text) return text.diagnostics();
  return parse_findings(path, *std::move(text));
}

Result<SavedFindings> parse_findings(const std::string& path, std::string text) {
  if (const std::optional<Diagnostic> damaged = damage(path, text)) return *damaged;
  const Result<Document> document = parse_document(path, std::move(text));
  if (!document) return document.diagnostics();
  Reading reading(*document);
  SavedFindings saved = read(reading);
  if (reading.failed()) return reading.diagnostics();
  saved.file = path;
  return saved;
}

Result<Findings> restored(const SavedFindings& saved, const Sweep& sweep) {
  Findings findings = sweep.empty();
  const Diagnostic mismatch = {.place = {.file = saved.file},
                               .message = "these are findings of another study",
                               .hint = "sweep anew into another file"};
  const auto fits = [](const auto& mine, const auto& theirs) { return mine.size() == theirs.size(); };
  const bool is_sorted = std::ranges::is_sorted(saved.done, {}, &DesignRange::from);
  if (!is_sorted || !std::ranges::equal(saved.effects, findings.effects, fits)) return mismatch;
  const auto is_beyond = [&](std::uint64_t design) { return design >= sweep.designs(); };
  if (std::ranges::any_of(saved.front, is_beyond) || saved.range.to > sweep.designs()) return mismatch;
  findings.done = saved.done;
  findings.counts = saved.counts;
  findings.effects = saved.effects;
  const std::vector<Judged> judged = sweep.judge(saved.front);
  for (std::size_t i = 0; i < judged.size(); ++i) findings.front.add(sweep.point(saved.front[i], judged[i]));
  return findings;
}

}  // namespace chipcast
