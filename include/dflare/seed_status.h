// Which inputs a search starts from, and why not the others.
#pragma once

#include <cstdint>
#include <string_view>

namespace dflare {

// Whether and why an input takes part; the word is in docs/glossary.md.
enum class SeedStatus : std::uint8_t {
  kUsable,
  kNatural,     // the two models differ on it already: a finding, outside the success rate
  kWrong,       // both agree, but not with the true label (--seed-filter correct)
  kTied,        // the top value is tied in either model, and ties do not count
  kUnreadable,  // see Seed::problem
  kUnlabelled,  // labels were given, but none for this one
  kNotFinite,   // a model answers NaN or infinity
  kFailed,      // a model fails on it
  kNotAsked,    // enough usable seeds stood before it (--max-seeds)
};
std::string_view to_string(SeedStatus status);
// After a number of inputs: "with a tied answer", "unreadable", ...
std::string_view in_words(SeedStatus status);

}  // namespace dflare
