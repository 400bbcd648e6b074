// What a model makes of the other's label follows from what is stored.
#include "page/other_label.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace dflare {
namespace {

using Answer = std::array<double, 3>;  // probabilities of three labels

int top(const Answer& p) { return static_cast<int>(std::ranges::max_element(p) - p.begin()); }

// As a search stores it.
Finding finding_of(const Answer& f, const Answer& g, int seed_label) {
  const auto margin = [seed_label](const Answer& p) {
    double other = 0;
    for (int i = 0; i < 3; ++i) other = i == seed_label ? other : std::max(other, p[static_cast<std::size_t>(i)]);
    return std::log(p[static_cast<std::size_t>(seed_label)] / other);
  };
  Finding finding;
  finding.seed_label = seed_label;
  finding.label_original = top(f);
  finding.label_compressed = top(g);
  const auto a = static_cast<std::size_t>(top(f));
  const auto b = static_cast<std::size_t>(top(g));
  finding.p_original = static_cast<float>(f[a]);
  finding.p_compressed = static_cast<float>(g[b]);
  finding.margin_original = margin(f);
  finding.margin_compressed = margin(g);
  finding.severity = std::min(std::log(f[a] / f[b]), std::log(g[b] / g[a]));
  return finding;
}

TEST(OtherLabel, OfTheModelThatLeftTheSeedsLabelIsExact) {
  const auto [original, compressed] = other_labels(finding_of({0.5, 0.3, 0.2}, {0.35, 0.6, 0.05}, 0));
  EXPECT_NEAR(compressed.p, 0.35, 1e-6);
  EXPECT_TRUE(compressed.exact);
  EXPECT_NEAR(original.p, 0.3, 1e-6);
  EXPECT_TRUE(original.exact);  // the original prefers its answer less than the other does
}

TEST(OtherLabel, OfTheModelThatKeptItIsABoundWhereTheOtherPrefersLess) {
  const auto [original, compressed] = other_labels(finding_of({0.7, 0.05, 0.25}, {0.4, 0.45, 0.15}, 0));
  EXPECT_FALSE(original.exact);
  EXPECT_NEAR(original.p, 0.25, 1e-6);  // no label but its own has more
  EXPECT_TRUE(compressed.exact);
  EXPECT_NEAR(compressed.p, 0.4, 1e-6);
}

TEST(OtherLabel, IsTheSameWithTheModelsExchanged) {
  const auto [original, compressed] = other_labels(finding_of({0.35, 0.6, 0.05}, {0.5, 0.3, 0.2}, 0));
  EXPECT_NEAR(original.p, 0.35, 1e-6);
  EXPECT_TRUE(original.exact);
  EXPECT_NEAR(compressed.p, 0.3, 1e-6);
  EXPECT_TRUE(compressed.exact);
}

TEST(OtherLabel, IsABoundWhereBothLeftTheSeedsLabel) {
  const Answer f{0.1, 0.6, 0.3};
  const Answer g{0.1, 0.2, 0.7};
  const auto [original, compressed] = other_labels(finding_of(f, g, 0));
  EXPECT_FALSE(original.exact);
  EXPECT_FALSE(compressed.exact);
  EXPECT_GE(original.p, f[2] - 1e-6);
  EXPECT_GE(compressed.p, g[1] - 1e-6);
}

}  // namespace
}  // namespace dflare
