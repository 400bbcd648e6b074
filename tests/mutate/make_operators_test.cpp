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

TEST(MakeOperators, SetsStandInListsBesideNames) {
  auto expected = operator_names();
  expected.insert(expected.begin(), "reference:median-blur");
  EXPECT_EQ(names_of(make_operators("reference:median-blur,paper")), expected);
  EXPECT_THAT(refusal("paper,median-blur").what(), HasSubstr("named twice"));
}

TEST(MakeOperators, ThoseOfTheCallersOwnComeFromTheirMaker) {
  const OperatorMaker own = [](const std::string& name) {
    return name == "own:fog" ? std::move(make_operators("median-blur").front()) : nullptr;
  };
  EXPECT_EQ(make_operators("own:fog,average-blur", InputKind::kImage, own).size(), 2U);
  EXPECT_TRUE(names_own_operators("paper,own:fog"));
  EXPECT_FALSE(names_own_operators("paper"));
  try {
    (void)make_operators("own:rain", InputKind::kImage, own);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    EXPECT_THAT(e.hint(), HasSubstr("dflare.resume"));
  }
  EXPECT_THAT(refusal("own:fog").what(), HasSubstr("own:fog is code of the program that began the run"));
  EXPECT_THROW(make_operators("own:fog", InputKind::kArray, own), Error);
}

TEST(MakeOperators, AnOperatorNamedTwiceIsRefused) {
  EXPECT_THAT(refusal("median-blur,median-blur").what(), HasSubstr("named twice"));
}

}  // namespace
}  // namespace dflare
