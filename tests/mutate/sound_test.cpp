// What is done to sounds: each operator and corruption does what it says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "dflare/budget.h"
#include "dflare/corruptions.h"
#include "dflare/operators.h"
#include "support/sounds.h"

namespace dflare {
namespace {

const Input& clip() {
  static const Input input = toy::sound_input(toy::tone(3, 4000));
  return input;
}

Input mutated(const char* name, std::uint64_t key, const Input& of = clip()) {
  Input out(of.shape);
  Rng rng(key, 0);
  make_operators(name, InputKind::kAudio).front()->apply(of.view(), out.pixels, rng);
  return out;
}

Input corrupted_sound(const char* name, double t, const Input& of = clip()) {
  const auto& all = corruptions(of.shape.form);
  const auto found = std::ranges::find(all, std::string_view(name), [](const auto& c) { return c->name(); });
  Input out(of.shape);
  (*found)->apply(of.view(), t, 7, out.pixels);
  return out;
}

double decibels_below(const Input& changed) { return -20 * std::log10(distance(clip().view(), changed.view()).l2); }

// Zero crossings a second: the pitch of a tone, twice.
double crossings(const Input& input) {
  const auto s = input.view().samples();
  int count = 0;
  const std::size_t from = s.size() / 4, to = 3 * s.size() / 4;  // where it is loud
  for (std::size_t i = from; i < to; ++i) count += (s[i] < 0) != (s[i - 1] < 0) ? 1 : 0;
  return static_cast<double>(count) * toy::kRate / static_cast<double>(to - from);
}

// A library that is built for speed at any price turns them off when it is loaded.
TEST(SoundOperators, LeaveTheProcessItsDenormals) {
  volatile float least = 1e-40F;
  const volatile float times = 1;
  least = least * times;
  EXPECT_GT(least, 0);
}

TEST(SoundOperators, StretchingKeepsThePitchAndChangesTheLength) {
  double shortest = 1e9, longest = 0;
  for (std::uint64_t key = 0; key < 12; ++key) {
    const Input out = mutated("time-stretch", key);
    const double length = static_cast<double>(out.view().samples().size()) / 4000;
    EXPECT_GT(length, 1 / 1.27);
    EXPECT_LT(length, 1 / 0.79);
    EXPECT_NEAR(crossings(out), crossings(clip()), 0.05 * crossings(clip()));
    shortest = std::min(shortest, length);
    longest = std::max(longest, length);
  }
  EXPECT_LT(shortest, 0.95);
  EXPECT_GT(longest, 1.05);
}

TEST(SoundOperators, PitchMovesAndTheLengthStays) {
  double least = 1e9, most = 0;
  for (std::uint64_t key = 0; key < 12; ++key) {
    const Input out = mutated("pitch-shift", key);
    EXPECT_EQ(out.view().samples().size(), 4000U);
    const double ratio = crossings(out) / crossings(clip());
    EXPECT_GT(ratio, 0.75);
    EXPECT_LT(ratio, 1.32);
    least = std::min(least, ratio);
    most = std::max(most, ratio);
  }
  EXPECT_LT(least, 0.95);
  EXPECT_GT(most, 1.05);
}

TEST(SoundOperators, ShiftedSoundsComeInAgain) {
  for (std::uint64_t key = 0; key < 5; ++key) {
    const Input out = mutated("time-shift", key);
    const auto all = [](const Input& input) {
      const auto s = input.view().samples();
      double sum = 0;
      for (const auto v : s) sum += std::abs(v);
      return sum;
    };
    EXPECT_EQ(out.view().samples().size(), 4000U);
    EXPECT_NE(out.pixels, clip().pixels);
    EXPECT_NEAR(all(out) / all(clip()), 1, 0.05) << "but for the seam";
  }
}

TEST(SoundOperators, GainIsWithinTwelveDecibels) {
  for (std::uint64_t key = 0; key < 12; ++key) {
    const Input out = mutated("gain", key);
    const double factor = static_cast<double>(out.view().samples()[1990]) / clip().view().samples()[1990];
    EXPECT_GT(factor, 0.24);
    EXPECT_LT(factor, 4);
  }
}

TEST(SoundOperators, OneSampleSurvivesAllOfThem) {
  const Input one = toy::sound_input({1000});
  for (const std::string& name : operator_names(InputKind::kAudio))
    EXPECT_EQ(mutated(name.c_str(), 1, one).view().samples().size(), 1U) << name;
  for (const auto& corruption : corruptions(one.shape.form)) {
    Input out(one.shape);
    corruption->apply(one.view(), 0.7, 1, out.pixels);
    EXPECT_GE(out.view().samples().size(), 1U) << corruption->name();
  }
}

TEST(SoundCorruptions, NoiseHasTheRatioThatItTells) {
  for (const double t : {0.2, 0.5, 0.9}) {
    EXPECT_NEAR(decibels_below(corrupted_sound("noise", t)), 50 - 55 * t, 0.6);
    EXPECT_NEAR(decibels_below(corrupted_sound("hum", t)), 40 - 45 * t, 0.6);
  }
}

TEST(SoundCorruptions, SpeedChangesLengthAndPitch) {
  const Input fast = corrupted_sound("faster", 0.5), slow = corrupted_sound("slower", 0.5);
  EXPECT_NEAR(static_cast<double>(fast.view().samples().size()), 4000 / 1.3, 3);
  EXPECT_NEAR(static_cast<double>(slow.view().samples().size()), 4000 * 1.3, 3);
  EXPECT_NEAR(crossings(fast) / crossings(clip()), 1.3, 0.08);
  const Input cut = corrupted_sound("slower", 1);
  EXPECT_EQ(cut.view().samples().size(), static_cast<std::size_t>(toy::kSoundRoom)) << "there is no more room";
}

TEST(SoundCorruptions, ATelephoneLetsTheMiddlePass) {
  std::vector<std::int16_t> high(4000), middle(4000);
  for (std::size_t i = 0; i < high.size(); ++i) {
    high[i] = to_sample(8000 * std::sin(2 * std::numbers::pi * 3800 * static_cast<double>(i) / toy::kRate));
    middle[i] = to_sample(8000 * std::sin(2 * std::numbers::pi * 900 * static_cast<double>(i) / toy::kRate));
  }
  const auto kept = [](const std::vector<std::int16_t>& wave) {
    const Input in = toy::sound_input(wave);
    const Input out = corrupted_sound("telephone", 0.6, in);
    double a = 0, b = 0;
    for (std::size_t i = 0; i < wave.size(); ++i) {
      a += std::pow(in.view().samples()[i], 2);
      b += std::pow(out.view().samples()[i], 2);
    }
    return b / a;
  };
  EXPECT_LT(kept(high), 0.02);
  EXPECT_GT(kept(middle), 0.7);
}

TEST(SoundCorruptions, ACodecComesNearAndWorseWithLessQuality) {
  const double good = decibels_below(corrupted_sound("codec", 0.05)),
               bad = decibels_below(corrupted_sound("codec", 0.95));
  EXPECT_GT(good, 15);
  EXPECT_LT(bad, good - 3);
}

TEST(SoundCorruptions, DropoutsGrowWithTheStrength) {
  const auto silent = [](double t) {
    const Input out = corrupted_sound("dropouts", t);
    return std::ranges::count(out.view().samples(), 0);
  };
  EXPECT_GE(silent(0.001), toy::kRate / 50) << "one packet at least";
  EXPECT_GT(silent(0.8), 2 * silent(0.2));
}

}  // namespace
}  // namespace dflare
