// What a repair learns from and is judged by, and its verdict; whatever ends the work, what is known is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "dflare/error.h"
#include "dflare/repair_report.h"
#include "support/toy.h"

namespace dflare {
namespace {

using testing::HasSubstr;

constexpr Shape kShape{4, 4, 1};

// Image i of a kind of its own: no two sets share one unless they share numbers.
SeedSet numbered(int first, int count) {
  std::vector<Input> images;
  for (int i = first; i < first + count; ++i) {
    Input image = toy::filled(kShape, 40 + 7 * i % 170);
    image.pixels[0] = static_cast<std::uint8_t>(i % 256);
    image.pixels[1] = static_cast<std::uint8_t>(i / 256);
    images.push_back(std::move(image));
  }
  return toy::seeds_of(std::move(images));
}

std::unique_ptr<Model> above(double level) {
  return make_function_model(kShape, 2, [level](InputView in, std::span<float> out) {
    out[0] = 0;
    out[1] = static_cast<float>((toy::mean_of(in) - level) / 10);
  });
}

// A search that asked the first `asked` of its inputs, with a finding from each.
struct PastSearch {
  SeedSet inputs;
  std::unique_ptr<Model> original = above(120), compressed = above(128);
  Searched searched;

  PastSearch(int count, int asked) : inputs(numbered(0, count)) {
    searched.name = "the run";
    searched.original = original.get();
    searched.compressed = compressed.get();
    searched.original_reading = searched.compressed_reading = {OutputKind::kLogits, 0, 0};
    searched.inputs = &inputs;
    for (int i = 0; i < count; ++i) {
      searched.status.push_back(i < asked ? SeedStatus::kUsable : SeedStatus::kNotAsked);
      searched.planned.push_back(i < asked ? 1 : 0);
      if (i >= asked) continue;
      searched.done.emplace_back(i);
      searched.findings.seeds.push_back({.input = toy::filled(kShape, 124)});
      searched.finding_of.emplace_back(i);
    }
  }
};

RepairSettings quick(const std::string& method = "natural") {
  return {.method = method, .natural_per_input = 2, .corrupted_per_input = 3, .repeats = 2};
}
const AskOptions kAsk{.workers = 1};

std::set<std::int32_t> inputs_of(const std::vector<NaturalImage>& images) {
  std::set<std::int32_t> inputs;
  for (const NaturalImage& image : images) inputs.insert(image.seed.value);
  return inputs;
}

TEST(RepairData, OfWhatTheRunLeftEveryOtherInputIsHeldOut) {
  const PastSearch run(140, 20);
  const RepairData data = gather_repair_data(run.searched, nullptr, quick(), kAsk, {});
  EXPECT_EQ(data.held_out, HeldOut::kUnasked);
  EXPECT_EQ(data.held_out_inputs, 60);
  EXPECT_EQ(data.seeds, 20);
  EXPECT_EQ(data.findings, 20);
  EXPECT_EQ(data.natural, (20 + 60) * 3);
  EXPECT_EQ(data.corrupted.images.size(), 60 * 3);
  std::set<std::int32_t> learnt;
  for (const SeedIndex seed : data.rows.seed) learnt.insert(seed.value);
  for (const std::int32_t input : inputs_of(data.clean.images)) EXPECT_FALSE(learnt.contains(input));
  EXPECT_TRUE(data.complete);
}

TEST(RepairData, GivenInputsAreJudgedByButForThoseOfTheRun) {
  const PastSearch run(40, 40);
  SeedSet given = numbered(20, 100);  // 20 of them are the run's
  const RepairData data = gather_repair_data(run.searched, &given, quick(), kAsk, {});
  EXPECT_EQ(data.held_out, HeldOut::kGiven);
  EXPECT_EQ(data.held_out_inputs, 80);
  for (const std::int32_t input : inputs_of(data.clean.images)) EXPECT_GE(input, 20);
}

TEST(RepairData, TheRunsOwnInputsGivenAreRefused) {
  const PastSearch run(40, 40);
  try {
    gather_repair_data(run.searched, &run.inputs, quick(), kAsk, {});
    FAIL() << "judged by what it learnt from";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadInput);
    EXPECT_THAT(e.hint(), HasSubstr("--held-out"));
  }
}

TEST(RepairData, WhereTooFewAreLeftTheRunsOwnJudge) {
  const PastSearch run(60, 20);
  const RepairData data = gather_repair_data(run.searched, nullptr, quick("drepair"), kAsk, {});
  EXPECT_EQ(data.held_out, HeldOut::kOutOfFold);
  EXPECT_TRUE(data.clean.images.empty());
  EXPECT_GT(data.natural, 0) << "asked to judge by, though the method learns from none";
}

TEST(RepairData, StoppedBeforeTheFindingsWereAskedThereIsNothing) {
  const PastSearch run(140, 20);
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(gather_repair_data(run.searched, nullptr, quick(), {.workers = 1, .stop = &stop}, {}).usable);
}

TEST(RepairData, UnderATimeLimitThereIsWhatItIsTrainedAndJudgedBy) {
  PastSearch run(140, 20);
  run.original = make_function_model(kShape, 2, [](InputView in, std::span<float> out) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    out[0] = 0;
    out[1] = static_cast<float>((toy::mean_of(in) - 120) / 10);
  });
  run.searched.original = run.original.get();
  RepairSettings settings = quick();
  settings.natural_per_input = settings.corrupted_per_input = 50;
  settings.time_limit_seconds = 4;
  const RepairData data = gather_repair_data(run.searched, nullptr, settings, kAsk, {});
  EXPECT_TRUE(data.usable);
  EXPECT_FALSE(data.complete);
  EXPECT_EQ(data.findings, 20);
  EXPECT_EQ(data.clean.images.size(), 60) << "what is cheap came first";
  EXPECT_GT(data.natural, 80);
  EXPECT_GT(data.corrupted.images.size(), 0);
  EXPECT_LT(data.corrupted.images.size(), 60 * 50);
}

