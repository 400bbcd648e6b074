// Oracles: what each tolerates, what all promise, and what the engine sees of them.
#include "dflare/oracle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dflare/error.h"
#include "dflare/verdict.h"

namespace dflare {
namespace {

using Values = std::vector<float>;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

double lead(const char* spec, const Values& original, const Values& compressed) {
  return make_oracle(spec).oracle->lead(original, compressed);
}

std::string facts(const char* spec, const Values& original, const Values& compressed) {
  return make_oracle(spec).oracle->facts(original, compressed);
}

void fill(Answers& answers, const Values& raw) {
  std::copy(raw.begin(), raw.end(), answers.prepare(1, raw.size()).begin());
}

// Both models' answers to one image, as an oracle has them read.
class Ruled {
 public:
  Ruled(const char* spec, const Values& original, const Values& compressed) {
    Answers f;
    Answers g;
    fill(f, original);
    fill(g, compressed);
    read_together(*make_oracle(spec).oracle, f, g, original_, compressed_);
  }

  [[nodiscard]] Verdict verdict() const { return judge(image_.view(), original_[0], compressed_[0], 0, {}); }
  [[nodiscard]] double severity() const { return dflare::severity(original_[0], compressed_[0]); }

 private:
  Input image_{Shape{1, 1, 1}};
  Answers original_, compressed_;
};

// What every oracle promises.
class EveryOracle : public ::testing::TestWithParam<const char*> {
 protected:
  // Bytes of texts, where those are compared: «hi», «bye».
  const bool texts_ = std::string_view(GetParam()).starts_with("transcript");
  const Values some_ = texts_ ? Values{104, 105, 0, 0} : Values{0.9F, 0.2F, 0.7F, 0.1F};
  const Values others_ = texts_ ? Values{98, 121, 101, 0} : Values{0.1F, 0.9F, 0.2F, 0.8F};
};

TEST_P(EveryOracle, EqualAnswersNeverDiffer) {
  EXPECT_EQ(lead(GetParam(), some_, some_), 1);
  EXPECT_FALSE(Ruled(GetParam(), some_, some_).verdict().differs);
  EXPECT_EQ(lead(GetParam(), {0, 0, 0, 0}, {0, 0, 0, 0}), 1);
}

TEST_P(EveryOracle, SignsOfLeadsAgreeWithTheRuling) {
  ASSERT_LT(lead(GetParam(), some_, others_), 0);
  const Verdict v = Ruled(GetParam(), some_, others_).verdict();
  EXPECT_TRUE(v.deviates);
  EXPECT_LT(v.margin_compressed, 0);
  EXPECT_EQ(v.kind, FindingKind::kCompressedLost);
  EXPECT_GT(Ruled(GetParam(), some_, some_).verdict().margin_compressed, 0);
}

TEST_P(EveryOracle, SeverityIsHowFarBeyondTheToleranceTheTwoAre) {
  const double beyond = -lead(GetParam(), some_, others_);
  EXPECT_NEAR(Ruled(GetParam(), some_, others_).severity(), beyond, 1e-5 * beyond);
}

TEST_P(EveryOracle, AnswersThatAreNotFiniteAreNoDeviation) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (const bool original : {true, false}) {
      Values broken = some_;
      broken[2] = bad;
      const Verdict v =
          original ? Ruled(GetParam(), broken, some_).verdict() : Ruled(GetParam(), some_, broken).verdict();
      EXPECT_FALSE(v.finite);
      EXPECT_FALSE(v.deviates);
      EXPECT_EQ(v.original.finite, !original) << "the other one is not to blame";
      EXPECT_EQ(v.compressed.finite, original);
    }
    EXPECT_EQ(facts(GetParam(), some_, {bad, 0, 0, 0}), "");
  }
}

TEST_P(EveryOracle, ItsSpecMakesItAgain) {
  const std::string spec = make_oracle(GetParam()).oracle->spec();
  EXPECT_EQ(make_oracle(spec).oracle->spec(), spec);
  EXPECT_EQ(lead(spec.c_str(), some_, others_), lead(GetParam(), some_, others_));
}

