// Reports in words: they say what the structs hold, fit into their columns, and pass on no control characters.
#include "dflare/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "core/text.h"
#include "report/samples.h"

namespace dflare {
namespace {

using test::sample_guard;
using test::sample_inspection;
using test::sample_ranking;
using test::sample_repair;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr TextStyle kPlainText{};
constexpr TextStyle kColours{.colours = true};

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, columns(line));
  return widest;
}

TEST(GuardText, SaysWhetherThePromiseIsKeptAndWhatAReaderShouldKnow) {
  GuardReport report = sample_guard();
  EXPECT_THAT(text_of(report, kPlainText),
              AllOf(HasSubstr("of 40 deviations, promised 90.0 %: missed\n"), HasSubstr("\nnote: few inputs\n"),
                    HasSubstr("  score       margin\n"), HasSubstr("margin(z) < 0.5"), Not(HasSubstr("\x1b"))));
  report.goal = {.catch_share = 0.9, .defer = 0.05};
  report.promise = Promise::kKept;
  EXPECT_THAT(text_of(report, kPlainText), HasSubstr("at most 5.00 % of the images deferred: kept\n"));
}

TEST(GuardText, ColoursAreThereWhereTheyAreWanted) {
  const std::string text = text_of(sample_guard(), kColours);
  EXPECT_THAT(text, AllOf(HasSubstr("\x1b[31mmissed\x1b[0m"), HasSubstr("\x1b[33mnote:\x1b[0m few inputs")));
}

TEST(GuardText, TheTradeIsShownOnlyWhereThereWasSomethingToCatch) {
  GuardReport report = sample_guard();
  EXPECT_THAT(text_of(report, kPlainText), HasSubstr("caught      deferred    threshold"));
  report.figures.deviations = 0;
  EXPECT_THAT(text_of(report, kPlainText), Not(HasSubstr("caught      deferred    threshold")));
}

TEST(RepairText, TellsTheEffectOnNaturalImagesAndTheVerdict) {
  RepairReport report = sample_repair();
  EXPECT_THAT(text_of(report, kPlainText),
              AllOf(HasSubstr("  method        natural\n"), HasSubstr("On natural images: 50 inputs of --held-out\n"),
                    HasSubstr(": lowered\n"),
                    HasSubstr("the repair lowers the disagreement on natural images, clean and corrupted\n")));
  report.outcome.judged = false;
  EXPECT_THAT(text_of(report, kPlainText), AllOf(Not(HasSubstr("On natural images")), HasSubstr("was not judged")));
}

TEST(RepairText, NamesClassesThatItNeverSawWhereTheyAreFew) {
  RepairReport report = sample_repair();
  report.classes_never_seen = {3, 7};
  EXPECT_THAT(text_of(report, kPlainText), HasSubstr("2 of the classes, which the head may unlearn: 3, 7\n"));
  report.classes_never_seen.assign(20, 1);
  EXPECT_THAT(text_of(report, kPlainText), HasSubstr("20 of the classes, which the head may unlearn: see repair.json"));
}

TEST(VerdictText, IsOneLineInItsColour) {
  const RepairReport report = sample_repair();
  EXPECT_EQ(verdict_text(report.outcome, kPlainText),
            "the repair lowers the disagreement on natural images, clean and corrupted");
  EXPECT_EQ(verdict_text(report.outcome, kColours),
            "\x1b[32mthe repair lowers the disagreement on natural images, clean and corrupted\x1b[0m");
}

TEST(VerdictText, SaysOnWhichImagesItHolds) {
  RepairReport report = sample_repair();
  report.outcome.clean.change.interval = {-0.05, 0.05};
  EXPECT_EQ(verdict_text(report.outcome, kPlainText),
            "the repair lowers the disagreement on corrupted natural images; on clean ones it cannot be told");
  report.outcome.clean.change.interval = {0.01, 0.05};
  EXPECT_EQ(verdict_text(report.outcome, kPlainText),
            "the repair raises the disagreement on clean natural images; on corrupted ones it is lowered");
}

TEST(RankText, OrdersVariantsAndMarksSharedRanks) {
  const std::string text = text_of(sample_ranking(), kPlainText);
  EXPECT_LT(text.find("b.onnx"), text.find("a.onnx")) << "by `order`: " << text;
  EXPECT_THAT(text, AllOf(HasSubstr("1="), HasSubstr("Those with the same rank (=) cannot be told apart."),
                          HasSubstr("severity (after 100 queries)"), HasSubstr("12 KB"), HasSubstr("1.5 MB")));
}

TEST(RankText, StandsInBlocksWhereTheColumnsAreFew) {
  const RankReport report = sample_ranking();
  const auto table = [&](std::size_t width) {
    const std::string text = text_of(report, {.columns = width});
    return text.substr(0, text.find("\n  Order"));
  };
  EXPECT_GT(widest_line(table(std::string::npos)), 80U);
  EXPECT_LE(widest_line(table(80)), 80U);
}