TEST(RepairOutcome, ComesOutTheSameWhateverIsTold) {
  const PastSearch run(140, 20);
  const RepairData data = gather_repair_data(run.searched, nullptr, quick(), kAsk, {});
  std::vector<Progress> told;
  const RepairOutcome outcome =
      work_out_repair(data, quick(), nullptr, [&told](const Progress& p) { told.push_back(p); });
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(outcome.repeats.size(), 2);
  EXPECT_EQ(told.size(), 1 + 2 * 5) << "before every head";
  EXPECT_EQ(told.back().of, 11);
  EXPECT_EQ(outcome.clean.inputs, 60);
}

TEST(RepairOutcome, StoppedAfterTheHeadItIsJudged) {
  const PastSearch run(140, 20);
  const RepairData data = gather_repair_data(run.searched, nullptr, quick(), kAsk, {});
  std::atomic<bool> stop{false};
  const RepairOutcome outcome =
      work_out_repair(data, quick(), &stop, [&stop](const Progress& p) { stop = p.done >= 8; });
  EXPECT_TRUE(outcome.trained);
  EXPECT_TRUE(outcome.judged);
  EXPECT_FALSE(outcome.complete);
  EXPECT_EQ(outcome.repeats.size(), 1) << "the second was cut short";
  EXPECT_FALSE(repair_report(data, quick(), outcome).complete);
}

// So many rows that all of them would take far longer than there is time.
TEST(RepairOutcome, WhereTimeIsShortTheHeadLearnsFromWhatItAllows) {
  const PastSearch run(140, 20);
  RepairSettings settings = quick();
  settings.natural_per_input = 100;
  settings.corrupted_per_input = 1;
  const RepairData data = gather_repair_data(run.searched, nullptr, settings, kAsk, {});
  const RepairOutcome all = work_out_repair(data, settings, nullptr, {}, 1000);
  EXPECT_EQ(all.natural, data.natural);
  EXPECT_TRUE(all.complete);
  const RepairOutcome some = work_out_repair(data, settings, nullptr, {}, 1e-3);
  EXPECT_TRUE(some.trained);
  EXPECT_TRUE(some.judged);
  EXPECT_FALSE(some.complete);
  EXPECT_EQ(some.natural, data.natural / 16);
  EXPECT_EQ(repair_report(data, settings, some).natural, data.natural / 16);
}

TEST(RepairOutcome, StoppedBeforeTheHeadThereIsNone) {
  const PastSearch run(140, 20);
  const RepairData data = gather_repair_data(run.searched, nullptr, quick(), kAsk, {});
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(work_out_repair(data, quick(), &stop, {}).trained);
}

NaturalEffect effect(std::int64_t before, std::int64_t after, Interval change) {
  NaturalEffect e;
  e.differ_before = before;
  e.differ_after = after;
  e.change.interval = change;
  return e;
}

TEST(RepairVerdict, TellsTheWorthlessFromTheHarmful) {
  RepairOutcome outcome;
  EXPECT_EQ(outcome.verdict(), RepairVerdict::kChangesNothing);
  outcome.head.layers.emplace_back();
  outcome.clean = effect(10, 11, {-0.01, 0.02});
  outcome.corrupted = effect(50, 50, {-0.01, 0.01});
  EXPECT_EQ(outcome.verdict(), RepairVerdict::kCannotTell);
  EXPECT_FALSE(outcome.raises()) << "one image more may be chance";
  outcome.corrupted = effect(50, 80, {0.01, 0.04});
  EXPECT_EQ(outcome.verdict(), RepairVerdict::kRaises);
  outcome.corrupted = effect(50, 20, {-0.04, -0.01});
  EXPECT_EQ(outcome.verdict(), RepairVerdict::kLowers);
  EXPECT_FALSE(outcome.raises());
  outcome.judged = false;
  EXPECT_EQ(outcome.verdict(), RepairVerdict::kNotJudged);
}

TEST(RepairSettings, OutOfRangeAreRefused) {
  EXPECT_THROW(check_repair_settings({.method = "natrual"}), Error);
  EXPECT_THROW(check_repair_settings({.natural_per_input = -1}), Error);
  EXPECT_THROW(check_repair_settings({.corrupted_per_input = 0}), Error);
  EXPECT_THROW(check_repair_settings({.repeats = 0}), Error);
  EXPECT_THROW(check_repair_settings({.time_limit_seconds = -1}), Error);
}

}  // namespace
}  // namespace dflare
