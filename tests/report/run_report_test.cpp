// What is picked from a run for a person to see.
#include "dflare/run_report.h"

#include <gtest/gtest.h>

#include "findings/samples.h"
#include "support/folder.h"

namespace dflare {
namespace {

class RunReportTest : public ::testing::Test {
 protected:
  test::Folder folder_;
  std::unique_ptr<FindingStore> store_ = FindingStore::create(folder_.path() / "run");

  void record(int seeds) {
    std::string list;
    for (int i = 0; i < seeds; ++i) list += (i == 0 ? "" : ",") + (R"({"source":"img)" + std::to_string(i) + "\"}");
    store_->record({"{}", "{}", "[" + list + "]"});
  }
};

TEST_F(RunReportTest, TheFiveMostDecisiveFindingsComeFirstAndFlakyOnesNever) {
  record(8);
  Events events;
  for (int i = 0; i < 8; ++i) {
    events.findings.push_back(test::sample_finding(i));
    events.findings.back().severity = i % 2 == 0 ? i : -i;
    events.findings.back().flaky = i == 6;
  }
  store_->write(events);
  RunSummary summary;
  const std::string classes = folder_.write("classes.txt", std::string_view("cat\ndog\n")).string();
  summary.settings = R"({"classes":")" + classes + "\"}";
  const RunReport report = run_report(*store_, summary);
  std::vector<std::string> sources;
  for (const ShownFinding& shown : report.best) sources.push_back(shown.source);
  EXPECT_EQ(sources, (std::vector<std::string>{"img4", "img2", "img0", "img1", "img3"}));
  EXPECT_EQ(report.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(report.folder, store_->folder());
}

TEST_F(RunReportTest, CountsNamesFromTheLesserOffsetOfBothModels) {
  record(1);
  Events events;
  events.findings.push_back(test::sample_finding(0));
  store_->write(events);
  RunSummary summary;
  summary.settings = R"({"label-offset":2,"original-label-offset":-1,"compressed-label-offset":1})";
  EXPECT_EQ(run_report(*store_, summary).label_shift, 1);
  summary.settings = R"({"label-offset":2,"original-label-offset":-1,"compressed-label-offset":-1})";
  EXPECT_EQ(run_report(*store_, summary).label_shift, 2);
  summary.settings = "{}";
  EXPECT_EQ(run_report(*store_, summary).label_shift, 0);
}

TEST_F(RunReportTest, OfARunWithoutFindingsIsItsSummary) {
  record(1);
  RunSummary summary;
  summary.seeds = 7;
  summary.settings = "{}";
  const RunReport report = run_report(*store_, summary);
  EXPECT_EQ(report.summary.seeds, 7);
  EXPECT_TRUE(report.best.empty());
}

TEST(ClassNames, AreNoneWhereThereIsNoFile) { EXPECT_TRUE(class_names("").empty()); }

TEST(ClassNames, ALabelWithoutAnyIsItsNumber) {
  EXPECT_EQ(class_name({"cat", "dog"}, 1), "dog");
  EXPECT_EQ(class_name({"cat", "dog"}, 2), "2");
  EXPECT_EQ(class_name({"cat", "dog"}, -1), "-1");
}

TEST(ClassNames, BeginAtTheLabelThatTheFirstIsOf) {
  EXPECT_EQ(class_name({"cat", "dog"}, 1, 1), "cat");
  EXPECT_EQ(class_name({"cat", "dog"}, 2, 1), "dog");
  EXPECT_EQ(class_name({"cat", "dog"}, 0, 1), "0");  // the background
}

}  // namespace
}  // namespace dflare
