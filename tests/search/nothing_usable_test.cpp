// What is said where no input can be searched.
#include "search/nothing_usable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dflare {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<SeedStatus> statuses(std::initializer_list<std::pair<SeedStatus, int>> counts) {
  std::vector<SeedStatus> all;
  for (const auto& [status, count] : counts) all.insert(all.end(), static_cast<std::size_t>(count), status);
  return all;
}

const PairFigures kSound{
    .asked = 400, .agree = 395, .one_label_original = 50, .one_label_compressed = 50, .classes = 10};

TEST(NothingUsable, EveryReasonIsToldWithItsCount) {
  const Error e = nothing_usable(
      statuses({{SeedStatus::kTied, 30}, {SeedStatus::kWrong, 369}, {SeedStatus::kUnreadable, 1}}), kSound);
  EXPECT_EQ(e.code(), ErrorCode::kNoUsableSeed);
  EXPECT_THAT(e.what(),
              HasSubstr("none of the 400 inputs can be searched: 369 that both models get wrong, 30 with a tied "
                        "top value, 1 that cannot be read"));
}

TEST(NothingUsable, TheCommonestReasonIsHelpedAgainst) {
  EXPECT_THAT(nothing_usable(statuses({{SeedStatus::kTied, 300}, {SeedStatus::kWrong, 100}}), kSound).hint(),
              HasSubstr("--ties count"));
  EXPECT_THAT(nothing_usable(statuses({{SeedStatus::kTied, 100}, {SeedStatus::kWrong, 300}}), kSound).hint(),
              HasSubstr("--label-offset"));
  EXPECT_THAT(nothing_usable(statuses({{SeedStatus::kUsable, 1}}), kSound).hint(), HasSubstr("--shard"));
}

TEST(NothingUsable, ABrokenPairIsToldInPlaceOfPreprocessing) {
  const PairFigures nan{.asked = 400, .not_finite_compressed = 400, .classes = 10};
  const Error e = nothing_usable(statuses({{SeedStatus::kNotFinite, 400}}), nan);
  EXPECT_THAT(e.what(), HasSubstr("400 answered with NaN or infinity"));
  EXPECT_THAT(e.hint(), HasSubstr("the compression broke it"));
  EXPECT_THAT(e.hint(), Not(HasSubstr("--preprocess")));
}

}  // namespace
}  // namespace dflare