INSTANTIATE_TEST_SUITE_P(Oracles, EveryOracle,
                         ::testing::Values("value:0.1", "value:10%", "cosine:0.9", "cosine:0.6", "mask", "mask:0.5",
                                           "topk:1", "topk:2", "topk:2:order", "multilabel", "multilabel:0.3",
                                           "transcript", "transcript:0.5"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

TEST(ValueOracle, TheNumberThatDiffersMostCounts) {
  EXPECT_NEAR(lead("value:0.5", {1, 2, 3}, {1.25F, 2, 3}), 0.5, 1e-6);
  EXPECT_NEAR(lead("value:0.5", {1, 2, 3}, {1.25F, 2, 4}), -1, 1e-6);
  EXPECT_EQ(facts("value:0.5", {1, 2, 3}, {1.25F, 2, 4}), R"({"at":2,"original":3,"compressed":4,"difference":1})");
}

TEST(ValueOracle, APercentageIsOfTheOriginalsNumber) {
  EXPECT_NEAR(lead("value:10%", {200}, {210}), 0.5, 1e-6);
  EXPECT_NEAR(lead("value:10%", {-200}, {-240}), -1, 1e-6);
  EXPECT_LT(lead("value:10%", {0}, {0.5F}), 0) << "of nothing nothing is tolerated";
}

TEST(CosineOracle, LengthDoesNotMatter) {
  EXPECT_NEAR(lead("cosine:0.9", {1, 2}, {10, 20}), 1, 1e-6);
  EXPECT_NEAR(lead("cosine:0.5", {1, 0}, {0, 1}), -1, 1e-6);
  EXPECT_NEAR(lead("cosine:0.5", {1, 0}, {0, 0}), -1, 1e-6) << "a vector of zeros has no direction";
}

TEST(Oracles, OneNumberIsNoVectorAndNoMask) {
  const AnswerLayout one{{"out", {1}}};
  const AnswerLayout two{{"out", {1}}, {"more", {}}};
  for (const char* spec : {"cosine:0.9", "mask"}) {
    EXPECT_THROW(static_cast<void>(make_oracle(spec).oracle->fitted(one, one)), Error);
    EXPECT_NO_THROW(static_cast<void>(make_oracle(spec).oracle->fitted(two, two)));
  }
}

TEST(MaskOracle, PixelsMarkedByBothAreAShareOfThoseMarkedByEither) {
  EXPECT_NEAR(lead("mask:0.5", {0.9F, 0.9F, 0.1F, 0.1F}, {0.9F, 0.1F, 0.9F, 0.1F}), (1.0 / 3 - 0.5) / 0.5, 1e-6);
  EXPECT_EQ(lead("mask:0.5", {0, 0}, {0.5F, 0.2F}), 1) << "neither marks any";
  EXPECT_EQ(facts("mask", {1, 1, 0, 0}, {1, 0, 0, 0}),
            R"({"iou":0.5,"marked_original":2,"marked_compressed":1,"marked_both":1,"pixels":4})");
}

// Sets of labels.
LabelSet labels_of(const char* spec, const Values& answer) {
  LabelSet set;
  make_oracle(spec).oracle->sets()->read(answer, set);
  return set;
}

double margin_of(const char* spec, const Values& answer, const LabelSet& set) {
  return make_oracle(spec).oracle->sets()->margin(answer, set);
}

TEST(TopkOracle, TheBestAreASetOrAList) {
  EXPECT_EQ(labels_of("topk:2", {0.1F, 5, 2, 9}), (LabelSet{1, 3}));
  EXPECT_EQ(labels_of("topk:2:order", {0.1F, 5, 2, 9}), (LabelSet{3, 1}));
  EXPECT_EQ(labels_of("topk:2", {1, 1, 1}), (LabelSet{0, 1})) << "ties by first index";
  EXPECT_EQ(lead("topk:2", {1, 5, 2, 9}, {1, 9, 2, 5}), 1);
  EXPECT_LT(lead("topk:2:order", {1, 5, 2, 9}, {1, 9, 2, 5}), 0);
}

TEST(TopkOracle, AMarginIsTheLastOnesLeadOverTheNext) {
  EXPECT_NEAR(margin_of("topk:2", {0.1F, 5, 2, 9}, {1, 3}), 3, 1e-6);
  EXPECT_NEAR(margin_of("topk:2", {0.1F, 5, 2, 9}, {2, 3}), -3, 1e-6);
  EXPECT_EQ(margin_of("topk:2", {0, 5, 5, 9}, {1, 3}), 0) << "a tie decides";
  EXPECT_NEAR(margin_of("topk:2:order", {0.1F, 5, 2, 6}, {3, 1}), 1, 1e-6) << "the nearest change is one of order";
  EXPECT_NEAR(margin_of("topk:2:order", {0.1F, 5, 2, 6}, {1, 3}), -1, 1e-6);
}

TEST(TopkOracle, SharesOfAllAreComparedByTheirLogarithms) {
  EXPECT_NEAR(margin_of("topk:1", {0.8F, 0.2F, 0}, {0}), std::log(4.0), 1e-6);
  EXPECT_NEAR(margin_of("topk:1", {0.8F, 0.2F, 0.9F}, {2}), 0.1, 1e-6) << "these are no shares";
  const auto declared = make_oracle("topk:1", OutputKind::kLogits);
  EXPECT_NEAR(declared.oracle->sets()->margin(Values{0.8F, 0.2F, 0}, {0}), 0.6, 1e-6);
}

TEST(TopkOracle, AsManyAsThereAreSayNothing) {
  const AnswerLayout three{{"scores", {3}}};
  EXPECT_NO_THROW(static_cast<void>(make_oracle("topk:2").oracle->fitted(three, three)));
  EXPECT_THROW(static_cast<void>(make_oracle("topk:3").oracle->fitted(three, three)), Error);
  EXPECT_NO_THROW(static_cast<void>(make_oracle("topk:3:order").oracle->fitted(three, three)));
  const AnswerLayout two_outputs{{"a", {3}}, {"b", {3}}};
  EXPECT_THROW(static_cast<void>(make_oracle("topk:2").oracle->fitted(two_outputs, two_outputs)), Error);
}

TEST(MultilabelOracle, LabelsAboveTheThresholdAreGiven) {
  EXPECT_EQ(labels_of("multilabel", {0.9F, 0.4F, 0.6F}), (LabelSet{0, 2}));
  EXPECT_EQ(labels_of("multilabel:0.3", {0.9F, 0.4F, 0.2F}), (LabelSet{0, 1}));
  EXPECT_EQ(labels_of("multilabel", {0.1F, 0.2F}), LabelSet{}) << "none is an answer, too";
  EXPECT_EQ(facts("multilabel", {0.9F, 0.4F, 0.6F}, {0.9F, 0.7F, 0.2F}),
            R"({"original":[0,2],"compressed":[0,1],"lost":[2],"gained":[1]})");
}

TEST(MultilabelOracle, AMarginIsTheLogOddsOfTheNearestLabel) {
  EXPECT_NEAR(margin_of("multilabel", {0.9F, 0.25F}, {0}), std::log(3.0), 1e-6);
  EXPECT_NEAR(margin_of("multilabel", {0.9F, 0.75F}, {0}), -std::log(3.0), 1e-6);
  EXPECT_EQ(margin_of("multilabel", {0.9F, 0.5F}, {0}), 0);
}

TEST(MultilabelOracle, LogitsAreDeclared) {
  const auto oracle = make_oracle("multilabel", OutputKind::kLogits).oracle;
  LabelSet set;
  oracle->sets()->read(Values{3, -1, 0.2F}, set);
  EXPECT_EQ(set, (LabelSet{0, 2}));
  EXPECT_THROW(labels_of("multilabel", {3, -1, 0.2F}), Error);
}

// Held against the seed's set each model keeps or leaves it by itself.
class RuledAtSeed {
 public:
  RuledAtSeed(const LabelSet& given, const Values& original, const Values& compressed) : given_{given} {
    Answers f;
    Answers g;
    fill(f, original);
    fill(g, compressed);
    read_together(*make_oracle("topk:2").oracle, f, g, original_, compressed_, {given_, seeds_});
  }
  [[nodiscard]] Verdict verdict() const { return judge(image_.view(), original_[0], compressed_[0], 0, {}); }
  [[nodiscard]] double severity() const { return dflare::severity(original_[0], compressed_[0]); }

 private:
  std::vector<LabelSet> given_;
  std::vector<SeedIndex> seeds_{SeedIndex(0)};
  Input image_{Shape{1, 1, 1}};
  Answers original_, compressed_;
};

TEST(SetsAtSeeds, WhoLeavesTheSeedsSetIsTold) {
  const Values kept{9, 8, 1, 0};
  const Values other{9, 1, 4, 0};
  const Values third{9, 1, 0, 4};
  EXPECT_FALSE(RuledAtSeed({0, 1}, kept, kept).verdict().differs);
  EXPECT_EQ(RuledAtSeed({0, 1}, kept, other).verdict().kind, FindingKind::kCompressedLost);
  EXPECT_EQ(RuledAtSeed({0, 1}, other, kept).verdict().kind, FindingKind::kOriginalLost);
  EXPECT_FALSE(RuledAtSeed({0, 1}, other, other).verdict().differs) << "both left for the same set";
  const Verdict both = RuledAtSeed({0, 1}, other, third).verdict();
  EXPECT_TRUE(both.deviates);
  EXPECT_EQ(both.kind, FindingKind::kBothChanged);
}

TEST(SetsAtSeeds, MarginsAreThoseOfTheSeedsSet) {
  const Verdict v = RuledAtSeed({0, 1}, {9, 8, 1, 0}, {9, 1, 4, 0}).verdict();
  EXPECT_NEAR(v.margin_original, 7, 1e-5);
  EXPECT_NEAR(v.margin_compressed, -3, 1e-5);
  const RuledAtSeed both({0, 1}, {9, 1, 4, 0}, {9, 1, 0, 3});
  EXPECT_NEAR(both.verdict().margin_original, -3, 1e-5);
  EXPECT_NEAR(both.verdict().margin_compressed, -2, 1e-5);
  EXPECT_NEAR(both.severity(), 2, 1e-5) << "the less decisive of the two";
}

TEST(SetsAtSeeds, ATieIsNoDeviation) {
  const Verdict v = RuledAtSeed({0, 1}, {9, 8, 1, 0}, {9, 4, 4, 0}).verdict();
  EXPECT_TRUE(v.tie);
  EXPECT_FALSE(v.deviates);
}

TEST(MakeOracle, LabelsNeedNone) {
  EXPECT_TRUE(make_oracle("top1").labels());
  EXPECT_FALSE(make_oracle("top1").binary);
  EXPECT_TRUE(make_oracle("binary").labels());
  EXPECT_EQ(make_oracle("binary").threshold, 0.5F);
  EXPECT_EQ(make_oracle("binary:0.3").threshold, 0.3F);
  EXPECT_FALSE(make_oracle("value:1").labels());
}

TEST(MakeOracle, WhatMeansNothingIsRefusedWithTheWayOut) {
  for (const char* spec :
       {"",         "top2",      "valu:1",   "value",      "value:",          "value:x",     "value:0",
        "value:-1", "value:nan", "value:1x", "value:%",    "cosine",          "cosine:1",    "cosine:-1",
        "cosine:2", "mask:0",    "mask:1",   "binary:0",   "binary:1",        "binary:",     "top1:",
        "top1:3",   "value:inf", "boxes",    "boxes:yolo", "boxes:nanodet:2", "topk",        "topk:",
        "topk:0",   "topk:-1",   "topk:2x",  "topk:2:",    "topk:2:sorted",   "multilabel:1"}) {
    if (std::string(spec) == "binary:") continue;  // as without a colon
    try {
      make_oracle(spec);
      ADD_FAILURE() << "'" << spec << "' was taken";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kBadArgument) << spec;
      EXPECT_FALSE(e.hint().empty()) << spec;
    }
  }
}

// One score as two classes.
TEST(Binary, YesIsAboveTheThreshold) {
  Answers answers;
  const auto label_of = [&answers](float score, OutputKind kind, float threshold) {
    fill(answers, {score});
    answers.interpret({.kind = kind, .threshold = threshold});
    EXPECT_EQ(answers.classes(), 2U);
    return answers[0].label;
  };
  EXPECT_EQ(label_of(0.6F, OutputKind::kProbabilities, 0.5F), 1);
  EXPECT_EQ(label_of(0.4F, OutputKind::kProbabilities, 0.5F), 0);
  EXPECT_EQ(label_of(0.4F, OutputKind::kProbabilities, 0.3F), 1);
  EXPECT_EQ(label_of(0.1F, OutputKind::kLogits, 0.5F), 1);
  EXPECT_EQ(label_of(-0.1F, OutputKind::kLogits, 0.5F), 0);
  EXPECT_EQ(label_of(-0.1F, OutputKind::kLogits, 0.3F), 1);
}

TEST(Binary, MarginsAreLogOddsFromTheThreshold) {
  Answers answers;
  fill(answers, {0.75F});
  answers.interpret({.kind = OutputKind::kProbabilities, .threshold = 0.5F});
  EXPECT_NEAR(margin(answers[0].log_p, 1), std::log(3.0), 1e-6);
  fill(answers, {0.75F});
  answers.interpret({.kind = OutputKind::kProbabilities, .threshold = 0.25F});
  EXPECT_NEAR(margin(answers[0].log_p, 1), std::log(9.0), 1e-5);
}

TEST(Binary, TheThresholdItselfIsATie) {
  Answers answers;
  fill(answers, {0.5F});
  answers.interpret({.kind = OutputKind::kProbabilities, .threshold = 0.5F});
  EXPECT_TRUE(answers[0].tie);
}

TEST(Binary, ScoresThatAreNotFiniteAreNone) {
  Answers answers;
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (const OutputKind kind : {OutputKind::kProbabilities, OutputKind::kLogits}) {
      fill(answers, {bad});
      answers.interpret({.kind = kind, .threshold = 0.5F});
      EXPECT_FALSE(answers[0].finite);
    }
  }
}

TEST(Binary, IsNotReadTwice) {
  Answers answers;
  fill(answers, {0.8F});
  const OutputReading reading{.kind = OutputKind::kProbabilities, .threshold = 0.5F};
  answers.interpret(reading);
  answers.interpret(reading);
  EXPECT_EQ(answers.classes(), 2U);
  EXPECT_FLOAT_EQ(answers[0].p[1], 0.8F);
}

}  // namespace
}  // namespace dflare
