// Transcripts to words, and words against words.
#include "core/words.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/characters.h"
#include "core/text_edits.h"

namespace dflare {
namespace {

constexpr std::array<std::u32string_view, 6> kFillers{U"hmm", U"mm", U"mhm", U"mmm", U"uh", U"um"};

using Written = std::pair<std::u32string_view, std::u32string_view>;
// Whole words.
constexpr std::array kWhole{
    Written{U"won't", U"will not"},      Written{U"can't", U"can not"},     Written{U"let's", U"let us"},
    Written{U"ain't", U"aint"},          Written{U"y'all", U"you all"},     Written{U"wanna", U"want to"},
    Written{U"gotta", U"got to"},        Written{U"gonna", U"going to"},    Written{U"i'ma", U"i am going to"},
    Written{U"imma", U"i am going to"},  Written{U"woulda", U"would have"}, Written{U"coulda", U"could have"},
    Written{U"shoulda", U"should have"}, Written{U"ma'am", U"madam"},       Written{U"mr", U"mister"},
    Written{U"mrs", U"missus"},          Written{U"st", U"saint"},          Written{U"dr", U"doctor"},
    Written{U"prof", U"professor"}};
// Ends of words.
constexpr std::array kEnds{Written{U"n't", U" not"},  Written{U"'re", U" are"},  Written{U"'s", U" is"},
                           Written{U"'d", U" would"}, Written{U"'ll", U" will"}, Written{U"'t", U" not"},
                           Written{U"'ve", U" have"}, Written{U"'m", U" am"}};

// Bytes that are no UTF-8 separate words.
std::u32string characters_in(std::string_view bytes) {
  std::u32string all;
  while (!bytes.empty()) {
    const std::size_t good = std::min(first_not_utf8(bytes), bytes.size());
    all += characters_of(bytes.substr(0, good));
    bytes.remove_prefix(good);
    if (!bytes.empty()) all += U' ', bytes.remove_prefix(1);
  }
  return all;
}

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_apostrophe(char32_t c) { return c == U'\'' || c == 0x2019 || c == 0x2bc; }
// ASCII's letters and digits, and what lies beyond Latin-1's signs but for punctuation.
bool is_of_word(char32_t c) {
  if (c < 0x80) return is_letter(c) || is_digit(c);
  const bool sign = c < 0xc0 || c == 0xd7 || c == 0xf7;
  const bool punctuation = (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) || (c >= 0xfe30 && c <= 0xff0f);
  return !sign && !punctuation;
}

char32_t closing(char32_t c) { return c == U'[' ? U']' : c == U'(' ? U')' : c == U'<' ? U'>' : 0; }

// A space for all that is no word; commas and dots within numbers: the first goes, the second stays.
std::u32string plain(const std::u32string& text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (const char32_t close = closing(c); close != 0) {
      if (const std::size_t end = text.find(close, i); end != text.npos) i = end;
      out += U' ';
      continue;
    }
    const bool in_number = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (in_number && c == U',') continue;
    if (is_apostrophe(c))
      out += U'\'';
    else
      out += is_of_word(c) || (in_number && c == U'.') ? lower(c) : U' ';
  }
  return out;
}

std::u32string written_out(std::u32string word) {
  for (const auto& [from, to] : kWhole) {
    if (word == from) return std::u32string(to);
  }
  for (const auto& [from, to] : kEnds) {
    if (word.size() <= from.size() || !word.ends_with(from)) continue;
    word.replace(word.size() - from.size(), from.size(), to);
    break;
  }
  std::erase(word, U'\'');
  return word;
}

template <class Take>
void split(std::u32string_view text, Take&& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(U' '), text.size());
    if (end > 0) take(std::u32string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string utf8(const std::u32string& word) {
  std::vector<std::uint8_t> bytes(4 * word.size() + 1);
  write_characters(word, bytes);
  return reinterpret_cast<const char*>(bytes.data());
}

}  // namespace

std::vector<std::string> spoken_words(std::string_view transcript) {
  std::vector<std::string> words;
  split(plain(characters_in(transcript)), [&words](const std::u32string& word) {
    if (std::ranges::find(kFillers, word) != kFillers.end()) return;
    split(written_out(word), [&words](const std::u32string& part) { words.push_back(utf8(part)); });
  });
  return words;
}

std::vector<WordStep> aligned(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  std::map<std::string_view, char32_t> numbers;
  std::vector<std::string_view> by_number{""};
  const auto coded = [&](const std::vector<std::string>& words) {
    std::u32string codes;
    for (const std::string& word : words) {
      const auto [at, added] = numbers.try_emplace(word, static_cast<char32_t>(by_number.size()));
      if (added) by_number.push_back(word);
      codes += at->second;
    }
    return codes;
  };
  const std::u32string a = coded(from), b = coded(to);
  std::vector<WordStep> steps;
  for (const EditStep& step : shortest_edits(a, b)) {
    steps.push_back({std::string(by_number[step.from]), std::string(by_number[step.to])});
  }
  return steps;
}

}  // namespace dflare
