// The searches that limits on severity and queries are about.
#include <algorithm>

#include "core/pacer.h"
#include "core/spread.h"
#include "dflare/gate.h"

namespace dflare {
namespace {

constexpr std::size_t kSeedsAtATime = 10;
constexpr int kRowsAQuery = 32;

bool is_seed(const CalledImage& called, const SeedSet& seeds, const SearchSettings& settings) {
  if (called.image.corruption >= 0 || called.original < 0) return false;
  if (called.original_tied && settings.acceptance.ties == TiePolicy::kSkip) return false;
  const bool correct =
      settings.seed_filter == SeedFilter::kCorrect || (settings.seed_filter == SeedFilter::kAuto && seeds.labelled);
  return !correct || called.truth == called.original;
}

}  // namespace

SeedSet seeds_to_search(const FieldAnswers& field, const SeedSet& seeds, const SearchSettings& settings,
                        std::size_t most) {
  SeedSet chosen{.path = seeds.path, .seeds = {}, .labelled = false, .left_out = {}, .folder_names = {}};
  std::vector<SeedIndex> usable;
  for (const CalledImage& called : field.images) {
    if (is_seed(called, seeds, settings)) usable.push_back(called.image.seed);
  }
  for (const std::size_t i : spread_choice(usable.size(), most)) {
    chosen.seeds.push_back(seeds.seeds[static_cast<std::size_t>(usable[i].value)]);
  }
  return chosen;
}

std::vector<SeedOutcome> search_for_gate(Pair pair, const SeedSet& seeds, const SearchSettings& settings,
                                         std::int64_t refine_queries, LiveProgress& live, const Tell& tell) {
  std::vector<SeedOutcome> outcomes;
  if (seeds.seeds.empty() || live.stop) return outcomes;
  SearchSettings search_settings = comparison_settings("boundary", settings, refine_queries);
  if (search_settings.batch == 0) search_settings.batch = kRowsAQuery;
  const std::size_t of = seeds.seeds.size();
  if (tell) tell({"searches: preparing", 0, static_cast<std::int64_t>(of), -1, -1});
  SeedSearch search(pair, seeds, search_settings, live);
  const Elapsed elapsed;
  for (std::size_t first = 0; first < of && !live.stop; first += kSeedsAtATime) {
    const std::size_t end = std::min(first + kSeedsAtATime, of);
    const double left =
        first == 0 ? -1 : elapsed.seconds() * static_cast<double>(of - first) / static_cast<double>(first);
    if (tell) tell({"searches: seeds", static_cast<std::int64_t>(first), static_cast<std::int64_t>(of), left, -1});
    if (!search.run(first, end)) break;
    for (const auto& outcome : search.outcomes().subspan(first, end - first)) {
      if (outcome) outcomes.push_back(*outcome);
    }
  }
  return outcomes;
}

}  // namespace dflare
