// Edit distance over names.
#include "core/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace dflare {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (const std::size_t d = edit_distance(name, candidate); d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

std::string known_names_hint(std::string_view name, std::span<const std::string> candidates) {
  std::string hint;
  if (const std::string meant = nearest_name(name, candidates); !meant.empty()) hint = "did you mean '" + meant + "'? ";
  hint += "known: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) hint += (i == 0 ? "" : ", ") + candidates[i];
  return hint;
}

}  // namespace dflare
