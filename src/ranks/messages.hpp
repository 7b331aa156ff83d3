// ranks/messages.hpp: what ranks of a sweep tell each other, as texts; all of them are the same program.
//
//   ranks.send(2, written(Handed{.range = {0, 4096}, .digest = digest}));
//   Findings findings = findings_in(text, sweep);
#pragma once

#include <string>
#include <string_view>

#include "study/sweep.hpp"

namespace chipcast {

// The first character of a message.
enum class Word : char {
  sign_of_life = 'l',
  handed = 'h',  // a range of designs to estimate
  found = 'f',   // what was found in one
  stop = 's',    // send what is found so far, and begin nothing
  end = 'e',     // nothing more will come
  failed = 'x',  // a rank cannot take part: why
};

struct Handed {
  DesignRange range;
  std::string digest;  // of the study
};
struct Found {
  DesignRange range;  // that was handed out; the findings may have less, where they were stopped
  Findings findings;
  std::string rows;  // as SweepOptions::write made them
};

std::string written(Word word, std::string_view text = {});
std::string written(const Handed& handed);
std::string written(const Found& found);

// Of a message that such a function wrote.
Word word_of(std::string_view message);
std::string_view rest_of(std::string_view message);
Handed handed_in(std::string_view message);
Found found_in(std::string_view message, const Sweep& sweep);

}  // namespace chipcast
