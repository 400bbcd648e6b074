// The user's inputs, and what is said of those that cannot be used.
#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/settings.h"
#include "cli/terminal.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kProblemsShown = 5;

std::vector<const Seed*> unreadable(const SeedSet& seeds) {
  std::vector<const Seed*> list;
  for (const Seed& seed : seeds.seeds) {
    if (!seed.problem.empty()) list.push_back(&seed);
  }
  return list;
}

std::string listed(const std::vector<const Seed*>& seeds) {
  std::string text;
  for (std::size_t i = 0; i < std::min(seeds.size(), kProblemsShown); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", seeds[i]->source, seeds[i]->problem);
  }
  if (seeds.size() > kProblemsShown) text += fmt::format("; and {} more", seeds.size() - kProblemsShown);
  return text;
}

}  // namespace

SeedSet load_inputs(const Options& options, const Shape& shape) {
  SeedSet seeds = load_seeds(options.seeds, seed_options(options, shape));
  const std::vector<const Seed*> problems = unreadable(seeds);
  if (problems.empty()) return seeds;
  if (problems.size() == seeds.seeds.size()) {
    throw Error(ErrorCode::kNoUsableSeed, fmt::format("none of the {} inputs in {} can be used: {}", seeds.seeds.size(),
                                                      options.seeds, listed(problems)));
  }
  if (!options.quiet) {
    say(stderr, "{} {} of {} inputs left out: {}\n", styled(stderr, Style::kYellow, "note:"), problems.size(),
        seeds.seeds.size(), listed(problems));
  }
  return seeds;
}

}  // namespace dflare::cli
