// Strategies by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/error.h"
#include "dflare/strategy.h"

namespace dflare {
namespace {

using testing::Contains;
using testing::HasSubstr;

Error error_of(const StrategyOptions& options) {
  try {
    make_strategy_factory(options);
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorCode::kBadArgument, ""};
}

TEST(StrategyFactory, MakesEveryStrategyThatItNames) {
  EXPECT_THAT(strategy_names(), Contains("dflare"));
  EXPECT_THAT(strategy_names(), Contains("random"));
  for (const std::string& name : strategy_names()) {
    const auto strategy = make_strategy_factory({.name = name})();
    ASSERT_NE(strategy, nullptr) << name;
    EXPECT_GE(strategy->max_proposals(), 1U) << name;
  }
}

TEST(StrategyFactory, InstancesAreIndependent) {
  const StrategyFactory make = make_strategy_factory({.name = "dflare"});
  EXPECT_NE(make(), make());
}

TEST(StrategyFactory, UnknownStrategyIsRefusedWithTheNearestName) {
  const Error e = error_of({.name = "dflair"});
  EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
  EXPECT_THAT(e.what(), HasSubstr("dflair"));
  EXPECT_THAT(e.hint(), HasSubstr("did you mean 'dflare'"));
  EXPECT_THAT(e.hint(), HasSubstr("random"));
}

TEST(StrategyFactory, UnknownOperatorIsRefusedWithTheNearestName) {
  const Error e = error_of({.name = "dflare", .operators = "gausian-blur"});
  EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
  EXPECT_THAT(e.hint(), HasSubstr("gaussian-blur"));
}

}  // namespace
}  // namespace dflare
