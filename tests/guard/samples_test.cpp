// What a guard is measured on, it has not learnt from; whatever ends the asking, what was asked is kept.
#include "dflare/guard_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "dflare/error.h"
#include "support/toy.h"

namespace dflare {
namespace {

using testing::HasSubstr;

constexpr Shape kShape{4, 4, 1};

SeedSet ramp(int count, int first) {
  std::vector<Input> images;
  for (int i = 0; i < count; ++i) {
    Input image = toy::filled(kShape, first + i % 100);
    image.pixels.front() = static_cast<std::uint8_t>(i / 100);
    images.push_back(std::move(image));
  }
  return toy::seeds_of(std::move(images));
}

// Says 1 above a brightness.
std::unique_ptr<Model> above(double level, std::atomic<std::int64_t>* asked = nullptr) {
  return make_function_model(kShape, 2, [level, asked](InputView in, std::span<float> out) {
    if (asked != nullptr) ++*asked;
    out[0] = 0;
    out[1] = static_cast<float>((toy::mean_of(in) - level) / 10);
  });
}

// A search of so many inputs that it planned to start from the first `planned` of, with a finding from each.
struct PastSearch {
  SeedSet inputs;
  std::unique_ptr<Model> original = above(120), compressed = above(130);
  Searched searched;

  PastSearch(int count, int planned) : inputs(ramp(count, 80)) {
    searched.name = "the run";
    searched.original = original.get();
    searched.compressed = compressed.get();
    searched.original_reading = searched.compressed_reading = {OutputKind::kLogits, 0, 0};
    searched.inputs = &inputs;
    for (int i = 0; i < count; ++i) {
      const bool is_planned = i < planned;
      searched.status.push_back(is_planned ? SeedStatus::kUsable : SeedStatus::kNotAsked);
      searched.planned.push_back(is_planned ? 1 : 0);
      if (!is_planned) continue;
      searched.done.emplace_back(i);
      searched.findings.seeds.push_back({.input = toy::filled(kShape, 125)});
      searched.finding_of.emplace_back(i);
    }
  }
};

std::set<std::int32_t> inputs_of(const GuardSample& sample) {
  std::set<std::int32_t> inputs;
  for (const SeedIndex input : sample.input) inputs.insert(input.value);
  return inputs;
}

constexpr GuardSampling kTwoEach{.corrupted_per_input = 2};
const AskOptions kAsk{.workers = 1};

TEST(GuardSamples, EveryOtherInputIsHeldOutAndItsFindingsAreNotUsed) {
  const PastSearch run(60, 60);
  const GuardSamples samples = gather_guard_samples(run.searched, nullptr, kTwoEach, kAsk, {});
  const std::set<std::int32_t> learn = inputs_of(samples.learn);
  const std::set<std::int32_t> held_out = inputs_of(samples.held_out);
  EXPECT_EQ(learn.size(), 30);
  EXPECT_EQ(held_out.size(), 30);
  for (const std::int32_t input : learn) EXPECT_FALSE(held_out.contains(input));
  EXPECT_EQ(samples.findings.rows(), 30);
  EXPECT_EQ(samples.learn.size(), 30 * 3);
  EXPECT_TRUE(samples.complete);
}

TEST(GuardSamples, UnsearchedInputsAreHeldOutWhereThereAreEnough) {
  const PastSearch run(150, 40);
  const GuardSamples samples = gather_guard_samples(run.searched, nullptr, kTwoEach, kAsk, {});
  EXPECT_THAT(samples.held_out_from, HasSubstr("did not search"));
  EXPECT_EQ(samples.learn_inputs, 40 + 55);
  EXPECT_EQ(samples.held_out_inputs, 55);
  EXPECT_EQ(samples.findings.rows(), 40) << "of all searched inputs: none of them is measured on";
  EXPECT_GE(*inputs_of(samples.held_out).begin(), 40);
}

TEST(GuardSamples, GivenInputsAreMeasuredOnButForThoseOfTheRun) {
  const PastSearch run(60, 60);
  SeedSet given = ramp(90, 110);  // 80 to 139 are the run's: 30 of these
  given.path = "given";
  const GuardSamples samples = gather_guard_samples(run.searched, &given, kTwoEach, kAsk, {});
  EXPECT_EQ(samples.learn_inputs, 60);
  EXPECT_EQ(samples.held_out_inputs, 60);
  EXPECT_EQ(samples.held_out_from, "given");
}

TEST(GuardSamples, TooFewInputsCannotBeSplit) {
  const PastSearch run(19, 19);
  EXPECT_THROW(gather_guard_samples(run.searched, nullptr, kTwoEach, kAsk, {}), Error);
}

TEST(GuardSamples, AskingGoesOnUntilThereAreDeviationsEnough) {
  const PastSearch run(60, 60);
  const GuardSamples samples = gather_guard_samples(run.searched, nullptr, {}, kAsk, {});
  std::int64_t deviations = 0;
  for (std::size_t i = 0; i < samples.learn.size(); ++i) deviations += samples.learn.deviates(i) ? 1 : 0;
  EXPECT_TRUE(deviations >= 200 || samples.corrupted_per_input == 16 * 13) << deviations;
}

// Stopped in the middle, both halves hold about as many images, of inputs spread over all of theirs.
TEST(GuardSamples, WhatWasAskedWhenItIsStoppedIsKept) {
  PastSearch run(60, 60);
  std::atomic<std::int64_t> asked{0};
  run.original = above(120, &asked);
  run.searched.original = run.original.get();
  std::atomic<bool> stop{false};
  AskOptions ask{.workers = 1, .batch = 4, .stop = &stop};
  const GuardSamples samples = gather_guard_samples(run.searched, nullptr, {.corrupted_per_input = 50}, ask,
                                                    [&](const Progress& p) { stop = p.of > 60 && p.done > 300; });
  EXPECT_FALSE(samples.complete);
  EXPECT_GT(samples.learn.size(), 60);
  EXPECT_LT(samples.learn.size(), 30 * 51);
  EXPECT_GT(samples.held_out.size(), 60);
  EXPECT_EQ(inputs_of(samples.learn).size(), 30) << "all of them as they are";
  EXPECT_EQ(samples.learn.original.rows(), samples.learn.size());
  EXPECT_EQ(samples.learn.compressed.rows(), samples.learn.size());
}

TEST(GuardSamples, HowFarItIsIsTold) {
  const PastSearch run(60, 60);
  std::vector<Progress> told;
  gather_guard_samples(run.searched, nullptr, kTwoEach, kAsk, [&told](const Progress& p) { told.push_back(p); });
  ASSERT_FALSE(told.empty());
  for (const Progress& p : told) {
    EXPECT_FALSE(p.step.empty());
    EXPECT_LE(p.done, p.of);
  }
  EXPECT_EQ(told.back().done, told.back().of);
  EXPECT_EQ(told.back().of, 120);
}

TEST(GuardSamples, SettingsOutOfRangeAreRefused) {
  const PastSearch run(60, 60);
  EXPECT_THROW(gather_guard_samples(run.searched, nullptr, {.corrupted_per_input = -1}, kAsk, {}), Error);
  EXPECT_THROW(gather_guard_samples(run.searched, nullptr, kTwoEach, {.workers = kMostAskWorkers + 1}, {}), Error);
}

}  // namespace
}  // namespace dflare
