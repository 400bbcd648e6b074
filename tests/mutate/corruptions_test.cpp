// The natural corruptions: frozen by their key, growing with their strength.
#include "dflare/corruptions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>

#include "dflare/budget.h"
#include "dflare/error.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

const Corruption& named(std::string_view name) { return *corruptions()[corruption_index(name)]; }

Input corrupted(const Corruption& corruption, const Input& in, double t, std::uint64_t key = 7) {
  Input out(in.shape);
  corruption.apply(in.view(), t, key, out.pixels);
  return out;
}

// A bright blob with a fine texture, off the middle: no corruption leaves it as it is.
Input sample(Shape shape) {
  Input image(shape);
  std::size_t i = 0;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c) {
        const double blob = 130 * std::exp(-0.02 * ((y - 12) * (y - 12) + (x - 18) * (x - 18)));
        image.pixels[i++] = static_cast<std::uint8_t>(60 + blob + 25 * ((x + 2 * y + c) % 3) - 10 * c);
      }
    }
  }
  return image;
}

class CorruptionKind : public testing::TestWithParam<std::size_t> {
 protected:
  const Corruption& corruption_ = *corruptions()[GetParam()];
};

TEST_P(CorruptionKind, StrengthZeroIsTheInputItself) {
  for (const Shape shape : {Shape{32, 32, 3}, Shape{9, 7, 1}}) {
    const Input in = noise_image(shape);
    EXPECT_EQ(corrupted(corruption_, in, 0), in);
  }
}

TEST_P(CorruptionKind, OneKeyMakesOneImage) {
  const Input in = sample({32, 32, 3});
  for (const double t : {0.01, 0.3, 1.0}) {
    for (const std::uint64_t key : {std::uint64_t{0}, std::uint64_t{7}, ~std::uint64_t{0}}) {
      EXPECT_EQ(corrupted(corruption_, in, t, key), corrupted(corruption_, in, t, key));
    }
  }
}

TEST_P(CorruptionKind, FullStrengthIsFarFromTheInput) {
  for (const int channels : {1, 3}) {
    const Input in = sample({32, 32, channels});
    EXPECT_GT(distance(in.view(), corrupted(corruption_, in, 1).view()).linf, 20);
  }
}

TEST_P(CorruptionKind, AnyShapeAndStrengthIsServed) {
  for (const Shape shape : {Shape{1, 1, 1}, Shape{1, 1, 3}, Shape{3, 2, 1}, Shape{2, 3, 3}, Shape{1, 17, 1},
                            Shape{31, 1, 3}, Shape{5, 5, 1}, Shape{33, 47, 3}}) {
    const Input in = noise_image(shape);
    for (const double t : {1.0 / 65536, 0.001, 0.1, 0.5, 65535.0 / 65536, 1.0}) {
      std::vector<std::uint8_t> fenced(shape.size() + 2, 0xA5);
      corruption_.apply(in.view(), t, 3, std::span(fenced).subspan(1, shape.size()));
      ASSERT_EQ(fenced.front(), 0xA5) << shape.height << " x " << shape.width << " at " << t;
      ASSERT_EQ(fenced.back(), 0xA5) << shape.height << " x " << shape.width << " at " << t;
      EXPECT_FALSE(corruption_.describe(t, shape).empty());
    }
  }
}

TEST_P(CorruptionKind, InputStaysAsItIs) {
  const Input in = noise_image({16, 16, 3});
  const Input before = in;
  corrupted(corruption_, in, 0.6);
  EXPECT_EQ(in, before);
}

