// How reports print numbers: what tells is shown, and nothing that does not.
#include "core/figures.h"

#include <gtest/gtest.h>

#include "core/estimate_json.h"

namespace dflare {
namespace {

TEST(Figures, ThreeDigitsTellWhateverTheSize) {
  EXPECT_EQ(figure_text(0), "0");
  EXPECT_EQ(figure_text(0.00034), "0.000340");
  EXPECT_EQ(figure_text(1.234), "1.23");
  EXPECT_EQ(figure_text(9.999), "10.0");
  EXPECT_EQ(figure_text(12345.4), "12 345");
  EXPECT_EQ(figure_text(0.978, kPercent), "97.8 %");
  EXPECT_EQ(figure_text(1, kPercent), "100 %");
  EXPECT_EQ(figure_text(0.0034, kPoints), "+0.340 points");
}

TEST(Figures, DecimalsFollowTheIntervalsWidth) {
  EXPECT_EQ(estimate_text({0.978, {0.944, 0.991}, 500}, kPercent), "97.8 % (94.4 to 99.1)");
  EXPECT_EQ(estimate_text({117.3, {90, 145.2}, 100}), "117 (90 to 145)");
  EXPECT_EQ(estimate_text({0.00034, {0.00021, 0.00051}, 80}), "0.00034 (0.00021 to 0.00051)");
  EXPECT_EQ(estimate_text({-0.0012, {-0.0031, 0.0007}, 260}, kPoints), "-0.12 points (-0.31 to +0.07)");
}

TEST(Figures, AValueThatIsNotNoneDoesNotLookLikeIt) {
  EXPECT_EQ(estimate_text({0.001, {0, 5}, 9}), "0.001 (0 to 5.000)");
  EXPECT_EQ(estimate_text({2e-7, {0, 3e-6}, 9}, kPercent), "0.00002 % (0 to 0.00030)");
}

TEST(Figures, NoneOfFewIsNoProofOfNone) {
  EXPECT_EQ(estimate_text(estimate(Share{0, 100}), kPercent), "0 % (0 to 3.7)");
  EXPECT_EQ(estimate_text(estimate(Share{100, 100}), kPercent), "100 % (96.3 to 100)");
}

TEST(Figures, AnIntervalWithoutWidthIsNotPrinted) {
  EXPECT_EQ(estimate_text({2000, {2000, 2000}, 40}), "2 000");
  EXPECT_EQ(estimate_text({}, kPercent), "-");
}

TEST(Figures, GroupsOfThreeDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(-123456), "-123 456");
  EXPECT_EQ(grouped(1000000), "1 000 000");
}

TEST(EstimateJson, HoldsValueIntervalAndUnits) {
  EXPECT_EQ(json_of(Estimate{0.5, {0.25, 0.75}, 8}).dump(), R"({"value":0.5,"interval":[0.25,0.75],"of":8})");
  EXPECT_TRUE(json_of(std::optional<Estimate>{}).is_null());
}

}  // namespace
}  // namespace dflare
