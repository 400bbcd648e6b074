// Rankings, inspections, guards and repairs by options alone. Models are code.
#include "dflare/as_asked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "runs/runs.h"

namespace dflare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AsAsked : public Runs {
 protected:
  AsAsked() {
    options_.models = {options_.compressed};
    options_.rank_time_limit = 0;
    options_.search_seeds = 0;
  }

  // A model that says one class of whatever it sees, `pause` after each input.
  [[nodiscard]] std::unique_ptr<Model> stuck(std::size_t classes = 4, std::chrono::milliseconds pause = {}) {
    ModelInfo info;
    info.path = "stuck";
    info.shape = kShape;
    info.classes = classes;
    return make_batch_model(info, [this, classes, pause](std::span<const InputView> rows, std::span<float> out) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = i % classes == 2 ? 5 : -1;
      rows_asked_ += std::ssize(rows);
      std::this_thread::sleep_for(pause * std::ssize(rows));
    });
  }
  // Of which the compressed models are made by `make`.
  template <class Make>
  [[nodiscard]] Opener with_variants(Make make) const {
    return [this, make](const std::filesystem::path& path, const ModelOptions&) {
      return path.filename() == "original.onnx" ? open(path) : make();
    };
  }

  // Images that no two calls share.
  void write_images(const std::string& folder, int first, int count) {
    const SeedSet images = toy::varied_seeds(kShape, first + count);
    std::vector<std::uint8_t> png;
    for (int i = first; i < first + count; ++i) {
      encode_png(images.seeds[static_cast<std::size_t>(i)].input.view(), png);
      folder_.write(folder + "/" + std::to_string(i) + ".png", png);
    }
  }

  std::atomic<std::int64_t> rows_asked_{0};
};

using RankAsAsked = AsAsked;
using InspectAsAsked = AsAsked;

class LearnAsAsked : public AsAsked {
 protected:
  // With enough findings to learn from, and images held out.
  [[nodiscard]] Givens run_of_many() {
    write_images("seeds", 6, 20);
    write_images("held out", 26, 40);
    begun(26);
    return {given("run", (folder_ / "run").string()), given("held-out", (folder_ / "held out").string())};
  }
};

TEST_F(RankAsAsked, AVariantIsMeasuredAndNamed) {
  std::size_t read = 0;
  std::vector<std::string> steps;
  RankHooks hooks;
  hooks.inputs_read = [&](const SeedSet& seeds) { read = seeds.seeds.size(); };
  hooks.tell = [&](const Progress& progress) { steps.push_back(progress.step); };
  LiveProgress live;
  const RankReport report = rank_as_asked(options_, live, hooks, opener());
  EXPECT_EQ(read, 6);
  EXPECT_FALSE(steps.empty());
  EXPECT_EQ(report.original.path, options_.original);
  EXPECT_EQ(report.original.bytes, 3);
  ASSERT_EQ(report.variants.size(), 1);
  EXPECT_EQ(report.variants[0].path, options_.compressed);
  EXPECT_EQ(report.refine_queries, options_.rank_refine_queries);
  EXPECT_EQ(report.ranking.end, SearchEnd::kComplete);
  ASSERT_EQ(report.ranking.variants.size(), 1);
  EXPECT_TRUE(report.ranking.variants[0].disagreement.has_value());
}

TEST_F(RankAsAsked, NoModelIsAskedUnlessAllFit) {
  options_.models = {options_.compressed, options_.compressed};
  int opened = 0;
  const Opener open = with_variants([&] { return stuck(++opened == 1 ? 4 : 5); });
  bool read = false;
  RankHooks hooks;
  hooks.inputs_read = [&](const SeedSet&) { read = true; };
  LiveProgress live;
  test::expect_error(ErrorCode::kBadInput, "different numbers of classes",
                     [&] { rank_as_asked(options_, live, hooks, open); });
  EXPECT_EQ(opened, 2);
  EXPECT_FALSE(read);
  EXPECT_EQ(rows_asked_, 0);
}

TEST_F(RankAsAsked, WhatLooksWrongIsToldBeforeAnythingIsMeasured) {
  const std::string classes = "0\n0\n1\n1\n3\n3\n";
  std::vector<std::string> told;
  RankHooks hooks;
  hooks.notes = [&](const std::vector<std::string>& notes) { told = notes; };
  hooks.tell = [&](const Progress&) { EXPECT_FALSE(told.empty()); };
  LiveProgress live;
  write_images("seeds", 6, 34);  // enough inputs to say so
  const RankReport report = rank_as_asked(options_, live, hooks, with_variants([&] { return stuck(); }));
  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told[0], HasSubstr("one and the same label"));
  EXPECT_EQ(report.notes, told);
}

