// Finds the name that a user probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dflare {

// The candidate with the smallest edit distance to `name`, or "" when none is within a third of its length (at least
// 2).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// "did you mean 'dflare'? known: dflare, random": the hint of an error about an unknown name.
std::string known_names_hint(std::string_view name, std::span<const std::string> candidates);

}  // namespace dflare
