// A report says whether the promise was kept, and names what a reader should know, within a line.
#include "dflare/guard_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "guard/synthetic.h"

namespace dflare {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

GuardFigures caught(std::int64_t part, std::int64_t whole, Interval interval) {
  GuardFigures figures;
  figures.caught = {Share{part, whole}, interval};
  return figures;
}

TEST(Promise, OfCatchesIsKeptOpenOrMissed) {
  const GuardGoal goal{.catch_share = 0.9};
  EXPECT_EQ(promise_of(goal, caught(95, 100, {0.91, 0.98})), Promise::kKept);
  EXPECT_EQ(promise_of(goal, caught(88, 100, {0.80, 0.93})), Promise::kOpen);
  EXPECT_EQ(promise_of(goal, caught(70, 100, {0.60, 0.78})), Promise::kMissed);
  EXPECT_EQ(promise_of(goal, caught(0, 0, {0, 1})), Promise::kOpen) << "nothing was there to catch";
}

TEST(Promise, OfADeferralIsKeptOpenOrMissed) {
  const GuardGoal goal{.defer = 0.05};
  GuardFigures figures;
  figures.deferred_clean = {Share{6, 100}, {0.03, 0.1}};
  figures.deferred_corrupted = {Share{8, 100}, {0.04, 0.12}};
  figures.deferred = 0.07;
  EXPECT_EQ(promise_of(goal, figures), Promise::kOpen);
  figures.deferred_clean.over_inputs.low = figures.deferred_corrupted.over_inputs.low = 0.06;
  EXPECT_EQ(promise_of(goal, figures), Promise::kMissed);
  figures.deferred = 0.05;
  EXPECT_EQ(promise_of(goal, figures), Promise::kKept);
}

// Two classes drift apart; what is held out drifts otherwise where `other` says so.
GuardReport learnt(bool other, std::size_t classes = 5) {
  std::vector<synthetic::Drift> drifts(classes);
  GuardSamples samples;
  samples.learn = synthetic::sample(drifts, 150, 3, 1);
  if (other) drifts.assign(classes, {0, 3});
  samples.held_out = synthetic::sample(drifts, 150, 3, 2);
  return learn_guard(samples, {}, {OutputKind::kLogits, 0, 0}, {});
}

TEST(GuardReport, AMissedPromiseIsSaidFirst) {
  const GuardReport missed = learnt(true);
  EXPECT_EQ(missed.promise, Promise::kMissed);
  ASSERT_FALSE(missed.notes.empty());
  EXPECT_THAT(missed.notes.front(), HasSubstr("the promise was missed"));
  EXPECT_THAT(missed.notes.front(), HasSubstr("90.0 %"));
  const GuardReport kept = learnt(false);
  EXPECT_NE(kept.promise, Promise::kMissed);
  EXPECT_THAT(kept.notes, Not(Contains(HasSubstr("missed"))));
}

TEST(GuardReport, AThousandLabelsNeverSeenAreCountedAndAFewNamed) {
  const GuardReport report = learnt(false, 1000);
  EXPECT_GT(report.labels_never_seen.size(), 300);
  const auto note = std::ranges::find_if(report.notes, [](const std::string& n) { return n.find("labels") != n.npos; });
  ASSERT_NE(note, report.notes.end());
  EXPECT_LT(note->size(), 250);
  EXPECT_THAT(*note, HasSubstr(std::to_string(report.labels_never_seen.size()) + " of the 1000 labels"));
}

TEST(GuardReport, WhatWasCutShortSaysSo) {
  GuardSamples samples;
  samples.learn = samples.held_out = synthetic::sample(std::vector<synthetic::Drift>(5), 150, 3, 1);
  samples.complete = false;
  EXPECT_THAT(learn_guard(samples, {}, {}, {}).notes.front(), HasSubstr("cut short"));
}

TEST(GuardCode, OfAnEightBitOutputDequantisesFirst) {
  const Guard guard{.classes = 10, .threshold = 0.5};
  const OutputReading reading{OutputKind::kProbabilities, 0.00390625F, 0};
  ModelInfo info;
  EXPECT_TRUE(guard_code(guard, reading, info).python_dequantise.empty());
  info.output_scale = 0.00390625F;
  info.output_zero_point = -128;
  const GuardCode code = guard_code(guard, reading, info);
  EXPECT_EQ(code.python_dequantise, "z = np.float32(0.00390625) * (q.astype(np.int32) - (-128))");
  EXPECT_EQ(code.cpp_dequantise,
            "std::vector<float> z; for (const int v : q) z.push_back(0.00390625F * static_cast<float>(v - (-128)));");
}

}  // namespace
}  // namespace dflare
