// Detectors: boxes read off outputs, and which deviations they are.
#include "judge/boxes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kCandidates = 6;
constexpr std::size_t kClasses = 2;
const AnswerLayout kYolo{{"out", {4 + kClasses, kCandidates}}};

// A row of YOLOv8's: boxes at the first candidates, nothing at the others.
std::vector<float> yolo(const std::vector<Box>& boxes) {
  std::vector<float> row((4 + kClasses) * kCandidates);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& b = boxes[i];
    const float values[] = {(b.x1 + b.x2) / 2, (b.y1 + b.y2) / 2, b.x2 - b.x1, b.y2 - b.y1};
    for (std::size_t v = 0; v < 4; ++v) row[v * kCandidates + i] = values[v];
    row[(4 + static_cast<std::size_t>(b.label)) * kCandidates + i] = b.score;
  }
  return row;
}

const Box kCat{10, 10, 50, 50, 0.8F, 0};

struct Ruling {
  double lead;
  std::string facts;
};

Ruling ruled(const std::vector<Box>& original, const std::vector<Box>& compressed) {
  const auto oracle = make_oracle("boxes:yolov8").oracle->fitted(kYolo, kYolo);
  return {oracle->lead(yolo(original), yolo(compressed)), oracle->facts(yolo(original), yolo(compressed))};
}

std::string kind(const std::vector<Box>& original, const std::vector<Box>& compressed) {
  const Ruling r = ruled(original, compressed);
  EXPECT_LT(r.lead, 0);
  return r.facts.substr(10, r.facts.find('"', 10) - 10);
}

TEST(Boxes, EqualOnesAgree) {
  EXPECT_EQ(ruled({kCat}, {kCat}).lead, 1);
  EXPECT_EQ(ruled({}, {}).lead, 1);
  EXPECT_EQ(ruled({kCat}, {kCat}).facts, R"({"worst":"none","boxes_original":1,"boxes_compressed":1})");
}

TEST(Boxes, OrderAndDuplicatesDoNotMatter) {
  const Box dog{60, 60, 90, 90, 0.6F, 1};
  Box again = kCat;
  again.x1 += 2;
  again.score = 0.5F;
  EXPECT_EQ(ruled({kCat, dog}, {dog, again, kCat}).lead, 1);
}

TEST(Boxes, SmallShiftsAndScoresJustBelowTheThresholdAreTolerated) {
  Box moved = kCat;
  moved.x1 += 5;
  EXPECT_GT(ruled({kCat}, {moved}).lead, 0);
  Box unsure = kCat;
  unsure.score = 0.3F;
  EXPECT_GT(ruled({kCat}, {unsure}).lead, 0) << "possible still";
}

TEST(Boxes, ThoseThatAreNotSureNeedNoCounterpart) {
  Box unsure = kCat;
  unsure.score = 0.39F;
  EXPECT_EQ(ruled({unsure}, {}).lead, 1);
  EXPECT_EQ(ruled({}, {unsure}).lead, 1);
}

TEST(Boxes, ThoseThatAreHardlyPossibleAreNoCounterpart) {
  Box faint = kCat;
  faint.score = 0.19F;
  EXPECT_EQ(kind({kCat}, {faint}), "missed");
  EXPECT_EQ(ruled({kCat}, {faint}).lead, -1);
}

TEST(Boxes, TwoClassesAtOnePlaceAreTwoBoxes) {
  Box dog = kCat;
  dog.label = 1;
  EXPECT_EQ(ruled({kCat, dog}, {dog, kCat}).facts, R"({"worst":"none","boxes_original":2,"boxes_compressed":2})");
  EXPECT_LT(ruled({kCat, dog}, {kCat}).lead, 0);
}

TEST(Boxes, KindsOfDeviationsAreTold) {
  Box dog = kCat;
  dog.label = 1;
  EXPECT_EQ(kind({kCat}, {dog}), "class");
  Box moved = kCat;
  moved.x1 += 25;
  moved.x2 += 25;
  EXPECT_EQ(kind({kCat}, {moved}), "place");
  moved.label = 1;
  EXPECT_EQ(kind({kCat}, {moved}), "class_and_place");
  EXPECT_EQ(kind({kCat}, {}), "missed");
  EXPECT_EQ(kind({}, {kCat}), "background");
}

