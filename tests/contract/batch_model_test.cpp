// Models of the caller's own: what their function is asked, and what becomes of what it does wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "contract/models.h"
#include "dflare/error.h"

namespace dflare {
namespace {

using namespace testing_models;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Shape kShape{4, 4, 1};
using Function = std::function<void(std::span<const InputView>, std::span<float>)>;

ModelInfo own() { return {.path = "my net", .shape = kShape, .classes = 2}; }

// Writes one, and remembers how many rows each call had.
Function counting(std::vector<std::size_t>& calls) {
  return [&calls](std::span<const InputView> inputs, std::span<float> out) {
    calls.push_back(inputs.size());
    EXPECT_EQ(out.size(), 2 * inputs.size());
    std::ranges::fill(out, 1.0F);
  };
}

void expect_refused(ErrorCode code, const std::string& what, const std::function<void()>& act) {
  try {
    act();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), HasSubstr(what));
  }
}

TEST(BatchModel, IsAskedOnceAQueryWithAllRows) {
  std::vector<std::size_t> calls;
  const auto model = make_batch_model(own(), counting(calls));
  const auto images = random_images(kShape, 9, 1);
  ask(*model, images.views());
  ask(*model, images.views().first(2));
  EXPECT_THAT(calls, ElementsAre(9, 2));
}

TEST(BatchModel, OfAFixedBatchIsNeverAskedAnother) {
  ModelInfo info = own();
  info.fixed_batch = 4;
  std::vector<std::size_t> calls;
  const auto model = make_batch_model(info, counting(calls));
  const auto images = random_images(kShape, 9, 1);
  EXPECT_THAT(ask(*model, images.views()), testing::SizeIs(18));
  EXPECT_THAT(calls, ElementsAre(4, 4, 4));
}

TEST(BatchModel, TellsWhatItIs) {
  const auto model = make_batch_model(own(), [](auto, auto) {});
  EXPECT_EQ(model->info().path, "my net");
  EXPECT_EQ(model->info().runtime, "function");
  EXPECT_EQ(model->info().input_type, "uint8");
  EXPECT_EQ(model->info().output_type, "float32");
  EXPECT_EQ(make_batch_model({.shape = kShape, .classes = 2}, [](auto, auto) {})->info().path, "function");
}

TEST(BatchModel, OutputsThatItLeavesAloneAreNaN) {
  const auto full = [](std::span<const InputView>, std::span<float> out) { std::ranges::fill(out, 1.0F); };
  const auto images = random_images(kShape, 3, 1);
  Answers answers;
  make_batch_model(own(), full)->query(images.views(), answers);
  for (const int fixed_batch : {0, 2}) {
    ModelInfo info = own();
    info.fixed_batch = fixed_batch;
    make_batch_model(info, [](auto, std::span<float> out) { out[0] = 1; })->query(images.views(), answers);
    EXPECT_EQ(answers.raw(0)[0], 1);
    EXPECT_TRUE(std::isnan(answers.raw(0)[1]));
    EXPECT_TRUE(std::isnan(answers.raw(2)[1]));
  }
}

TEST(BatchModel, WhatItThrowsIsAFailureThatNamesIt) {
  const auto images = random_images(kShape, 1, 1);
  const auto ask_one = [&](const Function& f) {
    return [&images, f] { ask(*make_batch_model(own(), f), images.views()); };
  };
  expect_refused(ErrorCode::kModelFailed, "my net: no GPU",
                 ask_one([](auto, auto) { throw std::runtime_error("no GPU"); }));
  expect_refused(ErrorCode::kModelFailed, "my net: lost it",
                 ask_one([](auto, auto) { throw Error(ErrorCode::kBadInput, "lost it"); }));
  expect_refused(ErrorCode::kModelFailed, "my net", ask_one([](auto, auto) { throw 42; }));
}

TEST(BatchModel, HintOfItsErrorIsKept) {
  const auto model =
      make_batch_model(own(), [](auto, auto) { throw Error(ErrorCode::kModelFailed, "too hot", "cool it"); });
  const auto images = random_images(kShape, 1, 1);
  try {
    ask(*model, images.views());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "cool it");
  }
}

TEST(BatchModel, IncompleteOnesAreRefused) {
  const Function f = [](auto, auto) {};
  const auto refused = [](const char* what, const ModelInfo& info, const Function& function) {
    expect_refused(ErrorCode::kBadArgument, what, [&] { make_batch_model(info, function); });
  };
  refused("my net: has no function", own(), nullptr);
  for (const Shape shape : {Shape{}, Shape{4, 4, 2}, Shape{-4, 4, 1}, Shape{4, 0, 3}}) {
    refused("my net: takes no image", {.path = "my net", .shape = shape, .classes = 2}, f);
  }
  refused("my net: gives no values", {.path = "my net", .shape = kShape, .classes = 0}, f);
  refused("my net: has a negative batch", {.path = "my net", .shape = kShape, .classes = 2, .fixed_batch = -1}, f);
  expect_refused(ErrorCode::kBadArgument, "has no function", [] { make_function_model(kShape, 2, nullptr); });
}

}  // namespace
}  // namespace dflare
