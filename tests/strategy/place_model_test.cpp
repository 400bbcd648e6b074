// What a PlaceModel expects of places that were not asked.
#include "strategy/place_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dflare/rng.h"

namespace dflare {
namespace {

Stand truth(const NaturalPlace& p) { return {3 * p[0] - p[1] + std::sin(2 * p[2]), 0.5 + p[3] * p[3]}; }

class Learnt : public testing::Test {
 protected:
  Learnt() {
    for (int i = 0; i < 100; ++i) {
      places_.push_back(any());
      stands_.push_back(truth(places_.back()));
    }
    model_.fit(places_, stands_);
  }
  NaturalPlace any() {
    NaturalPlace p{};
    for (double& share : p) share = rng_.uniform() - 0.5;
    return p;
  }

  Rng rng_{5, 0};
  std::vector<NaturalPlace> places_;
  std::vector<Stand> stands_;
  PlaceModel model_;
};

TEST_F(Learnt, PlacesBetweenThoseAskedAreForeseen) {
  double off_shared = 0, off_apart = 0, spread_shared = 0, spread_apart = 0;
  for (int i = 0; i < 50; ++i) {
    const NaturalPlace p = any();
    const Stand expected = model_.expect(p), real = truth(p);
    off_shared += std::pow(expected.shared - real.shared, 2);
    off_apart += std::pow(expected.apart - real.apart, 2);
    spread_shared += std::pow(real.shared, 2);
    spread_apart += std::pow(real.apart - 0.58, 2);
  }
  EXPECT_LT(off_shared, 0.02 * spread_shared);
  EXPECT_LT(off_apart, 0.5 * spread_apart);
}

TEST_F(Learnt, DoubtIsSmallWhereWasAskedAndGrowsAway) {
  NaturalPlace far = places_.front();
  for (double& share : far) share += 1.5;
  EXPECT_LT(model_.doubt(places_.front()).shared, 0.3 * model_.doubt(far).shared);
}

}  // namespace
}  // namespace dflare