TEST_F(RankAsAsked, ASlowLookForWhatIsWrongIsGivenUpWithinTheTimeLimit) {
  using namespace std::chrono_literals;
  options_.models = {options_.compressed, options_.compressed};
  const Opener open = with_variants([&] { return stuck(4, 20ms); });  // 6 inputs, 0.12 seconds each variant
  std::int64_t asked_for_notes = 0;
  RankHooks hooks;
  hooks.notes = [&](const std::vector<std::string>&) { asked_for_notes = rows_asked_; };
  LiveProgress live;
  options_.rank_time_limit = 0.25;
  const RankReport report = rank_as_asked(options_, live, hooks, open);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("the time limit left too little time")));
  EXPECT_EQ(asked_for_notes, 6) << "the second variant is not asked";
  EXPECT_EQ(report.ranking.end, SearchEnd::kTimeLimit);
  rows_asked_ = 0;
  options_.rank_time_limit = 60;
  options_.corrupted = 1;
  live.stop = false;
  hooks.tell = [&](const Progress&) { live.stop = true; };
  EXPECT_THAT(rank_as_asked(options_, live, hooks, open).notes,
              testing::Not(testing::Contains(HasSubstr("time limit"))));
  EXPECT_EQ(asked_for_notes, 12);
}

TEST_F(RankAsAsked, ALookThatIsInterruptedSaysNothing) {
  LiveProgress live;
  live.stop = true;
  const RankReport report = rank_as_asked(options_, live, {}, with_variants([&] { return stuck(); }));
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.ranking.end, SearchEnd::kStopped);
}

// By the names of outputs that models are opened with.
TEST_F(InspectAsAsked, TheFirstOfSeveralIsTheOriginalAndOneAloneIsNeither) {
  options_.output_name = "both";
  options_.original_output_name = "original";
  options_.compressed_output_name = "compressed";
  std::vector<std::string> names;
  const Opener open = [&](const std::filesystem::path& path, const ModelOptions& options) {
    names.push_back(options.output_name);
    return this->open(path);
  };
  options_.seeds.clear();
  options_.models = {options_.original};
  EXPECT_EQ(inspect_as_asked(options_, {}, open).models.size(), 1);
  EXPECT_THAT(names, ElementsAre("both"));
  names.clear();
  options_.models = {options_.original, options_.compressed, options_.compressed};
  EXPECT_EQ(inspect_as_asked(options_, {}, open).models.size(), 3);
  EXPECT_THAT(names, ElementsAre("original", "compressed", "compressed"));
}

TEST_F(InspectAsAsked, InputsAreAskedWhereTheyAreGiven) {
  options_.models = {options_.original, options_.compressed};
  std::size_t read = 0;
  InspectHooks hooks;
  hooks.inputs_read = [&](const SeedSet& seeds) { read = seeds.seeds.size(); };
  const Inspection inspection = inspect_as_asked(options_, hooks, opener());
  EXPECT_EQ(read, 6);
  EXPECT_EQ(inspection.inputs, 6);
  EXPECT_TRUE(inspection.agreement.has_value());
  options_.seeds.clear();
  read = 0;
  EXPECT_FALSE(inspect_as_asked(options_, hooks, opener()).models[0].answers.has_value());
  EXPECT_EQ(read, 0);
}

TEST_F(InspectAsAsked, APairThatDoesNotFitIsNotAsked) {
  options_.models = {options_.original, options_.compressed};
  const Opener open = with_variants([&] { return stuck(5); });
  test::expect_error(ErrorCode::kBadInput, "different numbers of classes",
                     [&] { inspect_as_asked(options_, {}, open); });
  EXPECT_EQ(rows_asked_, 0);
}

TEST_F(InspectAsAsked, AnAuditNeedsInputs) {
  options_.audit = true;
  options_.seeds.clear();
  test::expect_error(ErrorCode::kBadArgument, "--seeds SEEDS", [&] { inspect_as_asked(options_, {}, opener()); });
}

TEST_F(LearnAsAsked, ARunTeachesARepairAndAGuard) {
  const Givens asked = run_of_many();
  std::size_t opened = 0;
  std::size_t read = 0;
  std::size_t told = 0;
  LearnHooks hooks;
  hooks.opened = [&](const PastRun&, double seconds) { opened += seconds < 0 ? 1 : 0; };
  hooks.held_out_read = [&](const SeedSet& seeds) { read = seeds.seeds.size(); };
  hooks.tell = [&](const Progress&) { ++told; };
  LiveProgress live;
  const auto repair = repair_as_asked(asked, live, hooks, opener());
  ASSERT_TRUE(repair.has_value());
  EXPECT_TRUE(repair->report.complete);
  EXPECT_TRUE(std::filesystem::exists(repair->folder / "repair.json"));
  EXPECT_EQ(read, 40);
  EXPECT_GT(std::exchange(told, 0), 0);
  read = 0;
  const auto guard = guard_as_asked(asked, live, hooks, opener());
  ASSERT_TRUE(guard.has_value());
  EXPECT_TRUE(guard->report.complete);
  EXPECT_EQ(guard->end, SearchEnd::kComplete);
  EXPECT_EQ(guard->folder, folder_ / "run" / "guard");
  EXPECT_TRUE(std::filesystem::exists(guard->folder / "guard.json"));
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(read, 40);
  EXPECT_GT(told, 0);
}

TEST_F(LearnAsAsked, ThereIsNothingWhereItWasInterruptedAtOnce) {
  const Givens asked = run_of_many();
  LiveProgress live;
  live.stop = true;
  EXPECT_FALSE(repair_as_asked(asked, live, {}, opener()).has_value());
  EXPECT_FALSE(guard_as_asked(asked, live, {}, opener()).has_value());
}

}  // namespace
}  // namespace dflare
