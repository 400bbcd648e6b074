// What looks wrong is doubted, and what does not is left in peace.
#include "dflare/doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "dflare/rng.h"

namespace dflare {
namespace {

using testing::HasSubstr;

// Answers of a model to 40 inputs of the classes 0 to 9 in turn, right on all unless changed.
class Case {
 public:
  explicit Case(std::size_t classes = 10) : classes_(classes) {
    info_.path = "folder/model.onnx";
    info_.input_type = "float32";
    rows_.resize(40);
    std::iota(rows_.begin(), rows_.end(), std::size_t{0});
    Rng rng(1, classes);
    const std::span<float> raw = answers_.prepare(rows_.size(), classes);
    for (float& v : raw) v = rng.normal();
    for (const std::size_t row : rows_) {
      truth_.push_back(static_cast<int>(row % 10));
      at(row, row % 10) = 8;
    }
  }

  float& at(std::size_t row, std::size_t output) { return raw()[row * classes_ + output]; }
  std::span<float> raw() { return {const_cast<float*>(answers_.raw(0).data()), rows_.size() * classes_}; }
  std::vector<int>& truth() { return truth_; }
  ModelInfo& info() { return info_; }
  Witness witness;

  Witness& settle() {
    answers_.interpret(witness.reading);
    witness.info = &info_;
    witness.answers = &answers_;
    return witness;
  }
  std::vector<Doubt> doubts() { return find_doubts({&settle(), 1}, rows_, truth_); }
  [[nodiscard]] const std::vector<std::size_t>& rows() const { return rows_; }

  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

 private:
  std::size_t classes_;
  ModelInfo info_;
  std::vector<std::size_t> rows_;
  std::vector<int> truth_;
  Answers answers_;
};

Case& logits(Case& c) {
  c.witness.reading.kind = OutputKind::kLogits;
  return c;
}

TEST(Doubts, ASoundModelHasNone) {
  Case c;
  EXPECT_TRUE(logits(c).doubts().empty());
  Case wide(1000);
  EXPECT_TRUE(logits(wide).doubts().empty());
}

TEST(Doubts, AFloatModelThatNobodyDeclared) {
  Case c;
  logits(c).witness.declared.preprocess = false;
  ASSERT_EQ(c.doubts().size(), 1U);
  EXPECT_THAT(c.doubts()[0].hint, HasSubstr("--audit"));
  c.info().input_type = "uint8";
  EXPECT_TRUE(c.doubts().empty()) << "bytes have one obvious meaning";
}

TEST(Doubts, LostGreyLevelsComeFirstAndNameTheOption) {
  Case c;
  logits(c).witness.declared.preprocess = false;
  c.witness.declared.preprocess_option = "--compressed-preprocess";
  c.info().input_type = "uint8";
  c.info().input_scale = 1 / 128.0F;
  c.info().input_zero_point = 128;
  c.info().levels = {2, 0.996};
  EXPECT_THAT(c.doubts().at(0).what, HasSubstr("scale 0.0078125, zero point 128: -1 to 0.9922"));
  EXPECT_THAT(c.doubts()[0].hint, HasSubstr("--compressed-preprocess bytes"));
}

TEST(Doubts, LabelsOffByOneInEitherDirection) {
  Case up;
  for (int& label : logits(up).truth()) --label;
  for (int& label : up.truth()) label = label < 0 ? 9 : label;
  ASSERT_EQ(up.doubts().size(), 1U);
  EXPECT_EQ(up.doubts()[0].hint, "use --label-offset 1");
  Case down;
  for (int& label : logits(down).truth()) ++label;
  ASSERT_EQ(down.doubts().size(), 1U);
  EXPECT_THAT(down.doubts()[0].hint, HasSubstr("count from 1"));
}

TEST(Doubts, AccuraciesThatAreFarApart) {
  Case good;
  Case bad;
  for (std::size_t row = 0; row < 12; ++row) logits(bad).at(row, (row + 5) % 10) = 20;
  logits(good);
  const Witness both[] = {good.settle(), bad.settle()};
  const auto doubts = find_doubts(both, good.rows(), good.truth());
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, HasSubstr("right on 40 of 40 inputs"));
  EXPECT_THAT(doubts[0].what, HasSubstr("on 28"));
  for (int& label : good.truth()) label = -1;
  EXPECT_TRUE(find_doubts(both, good.rows(), good.truth()).empty()) << "nothing is known without labels";
}

TEST(Doubts, AVariantThatIsBrokenOrTheSameComesFirstAndOnce) {
  Case original;
  Case broken;
  Case same;
  for (const std::size_t row : broken.rows()) logits(broken).at(row, (row + 5) % 10) = 20;
  broken.info().path = "folder/broken.onnx";
  const Witness with_broken[] = {logits(original).settle(), broken.settle()};
  auto doubts = find_doubts(with_broken, original.rows(), original.truth());
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, HasSubstr("model.onnx is right on 100 %, broken.onnx on 0 %"));
  const Witness with_same[] = {original.settle(), logits(same).settle()};
  doubts = find_doubts(with_same, original.rows(), original.truth());
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, HasSubstr("bit for bit"));
}

TEST(Doubts, ProbabilitiesThatAreNone) {
  Case c;
  c.witness.declared.output = OutputKind::kProbabilities;
  ASSERT_EQ(c.doubts().size(), 1U);
  EXPECT_THAT(c.doubts()[0].hint, HasSubstr("--output logits"));
}

TEST(Doubts, AnEmbeddingIsNotTakenForClasses) {
  Case unit_length(1024);
  for (std::size_t row = 0; row < 40; ++row) {
    const auto values = logits(unit_length).raw().subspan(row * 1024, 1024);
    values[row % 10] = 0;  // no label fits
    double squares = 0;
    for (const float v : values) squares += static_cast<double>(v) * v;
    for (float& v : values) v = static_cast<float>(v / std::sqrt(squares));
  }
  ASSERT_EQ(unit_length.doubts().size(), 1U);
  EXPECT_THAT(unit_length.doubts()[0].what, HasSubstr("the 1024 outputs"));
  Case no_negative(1024);
  for (float& v : logits(no_negative).raw()) v = std::abs(v);
  for (std::size_t row = 0; row < 40; ++row) no_negative.at(row, row % 10) = 0;
  EXPECT_EQ(no_negative.doubts().size(), 1U);
  Case fitting(1024);
  for (float& v : logits(fitting).raw()) v = std::abs(v);
  EXPECT_TRUE(fitting.doubts().empty()) << "its labels fit: classes after all";
}

TEST(Doubts, ADeadOutputIsNoEmbedding) {
  Case dead(1024);
  for (float& v : logits(dead).raw()) v = 0.5F;
  EXPECT_TRUE(dead.doubts().empty()) << "of equal length, but tied throughout";
}

TEST(Doubts, RowByRowIsSaid) {
  Case c;
  logits(c).info().row_by_row = true;
  ASSERT_EQ(c.doubts().size(), 1U);
  EXPECT_THAT(c.doubts()[0].what, HasSubstr("one input at a time"));
}

}  // namespace
}  // namespace dflare