TEST(Boxes, LeadFallsWithTheOverlapAndWithTheScore) {
  double last = 2;
  for (const float shift : {0.0F, 4.0F, 8.0F, 12.0F, 20.0F, 30.0F}) {
    Box moved = kCat;
    moved.x1 += shift;
    moved.x2 += shift;
    const double lead = ruled({kCat}, {moved}).lead;
    EXPECT_LT(lead, last);
    last = lead;
  }
  last = 2;
  for (const float score : {0.8F, 0.6F, 0.4F, 0.3F, 0.21F}) {
    Box fading = kCat;
    fading.score = score;
    const double lead = ruled({kCat}, {fading}).lead;
    EXPECT_LT(lead, last);
    last = lead;
  }
}

TEST(Boxes, AnswersThatAreNotFiniteAreNone) {
  const auto oracle = make_oracle("boxes:yolov8").oracle->fitted(kYolo, kYolo);
  std::vector<float> broken = yolo({kCat});
  broken[3] = std::nanf("");
  EXPECT_TRUE(std::isnan(oracle->lead(broken, yolo({kCat}))));
  EXPECT_TRUE(std::isnan(oracle->lead(yolo({kCat}), broken)));
  EXPECT_EQ(oracle->facts(broken, broken), "");
}

TEST(Boxes, TurnedInsideOutTheyCoverNothingAndAgreeWithThemselvesOnly) {
  const Box inside_out{50, 50, 10, 10, 0.9F, 0};
  EXPECT_EQ(ruled({inside_out}, {inside_out}).lead, 1);
  EXPECT_EQ(kind({inside_out}, {}), "missed");
}

// One grid of each stride, with a box of class 1 whose sides are 1, 2, 3 and 2 strides from the centre of a cell.
TEST(NanoDet, ReadsScoresAndDistributions) {
  constexpr std::size_t kBins = 8;
  AnswerLayout layout;
  for (const std::int64_t cells : {16, 4, 1}) {
    layout.push_back({"scores", {cells, 80}});
    layout.push_back({"distances", {cells, static_cast<std::int64_t>(4 * kBins)}});
  }
  std::vector<float> row((16 + 4 + 1) * (80 + 4 * kBins));
  const std::size_t cell = 5;  // second of the second row
  row[cell * 80 + 1] = 0.7F;
  const std::size_t distances = 16 * 80 + cell * 4 * kBins;
  const std::size_t strides[] = {1, 2, 3, 2};
  for (std::size_t side = 0; side < 4; ++side) row[distances + side * kBins + strides[side]] = 50;
  const auto boxes = make_box_decoder("nanodet", layout)->decode(row, 0.4F);
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_EQ(boxes[0].label, 1);
  EXPECT_FLOAT_EQ(boxes[0].score, 0.7F);
  EXPECT_NEAR(boxes[0].x1, 12 - 8, 1e-4);
  EXPECT_NEAR(boxes[0].y1, 12 - 16, 1e-4);
  EXPECT_NEAR(boxes[0].x2, 12 + 24, 1e-4);
  EXPECT_NEAR(boxes[0].y2, 12 + 16, 1e-4);
}

TEST(NanoDet, GridsAreSquare) {
  AnswerLayout layout;
  for (const std::int64_t cells : {15, 4, 1}) {
    layout.push_back({"scores", {cells, 80}});
    layout.push_back({"distances", {cells, 32}});
  }
  EXPECT_THROW(make_box_decoder("nanodet", layout), Error);
}

TEST(BoxDecoder, ShapesThatAreNotOfItsKindAreRefused) {
  for (const char* name : {"nanodet", "yolov8"}) {
    for (const AnswerLayout& layout : {AnswerLayout{}, AnswerLayout{{"a", {10}}}, AnswerLayout{{"a", {4, 5}}},
                                       AnswerLayout{{"a", {3, 3}}, {"b", {3, 3}}}}) {
      try {
        make_box_decoder(name, layout);
        ADD_FAILURE() << name;
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
        EXPECT_NE(std::string(e.hint()).find("boxes:"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace dflare
