// Shrinking, on two models whose nearest deviation is known.
#include "dflare/budget.h"
#include "strategy/known_leads.h"

namespace dflare {
namespace {

constexpr Shape kShape{16, 16, 1};
constexpr std::uint8_t kLight = 148;
constexpr std::uint8_t kDark = 108;

bool on_the_left(std::size_t i) { return static_cast<int>(i) % kShape.width < kShape.width / 2; }

// Both models say 0 where the left half is lighter than the right one. The compressed model gives it up a little
// earlier.
Leads leads(InputView in) {
  double lead = 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) lead += 0.2 * in.data[i] / 255 * (on_the_left(i) ? 1 : -1);
  return {lead, lead - 0.2};
}

// A little lighter on the left: both models lead by about 4.
Input seed() {
  Input image(kShape);
  for (std::size_t i = 0; i < kShape.size(); ++i) image.pixels[i] = on_the_left(i) ? kLight : kDark;
  return image;
}

// No deviation is nearer to the seed than the leads' slope allows.
double least_distance() { return (leads(seed().view()).compressed) / (0.2 * std::sqrt(kShape.size())); }

// The halves are about the same, and stripes that matter to neither model make it lie far off.
Input far_finding() {
  Input image(kShape);
  for (std::size_t i = 0; i < kShape.size(); ++i) image.pixels[i] = i / kShape.width % 2 == 0 ? 30 : 220;
  image.pixels.front() += 128;
  return image;
}

void expect_near(const KnownModels& models) {
  KnownLeads known(models, seed());
  ASSERT_GT(known.severity(far_finding().view()), 0);
  const Input near = known.refined(*make_shrink(), far_finding(), 400);
  EXPECT_GT(known.severity(near.view()), 0);
  EXPECT_LT(l2_distance(seed().view(), near.view()), 1.1 * least_distance());
  EXPECT_GT(l2_distance(seed().view(), far_finding().view()), 4 * least_distance());
}

TEST(Shrinking, ComesNearTheNearestDeviationOfAll) { expect_near(leads); }

TEST(Shrinking, ComesNearWhereTheOutputComesInSteps) { expect_near(in_steps_of(0.1, leads)); }

}  // namespace
}  // namespace dflare
