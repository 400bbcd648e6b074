// The paper's measure: heads judged on inputs that they have not seen.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "dflare/error.h"
#include "dflare/repair.h"
#include "dflare/rng.h"
#include "repair/folds.h"

namespace dflare {
namespace {

constexpr std::uint64_t kPurpose = 0x666f6c64;  // a stream apart from others of the run seed

double share_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void count(const RepairRows& rows, std::size_t row, int label, RepairCounts& counts) {
  const int original = rows.original[row].label;
  const bool same = label == original;
  if (rows.kind[row] == RepairRowKind::kFinding && rows.differs(row)) {
    ++counts.deviations;
    counts.repaired += same ? 1 : 0;
  } else if (rows.kind[row] == RepairRowKind::kSeed && !rows.differs(row)) {
    ++counts.seeds;
    counts.induced += same ? 0 : 1;
  }
}

}  // namespace

double repair_ratio(const RepairCounts& counts) { return share_of(counts.repaired, counts.deviations); }
double inducing_ratio(const RepairCounts& counts) { return share_of(counts.induced, counts.deviations); }
double improvement_ratio(const RepairCounts& counts) {
  return share_of(counts.repaired - counts.induced, counts.deviations);
}

std::vector<int> fold_of_rows(std::span<const SeedIndex> seed, int folds, std::uint64_t rng_seed) {
  const std::set<SeedIndex> distinct(seed.begin(), seed.end());
  std::vector<SeedIndex> order(distinct.begin(), distinct.end());
  Rng rng(rng_seed, 0, kPurpose);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  }
  std::map<SeedIndex, int> fold_of;
  for (std::size_t i = 0; i < order.size(); ++i) fold_of[order[i]] = static_cast<int>(i) % folds;
  std::vector<int> fold;
  fold.reserve(seed.size());
  for (const SeedIndex s : seed) fold.push_back(fold_of[s]);
  return fold;
}

CrossValidation cross_validate(const RepairMethod& method, const RepairRows& rows, int folds, std::uint64_t rng_seed,
                               const std::atomic<bool>* stop, const std::function<void(int)>& tell) {
  const auto inputs = std::set<SeedIndex>(rows.seed.begin(), rows.seed.end()).size();
  if (folds < 2 || inputs < static_cast<std::size_t>(folds)) {
    throw Error(ErrorCode::kBadInput,
                std::to_string(inputs) + " inputs are too few for " + std::to_string(folds) + " folds",
                "search more inputs");
  }
  const std::vector<int> fold = fold_of_rows(rows.seed, folds, rng_seed);
  CrossValidation result;
  result.label.assign(rows.size(), -1);
  for (int held_out = 0; held_out < folds; ++held_out) {
    if (stop != nullptr && *stop) break;
    if (tell) tell(held_out);
    std::vector<std::size_t> use;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (fold[row] != held_out) use.push_back(row);
    }
    const RepairHead head = train_head(method, rows, use, rng_seed + static_cast<std::uint64_t>(held_out), stop);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (fold[row] != held_out) continue;
      result.label[row] = repaired_label(head, rows.compressed[row]);
      count(rows, row, result.label[row], result.counts);
    }
  }
  return result;
}

}  // namespace dflare