// Noise, light and contrast draw for each value; the others treat all channels alike.
TEST(Corruption, GreyPicturesInColourStayGrey) {
  Input in(Shape{24, 24, 3});
  const Input grey = sample({24, 24, 1});
  for (std::size_t i = 0; i < in.pixels.size(); ++i) in.pixels[i] = grey.pixels[i / 3];
  for (const char* name :
       {"gaussian-blur", "defocus", "motion-blur", "jpeg", "rotate", "translate", "zoom-in", "zoom-out", "pixelate"}) {
    const Input out = corrupted(named(name), in, 0.4);
    for (std::size_t i = 0; i < out.pixels.size(); i += 3) {
      ASSERT_NEAR(out.pixels[i], out.pixels[i + 1], 2) << name;  // JPEG stores other colours than RGB
      ASSERT_NEAR(out.pixels[i], out.pixels[i + 2], 2) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CorruptionKind, testing::Range(std::size_t{0}, corruptions().size()),
                         [](const testing::TestParamInfo<std::size_t>& tested) {
                           std::string name(corruptions()[tested.param]->name());
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Soft shapes only: of a fine regular texture, stronger is not always farther.
Input soft_sample(Shape shape) {
  Input image(shape);
  std::size_t i = 0;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      const double blob = 150 * std::exp(-0.05 * ((y - 6) * (y - 6) + (x - 20) * (x - 20)));
      const double edge = x + y < 20 ? 50 : 0;
      for (int c = 0; c < shape.channels; ++c) image.pixels[i++] = static_cast<std::uint8_t>(40 + blob + edge + 10 * c);
    }
  }
  return image;
}

class GrowingCorruption : public testing::TestWithParam<const char*> {};

TEST_P(GrowingCorruption, StrongerIsFarther) {
  for (const int channels : {1, 3}) {
    const Input in = soft_sample({32, 32, channels});
    double before = 0;
    for (const double t : {0.2, 0.3, 0.45, 0.7, 1.0}) {
      const double d = l2_distance(in.view(), corrupted(named(GetParam()), in, t).view());
      EXPECT_GT(d, before) << "at strength " << t << ", channels " << channels;
      before = d;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Some, GrowingCorruption,
                         testing::Values("gaussian-blur", "defocus", "gaussian-noise", "brighten", "darken", "contrast",
                                         "zoom-in", "rotate"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           std::string name(tested.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Light and noise are frozen: every value moves one way as the strength grows, so that there is one path.
TEST(Corruption, LightMovesEveryValueOneWay) {
  const Input in = noise_image({16, 16, 3});
  for (const char* name : {"brighten", "darken"}) {
    Input before = in;
    for (double t = 0.002; t <= 1; t += 0.002) {
      const Input now = corrupted(named(name), in, t);
      for (std::size_t i = 0; i < now.pixels.size(); ++i) {
        const int moved = now.pixels[i] - before.pixels[i];
        ASSERT_GE(name[0] == 'b' ? moved : -moved, 0) << name << " at " << t;
      }
      before = now;
    }
  }
}

double mean_of(const Input& image) {
  return std::accumulate(image.pixels.begin(), image.pixels.end(), 0.0) / static_cast<double>(image.pixels.size());
}

// Fractions of a grey level included: the path along a strength has no steps.
TEST(Corruption, LightMovesByWhatItsWordsSay) {
  Input grey(Shape{64, 64, 1});
  std::ranges::fill(grey.pixels, std::uint8_t{128});
  for (const double t : {0.002, 0.0055, 0.25, 0.5}) {
    EXPECT_NEAR(mean_of(corrupted(named("brighten"), grey, t)) - 128, 150 * t, 0.05) << t;
    EXPECT_NEAR(128 - mean_of(corrupted(named("darken"), grey, t)), 150 * t, 0.05) << t;
  }
  EXPECT_EQ(named("darken").describe(0.5, grey.shape), "darker by 75.0 grey levels");
}

TEST(Corruption, TurnsEitherWayByItsKey) {
  const Input in = sample({32, 32, 1});
  std::set<std::string> ways;
  for (std::uint64_t key = 0; key < 20; ++key) {
    const Input turned = corrupted(named("rotate"), in, 0.4, key);
    ways.emplace(turned.pixels.begin(), turned.pixels.end());
  }
  EXPECT_EQ(ways.size(), 2U);
}

TEST(Corruption, AnotherKeyIsAnotherNoise) {
  const Input in = sample({16, 16, 1});
  EXPECT_NE(corrupted(named("gaussian-noise"), in, 0.5, 1), corrupted(named("gaussian-noise"), in, 0.5, 2));
  EXPECT_NE(corrupted(named("motion-blur"), in, 0.5, 1), corrupted(named("motion-blur"), in, 0.5, 2));
}

TEST(Corruption, StrengthIsToldInItsOwnUnits) {
  const Shape shape{40, 50, 3};
  const std::pair<const char*, const char*> table[] = {
      {"gaussian-blur", "Gaussian blur, sigma 1.10 pixels"},
      {"defocus", "defocus, radius 1.60 pixels"},
      {"motion-blur", "motion blur over 6.0 pixels"},
      {"gaussian-noise", "Gaussian noise, sigma 45.0 grey levels"},
      {"brighten", "brighter by 75.0 grey levels"},
      {"darken", "darker by 75.0 grey levels"},
      {"jpeg", "JPEG quality "},
      {"contrast", "contrast lowered to "},
      {"rotate", "rotated by 30.0 degrees"},
      {"translate", "shifted by 6.0 pixels"},
      {"zoom-in", "enlarged 1.50 times"},
      {"zoom-out", "reduced to 67 % of its size"},
      {"pixelate", "pixelated in blocks of 3.4 pixels"},
  };
  EXPECT_EQ(std::size(table), corruptions().size());
  for (const auto& [name, words] : table) {
    EXPECT_TRUE(named(name).describe(0.5, shape).starts_with(words))
        << named(name).describe(0.5, shape) << ", expected " << words;
  }
}

TEST(Corruption, UnknownNameIsAnsweredWithTheNearest) {
  try {
    corruption_index("gausian-blur");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    EXPECT_NE(e.hint().find("gaussian-blur"), std::string::npos) << e.hint();
  }
}

}  // namespace
}  // namespace dflare
