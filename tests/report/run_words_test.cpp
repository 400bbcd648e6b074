// What is said of a run.
#include "dflare/run_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dflare {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// 100 inputs, all searched, all found.
RunSummary found_all() {
  RunSummary s;
  s.complete = true;
  s.seeds = s.searched = s.found = 100;
  s.original = {"models/a.onnx", "ONNX Runtime", 0.97};
  s.compressed = {"models/b.onnx", "ONNX Runtime", 0.96};
  s.agreement = 0.99;
  s.figures = PairFigures{.asked = 100, .agree = 99, .labelled = 100, .right_original = 97, .right_compressed = 96};
  s.ends = {{"found", 100}};
  s.queries = s.queries_to_find = Spread{8.5, 7, 12};
  s.queries_total = 850;
  s.timing = {.wall_seconds = 0.5, .queries = 850, .queries_per_second = 1700};
  s.confirmed = s.findings = s.images = 100;
  s.severity = Spread{0.4, 0.3, 1.2};
  s.distance = Distance{20, 1.5, 0.9};
  s.kinds = {{"compressed_lost", 60}, {"original_lost", 40}, {"both_changed", 0}, {"natural", 0}};
  s.ways = {{"corrupt", 90}, {"blend", 10}};
  s.within_severity_5 = 30;
  s.beyond_severity_5 = 60;
  s.settings = R"({"strategy":"boundary","end-points":"auto","max-queries":2000})";
  return s;
}

RunSummary found_none() {
  RunSummary s = found_all();
  s.found = s.confirmed = s.findings = s.images = 0;
  s.ends = {{"queries_spent", 100}};
  s.queries = Spread{2000, 2000, 2000};
  s.queries_to_find.reset();
  s.queries_total = 200000;
  s.timing.queries = 200000;
  s.severity.reset();
  s.distance.reset();
  s.kinds["compressed_lost"] = s.kinds["original_lost"] = 0;
  s.ways.clear();
  return s;
}

// The line of that name, with those that go on with it.
std::string line(const RunSummary& summary, const std::string& name) {
  std::string text;
  bool mine = false;
  for (const SummaryLine& l : lines_of(summary)) {
    if (!l.name.empty()) mine = l.name == name;
    if (mine) text += l.text + "\n";
  }
  return text;
}

TEST(RunWords, SharesSayOfHowManyAndHowSure) {
  const RunSummary s = found_all();
  EXPECT_THAT(line(s, "original"), AllOf(HasSubstr("a.onnx"), HasSubstr("right on 97.0 % (91.5 to 99.0) of 100")));
  EXPECT_THAT(line(s, "agreement"), HasSubstr("99.0 % (94.6 to 99.8) of 100 inputs"));
  EXPECT_THAT(line(s, "found"), HasSubstr("100 of 100 searched: 100 % (96.3 to 100)"));
}

TEST(RunWords, ARunOfAnEarlierVersionHasSharesWithoutCounts) {
  RunSummary s = found_all();
  s.figures.reset();
  EXPECT_THAT(line(s, "original"), HasSubstr("right on 97.0 %)"));
  EXPECT_FALSE(look_at(s).has_value());
}

TEST(RunWords, QueriesUntilAFindingAreToldOnlyWhereThereIsOne) {
  EXPECT_THAT(line(found_all(), "queries"), HasSubstr("median 7 until a seed's first finding"));
  EXPECT_THAT(line(found_none(), "queries"), AllOf(HasSubstr("in vain"), Not(HasSubstr("first finding"))));
}

TEST(RunWords, MediansOfFoundSeedsLeaveOutTheOthers) {
  RunSummary s = found_all();
  s.found = 60;
  s.ends = {{"found", 60}, {"queries_spent", 30}, {"gave_up", 10}};
  s.queries = Spread{900, 30, 2000};
  EXPECT_THAT(line(s, "queries"), HasSubstr("median 7 until the first finding, of seeds with one"));
  EXPECT_THAT(line(s, "found"), HasSubstr("40 without a finding"));
  EXPECT_THAT(line(s, "found"), AllOf(HasSubstr("30 spent their queries"), HasSubstr("10 had nothing new to try")));
}

TEST(RunWords, TheRateIsThatOfTheTotalBesideIt) {
  RunSummary s = found_all();
  s.queries_total = 160000;
  s.queries_refining = 140000;
  s.timing = {.wall_seconds = 528, .queries = 300000, .queries_per_second = 999};
  EXPECT_THAT(
      line(s, "queries"),
      HasSubstr("300 000 in all, each one input to both models, 140 000 of them refining, in 8:48: 568 a second"));
}

