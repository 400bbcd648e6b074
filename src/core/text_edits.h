// The fewest edits that make one text of another, any part of which can be done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/characters.h"

namespace dflare {

// A character of either sequence, or of both.
struct EditStep {
  char32_t from = 0, to = 0;  // 0: none
};

// The fewest edits that make `to` of `from`, in order, what stays among them. Neither holds 0. Takes time and memory in
// proportion to the product of what is left of the two without their common beginning and end.
std::vector<EditStep> shortest_edits(std::u32string_view from, std::u32string_view to);

class TextEdits {
 public:
  // Both are UTF-8. Costs what shortest_edits() does.
  TextEdits() = default;
  TextEdits(std::string_view from, std::string_view to);

  // Characters put in, left out or replaced: the Levenshtein distance.
  [[nodiscard]] std::size_t count() const { return count_; }
  // Characters of the longer text.
  [[nodiscard]] std::size_t longest() const { return longest_; }
  // The text after those edits that are `done`, one for each of count(), in the order of the text; what `out` has no
  // room for is left away, at the end of a character.
  void write(const std::vector<bool>& done, std::span<std::uint8_t> out) const;

 private:
  std::vector<EditStep> steps_;
  std::size_t count_ = 0, longest_ = 0;
};

}  // namespace dflare
