// Natural images are made the same wherever and however they are asked for.
#include "dflare/natural.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

SeedSet ramps(int count) {
  std::vector<Input> images;
  for (int i = 0; i < count; ++i) {
    Input image(kShape);
    for (std::size_t k = 0; k < image.pixels.size(); ++k) image.pixels[k] = static_cast<std::uint8_t>(3 * k + 7 * i);
    images.push_back(image);
  }
  return toy::seeds_of(std::move(images));
}

std::vector<SeedIndex> first(int count) {
  std::vector<SeedIndex> seeds;
  for (int i = 0; i < count; ++i) seeds.emplace_back(i);
  return seeds;
}

void means(InputView in, std::span<float> out) {
  out[0] = static_cast<float>(toy::mean_of(in) / 255);
  out[1] = 1 - out[0];
}

TEST(Natural, AnInputsImagesDoNotDependOnTheOthers) {
  const std::vector<NaturalImage> all = corrupted_images(first(5), 4, 9);
  const SeedIndex third(2);
  const std::vector<NaturalImage> alone = corrupted_images({&third, 1}, 4, 9);
  ASSERT_EQ(all.size(), 20);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].seed, third);
    EXPECT_EQ(alone[i].key, all[8 + i].key);
    EXPECT_EQ(alone[i].corruption, all[8 + i].corruption);
    EXPECT_EQ(alone[i].severity, all[8 + i].severity);
  }
}

TEST(Natural, EveryKindIsMetEquallyOften) {
  std::map<int, int> kinds;
  const auto kinds_of_corruption = static_cast<int>(corruptions().size());
  for (const NaturalImage& image : corrupted_images(first(3), 2 * kinds_of_corruption, 1)) {
    ++kinds[image.corruption];
    EXPECT_GE(image.severity, 1);
    EXPECT_LE(image.severity, 5);
  }
  EXPECT_EQ(kinds.size(), corruptions().size());
  for (const auto& [kind, count] : kinds) EXPECT_EQ(count, 6);
}

TEST(Natural, CleanImagesAreTheInputs) {
  const SeedSet seeds = ramps(2);
  std::vector<std::uint8_t> bytes(kShape.size());
  render(seeds, clean_images(first(2))[1], bytes);
  EXPECT_EQ(bytes, seeds.seeds[1].input.pixels);
}

TEST(Natural, CorruptedImagesDifferFromTheInputs) {
  const SeedSet seeds = ramps(1);
  std::vector<std::uint8_t> bytes(kShape.size());
  int changed = 0;
  const std::vector<NaturalImage> images = corrupted_images(first(1), 26, 3);
  for (const NaturalImage& image : images) {
    render(seeds, image, bytes);
    changed += bytes != seeds.seeds[0].input.pixels ? 1 : 0;
  }
  EXPECT_GE(changed, 20);
}

TEST(Natural, AnswersAreThoseOfSingleQueriesAtAnyBatchAndThreadCount) {
  const SeedSet seeds = ramps(7);
  const auto model = make_function_model(kShape, 2, means);
  const OutputReading reading{.kind = OutputKind::kProbabilities};
  const std::vector<NaturalImage> images = corrupted_images(first(7), 5, 2);
  const Answers one = ask_all(*model, reading, seeds, images, {.workers = 1, .batch = 1});
  std::atomic<std::int64_t> asked{0};
  const Answers many = ask_all(*model, reading, seeds, images, {.workers = 3, .batch = 4, .asked = &asked});
  EXPECT_EQ(asked, std::ssize(images));
  ASSERT_EQ(one.rows(), images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    Input image(kShape);
    render(seeds, images[i], image.pixels);
    EXPECT_FLOAT_EQ(one[i].p[0], static_cast<float>(toy::mean_of(image.view()) / 255));
    EXPECT_EQ(one[i].p[0], many[i].p[0]);
    EXPECT_EQ(one[i].label, many[i].label);
  }
}

