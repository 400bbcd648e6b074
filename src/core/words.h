// What was said, as words: transcripts are compared so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dflare {

// The words of a transcript, whatever bytes it holds: in lower case, without marks and symbols, without what stands in
// brackets and without «hmm», «uh» and their like, contractions written out (won't: will not). In the main what
// Whisper's EnglishTextNormalizer does; numbers and British spelling stay as they are.
std::vector<std::string> spoken_words(std::string_view transcript);

// The fewest words put in, left out or replaced that make one of the other, in order, words that stay among them.
struct WordStep {
  std::string from, to;  // one of them empty: left out, put in
  [[nodiscard]] bool same() const { return from == to; }
};
std::vector<WordStep> aligned(const std::vector<std::string>& from, const std::vector<std::string>& to);

}  // namespace dflare
