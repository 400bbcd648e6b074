// The summary of a run, from events made by hand.
#include "dflare/run_summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dflare/error.h"
#include "findings/samples.h"
#include "support/folder.h"

namespace dflare {
namespace {

using Json = nlohmann::json;

Json seed(const char* status, bool planned) { return {{"status", status}, {"planned", planned}}; }

// Seeds: 0 and 1 usable, 2 natural, 3 natural but flaky, 4 usable, 5 wrong, 6 usable of another shard.
RunRecord record() {
  const Json model = {{"path", "m.onnx"}, {"runtime", "R"}};
  const Json facts = {{"models", {{"original", model}, {"compressed", model}}},
                      {"accuracy", {{"original", 0.5}, {"compressed", nullptr}}},
                      {"agreement", 0.75},
                      {"figures", {{"asked", 8}, {"agree", 6}}},
                      {"rows_exact", true},
                      {"machine", Json::object()},
                      {"batch", 4},
                      {"workers", 2}};
  const Json seeds = {seed("usable", true), seed("usable", true), seed("natural", true), seed("natural", true),
                      seed("usable", true), seed("wrong", false), seed("usable", false)};
  return {R"({"max-queries":100})", facts.dump(), seeds.dump()};
}

SeedDone done(int seed, ChainEnd end, std::int64_t queries, std::int64_t refining = 0) {
  SeedDone d{.seed = SeedIndex(seed), .end = end, .queries = queries, .refine_queries = refining, .confirmations = 1};
  d.seconds = 0.5;
  return d;
}

Finding finding(int seed, int ordinal, FindingKind kind, std::int64_t queries, bool flaky = false) {
  Finding f = test::sample_finding(seed, ordinal, kind);
  f.queries = queries;
  f.flaky = flaky;
  return f;
}

class RunSummaryTest : public ::testing::Test {
 protected:
  test::Folder folder_;
  std::unique_ptr<FindingStore> store_ = FindingStore::create(folder_.path() / "run");

