// The options of `dflare rank`.
#include "options/flags.h"

namespace dflare {
namespace {

std::vector<Flag> asking_flags() {
  return {
      {.name = "variants",
       .metavar = "VARIANT...",
       .verbs = kRank,
       .slot = &Options::models,
       .brief = "Compressed versions of it: .onnx or .tflite. Options called --compressed-... are theirs",
       .saved = false},
      {.name = "max-seeds",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::rank_seeds,
       .brief = "Inputs that corruptions and searches start from; 0: all that can be used",
       .details = "The first inputs to which the original gives one strict label, and the true one where there are "
                  "labels. Intervals shrink with the square root of N. Apart from that, up to 1000 inputs are asked as "
                  "they are.",
       .least = 0,
       .saved = false},
      {.name = "corrupted",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::corrupted,
       .brief = "Corrupted images of each seed that disagreement is counted on",
       .least = 1,
       .saved = false},
  };
}

std::vector<Flag> searching_flags() {
  return {
      {.name = "search-seeds",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::search_seeds,
       .brief = "Of the seeds, those that searches start from; 0: no searches",
       .details = "Searches tell severity and queries, and take most of the time. The order does not need them.",
       .least = 0,
       .saved = false},
      {.name = "refine-queries",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::rank_refine_queries,
       .brief = "Queries spent on raising a finding's severity",
       .details = "Severities are comparable only at the same N.",
       .least = 1,
       .saved = false},
      {.name = "regression-queries",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::regression_queries,
       .brief = "Queries a seed spent on a decisive natural regression; 0: none are looked for",
       .details =
           "By `--strategy natural --goal regression --refine climb`, as `dflare search` has them. Comparable only "
           "at the same N.",
       .least = 0,
       .saved = false},
      {.name = "regression-seeds",
       .metavar = "N",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::regression_seeds,
       .brief = "Of the seeds that are searched, those from which natural regressions are looked for",
       .least = 0,
       .saved = false},
  };
}

std::vector<Flag> rank_limit_flags() {
  return {
      {.name = "time-limit",
       .metavar = "SECONDS",
       .verbs = kRank,
       .group = "Ranking",
       .slot = &Options::rank_time_limit,
       .brief = "End after this time with what is known by then; 0: none",
       .details = "Inputs as they are come first, then the measure that the order goes by and the corrupted seeds in "
                  "turns, searches (severity, queries) last, some seeds of all variants at a time.",
       .least = 0,
       .saved = false},
  };
}

}  // namespace

std::vector<Flag> rank_flags() { return joined({asking_flags(), searching_flags(), rank_limit_flags()}); }

}  // namespace dflare
