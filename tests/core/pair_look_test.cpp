// What is said of pairs of many kinds.
#include "dflare/pair_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dflare {
namespace {

using ::testing::HasSubstr;

// A sound pair of ten classes, 300 labelled inputs, right on 97 % both.
PairFigures sound() {
  return {.asked = 300,
          .agree = 299,
          .identical = 0,
          .tied = 2,
          .one_label_original = 40,
          .one_label_compressed = 41,
          .classes = 10,
          .labelled = 300,
          .right_original = 291,
          .right_compressed = 290};
}

struct Case {
  const char* name;
  PairFigures figures;
  std::optional<double> severity;
  PairKind kind;
  const char* what;  // stands in the sentence
  const char* next;  // stands in the advice
};

template <class Change>
PairFigures with(Change change) {
  PairFigures figures = sound();
  change(figures);
  return figures;
}

std::vector<Case> cases() {
  return {
      {"sound", sound(), 0.3, PairKind::kClose, "agree on 99.7 % of 300 inputs", ""},
      {"before a search", sound(), {}, PairKind::kClose, "close", ""},
      {"float16", with([](PairFigures& f) { f.agree = 300; }), 0.00034, PairKind::kRounding, "0.000340",
       "--refine climb"},
      {"the same model twice",
       with([](PairFigures& f) { f.agree = f.identical = 300; }),
       {},
       PairKind::kSame,
       "bit for bit",
       "the same model twice"},
      {"the same, without labels",
       PairFigures{.asked = 5, .agree = 5, .identical = 5, .classes = 10},
       {},
       PairKind::kSame,
       "bit for bit",
       "nothing to find"},
      {"one input that differs in its numbers", with([](PairFigures& f) { f.agree = 300, f.identical = 299; }), 0.2,
       PairKind::kClose, "100 % of 300", ""},
      {"compressed broken",
       with([](PairFigures& f) { f.agree = 34, f.right_compressed = 34; }),
       {},
       PairKind::kCompressedWrong,
       "is right on 97.0 %, the compressed model on 11.3 %",
       "--compressed-preprocess"},
      {"original read wrongly",
       with([](PairFigures& f) { f.agree = 34, f.right_original = 34; }),
       {},
       PairKind::kOriginalWrong,
       "the original is right on 11.3 %",
       "--original-preprocess"},
      {"both fed wrongly",
       with([](PairFigures& f) { f.agree = 280, f.right_original = f.right_compressed = 31; }),
       {},
       PairKind::kBothWrong,
       "few for models in use",
       "--preprocess"},
      {"unalike, without labels",
       with([](PairFigures& f) { f.agree = 34, f.labelled = 0; }),
       {},
       PairKind::kUnalike,
       "agree on 11.3 % of 300 inputs only",
       "calibrated"},
      {"unalike, with labels that both often hit",
       with([](PairFigures& f) { f.agree = 130, f.right_original = 160, f.right_compressed = 150; }),
       {},
       PairKind::kUnalike,
       "only",
       ""},
      {"NaN from the compressed model",
       with([](PairFigures& f) { f.agree = 0, f.not_finite_compressed = 300, f.right_compressed = 0; }),
       {},
       PairKind::kNotFinite,
       "the compressed model answers NaN or infinity to 300 of 300 inputs, the original to none",
       "the compression broke it"},
      {"NaN from the original",
       with([](PairFigures& f) { f.agree = 0, f.not_finite_original = 300; }),
       {},
       PairKind::kNotFinite,
       "the original answers NaN",
       "model file"},
      {"NaN from both",
       with([](PairFigures& f) { f.agree = 0, f.not_finite_original = f.not_finite_compressed = 300; }),
       {},
       PairKind::kNotFinite,
       "both models answer NaN",
       "model file"},
      {"NaN to a few inputs", with([](PairFigures& f) { f.not_finite_compressed = 3; }), 0.3, PairKind::kClose, "close",
       ""},
      {"compressed always says one label",
       with([](PairFigures& f) { f.agree = 30, f.one_label_compressed = 300, f.right_compressed = 30; }),
       {},
       PairKind::kOneLabel,
       "the compressed model gives 100 % of 300 inputs one and the same label",
       "calibrated"},
      {"the same without labels",
       with([](PairFigures& f) { f.agree = 30, f.one_label_compressed = 299, f.labelled = 0; }),
       {},
       PairKind::kOneLabel,
       "one and the same label, the original does not",
       "calibrated"},
      {"original always says one label",
       with([](PairFigures& f) { f.agree = 30, f.one_label_original = 300, f.right_original = 30; }),
       {},
       PairKind::kOneLabel,
       "the original gives",
       "--preprocess"},
      {"both always say one label and are wrong",
       with([](PairFigures& f) {
         f.one_label_original = f.one_label_compressed = 300, f.right_original = f.right_compressed = 30;
       }),
       {},
       PairKind::kOneLabel,
       "each model gives",
       "--preprocess"},
      {"inputs of one class only", with([](PairFigures& f) { f.one_label_original = f.one_label_compressed = 296; }),
       0.3, PairKind::kClose, "close", ""},
      {"inputs of one class only, without labels",
       with([](PairFigures& f) { f.one_label_original = f.one_label_compressed = 296, f.labelled = 0; }), 0.3,
       PairKind::kClose, "close", ""},
      {"coarse outputs",
       with([](PairFigures& f) { f.tied = 200; }),
       {},
       PairKind::kMostlyTied,
       "66.7 % of 300",
       "--ties count"},
      {"pruned hard", with([](PairFigures& f) { f.agree = 262, f.right_compressed = 260; }), 2.0, PairKind::kHurt,
       "agree on 87.3 % of 300 inputs", "natural"},
      {"a little less right", with([](PairFigures& f) { f.agree = 295, f.right_compressed = 286; }), 1.0,
       PairKind::kClose, "close", ""},
      {"less right while they agree on most", with([](PairFigures& f) { f.agree = 289, f.right_compressed = 280; }),
       1.0, PairKind::kHurt, "the compressed model on 93.3 %", ""},
      {"six inputs",
       PairFigures{.asked = 6, .agree = 3, .classes = 10},
       {},
       PairKind::kFewInputs,
       "3 of 6",
       "more inputs"},
      {"no input", PairFigures{}, {}, PairKind::kFewInputs, "0 of 0", ""},
      {"a thousand classes, half right",
       PairFigures{.asked = 500,
                   .agree = 450,
                   .one_label_original = 4,
                   .one_label_compressed = 4,
                   .classes = 1000,
                   .labelled = 500,
                   .right_original = 300,
                   .right_compressed = 290},
       0.5, PairKind::kHurt, "90.0 %", ""},
  };
}

TEST(PairLook, SaysWhatAPairIsLikeAndWhatToDo) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const PairLook look = look_at(c.figures, c.severity);
    EXPECT_EQ(look.kind, c.kind) << look.what;
    EXPECT_THAT(look.what, HasSubstr(c.what));
    EXPECT_THAT(look.next, HasSubstr(c.next));
  }
}

TEST(PairLook, EveryKindIsMet) {
  std::set<PairKind> met;
  for (const Case& c : cases()) met.insert(c.kind);
  EXPECT_EQ(met.size(), static_cast<std::size_t>(PairKind::kClose) + 1);
}

TEST(PairLook, OnlyPairsWhoseDeviationsMeanSomethingAreSound) {
  EXPECT_TRUE(look_at(sound()).sound());
  for (const Case& c : cases()) {
    const bool broken = c.kind != PairKind::kFewInputs && c.kind < PairKind::kMostlyTied;
    EXPECT_EQ(look_at(c.figures, c.severity).sound(), !broken) << c.name;
  }
}

TEST(PairLook, ModelsAreCalledByTheirNames) {
  PairFigures figures = sound();
  figures.right_compressed = 30;
  EXPECT_THAT(look_at(figures, {}, {"a.onnx", "b.onnx"}).what,
              HasSubstr("a.onnx is right on 97.0 %, b.onnx on 10.0 %"));
}

}  // namespace
}  // namespace dflare
