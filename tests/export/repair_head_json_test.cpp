// A head that is written is read again as it was; what is no head is refused with a reason.
#include "dflare/repair_head_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "dflare/error.h"

namespace dflare {
namespace {

using ::testing::HasSubstr;

StoredHead small_head() {
  RepairHead head{.method = "drepair", .features = HeadFeatures::kLogProbabilities, .layers = {}, .below_margin = 0.7};
  head.layers.push_back(
      {2, 3, {0.1F, -0.2F, 1e-20F, 3.0F, 1.0F / 3, 7.25F}, {0, 1, -1}, DenseLayer::Activation::kRelu});
  head.layers.push_back({3, 2, {1, 2, 3, 4, 5, 6}, {0.5F, -0.5F}, DenseLayer::Activation::kNone});
  return {head, {OutputKind::kProbabilities, 1 / 256.0F, 1}};
}

TEST(RepairHeadJson, WhatIsWrittenIsReadAgainExactly) {
  const StoredHead stored = small_head();
  const StoredHead read = stored_head_from_json(to_json(stored), "head.json");
  EXPECT_EQ(read.reading.kind, OutputKind::kProbabilities);
  EXPECT_EQ(read.reading.step, 1 / 256.0F);
  EXPECT_EQ(read.reading.skip_classes, 1);
  const RepairHead& head = stored.head;
  const RepairHead& again = read.head;
  EXPECT_EQ(again.method, "drepair");
  EXPECT_EQ(again.features, HeadFeatures::kLogProbabilities);
  EXPECT_EQ(again.below_margin, 0.7);
  ASSERT_EQ(again.layers.size(), 2);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again.layers[i].weights, head.layers[i].weights);
    EXPECT_EQ(again.layers[i].bias, head.layers[i].bias);
    EXPECT_EQ(again.layers[i].activation, head.layers[i].activation);
  }
}

TEST(RepairHeadJson, AHeadThatAlwaysSpeaksHasNoLimit) {
  StoredHead stored = small_head();
  stored.head.below_margin = std::numeric_limits<double>::infinity();
  EXPECT_THAT(to_json(stored), HasSubstr("\"below_margin\":null"));
  EXPECT_EQ(stored_head_from_json(to_json(stored), "head.json").head.below_margin, stored.head.below_margin);
}

std::string complaint(const std::string& text) {
  try {
    static_cast<void>(stored_head_from_json(text, "some.json"));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadInput);
    return e.what();
  }
  return "none";
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(RepairHeadJson, WhatIsNoHeadIsRefusedWithAReason) {
  const std::string good = to_json(small_head());
  EXPECT_THAT(complaint("{"), HasSubstr("some.json"));
  EXPECT_THAT(complaint("[]"), HasSubstr("is no repair head"));
  EXPECT_THAT(complaint(with(good, "\"method\"", "\"m\"")), HasSubstr("method"));
  EXPECT_THAT(complaint(with(good, "relu", "gelu")), HasSubstr("gelu"));
  EXPECT_THAT(complaint(with(good, "log_p", "z")), HasSubstr("'z'"));
  EXPECT_THAT(complaint(with(good, "[0.0,1.0,-1.0]", "[0.0,1.0]")), HasSubstr("2 biases"));
  EXPECT_THAT(complaint(with(good, "\"schema_version\":1", "\"schema_version\":9")), HasSubstr("9"));
  EXPECT_THAT(complaint(with(good, "7.25", "1e300")), HasSubstr("not finite"));
}

TEST(RepairHeadJson, FilesAreReplacedWhole) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "repair_head_json";
  std::filesystem::remove_all(folder);
  write_head(folder / "head.json", small_head());
  write_head(folder / "head.json", small_head());
  EXPECT_EQ(read_head(folder / "head.json").head.layers.size(), 2);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "nothing else is left behind";
  EXPECT_THROW(read_head(folder / "none.json"), Error);
  std::ofstream(folder / "file") << "x";
  try {
    write_head(folder / "file" / "head.json", small_head());
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kCannotWrite);
  }
}

}  // namespace
}  // namespace dflare
