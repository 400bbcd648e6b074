// Natural changes: within their box, frozen by their key, told in words.
#include "dflare/natural_change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "dflare/budget.h"
#include "dflare/error.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

const NaturalBox kBox{
    .rotate = 25, .shift = 0.1, .zoom = 1.2, .contrast = 1.6, .light = 60, .blur_pixels = 1.2, .noise = 20};

Input changed(const Input& in, const NaturalPlace& place, std::uint64_t key = 7, const NaturalBox& box = kBox) {
  NaturalChanges changes;
  changes.begin(box, in.view(), key);
  Input out(in.shape);
  changes.write(place, out.pixels);
  return out;
}

NaturalPlace only(NaturalKind kind, double share) {
  NaturalPlace place{};
  place[static_cast<std::size_t>(kind)] = share;
  return place;
}

double mean_of(const Input& in) {
  double sum = 0;
  for (const std::uint8_t v : in.pixels) sum += v;
  return sum / static_cast<double>(in.pixels.size());
}

TEST(NaturalChanges, PlaceZeroIsTheImageItself) {
  for (const Shape shape : {Shape{32, 32, 3}, Shape{9, 7, 1}, Shape{1, 1, 1}, Shape{1, 17, 3}}) {
    const Input in = noise_image(shape);
    EXPECT_EQ(changed(in, {}), in);
  }
}

TEST(NaturalChanges, EveryKindAloneChangesTheImage) {
  const Input in = noise_image({32, 32, 3});
  for (std::size_t kind = 0; kind < kNaturalKinds; ++kind) {
    const Input out = changed(in, only(static_cast<NaturalKind>(kind), 1));
    EXPECT_GT(distance(in.view(), out.view()).linf, 5) << to_string(static_cast<NaturalKind>(kind));
  }
}

TEST(NaturalChanges, OneKeyIsOneImageAndAnotherKeyOtherNoise) {
  const Input in = noise_image({16, 16, 1});
  const NaturalPlace noisy = only(NaturalKind::kNoise, 0.7);
  EXPECT_EQ(changed(in, noisy, 3), changed(in, noisy, 3));
  EXPECT_NE(changed(in, noisy, 3), changed(in, noisy, 4));
}

TEST(NaturalChanges, LightIsGreyLevels) {
  Input grey(Shape{8, 8, 1});
  std::fill(grey.pixels.begin(), grey.pixels.end(), std::uint8_t{100});
  EXPECT_DOUBLE_EQ(mean_of(changed(grey, only(NaturalKind::kLight, 0.5))), 130);
  EXPECT_DOUBLE_EQ(mean_of(changed(grey, only(NaturalKind::kLight, -1))), 40);
}

TEST(NaturalChanges, AShiftMovesByPixelsToTheRight) {
  Input in(Shape{20, 20, 1});
  in.pixels[10 * 20 + 10] = 200;
  EXPECT_EQ(changed(in, only(NaturalKind::kShiftX, 1)).pixels[10 * 20 + 12], 200);  // 0.1 of 20
}

TEST(NaturalBoxes, APlaceIsPutIntoItsBox) {
  NaturalBox box = kBox;
  box.light = 0;
  NaturalPlace place{3, -2, 0.5, 1, -1, 1, -1, 2};
  put_into(box, place);
  EXPECT_EQ(place, (NaturalPlace{1, -1, 0.5, 1, -1, 0, 0, 1}));
  box.together = 1;
  put_into(box, place);
  double squares = 0;
  for (const double share : place) squares += share * share;
  EXPECT_NEAR(squares, 1, 1e-12);
}

TEST(NaturalBoxes, MildLiesInDefaultAndDefaultInHarsh) {
  const NaturalBox mild = *named_natural_box("mild"), usual = *named_natural_box("default"),
                   harsh = *named_natural_box("harsh");
  for (const NaturalLimit& limit : natural_limits()) {
    if (limit.name == "together") continue;
    EXPECT_LE(mild.*limit.value, usual.*limit.value) << limit.name;
    EXPECT_LE(usual.*limit.value, harsh.*limit.value) << limit.name;
  }
  for (const std::string& name : natural_box_names()) EXPECT_NO_THROW(check_natural_box(*named_natural_box(name)));
  EXPECT_FALSE(named_natural_box("wild"));
}

TEST(NaturalBoxes, NumbersOutOfRangeAndBoxesWithoutAnyChangeAreRefused) {
  EXPECT_THROW(check_natural_box({}), Error);
  EXPECT_THROW(check_natural_box({.rotate = 181}), Error);
  EXPECT_THROW(check_natural_box({.rotate = 5, .zoom = 0.5}), Error);
  EXPECT_THROW(check_natural_box({.rotate = std::nan("")}), Error);
  EXPECT_NO_THROW(check_natural_box({.rotate = 5}));
}

TEST(NaturalWords, TellWhatIsToBeSeenAndNothingElse) {
  const Shape shape{20, 20, 1};
  EXPECT_EQ(describe(kBox, {}, shape), "unchanged");
  const NaturalPlace place{0.4, 0, -0.5, 0, 0, -0.2, 0.5, 0.0001};
  EXPECT_EQ(describe(kBox, place, shape),
            "turned 10.0 degrees to the left, shifted 1.0 pixels up, 12 grey levels darker, blurred by 0.60 pixels");
}

}  // namespace
}  // namespace dflare
