// What there is to say of a ranking: its measures, and which files they are of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dflare/rank.h"

namespace dflare {

struct RankedFile {
  std::string path;  // as given
  std::uintmax_t bytes = 0;
};
// With the size of that file; 0 where there is none.
RankedFile ranked_file(const std::string& path);

struct RankReport {
  Ranking ranking;
  RankedFile original;
  std::vector<RankedFile> variants;                         // as given
  std::int64_t refine_queries = 0, regression_queries = 0;  // as the ranking was asked
  std::vector<std::string> notes;                           // what looks wrong with how the models are fed
};

}  // namespace dflare
