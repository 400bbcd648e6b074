// Climbing, on two models whose leads are known.
#include "strategy/known_leads.h"

namespace dflare {
namespace {

constexpr Shape kShape{16, 16, 1};
constexpr int kQueries = 400;

// A slope that both models share, which is steep, and what the compressed model adds, which is not. Pixels run from -1
// to 1.
Leads leads(InputView in) {
  double shared = 0;
  double apart = 0;
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      const double v = in.data[y * kShape.width + x] / 127.5 - 1;
      shared += v * (x < kShape.width / 2 ? 1 : -1);
      apart += v * (y < kShape.height / 2 ? 1 : -1);
    }
  }
  return {0.1 * shared, 0.1 * shared - 0.02 * apart};
}

// Steps as an 8-bit softmax has them near a half; what they are known to be decides how the climb draws its changes.
constexpr double kEightBits = 0.008;

// Severity after the climb from a finding at about mid-grey: the original just says 0, the compressed one says 1.
double severity_after_climb(const KnownModels& models, double known_step = 0) {
  Input found(kShape);
  std::fill(found.pixels.begin(), found.pixels.end(), std::uint8_t{127});
  for (std::size_t i = 0; i < 2 * kShape.width; ++i) found.pixels[i] = 200;  // in the upper half: apart
  found.pixels.front() = 204;                                                // in the left half: the shared slope
  Input seed = found;
  for (int y = 0; y < kShape.height; ++y) {  // both models lead by some 12
    for (int x = 0; x < kShape.width / 2; ++x) seed.pixels[static_cast<std::size_t>(y * kShape.width + x)] = 255;
  }
  KnownLeads known(models, seed);
  known.say_that_outputs_come_in_steps_of(static_cast<float>(known_step));
  return known.severity(known.refined(*make_climb(), found, kQueries).view());
}

TEST(Climbing, RaisesWhatOnlyOneModelFeelsAgainstWhatBothFeel) {
  // The best image of all has 0.02 * 256 between the leads, half for each model.
  EXPECT_GT(severity_after_climb(leads), 0.35 * 2.56);
}

TEST(Climbing, GoesOnWhereTheOutputComesInSteps) { EXPECT_GT(severity_after_climb(in_steps_of(0.1, leads)), 0.28); }

// By squares alone. A square seldom lies so that it moves both models evenly; what it tips to one side is evened out
// along the line to the seed. Without that a quarter of it is reached.
TEST(Climbing, EvensOutWhatASquareTipsToOneSide) {
  EXPECT_GT(severity_after_climb(in_steps_of(kEightBits, leads), kEightBits), 0.8);
}

// What a chain of squares asks, by how its images differ.
class Squares : public testing::Test {
 protected:
  Squares() : known_([this](InputView) { return Leads{height_, -height_}; }, grey_) {
    known_.say_that_outputs_come_in_steps_of(static_cast<float>(kEightBits));
    known_.begin(*climb_, grey_);
  }
  // Asks the next image, of which both models insist by `height` on their answers. Returns what changed since the last.
  std::vector<int> change_to(double height) {
    height_ = height;
    const Input asked = known_.step(*climb_, rng_);
    std::vector<int> change(kShape.size());
    for (std::size_t i = 0; i < change.size(); ++i) change[i] = asked.pixels[i] - at_.pixels[i];
    at_ = asked;
    return change;
  }
  static std::vector<int> times(int factor, std::vector<int> change) {
    for (int& c : change) c *= factor;
    return change;
  }

  Input grey_ = [] {
    Input image(kShape);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{128});
    return image;
  }();
  double height_ = 1;
  std::unique_ptr<Refiner> climb_ = make_climb();
  KnownLeads known_;
  Rng rng_{7, 0};
  Input at_ = grey_;
};

TEST_F(Squares, AChangeThatLowersIsTriedTheOtherWayRound) {
  const std::vector<int> change = change_to(0.5);
  EXPECT_EQ(change_to(0.4), times(-2, change));  // from where the climb still stands
}

TEST_F(Squares, AChangeThatPaysIsRepeated) {
  const std::vector<int> change = change_to(1.5);
  EXPECT_EQ(change_to(2), change);
}

TEST_F(Squares, AChangeThatPaysTheOtherWayRoundIsRepeatedThatWay) {
  const std::vector<int> change = change_to(0.5);
  change_to(1.5);
  EXPECT_EQ(change_to(2), times(-1, change));
}

}  // namespace
}  // namespace dflare
