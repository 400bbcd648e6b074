// What every kind of input promises to strategies, budgets and the store.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/characters.h"
#include "dflare/budget.h"
#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/operators.h"
#include "dflare/seeds.h"
#include "strategy/blend_path.h"
#include "support/arrays.h"
#include "support/sounds.h"
#include "support/texts.h"

namespace dflare {
namespace {

struct Kind {
  const char* name;
  Shape shape;
  const char* dtype;  // of arrays; "" for images, "text" for texts, "audio" for sounds
};

class InputKindOf : public testing::TestWithParam<Kind> {
 protected:
  InputKindOf() {
    if (text()) {
      form_ = text_form();
      seed_ = toy::text_input("The Caf\u00e9 is nice, isn't it? Go: 10 of 12 would.", GetParam().shape.size());
      other_ = toy::text_input("I'd never go again! So cold & loud \U0001f600", GetParam().shape.size());
    } else if (audio()) {
      form_ = sound_form(toy::kRate);
      seed_ = toy::sound_input(toy::tone(1, 3500));
      other_ = toy::sound_input(toy::tone(2, 4000));
    } else if (array()) {
      form_ = toy::form_of(GetParam().shape, GetParam().dtype);
      seed_ = toy::noise_array(GetParam().shape, *form_, 1);
      other_ = toy::noise_array(GetParam().shape, *form_, 2);
    } else {
      seed_ = noise(1);
      other_ = noise(2);
    }
  }

  static Input noise(std::uint64_t key) {
    Input image(GetParam().shape);
    Rng rng(key, 3);
    for (std::uint8_t& v : image.pixels) v = static_cast<std::uint8_t>(rng.below(256));
    return image;
  }
  static bool text() { return std::string_view(GetParam().dtype) == "text"; }
  static bool audio() { return std::string_view(GetParam().dtype) == "audio"; }
  static bool array() { return *GetParam().dtype != 0 && !text() && !audio(); }
  static InputKind kind() {
    return audio() ? InputKind::kAudio : text() ? InputKind::kText : array() ? InputKind::kArray : InputKind::kImage;
  }

  void expect_within_ranges(const Input& input, const std::string& what) const {
    if (text()) {
      const std::string_view said = input.view().text();
      ASSERT_EQ(first_not_utf8(said), std::string_view::npos) << what << ": " << said;
      ASSERT_FALSE(said.empty()) << what;
      const auto behind = input.view().pixels().subspan(said.size());
      ASSERT_TRUE(std::ranges::all_of(behind, [](std::uint8_t b) { return b == 0; })) << what;
    }
    if (audio()) {
      const auto samples = input.view().samples();
      ASSERT_LE(samples.size(), samples_of(input.shape)) << what;
      ASSERT_FALSE(samples.empty()) << what;
      const auto behind = input.view().pixels().subspan(4 + 2 * samples.size());
      ASSERT_TRUE(std::ranges::all_of(behind, [](std::uint8_t b) { return b == 0; })) << what;
    }
    if (!array()) return;
    const auto numbers = input.view().numbers();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_GE(numbers[i], form_->low[i]) << what << ", number " << i;
      ASSERT_LE(numbers[i], form_->high[i]) << what << ", number " << i;
      if (form_->whole) {
        ASSERT_EQ(numbers[i], std::round(numbers[i])) << what << ", number " << i;
      }
    }
  }
  [[nodiscard]] Input corrupted(const Corruption& corruption, double t, std::uint64_t key = 5) const {
    Input out(seed_.shape);
    corruption.apply(seed_.view(), t, key, out.pixels);
    return out;
  }

  std::shared_ptr<const ArrayForm> form_;
  Input seed_, other_;
};

TEST_P(InputKindOf, WhatIsStoredReadsBackTheSameBytes) {
  std::vector<std::uint8_t> stored;
  encode_input(seed_.view(), stored);
  const Input again = decode_input(stored, "a test", seed_.shape);
  EXPECT_EQ(again.shape, seed_.shape);
  EXPECT_EQ(again.pixels, seed_.pixels);
}

TEST_P(InputKindOf, OtherBytesAreRefusedByName) {
  for (const std::string& bad :
       {std::string(), std::string("no \xff input at all"), std::string("\x93NUMPY\x01\x00", 8)}) {
    const std::vector<std::uint8_t> bytes(bad.begin(), bad.end());
    try {
      (void)decode_input(bytes, "odd.file", seed_.shape);
      FAIL() << "taken: " << bad;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("odd.file"), std::string::npos) << e.what();
    }
  }
}

TEST_P(InputKindOf, EqualInputsAreNoDistanceApart) {
  const Distance d = distance(seed_.view(), seed_.view());
  EXPECT_EQ(d.linf, 0);
  EXPECT_EQ(d.l2, 0);
  EXPECT_EQ(d.ssim, 1);
  EXPECT_GT(distance(seed_.view(), other_.view()).l2, 0);
  EXPECT_LE(distance(seed_.view(), other_.view()).linf, audio() ? 65535 : 255 + 1e-3);
  if (audio()) return;  // the first is the signal that the second's change is measured by
  EXPECT_EQ(distance(seed_.view(), other_.view()).l2, distance(other_.view(), seed_.view()).l2);
}

