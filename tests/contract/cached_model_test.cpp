// A model that remembers answers as the one inside does, asks it less, and keeps to its memory.
#include "dflare/cached_model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace dflare {
namespace {

constexpr Shape kShape{3, 5, 1};  // 15 bytes: no whole number of words

class Cached : public testing::Test {
 protected:
  std::unique_ptr<Model> counting() {
    return make_function_model(kShape, 2, [this](InputView in, std::span<float> out) {
      ++asked_;
      out[0] = in.data[0];
      out[1] = in.data[in.shape.size() - 1];
    });
  }
  static Input image(int first, int last) {
    Input i(kShape);
    i.pixels.front() = static_cast<std::uint8_t>(first);
    i.pixels.back() = static_cast<std::uint8_t>(last);
    return i;
  }
  static std::vector<float> ask(Model& model, const std::vector<Input>& images) {
    std::vector<InputView> views;
    for (const Input& i : images) views.push_back(i.view());
    Answers answers;
    model.query(views, answers);
    std::vector<float> all;
    for (std::size_t r = 0; r < views.size(); ++r) all.insert(all.end(), answers.raw(r).begin(), answers.raw(r).end());
    return all;
  }

  std::atomic<int> asked_{0};
};

TEST_F(Cached, AsksTheModelOnceAndAnswersTheSame) {
  CachedModel model(counting());
  const std::vector<float> expected{1, 2, 3, 4};
  EXPECT_EQ(ask(model, {image(1, 2), image(3, 4)}), expected);
  EXPECT_EQ(ask(model, {image(1, 2), image(3, 4)}), expected);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(model.use().asked, 4);
  EXPECT_EQ(model.use().remembered, 2);
}

TEST_F(Cached, KnownAndUnknownRowsMix) {
  CachedModel model(counting());
  ask(model, {image(3, 4)});
  EXPECT_EQ(ask(model, {image(1, 2), image(3, 4), image(5, 6)}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(asked_, 3);
}

TEST_F(Cached, LastByteTellsInputsApart) {
  CachedModel model(counting());
  EXPECT_EQ(ask(model, {image(1, 2), image(1, 3)}), (std::vector<float>{1, 2, 1, 3}));
}

TEST_F(Cached, ClonesShareTheMemory) {
  CachedModel model(counting());
  const std::unique_ptr<Model> clone = model.clone();
  ask(model, {image(1, 2)});
  EXPECT_EQ(ask(*clone, {image(1, 2)}), (std::vector<float>{1, 2}));
  EXPECT_EQ(asked_, 1);
}

TEST_F(Cached, ForgetsRatherThanGrows) {
  CachedModel model(counting(), 16 * 1024);
  for (int i = 0; i < 256; ++i) {
    for (int k = 0; k < 16; ++k) ask(model, {image(i, k)});
  }
  EXPECT_EQ(asked_, 4096);
  for (int i = 0; i < 256; ++i) {
    for (int k = 0; k < 16; ++k) EXPECT_EQ(ask(model, {image(i, k)}), (std::vector<float>{float(i), float(k)}));
  }
  EXPECT_GT(asked_, 4096 + 3800) << "16 KiB cannot hold 4096 answers";
  asked_ = 0;
  ask(model, {image(255, 15)});
  ask(model, {image(255, 14)});
  EXPECT_LE(asked_, 1) << "the last ones are remembered";
}

TEST_F(Cached, ServesSeveralThreads) {
  CachedModel model(counting(), 64 * 1024);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&wrong, clone = std::shared_ptr<Model>(model.clone())] {
        for (int i = 0; i < 2000; ++i) {
          const int a = i % 250;
          if (ask(*clone, {image(a, 9)}) != std::vector<float>{float(a), 9}) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(model.use().remembered, 4500);
}

}  // namespace
}  // namespace dflare