TEST(RunWords, WhatAKilledSessionAskedIsNotInTheRate) {
  RunSummary s = found_all();
  s.queries_total = 1000;
  s.timing = {.wall_seconds = 2, .queries = 400, .queries_per_second = 200};
  EXPECT_THAT(line(s, "queries"),
              HasSubstr("1 000 in all, each one input to both models; 400 of them in 2.0 s: 200 a second"));
}

TEST(RunWords, SmallFiguresKeepTheirDigits) {
  RunSummary s = found_all();
  s.severity = Spread{0.0005, 0.00034, 0.0012};
  EXPECT_THAT(line(s, "severity"), AllOf(HasSubstr("0.000340"), HasSubstr("above 0.00120")));
  EXPECT_EQ(duration_text(0.036), "36 ms");
  EXPECT_EQ(duration_text(4.24), "4.2 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1:00");
  EXPECT_EQ(duration_text(725), "12:05");
  EXPECT_EQ(duration_text(11400), "3:10:00");
}

TEST(RunWords, EveryInputLeftOutHasItsReason) {
  RunSummary s = found_all();
  s.skipped = {{"wrong", 9}, {"tied", 2}, {"flaky", 1}, {"not_asked", 1000}};
  s.natural = 3;
  s.seeds = 1115;
  EXPECT_THAT(line(s, "inputs"),
              AllOf(HasSubstr("1 115 given"), HasSubstr("9 that the models get wrong"),
                    HasSubstr("2 with a tied answer"), HasSubstr("1 whose deviation did not repeat"),
                    HasSubstr("1 000 beyond --max-seeds"), HasSubstr("3 on which they differ as they are")));
}

TEST(WhatNext, NothingIsAddedToARunThatFound) {
  EXPECT_THAT(what_next(found_all(), SearchEnd::kComplete, "run"), IsEmpty());
}

TEST(WhatNext, ARunCutShortSaysWhyWithHowMuchToGoAndHow) {
  RunSummary s = found_all();
  s.complete = false;
  s.remaining = 40;
  EXPECT_THAT(what_next(s, SearchEnd::kTimeLimit, "run"),
              AllOf(HasSubstr("time limit"), HasSubstr("40 of 140 inputs to go"), HasSubstr("`dflare resume run`")));
  EXPECT_THAT(what_next(s, SearchEnd::kStopped, "run"), AllOf(HasSubstr("interrupted"), HasSubstr("resume run")));
}

TEST(WhatNext, ARunThatWasCompleteWhenTheLimitCameHasNothingToGoOnWith) {
  EXPECT_THAT(what_next(found_all(), SearchEnd::kTimeLimit, "run"), IsEmpty());
}

struct Nothing {
  const char* settings;
  std::map<std::string, std::int64_t> ends;
  std::int64_t ties;
  const char* helps;
};

TEST(WhatNext, NothingFoundNamesWhatStoodInTheWay) {
  const Nothing cases[] = {
      {R"({"min-severity":3.0})", {{"queries_spent", 100}}, 0, "a lower --min-severity, more --max-queries"},
      {R"({"linf":"4"})", {{"queries_spent", 100}}, 0, "a wider --linf"},
      {R"({"linf":"","l2":0.5})", {{"queries_spent", 100}}, 0, "a wider --linf"},
      {R"({"linf":"","l2":0.0,"min-ssim":0.0})", {{"queries_spent", 100}}, 0, ": more --max-queries"},
      {R"({"require":"compressed-lost"})", {{"queries_spent", 100}}, 0, "--require any"},
      {R"({})", {{"time_spent", 100}}, 0, "a longer --timeout"},
      {R"({})", {{"queries_spent", 100}}, 5, "--ties count"},
      {R"({"strategy":"random"})", {{"queries_spent", 100}}, 0, "--strategy boundary"},
      {R"({})", {{"gave_up", 100}}, 0, "--end-points blend"},
      {R"({"end-points":"blend"})", {{"gave_up", 100}}, 0, "other or more inputs"},
  };
  for (const Nothing& c : cases) {
    RunSummary s = found_none();
    s.settings = c.settings;
    s.ends = c.ends;
    s.ties = c.ties;
    EXPECT_THAT(what_next(s, SearchEnd::kComplete, "run"),
                AllOf(HasSubstr("nothing was found on 100 inputs"), HasSubstr(c.helps)))
        << c.settings;
  }
}

}  // namespace
}  // namespace dflare