TEST(RankText, SaysThatNothingWasMeasured) {
  RankReport report = sample_ranking();
  report.ranking.measure.clear();
  for (VariantMeasures& variant : report.ranking.variants) variant = {};
  EXPECT_THAT(text_of(report, kPlainText), HasSubstr("Stopped before anything that an order could go by was measured"));
}

TEST(InspectionText, TellsWhatModelsTakeGiveAndSay) {
  EXPECT_THAT(text_of(sample_inspection(), kPlainText),
              AllOf(HasSubstr("models/a.onnx\n  runtime   onnxruntime\n"),
                    HasSubstr("in: uint8 nhwc, images of 8 x 9 x 3, scale 0.5, zero point 0: 0 to 127.5\n"),
                    HasSubstr("  levels    128 of 256 grey levels kept apart, 12.5 % cut off\n"),
                    HasSubstr("  reading   logits in steps of 0.250000\n"), HasSubstr("  ties      3 of 40\n"),
                    HasSubstr("  accuracy  75.00 % of 20 inputs\n"), HasSubstr("agreement   95.00 % of 40 inputs\n")));
}

TEST(InspectionText, AnAuditEndsWithTheOptionsToUse) {
  Inspection inspection = sample_inspection();
  inspection.audit = test::sample_audit(/*different=*/true);
  EXPECT_THAT(text_of(inspection, kPlainText),
              AllOf(HasSubstr("right on 20 labelled inputs"), HasSubstr("the models want different preprocessing\n"),
                    HasSubstr("use --original-preprocess 'unit' --compressed-preprocess 'raw'\n")));
  inspection.audit = test::sample_audit(/*different=*/false);
  EXPECT_THAT(text_of(inspection, kPlainText),
              AllOf(HasSubstr("one preprocessing fits all models\n"), HasSubstr("use --preprocess 'unit'\n")));
}

TEST(InspectionText, NamesFromAFileCannotWriteToTheTerminal) {
  Inspection inspection = sample_inspection();
  inspection.models[0].info.path = "evil\x1b[2J\n.onnx";
  inspection.models[0].info.input_name = "in\rput";
  for (const TextStyle& style : {kPlainText, kColours}) {
    const std::string text = text_of(inspection, style);
    EXPECT_THAT(text, AllOf(HasSubstr("evil\\x1b[2J\\n.onnx\n"), HasSubstr("in\\x0dput: ")));
  }
}

RunReport sample_run() {
  RunReport report{.summary = {}, .folder = "run", .classes = {"cat\x1b[31m", "dog"}, .label_shift = 0, .best = {}};
  report.summary.complete = report.summary.rows_exact = true;
  report.summary.seeds = report.summary.searched = report.summary.found = 10;
  report.summary.settings = "{}";
  Finding finding;
  finding.seed = SeedIndex(12);
  finding.label_original = 0;
  finding.label_compressed = 5;
  finding.p_original = 0.5F;
  report.best.push_back({finding, "digits/7.png"});
  return report;
}

TEST(RunText, NamesTheClassesOfTheBestFindingsAndNumbersThoseWithoutAName) {
  EXPECT_THAT(text_of(sample_run(), kPlainText),
              AllOf(HasSubstr("the most decisive findings\n  run/findings/000012_0_"), HasSubstr("from digits/7.png"),
                    HasSubstr("original says cat\\x1b[31m (50.0 %)"), HasSubstr("compressed says 5"),
                    HasSubstr("\n  all of it: run/findings\n")));
}

TEST(RunText, NamesClassesFromTheLabelThatTheFirstIsOf) {
  RunReport report = sample_run();
  report.label_shift = 1;
  report.best[0].finding.label_original = 2;
  report.best[0].finding.label_compressed = 1;
  EXPECT_THAT(text_of(report, kPlainText), AllOf(HasSubstr("original says dog"), HasSubstr("compressed says cat")));
}

TEST(RunText, SentencesFitIntoTheColumns) {
  for (const std::size_t width : {40, 60, 80}) {
    std::string text = text_of(sample_run(), {.columns = width});
    EXPECT_LE(widest_line(text), std::max<std::size_t>(width, 44)) << text;
  }
}

TEST(RunText, ARunWithoutFindingsShowsNone) {
  RunReport report = sample_run();
  report.best.clear();
  EXPECT_THAT(text_of(report, kPlainText), Not(HasSubstr("most decisive")));
}

TEST(RunText, ModelsThatMixRowsAreNoted) {
  RunReport report = sample_run();
  EXPECT_THAT(text_of(report, kPlainText), Not(HasSubstr("note:")));
  report.summary.rows_exact = false;
  EXPECT_THAT(text_of(report, kColours), HasSubstr("\x1b[33mnote:\x1b[0m the models answer differently in batches"));
}

}  // namespace
}  // namespace dflare
