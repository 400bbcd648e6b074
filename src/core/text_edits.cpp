// Wagner and Fischer's table, walked back.
#include "core/text_edits.h"

#include <algorithm>

namespace dflare {
namespace {

enum class Move : std::uint8_t { kBoth, kDrop, kPut };

// How each pair of prefixes is best reached: (a + 1) x (b + 1), row after row.
std::vector<Move> best_moves(std::u32string_view a, std::u32string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<Move> moves((a.size() + 1) * width, Move::kPut);
  std::vector<std::uint32_t> costs(width);
  for (std::size_t j = 0; j < width; ++j) costs[j] = static_cast<std::uint32_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::uint32_t diagonal = costs[0]++;
    moves[i * width] = Move::kDrop;
    for (std::size_t j = 1; j < width; ++j) {
      const std::uint32_t both = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      const std::uint32_t drop = costs[j] + 1;
      const std::uint32_t put = costs[j - 1] + 1;
      diagonal = costs[j];
      costs[j] = std::min({both, drop, put});
      moves[i * width + j] = costs[j] == both ? Move::kBoth : costs[j] == drop ? Move::kDrop : Move::kPut;
    }
  }
  return moves;
}

}  // namespace

std::vector<EditStep> shortest_edits(std::u32string_view from, std::u32string_view to) {
  std::u32string_view a = from;
  std::u32string_view b = to;
  const auto [begin_a, begin_b] = std::ranges::mismatch(a, b);
  const auto same_begin = static_cast<std::size_t>(begin_a - a.begin());
  a.remove_prefix(same_begin);
  b.remove_prefix(same_begin);
  std::size_t same_end = 0;
  while (same_end < std::min(a.size(), b.size()) && a[a.size() - 1 - same_end] == b[b.size() - 1 - same_end])
    ++same_end;
  a.remove_suffix(same_end);
  b.remove_suffix(same_end);

  std::vector<EditStep> steps;
  for (std::size_t i = same_end; i-- > 0;) {
    const char32_t c = from[from.size() - same_end + i];
    steps.push_back({c, c});
  }
  const std::vector<Move> moves = best_moves(a, b);
  for (std::size_t i = a.size(), j = b.size(); i > 0 || j > 0;) {
    const Move move = moves[i * (b.size() + 1) + j];
    EditStep step;
    if (move != Move::kPut) step.from = a[--i];
    if (move != Move::kDrop) step.to = b[--j];
    steps.push_back(step);
  }
  for (std::size_t i = same_begin; i-- > 0;) steps.push_back({from[i], from[i]});
  std::ranges::reverse(steps);
  return steps;
}

TextEdits::TextEdits(std::string_view from, std::string_view to) {
  const Characters a = characters_of(from);
  const Characters b = characters_of(to);
  longest_ = std::max(a.size(), b.size());
  steps_ = shortest_edits(a, b);
  count_ = static_cast<std::size_t>(
      std::ranges::count_if(steps_, [](const EditStep& step) { return step.from != step.to; }));
}

void TextEdits::write(const std::vector<bool>& done, std::span<std::uint8_t> out) const {
  Characters text;
  text.reserve(steps_.size());
  std::size_t edit = 0;
  for (const EditStep& step : steps_) {
    const bool edited = step.from != step.to && done[edit++];
    const char32_t c = edited ? step.to : step.from;
    if (c != 0) text.push_back(c);
  }
  write_characters(text, out);
}

}  // namespace dflare