  RunSummary of(const Events& events) {
    store_->record(record());
    store_->write(events);
    return summarise(*store_, {});
  }
};

TEST_F(RunSummaryTest, EveryInputIsCountedOnce) {
  Events events;
  events.findings = {finding(0, 0, FindingKind::kCompressedLost, 7), finding(0, 1, FindingKind::kOriginalLost, 30),
                     finding(2, 0, FindingKind::kNatural, 0), finding(3, 0, FindingKind::kNatural, 0, /*flaky=*/true)};
  events.done = {done(0, ChainEnd::kFound, 30, 11), done(1, ChainEnd::kQueriesSpent, 100), done(2, ChainEnd::kFound, 0),
                 done(3, ChainEnd::kFound, 0)};
  const RunSummary s = of(events);
  EXPECT_EQ(s.seeds, 7);
  EXPECT_EQ(s.searched, 2);
  EXPECT_EQ(s.natural, 1) << "the flaky one is none";
  EXPECT_EQ(s.skipped, (std::map<std::string, std::int64_t>{{"flaky", 1}, {"other_shard", 1}, {"wrong", 1}}));
  EXPECT_EQ(s.remaining, 1);
  EXPECT_FALSE(s.complete);
  EXPECT_EQ(s.found, 1);
  EXPECT_EQ(s.ends, (std::map<std::string, std::int64_t>{{"found", 1}, {"queries_spent", 1}}));
  EXPECT_EQ(s.confirmed, 3);
  EXPECT_EQ(s.findings, 2);
}

TEST_F(RunSummaryTest, AFlakyNaturalInputThatWasSearchedCountsAsSearched) {
  Events events;
  events.findings = {finding(3, 0, FindingKind::kNatural, 0, /*flaky=*/true),
                     finding(3, 1, FindingKind::kCompressedLost, 12)};
  events.done = {done(3, ChainEnd::kFound, 12)};
  const RunSummary s = of(events);
  EXPECT_EQ(s.natural, 0);
  EXPECT_EQ(s.searched, 1);
  EXPECT_EQ(s.found, 1);
  EXPECT_EQ(s.skipped.count("flaky"), 0U);
}

TEST_F(RunSummaryTest, RobustIsTheMeanShareOfFindingsThatWereMeasured) {
  Events events;
  events.findings = {finding(0, 0, FindingKind::kCompressedLost, 7), finding(0, 1, FindingKind::kOriginalLost, 30),
                     finding(1, 0, FindingKind::kCompressedLost, 8), finding(2, 0, FindingKind::kNatural, 0)};
  events.findings[0].robust = {4, 4};
  events.findings[1].robust = {4, 1};
  events.findings[2].robust = {};
  events.findings[3].robust = {4, 0};
  const RunSummary s = of(events);
  ASSERT_TRUE(s.robust.has_value());
  EXPECT_DOUBLE_EQ(s.robust->share.value, 0.625);
  EXPECT_EQ(s.robust->share.of, 2);
  EXPECT_EQ(s.robust->all, 1);
  EXPECT_EQ(s.robust->none, 0);
  EXPECT_EQ(Json::parse(to_json(s)).at("robust").at("share").at("value"), 0.625);
}

TEST_F(RunSummaryTest, CorruptionsAreSplitAtSeverity5) {
  Events events;
  const auto how = [&events](const char* text) {
    Finding& f = events.findings.emplace_back(
        finding(0, static_cast<int>(events.findings.size()), FindingKind::kCompressedLost, 7));
    f.how = text;
  };
  how(R"({"end_point":"corrupt","t":0.5})");
  how(R"({"end_point":"corrupt","t":0.51})");
  how(R"({"end_point":"corrupt","t":1})");
  how(R"({"end_point":"blend","t":0.2})");
  const RunSummary s = of(events);
  EXPECT_EQ(s.within_severity_5, 1);
  EXPECT_EQ(s.beyond_severity_5, 2);
  EXPECT_EQ(Json::parse(to_json(s)).at("corrupted"), (Json{{"within_severity_5", 1}, {"beyond_severity_5", 2}}));
}

TEST_F(RunSummaryTest, QueriesToFindLeaveOutSeedsWithoutAFinding) {
  Events events;
  events.findings = {finding(0, 0, FindingKind::kCompressedLost, 7)};
  events.done = {done(0, ChainEnd::kFound, 7, 5), done(1, ChainEnd::kGaveUp, 93)};
  const RunSummary s = of(events);
  EXPECT_EQ(s.queries_to_find->median, 7);
  EXPECT_EQ(s.queries->median, 50);
  EXPECT_EQ(s.queries_total, 100);
  EXPECT_EQ(s.queries_refining, 5);
  EXPECT_EQ(s.queries_per_finding, 100);
}

TEST_F(RunSummaryTest, WhereNothingWasFoundNothingIsMeasured) {
  Events events;
  events.done = {done(0, ChainEnd::kQueriesSpent, 100)};
  const RunSummary s = of(events);
  EXPECT_FALSE(s.queries_to_find.has_value());
  EXPECT_FALSE(s.severity.has_value());
  EXPECT_FALSE(s.queries_per_finding.has_value());
  const Json json = Json::parse(to_json(s));
  EXPECT_TRUE(json.at("/queries/to_find/median"_json_pointer).is_null());
  EXPECT_TRUE(json.at("/severity/median"_json_pointer).is_null());
}

TEST_F(RunSummaryTest, AFindingOfASearchUnderWayIsToldApart) {
  Events events;
  events.findings = {finding(4, 0, FindingKind::kCompressedLost, 9)};
  events.done = {done(0, ChainEnd::kQueriesSpent, 100)};
  const RunSummary s = of(events);
  EXPECT_EQ(s.found, 0);
  EXPECT_EQ(s.found_in_remaining, 1);
  EXPECT_EQ(s.confirmed, 1);
}

TEST_F(RunSummaryTest, SharesComeWithWhatTheyWereCountedOn) {
  const RunSummary s = of({});
  ASSERT_TRUE(s.figures.has_value());
  EXPECT_EQ(s.figures->asked, 8);
  EXPECT_EQ(Json::parse(to_json(s)).at("/figures/agree"_json_pointer), 6);
  EXPECT_FALSE(s.compressed.accuracy.has_value());
}

TEST_F(RunSummaryTest, ARunThatNeverBeganIsRefused) { EXPECT_THROW(summarise(*store_, {}), Error); }

}  // namespace
}  // namespace dflare
