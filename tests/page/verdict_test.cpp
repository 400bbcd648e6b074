// A run's verdict: how often the models differ on inputs as they are, how decisively, what to do.
#include "page/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dflare {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

PairFigures figures(std::int64_t agree) {
  PairFigures f;
  f.asked = 1000;
  f.agree = agree;
  f.labelled = 1000;
  f.right_original = 950;
  f.right_compressed = 945;
  f.one_label_original = f.one_label_compressed = 100;
  f.classes = 10;
  return f;
}

RunSummary summary(std::int64_t agree) {
  RunSummary s;
  s.complete = true;
  s.figures = figures(agree);
  s.searched = 900;
  s.found = 900;
  s.confirmed = 910;
  s.queries_to_find = Spread{9, 8, 12};
  s.severity = Spread{0.2, 0.1, 0.4};
  s.settings = "{}";
  return s;
}

PageFinding finding(FindingKind kind, double severity) {
  PageFinding f;
  f.finding.kind = kind;
  f.finding.severity = severity;
  return f;
}

TEST(Verdict, BeginsWithHowOftenTheModelsDifferOnInputsAsTheyAre) {
  const std::vector<PageFinding> found{finding(FindingKind::kCompressedLost, 0.1)};
  const PageVerdict verdict = verdict_of(summary(990), found, "run");
  EXPECT_EQ(verdict.headline,
            "On 10 of 1 000 real inputs as they are, 1 in 100, the two models give different answers.");
  EXPECT_EQ(verdict.tone, PageVerdict::Tone::kClose);
  EXPECT_THAT(verdict.more, Contains(HasSubstr("the original itself wavers")));
}

TEST(Verdict, SaysHowDecisiveTheFindingsAre) {
  std::vector<PageFinding> found{finding(FindingKind::kNatural, 2), finding(FindingKind::kNatural, 0.1)};
  for (int i = 0; i < 4; ++i) found.push_back(finding(FindingKind::kOriginalLost, i < 2 ? 3 : 0.1));
  const PageVerdict verdict = verdict_of(summary(990), found, "run");
  EXPECT_THAT(verdict.more, Contains(HasSubstr("Of the 2 that held when asked again 1 is decisive")));
  EXPECT_THAT(verdict.more, Contains(HasSubstr("of these 4 findings 50.0 % are decisive")));
  EXPECT_THAT(verdict.more, Not(Contains(HasSubstr("wavers"))));
  EXPECT_THAT(verdict.next, HasSubstr("`dflare guard run`"));
}

TEST(Verdict, OfABrokenPairIsThatTheSetUpComesFirst) {
  RunSummary s = summary(990);
  s.figures->agree = 120;
  s.figures->right_compressed = 100;
  const PageVerdict verdict = verdict_of(s, {}, "run");
  EXPECT_EQ(verdict.tone, PageVerdict::Tone::kUnsound);
  EXPECT_THAT(verdict.more, Contains(HasSubstr("says nothing about the compression")));
  EXPECT_THAT(verdict.next, Not(IsEmpty()));
}

TEST(Verdict, OfAHurtModelIsToLookAtInputsAsTheyAre) {
  const PageVerdict verdict = verdict_of(summary(850), {}, "run");
  EXPECT_EQ(verdict.tone, PageVerdict::Tone::kHurt);
  EXPECT_THAT(verdict.headline, HasSubstr("1 in 7"));
  EXPECT_THAT(verdict.next, HasSubstr("inputs as they are first"));
}

TEST(Verdict, SaysThatARunIsNotComplete) {
  RunSummary s = summary(990);
  s.complete = false;
  s.remaining = 30;
  EXPECT_THAT(verdict_of(s, {}, "run").more, Contains(HasSubstr("`dflare resume run`")));
}

TEST(Verdict, SpeaksOfTheToleranceWhereAnOracleCompares) {
  RunSummary s = summary(990);
  s.oracle = "value:0.1";
  const PageVerdict verdict = verdict_of(s, std::vector{finding(FindingKind::kNatural, 1.5)}, "run");
  EXPECT_THAT(verdict.headline, HasSubstr("farther apart than tolerated"));
  EXPECT_THAT(verdict.more, Contains(HasSubstr("twice as far apart")));
}

TEST(Verdict, OfARunThatKeptNoFiguresSaysSo) {
  RunSummary s = summary(990);
  s.figures.reset();
  EXPECT_THAT(verdict_of(s, {}, "run").headline, HasSubstr("was not recorded"));
}

}  // namespace
}  // namespace dflare
