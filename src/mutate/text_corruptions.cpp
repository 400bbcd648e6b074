// The natural corruptions of texts: what hurried hands, keyboards, forms and scanners do to what is written. Each is
// done at a share of the places where it can be; which of them come first is frozen by the key.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/characters.h"
#include "dflare/rng.h"
#include "mutate/corruption_list.h"
#include "mutate/keyboard.h"

namespace dflare {
namespace {

using Bytes = std::span<std::uint8_t>;

constexpr double kMostSlips = 0.4;  // share of the characters, at strength 1

// Which places are hit: place i at the strength at which its own number is passed, so that more are as strength grows.
// At least one place is, whatever the strength above 0, where there is any.
class Places {
 public:
  Places(std::size_t count, double share, std::uint64_t key) : rng_(key, 1), share_(share) {
    numbers_.resize(count);
    for (double& number : numbers_) number = rng_.uniform();
  }
  // Of the places at which the predicate holds.
  template <class Holds>
  void choose(Holds&& holds) {
    chosen_.assign(numbers_.size(), false);
    std::size_t first = numbers_.size();
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      if (!holds(i)) continue;
      chosen_[i] = numbers_[i] < share_;
      if (first == numbers_.size() || numbers_[i] < numbers_[first]) first = i;
    }
    if (first < numbers_.size()) chosen_[first] = true;
  }
  [[nodiscard]] bool operator[](std::size_t i) const { return chosen_[i]; }
  // A number of the place's own that says what is done there, the same at every strength.
  [[nodiscard]] std::uint32_t below(std::size_t i, std::size_t n) const {
    return static_cast<std::uint32_t>(numbers_[i] * 1e9) % static_cast<std::uint32_t>(n);
  }

 private:
  Rng rng_;
  double share_;
  std::vector<double> numbers_;
  std::vector<bool> chosen_;
};

// Writes what is made of the characters; the text as it is where that has no room, or nothing is left of it.
void write(const Characters& made, InputView in, Bytes out) {
  const bool says_something = std::ranges::any_of(made, [](char32_t c) { return !is_space(c); });
  if (!says_something || !write_characters(made, out)) std::ranges::copy(in.pixels(), out.begin());
}

// Each character that is chosen becomes what `change` appends in its place.
template <class Holds, class Change>
void at_places(InputView in, double share, std::uint64_t key, Bytes out, Holds&& holds, Change&& change) {
  const Characters text = characters_of(in.text());
  Places places(text.size(), share, key);
  places.choose([&](std::size_t i) { return holds(text, i); });
  Characters made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (places[i])
      change(text, i, places, made);
    else
      made += text[i];
  }
  write(made, in, out);
}

bool is_written(const Characters& text, std::size_t i) { return !is_space(text[i]); }
bool has_keys(const Characters& text, std::size_t i) { return !keys_beside(text[i]).empty(); }

void typos(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(in, kMostSlips * t, key, out, has_keys,
            [](const Characters& text, std::size_t i, const Places& places, Characters& made) {
              const std::u32string_view keys = keys_beside(text[i]);
              made += keys[places.below(i, keys.size())];
            });
}

void drops(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(in, kMostSlips * t, key, out, is_written,
            [](const Characters&, std::size_t, const Places&, Characters&) {});
}

void doubles(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(in, kMostSlips * t, key, out, is_written,
            [](const Characters& text, std::size_t i, const Places&, Characters& made) { made.append(2, text[i]); });
}

// Neighbours, each in one swap at most.
void swaps(InputView in, double t, std::uint64_t key, Bytes out) {
  Characters text = characters_of(in.text());
  Places places(text.size(), kMostSlips * t, key);
  const auto may_swap = [&text](std::size_t i) {
    return i + 1 < text.size() && !is_space(text[i]) && !is_space(text[i + 1]) && text[i] != text[i + 1];
  };
  places.choose(may_swap);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!places[i]) continue;
    std::swap(text[i], text[i + 1]);
    ++i;
  }
  write(text, in, out);
}

// ---- of letters and words

// A letter that `turned` changes.
template <class Turned>
void change_case(InputView in, double t, std::uint64_t key, Bytes out, Turned&& turned) {
  at_places(
      in, t, key, out, [&](const Characters& text, std::size_t i) { return turned(text[i]) != text[i]; },
      [&](const Characters& text, std::size_t i, const Places&, Characters& made) { made += turned(text[i]); });
}

void lower_case(InputView in, double t, std::uint64_t key, Bytes out) { change_case(in, t, key, out, lower); }
void upper_case(InputView in, double t, std::uint64_t key, Bytes out) { change_case(in, t, key, out, upper); }

void no_punctuation(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(
      in, t, key, out, [](const Characters& text, std::size_t i) { return is_mark(text[i]); },
      [](const Characters&, std::size_t, const Places&, Characters&) {});
}

