#include "hardware/read_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "schema/number.hpp"

namespace chipcast {
namespace {

// Beyond these something is wrong by a prefix, or somebody is dreaming and says so with `force: true`.
struct Ceiling {
  Dimension dimension;
  double most;
  std::string_view unit;
};

constexpr std::array ceilings = {Ceiling{BytesPerSecond::dimension, 1e15, "B/s"},
                                 Ceiling{Hertz::dimension, 10e9, "Hz"},
                                 Ceiling{FlopsPerSecond::dimension, 100e15, "FLOP/s"},
                                 Ceiling{Watts::dimension, 100e3, "W"},
                                 Ceiling{Bytes::dimension, 1e15, "B"},
                                 Ceiling{Joules::dimension, 1e9, "J"},
                                 Ceiling{JoulesPerByte::dimension, 100e-9, "J/B"},
                                 Ceiling{JoulesPerFlop::dimension, 100e-9, "J/FLOP"},
                                 Ceiling{Seconds::dimension, 1, "s"}};

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// 2023, 2023-05 or 2023-05-17.
bool is_date(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  if (!is_digits(text.substr(0, 4))) return false;
  if (text.size() >= 7 && (text[4] != '-' || !is_digits(text.substr(5, 2)))) return false;
  return text.size() < 10 || (text[7] == '-' && is_digits(text.substr(8, 2)));
}

}  // namespace

FigureReader::FigureReader(Reading& reading, const std::vector<Source>& sources)
    : reading_(&reading), sources_(&sources) {}

Value FigureReader::renamed(const Value& value, std::string name) const {
  return value ? Value(*reading_, *value.node(), std::move(name)) : Value();
}

bool FigureReader::expect_map(const Value& value) {
  if (value.is(Node::Kind::map)) return true;
  if (value.is(Node::Kind::text)) {
    value.fail(fmt::format("{} gives no source", value.name()),
               fmt::format("write {{value: {}, source: ...}}", value.node()->text));
  } else {
    value.fail(fmt::format("{} must be a figure", value.name()), "write {value: ..., source: ...}");
  }
  return false;
}

std::string FigureReader::source(const Value& value) const {
  std::vector<std::string> keys;
  for (const Source& source : *sources_) {
    if (source.key.find('/') == std::string::npos) keys.push_back(source.key);  // not the inherited ones
  }
  keys.emplace_back("assumed");
  const std::optional<std::size_t> chosen = value ? value.index_in(keys) : std::nullopt;
  return chosen ? keys[*chosen] : "assumed";
}

void FigureReader::complain_of_zero(const Value& value) const {
  // A number that could not be read is zero too, and has been complained of.
  if (was_read(value, true)) value.fail(fmt::format("{} must be above zero", value.name()));
}

void FigureReader::check_plausible(const Value& value, double amount, Dimension dimension, bool is_forced) {
  const auto* ceiling = std::ranges::find(ceilings, dimension, &Ceiling::dimension);
  if (ceiling == ceilings.end() || is_forced || amount <= ceiling->most) return;
  value.fail(fmt::format("{} is {}, beyond the {} that anything has", value.name(),
                         format_scaled(amount, ceiling->unit), format_scaled(ceiling->most, ceiling->unit)),
             "if it is meant, add 'force: true' to the figure");
}

void FigureReader::check_range(const Fields& map, bool is_assumed, const Value& low, const Value& high) {
  if (is_assumed && !(low && high)) {
    map.fail(fmt::format("{} is assumed, so it needs 'low' and 'high'", map.what()),
             "the range in which you believe it to lie");
  } else if (!is_assumed && static_cast<bool>(low) != static_cast<bool>(high)) {
    map.fail(fmt::format("{} gives only one of 'low' and 'high'", map.what()), "give both, or neither");
  }
}

bool FigureReader::was_read(const Value& value, bool is_zero) {
  if (!value.is(Node::Kind::text)) return false;
  const Number number = parse_number(value.node()->text);
  return number.complaint.empty() && (!is_zero || number.real == 0);
}

void FigureReader::complain_of_order(const Value& bound, std::string_view where, const Value& value) {
  bound.fail(fmt::format("{} is {} its value '{}'", bound.name(), where, value.node()->text));
}

void read_sources(Fields& root, std::vector<Source>& sources) {
  const Value map = root.find("sources");
  if (!map) return;
  for (const auto& [key, value] : map.entries()) {
    Fields fields = value.fields(fmt::format("source '{}'", key));
    Source source{.key = key, .title = fields.get("title").text(), .page = {}, .date = {}};
    if (const Value page = fields.find("page")) source.page = page.text();
    const Value date = fields.get("date");
    if (date) source.date = date.text();
    if (!source.date.empty() && !is_date(source.date)) {
      date.fail(fmt::format("'date' cannot be '{}'", source.date), "write 2023, 2023-05 or 2023-05-17");
    }
    if (key == "assumed") value.fail("a source cannot be called 'assumed'", "that word says there is none");
    if (key.find('/') != std::string::npos) value.fail("a source's key holds no '/'", "inherited ones do");
    fields.close();
    sources.push_back(std::move(source));
  }
}

void read_notes(Fields& root, std::vector<std::string>& notes) {
  const Value list = root.find("notes");
  if (!list) return;
  notes.clear();
  for (const Value& note : list.items()) notes.push_back(note.text());
}

}  // namespace chipcast