TEST_P(InputKindOf, StrengthZeroIsTheInput) {
  for (const auto& corruption : corruptions(form_.get())) {
    EXPECT_EQ(corrupted(*corruption, 0).pixels, seed_.pixels) << corruption->name();
  }
}

TEST_P(InputKindOf, OneKeyMakesTheSameBytes) {
  for (const auto& corruption : corruptions(form_.get())) {
    EXPECT_EQ(corrupted(*corruption, 0.4, 9).pixels, corrupted(*corruption, 0.4, 9).pixels) << corruption->name();
  }
}

TEST_P(InputKindOf, EveryCorruptionChangesTheInputMoreWhenStronger) {
  for (const auto& corruption : corruptions(form_.get())) {
    const double weak = distance(seed_.view(), corrupted(*corruption, 0.05).view()).l2;
    const double strong = distance(seed_.view(), corrupted(*corruption, 0.9).view()).l2;
    EXPECT_GT(strong, 0) << corruption->name();
    EXPECT_LE(weak, 1.2 * strong) << corruption->name();  // coarse steps come near what was there by chance
    EXPECT_FALSE(corruption->describe(0.5, seed_.shape).empty());
  }
}

TEST_P(InputKindOf, CorruptionsAndOperatorsStayWithinTheRanges) {
  for (const auto& corruption : corruptions(form_.get())) {
    for (const double t : {0.1, 0.5, 1.0})
      expect_within_ranges(corrupted(*corruption, t), std::string(corruption->name()));
  }
  for (const auto& op : make_operators("paper", kind())) {
    Rng rng(4, 4), same(4, 4);
    Input out(seed_.shape), again(seed_.shape);
    for (int i = 0; i < 20; ++i) {
      op->apply(seed_.view(), out.pixels, rng);
      op->apply(seed_.view(), again.pixels, same);
      expect_within_ranges(out, std::string(op->name()));
      ASSERT_EQ(out.pixels, again.pixels) << op->name();
    }
  }
}

TEST_P(InputKindOf, BudgetsAreNeverExceeded) {
  for (const PerturbationBudget budget : {PerturbationBudget{.linf = 8}, PerturbationBudget{.linf = 40},
                                          PerturbationBudget{.l2 = 0.3}, PerturbationBudget{.linf = 12, .l2 = 0.5}}) {
    Input moved(other_);
    project(budget, seed_.view(), moved.pixels);
    EXPECT_TRUE(budget.allows(distance(seed_.view(), moved.view())))
        << "linf " << budget.linf << ", l2 " << budget.l2 << ": " << distance(seed_.view(), moved.view()).l2;
    expect_within_ranges(moved, "projected");
    Input again(moved);
    project(budget, seed_.view(), again.pixels);
    EXPECT_EQ(again.pixels, moved.pixels) << "what is within stays as it is";
  }
}

TEST_P(InputKindOf, BlendsAreExactAtBothEndsAndStayBetween) {
  BlendPath path;
  Rng rng(8, 8);
  path.start(seed_.view(), other_.view(), rng);
  Input at(seed_.shape);
  path.at(0, at.pixels);
  EXPECT_EQ(at.pixels, seed_.pixels);
  path.at(BlendPath::kEnd, at.pixels);
  EXPECT_EQ(at.pixels, other_.pixels);
  path.at(BlendPath::kEnd / 2, at.pixels);
  expect_within_ranges(at, "half-way");
  const double whole = distance(seed_.view(), other_.view()).l2;
  EXPECT_NEAR(distance(seed_.view(), at.view()).l2, whole / 2, (text() ? 0.15 : 0.05) * whole);
}

TEST_P(InputKindOf, UnknownOperatorsAreRefusedWithTheKnownOnes) {
  EXPECT_THROW((void)make_operators("no-such-operator", kind()), Error);
  for (const std::string& name : operator_names(kind())) EXPECT_EQ(make_operators(name, kind()).front()->name(), name);
}

INSTANTIATE_TEST_SUITE_P(Kinds, InputKindOf,
                         testing::Values(Kind{"GreyImage", {12, 10, 1}, ""}, Kind{"ColourImage", {9, 11, 3}, ""},
                                         Kind{"Vector", {1, 42, 1}, "f4"}, Kind{"Series", {20, 6, 1}, "f4"},
                                         Kind{"Planes", {8, 5, 6}, "f4"}, Kind{"WholeVector", {1, 30, 1}, "i1"},
                                         Kind{"WholeSeries", {16, 4, 1}, "i2"}, Kind{"Bytes", {6, 6, 4}, "u1"},
                                         Kind{"Text", {1, 80, 1}, "text"},
                                         Kind{"Sound", sound_shape(toy::kSoundRoom), "audio"}),
                         [](const auto& p) { return p.param.name; });

}  // namespace
}  // namespace dflare
