#include "ranks/messages.hpp"

#include <cassert>
#include <cstring>
#include <type_traits>

namespace chipcast {
namespace {

// Numbers as they lie in memory: every bit arrives.
class Writer {
 public:
  explicit Writer(Word word) : text_(1, static_cast<char>(word)) {}

  template <class T>
  void add(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    text_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) add(value);
  }
  void add(std::string_view text) { text_ += text; }
  std::string text() { return std::move(text_); }

 private:
  std::string text_;
};

class Taker {
 public:
  explicit Taker(std::string_view message) : rest_(message.substr(1)) {}

  template <class T>
  void take(T& value) {
    assert(rest_.size() >= sizeof(T));
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
  }
  template <class T>
  void take(std::vector<T>& values) {
    std::size_t size = 0;
    take(size);
    values.resize(size);
    for (T& value : values) take(value);
  }
  std::string rest() const { return std::string(rest_); }

 private:
  std::string_view rest_;
};

}  // namespace

std::string written(Word word, std::string_view text) {
  Writer writer(word);
  writer.add(text);
  return writer.text();
}

std::string written(const Handed& handed) {
  Writer writer(Word::handed);
  writer.add(handed.range);
  writer.add(std::string_view(handed.digest));
  return writer.text();
}

std::string written(const Found& found) {
  Writer writer(Word::found);
  writer.add(found.range);
  writer.add(found.findings.done);
  writer.add(found.findings.counts);
  writer.add(found.findings.front.points());
  for (const std::vector<Effect>& axis : found.findings.effects) writer.add(axis);
  writer.add(std::string_view(found.rows));
  return writer.text();
}

Word word_of(std::string_view message) { return static_cast<Word>(message.front()); }
std::string_view rest_of(std::string_view message) { return message.substr(1); }

Handed handed_in(std::string_view message) {
  Taker taker(message);
  Handed handed;
  taker.take(handed.range);
  handed.digest = taker.rest();
  return handed;
}

Found found_in(std::string_view message, const Sweep& sweep) {
  Taker taker(message);
  Found found{.range = {}, .findings = sweep.empty(), .rows = {}};
  taker.take(found.range);
  taker.take(found.findings.done);
  taker.take(found.findings.counts);
  std::vector<ParetoPoint> points;
  taker.take(points);
  for (const ParetoPoint& point : points) found.findings.front.add(point);
  for (std::vector<Effect>& axis : found.findings.effects) taker.take(axis);
  found.rows = taker.rest();
  return found;
}

}  // namespace chipcast
