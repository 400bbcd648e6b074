// What a ranking found, for a program and for a person.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dflare/rank.h"

namespace dflare::cli {

struct RankedFile {
  std::string path;  // as given
  std::uintmax_t bytes = 0;
};

// docs/ranking.md describes it.
nlohmann::ordered_json ranking_json(const Ranking& ranking, const RankedFile& original,
                                    const std::vector<RankedFile>& variants);
void print_ranking(const Ranking& ranking, const RankedFile& original, const std::vector<RankedFile>& variants,
                   std::int64_t refine_queries);

}  // namespace dflare::cli
