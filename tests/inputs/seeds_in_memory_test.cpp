// Inputs that a program has in memory.
#include "dflare/seeds_in_memory.h"

#include <gtest/gtest.h>

#include <array>

#include "dflare/error.h"
#include "support/folder.h"

namespace dflare {
namespace {

class SeedsInMemory : public ::testing::Test {
 protected:
  SeedsInMemory() {
    for (int i = 0; i < 3; ++i) {
      Input image(kOwn);
      for (std::size_t at = 0; at < image.pixels.size(); ++at) image.pixels[at] = static_cast<std::uint8_t>(7 * at + i);
      images_.push_back(std::move(image));
    }
    for (const Input& image : images_) views_.push_back(image.view());
    options_.shape = {5, 4, 3};
    options_.class_count = 10;
  }

  static constexpr Shape kOwn{8, 6, 3};
  test::Folder folder_;
  std::vector<Input> images_;
  std::vector<InputView> views_;
  SeedOptions options_;
  const std::array<int, 3> labels_{4, 0, 9};
};

TEST_F(SeedsInMemory, AreWhatAnArrayOfThemLoadsAs) {
  std::vector<std::uint8_t> bytes;
  for (const Input& image : images_) bytes.insert(bytes.end(), image.pixels.begin(), image.pixels.end());
  write_npy(folder_ / "own.npy", "u1", std::array<std::size_t, 4>{3, 8, 6, 3}, bytes);
  const SeedSet loaded = load_seeds(folder_ / "own.npy", options_);
  const SeedSet made = seeds_of_images("memory", views_, {}, options_);
  ASSERT_EQ(made.seeds.size(), loaded.seeds.size());
  for (std::size_t i = 0; i < made.seeds.size(); ++i) {
    EXPECT_EQ(made.seeds[i].input, loaded.seeds[i].input);
    EXPECT_EQ(made.seeds[i].source, loaded.seeds[i].source);
    EXPECT_EQ(made.seeds[i].label, -1);
  }
  EXPECT_FALSE(made.labelled);
}

TEST_F(SeedsInMemory, AreReadBackAsTheyWereKept) {
  const SeedSet made = seeds_of_images("memory", views_, labels_, options_);
  keep_seeds(made, folder_ / "inputs.npy", folder_ / "labels.npy");
  options_.labels = folder_ / "labels.npy";
  const SeedSet loaded = load_seeds(folder_ / "inputs.npy", options_);
  EXPECT_TRUE(loaded.labelled);
  for (std::size_t i = 0; i < made.seeds.size(); ++i) {
    EXPECT_EQ(made.seeds[i].input, loaded.seeds[i].input);
    EXPECT_EQ(made.seeds[i].label, loaded.seeds[i].label);
  }
}

TEST_F(SeedsInMemory, WithLabelsThatDoNotFitAreRefused) {
  EXPECT_THROW(seeds_of_images("memory", views_, std::array{1, 2}, options_), Error);
  EXPECT_THROW(seeds_of_images("memory", views_, std::array{1, 2, 10}, options_), Error);
  EXPECT_THROW(seeds_of_images("memory", views_, std::array{1, -1, 2}, options_), Error);
  EXPECT_THROW(seeds_of_images("memory", {}, {}, options_), Error);
}

}  // namespace
}  // namespace dflare
