// The worked example of docs/adding-an-oracle.md: it is what stands there, and it works.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "dflare/error.h"
#include "dflare/oracle.h"
#include "dflare/verdict.h"

namespace dflare {
namespace {

class SharesOracle final : public Oracle {
 public:
  explicit SharesOracle(double most) : most_(most) {}

  // As --oracle would take it, and as runs record it: it makes the same oracle again.
  [[nodiscard]] std::string spec() const override { return fmt::format("shares:{}", most_); }

  // Asked once, before the search: refuse outputs that this cannot compare, with the way out.
  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& /*compressed*/) const override {
    if (original.size() == 1 && original.front().values() >= 2) return std::make_shared<SharesOracle>(most_);
    throw Error(ErrorCode::kBadArgument, "--oracle shares compares one output of two or more shares",
                "choose it by --output-name; --oracle value:TOLERANCE compares single numbers");
  }

  // Both hold as many values. NaN says that an answer is not finite.
  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    return 1 - moved(original, compressed) / most_;
  }

  // What is told with each finding: names that speak for themselves.
  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    const double share = moved(original, compressed);
    return std::isfinite(share) ? fmt::format(R"({{"moved":{}}})", share) : "";
  }

 private:
  static double moved(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(static_cast<double>(a[i]) - b[i]);
    return std::isfinite(sum) ? sum / 2 : std::nan("");
  }

  double most_;
};

std::string whole(const char* path) {
  std::ifstream in(std::filesystem::path(DFLARE_SOURCE_DIR) / path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(WorkedOracle, IsTheOneOfThePage) {
  const std::string page = whole("docs/adding-an-oracle.md");
  const std::size_t begin = page.find("class SharesOracle");
  ASSERT_NE(begin, std::string::npos);
  const std::string shown = page.substr(begin, page.find("```", begin) - begin);
  EXPECT_NE(whole("tests/judge/worked_oracle_test.cpp").find(shown), std::string::npos)
      << "the page and this file must hold the same lines";
}

TEST(WorkedOracle, RulesByWhatWouldHaveToBeMoved) {
  const SharesOracle oracle(0.2);
  const std::vector<float> sample{0.5F, 0.3F, 0.2F};
  EXPECT_EQ(oracle.lead(sample, sample), 1);
  EXPECT_NEAR(oracle.lead(sample, std::vector<float>{0.6F, 0.2F, 0.2F}), 0.5, 1e-6);
  EXPECT_NEAR(oracle.lead(sample, std::vector<float>{0.1F, 0.7F, 0.2F}), -1, 1e-6);
  EXPECT_TRUE(std::isnan(oracle.lead(sample, std::vector<float>{NAN, 0, 0})));
  EXPECT_EQ(oracle.facts(sample, sample), R"({"moved":0})");
}

TEST(WorkedOracle, IsReadByTheEngineAndRefusesWhatDoesNotFit) {
  const SharesOracle oracle(0.2);
  Answers f;
  Answers g;
  Answers original;
  Answers compressed;
  std::ranges::copy(std::vector<float>{0.5F, 0.5F}, f.prepare(1, 2).begin());
  std::ranges::copy(std::vector<float>{0.9F, 0.1F}, g.prepare(1, 2).begin());
  read_together(oracle, f, g, original, compressed);
  EXPECT_NE(original[0].label, compressed[0].label);
  EXPECT_NEAR(severity(original[0], compressed[0]), 1, 1e-5);
  const AnswerLayout one{{"amount", {}}};
  EXPECT_THROW(static_cast<void>(oracle.fitted(one, one)), Error);
}

}  // namespace
}  // namespace dflare
