// Operators by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/error.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

using testing::HasSubstr;

std::vector<std::string> names_of(const OperatorSet& set) {
  std::vector<std::string> names;
  for (const auto& op : set) names.emplace_back(op->name());
  return names;
}

Error refusal(const std::string& spec) {
  try {
    (void)make_operators(spec);
  } catch (const Error& e) {
    return e;
  }
  throw std::logic_error("'" + spec + "' was accepted");
}

TEST(MakeOperators, PaperIsTheSevenByTheirNames) {
  EXPECT_EQ(operator_names().size(), 7U);
  EXPECT_EQ(names_of(make_operators("paper")), operator_names());
}

TEST(MakeOperators, ReferenceIsTheSameSevenWithThePrefix) {
  const auto names = names_of(make_operators("reference"));
  ASSERT_EQ(names.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(names[i], "reference:" + operator_names()[i]);
}

TEST(MakeOperators, EveryNameRoundTrips) {
  for (const char* set : {"paper", "reference"}) {
    for (const auto& op : make_operators(set)) EXPECT_EQ(one(std::string(op->name()))->name(), op->name());
  }
}

TEST(MakeOperators, AListKeepsItsOrderAndMixesFlavours) {
  EXPECT_EQ(names_of(make_operators("median-blur, reference:gaussian-noise,gaussian-noise")),
            (std::vector<std::string>{"median-blur", "reference:gaussian-noise", "gaussian-noise"}));
}

TEST(MakeOperators, AnUnknownNameOffersTheNearestOne) {
  const Error e = refusal("paper-blur,gausian-noise");
  EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
  EXPECT_THAT(e.what(), HasSubstr("'paper-blur'"));
  EXPECT_THAT(refusal("gausian-noise").hint(), HasSubstr("did you mean 'gaussian-noise'?"));
  EXPECT_THAT(refusal("gausian-noise").hint(), HasSubstr("--operators"));
  EXPECT_THAT(refusal("reference:median-blurr").hint(), HasSubstr("did you mean 'median-blur'?"));
  EXPECT_THAT(refusal("papre").hint(), HasSubstr("did you mean 'paper'?"));
}

TEST(MakeOperators, EmptyItemsAreRefused) {
  for (const char* spec : {"", "  ", "median-blur,", ",median-blur", "reference:"}) {
    EXPECT_EQ(refusal(spec).code(), ErrorCode::kBadArgument) << spec;
  }
}

TEST(MakeOperators, AnOperatorNamedTwiceIsRefused) {
  EXPECT_THAT(refusal("median-blur,median-blur").what(), HasSubstr("named twice"));
}

}  // namespace
}  // namespace dflare