TEST(Natural, AModelAsksItselfAsItsInstancesAreAsked) {
  const SeedSet seeds = ramps(7);
  std::size_t most = 0;
  std::size_t asked = 0;
  ModelInfo info;
  info.shape = kShape;
  info.classes = 2;
  const auto model = make_batch_model(info, [&](std::span<const InputView> rows, std::span<float> out) {
    most = std::max(most, rows.size());
    asked += rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) means(rows[i], out.subspan(2 * i, 2));
  });
  const OutputReading reading{.kind = OutputKind::kProbabilities};
  const std::vector<NaturalImage> images = corrupted_images(first(7), 5, 2);
  const Answers itself = ask_itself(*model, reading, seeds, images, 4);
  EXPECT_EQ(asked, images.size());
  EXPECT_EQ(most, 4);
  const Answers instances = ask_all(*model, reading, seeds, images, {.workers = 1, .batch = 8});
  ASSERT_EQ(itself.rows(), images.size());
  for (std::size_t i = 0; i < images.size(); ++i) EXPECT_EQ(itself[i].p[0], instances[i].p[0]);
}

// Counts its instances.
class CountedModel : public Model {
 public:
  CountedModel(std::shared_ptr<std::atomic<int>> clones, std::span<std::atomic<std::int64_t>> slots)
      : clones_(std::move(clones)), slots_(slots), model_(make_function_model(kShape, 2, means)) {}

  [[nodiscard]] const ModelInfo& info() const override { return model_->info(); }
  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    ++*clones_;
    return std::make_unique<CountedModel>(clones_, slots_);
  }
  void query(std::span<const InputView> inputs, Answers& out) override {
    model_->query(inputs, out);
    seen_running_ = std::ranges::any_of(slots_, [](const auto& slot) { return slot != 0; });
    if (!slots_.empty() && !seen_running_) throw std::runtime_error("the watchdog cannot see this query");
  }

 private:
  std::shared_ptr<std::atomic<int>> clones_;
  std::span<std::atomic<std::int64_t>> slots_;
  std::unique_ptr<Model> model_;
  bool seen_running_ = false;
};

TEST(Natural, AnAskerKeepsItsInstances) {
  const SeedSet seeds = ramps(7);
  const auto clones = std::make_shared<std::atomic<int>>(0);
  const CountedModel model(clones, {});
  Asker asker(model, {.workers = 2, .batch = 2});
  for (int call = 0; call < 5; ++call) asker.ask({}, seeds, clean_images(first(7)));
  EXPECT_EQ(*clones, 2);
}

TEST(Natural, AWatchdogSeesEveryQueryAndNoneAfterwards) {
  const SeedSet seeds = ramps(7);
  std::array<std::atomic<std::int64_t>, 3> slots{};
  const CountedModel model(std::make_shared<std::atomic<int>>(0), slots);
  EXPECT_NO_THROW(
      ask_all(model, {}, seeds, clean_images(first(7)), {.workers = 3, .batch = 2, .query_started = slots}));
  for (const auto& slot : slots) EXPECT_EQ(slot, 0);
}

TEST(Natural, NumbersOutOfRangeAreRefused) {
  const auto model = make_function_model(kShape, 2, means);
  for (const AskOptions& options : {AskOptions{.workers = -1}, AskOptions{.workers = kMostAskWorkers + 1},
                                    AskOptions{.batch = 0}, AskOptions{.batch = kMostAskRows + 1}}) {
    EXPECT_THROW(ask_all(*model, {}, ramps(1), clean_images(first(1)), options), Error);
  }
}

TEST(Natural, AFailingModelIsHeardOf) {
  const SeedSet seeds = ramps(3);
  const auto model =
      make_function_model(kShape, 2, [](InputView, std::span<float>) { throw std::runtime_error("no"); });
  EXPECT_THROW(ask_all(*model, {}, seeds, clean_images(first(3)), {.workers = 2}), std::exception);
}

TEST(Natural, StrengthOfItsOwnGoesBeforeTheSeverity) {
  const SeedSet seeds = ramps(1);
  const auto bytes = [&](int severity, double strength) {
    Input out(kShape);
    render(seeds, {.seed = SeedIndex(0), .corruption = 0, .severity = severity, .key = 7, .strength = strength},
           out.pixels);
    return out.pixels;
  };
  EXPECT_EQ(bytes(3, -1), bytes(0, 0.3));
  EXPECT_NE(bytes(3, 0.9), bytes(3, -1));
}

}  // namespace
}  // namespace dflare
