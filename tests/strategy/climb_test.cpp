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

// Severity after the climb from a finding at about mid-grey: the original just says 0, the compressed one says 1.
double severity_after_climb(const KnownModels& models) {
  Input found(kShape);
  std::fill(found.pixels.begin(), found.pixels.end(), std::uint8_t{127});
  for (std::size_t i = 0; i < 2 * kShape.width; ++i) found.pixels[i] = 200;  // in the upper half: apart
  found.pixels.front() = 204;                                                // in the left half: the shared slope
  Input seed = found;
  for (int y = 0; y < kShape.height; ++y) {  // both models lead by some 12
    for (int x = 0; x < kShape.width / 2; ++x) seed.pixels[static_cast<std::size_t>(y * kShape.width + x)] = 255;
  }
  KnownLeads known(models, seed);
  return known.severity(known.refined(*make_climb(), found, kQueries).view());
}

TEST(Climbing, RaisesWhatOnlyOneModelFeelsAgainstWhatBothFeel) {
  // The best image of all has 0.02 * 256 between the leads, half for each model.
  EXPECT_GT(severity_after_climb(leads), 0.35 * 2.56);
}

TEST(Climbing, GoesOnWhereTheOutputComesInSteps) { EXPECT_GT(severity_after_climb(in_steps_of(0.1, leads)), 0.28); }

}  // namespace
}  // namespace dflare