void joined_words(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(
      in, t, key, out, [](const Characters& text, std::size_t i) { return is_space(text[i]); },
      [](const Characters&, std::size_t, const Places&, Characters&) {});
}

double split_share(double t) { return 0.25 * t; }

void split_words(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(
      in, split_share(t), key, out,
      [](const Characters& text, std::size_t i) {
        return is_written(text, i) && i + 1 < text.size() && is_written(text, i + 1);
      },
      [](const Characters& text, std::size_t i, const Places&, Characters& made) { (made += text[i]) += U' '; });
}

int marks_at(double t) { return 2 + static_cast<int>(4 * t); }

// The marks at the ends of sentences again and again.
void repeated_marks(InputView in, double t, std::uint64_t /*key*/, Bytes out) {
  const auto count = static_cast<std::size_t>(marks_at(t));
  at_places(
      in, 1, 0, out,
      [](const Characters& text, std::size_t i) {
        return (text[i] == U'!' || text[i] == U'?' || text[i] == U'.') &&
               (i + 1 == text.size() || is_space(text[i + 1]));
      },
      [count](const Characters& text, std::size_t i, const Places&, Characters& made) { made.append(count, text[i]); });
}

struct LookAlike {
  char32_t written, read;
};
constexpr std::array kLookAlikes{
    LookAlike{U'o', U'0'}, LookAlike{U'O', U'0'}, LookAlike{U'0', U'O'}, LookAlike{U'l', U'1'}, LookAlike{U'1', U'l'},
    LookAlike{U'I', U'l'}, LookAlike{U'i', U'1'}, LookAlike{U'S', U'5'}, LookAlike{U's', U'5'}, LookAlike{U'5', U'S'},
    LookAlike{U'B', U'8'}, LookAlike{U'8', U'B'}, LookAlike{U'Z', U'2'}, LookAlike{U'z', U'2'}, LookAlike{U'g', U'9'},
    LookAlike{U'q', U'9'}, LookAlike{U'G', U'6'}, LookAlike{U'e', U'c'}, LookAlike{U'c', U'e'}, LookAlike{U'u', U'v'},
    LookAlike{U'v', U'u'}, LookAlike{U'h', U'b'}, LookAlike{U'b', U'h'}, LookAlike{U'm', U'n'}};

// What a scanner reads it for; the character itself where it is read well.
char32_t misread(char32_t c) {
  const auto found = std::ranges::find(kLookAlikes, c, &LookAlike::written);
  return found == kLookAlikes.end() ? c : found->read;
}

void look_alikes(InputView in, double t, std::uint64_t key, Bytes out) {
  at_places(
      in, kMostSlips * t, key, out, [](const Characters& text, std::size_t i) { return misread(text[i]) != text[i]; },
      [](const Characters& text, std::size_t i, const Places&, Characters& made) { made += misread(text[i]); });
}

void add(CorruptionList& all, std::string_view name, CorruptionKind::Apply apply, CorruptionKind::Describe describe) {
  all.push_back(std::make_unique<CorruptionKind>(name, apply, describe));
}

void add_slips(CorruptionList& all) {
  add(all, "typos", typos, [](double t, const Shape&) {
    return fmt::format("{:.0f} % of the letters slipped to the key beside", 100 * kMostSlips * t);
  });
  add(all, "swaps", swaps,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of neighbours swapped", 100 * kMostSlips * t); });
  add(all, "drops", drops,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the characters left out", 100 * kMostSlips * t); });
  add(all, "doubles", doubles,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the characters doubled", 100 * kMostSlips * t); });
}

void add_ways_of_writing(CorruptionList& all) {
  add(all, "lower-case", lower_case,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the capitals in lower case", 100 * t); });
  add(all, "upper-case", upper_case,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the small letters in upper case", 100 * t); });
  add(all, "no-punctuation", no_punctuation,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the punctuation left out", 100 * t); });
  add(all, "joined-words", joined_words,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of the spaces left out", 100 * t); });
  add(all, "split-words", split_words, [](double t, const Shape&) {
    return fmt::format("a space after {:.0f} % of the letters", 100 * split_share(t));
  });
  add(all, "repeated-marks", repeated_marks,
      [](double t, const Shape&) { return fmt::format("{} marks at the end of a sentence", marks_at(t)); });
  add(all, "look-alikes", look_alikes, [](double t, const Shape&) {
    return fmt::format("{:.0f} % of what a scanner may misread misread", 100 * kMostSlips * t);
  });
}

CorruptionList make_text_corruptions() {
  CorruptionList all;
  add_slips(all);
  add_ways_of_writing(all);
  return all;
}

}  // namespace

const CorruptionList& text_corruptions() {
  static const CorruptionList all = make_text_corruptions();
  return all;
}

}  // namespace dflare
