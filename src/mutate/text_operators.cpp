// Random mutations of texts: one slip of a writer each. A text stays UTF-8 and is never empty.
#include "mutate/text_operators.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/characters.h"
#include "mutate/flavour.h"
#include "mutate/keyboard.h"

namespace dflare {
namespace {

// An operator that changes characters in place; what does not fit is not done.
class TextOperator final : public NamedOperator {
 public:
  using Apply = void (*)(Characters&, Rng&);
  TextOperator(std::string name, Apply function) : NamedOperator(std::move(name)), apply_(function) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    Characters text = characters_of(in.text());
    apply_(text, rng);
    if (text.empty() || !write_characters(text, out)) std::ranges::copy(in.pixels(), out.begin());
  }

 private:
  Apply apply_;
};

constexpr std::size_t kNowhere = Characters::npos;

// One of the places at which the predicate holds; kNowhere where there is none.
template <class Holds>
std::size_t place(std::size_t places, Rng& rng, Holds&& holds) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < places; ++i) count += holds(i) ? 1 : 0;
  if (count == 0) return kNowhere;
  std::uint32_t left = rng.below(count);
  for (std::size_t i = 0; i < places; ++i) {
    if (holds(i) && left-- == 0) return i;
  }
  return kNowhere;
}

// The key beside.
void typo(Characters& text, Rng& rng) {
  const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return !keys_beside(text[i]).empty(); });
  if (at == kNowhere) return;
  const std::u32string_view keys = keys_beside(text[at]);
  text[at] = keys[rng.below(static_cast<std::uint32_t>(keys.size()))];
}

// Two neighbours that differ and are no spaces.
void swap(Characters& text, Rng& rng) {
  const std::size_t at = place(text.size() - 1, rng, [&](std::size_t i) {
    return text[i] != text[i + 1] && !is_space(text[i]) && !is_space(text[i + 1]);
  });
  if (at != kNowhere) std::swap(text[at], text[at + 1]);
}

void drop(Characters& text, Rng& rng) {
  const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return !is_space(text[i]); });
  if (at != kNowhere && text.size() > 1) text.erase(at, 1);
}

void doubled(Characters& text, Rng& rng) {
  const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return !is_space(text[i]); });
  if (at != kNowhere) text.insert(at, 1, text[at]);
}

void turn(char32_t& c) { c = upper(c) != c ? upper(c) : lower(c); }

// A letter, or one time in four the whole word around it.
void change_case(Characters& text, Rng& rng) {
  const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return is_letter(text[i]); });
  if (at == kNowhere) return;
  if (rng.below(4) != 0) {
    turn(text[at]);
    return;
  }
  const bool to_upper = upper(text[at]) != text[at];
  std::size_t begin = at;
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  for (std::size_t i = begin; i < text.size() && is_letter(text[i]); ++i) {
    text[i] = to_upper ? upper(text[i]) : lower(text[i]);
  }
}

// A space too few, or one too many within a word.
void space(Characters& text, Rng& rng) {
  const bool join = rng.below(2) == 0;
  if (join) {
    const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return is_space(text[i]); });
    if (at != kNowhere && text.size() > 1) text.erase(at, 1);
    return;
  }
  const std::size_t at =
      place(text.size() - 1, rng, [&](std::size_t i) { return !is_space(text[i]) && !is_space(text[i + 1]); });
  if (at != kNowhere) text.insert(at + 1, 1, U' ');
}

// A mark left out, or one put behind a word.
void punctuation(Characters& text, Rng& rng) {
  constexpr std::u32string_view kMarks = U".,!?;:'-";
  if (rng.below(2) == 0) {
    const std::size_t at = place(text.size(), rng, [&](std::size_t i) { return is_mark(text[i]); });
    if (at != kNowhere && text.size() > 1) text.erase(at, 1);
    return;
  }
  const std::size_t at = place(text.size(), rng, [&](std::size_t i) {
    return !is_space(text[i]) && (i + 1 == text.size() || is_space(text[i + 1]));
  });
  if (at != kNowhere) text.insert(at + 1, 1, kMarks[rng.below(static_cast<std::uint32_t>(kMarks.size()))]);
}

struct Entry {
  const char* name;
  TextOperator::Apply apply;
};

constexpr std::array<Entry, 7> kEntries{{
    {"typo", typo},
    {"swap", swap},
    {"drop", drop},
    {"double", doubled},
    {"case", change_case},
    {"space", space},
    {"punctuation", punctuation},
}};

}  // namespace

std::vector<std::string> text_operator_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kEntries) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<Operator> make_text_operator(std::string_view name) {
  const auto entry = std::ranges::find(kEntries, name, &Entry::name);
  if (entry == kEntries.end()) return nullptr;
  return std::make_unique<TextOperator>(entry->name, entry->apply);
}

}  // namespace dflare
