// A run's folder while it is worked on: what a session leaves, however it ends.
#include "dflare/run_session.h"

#include <gtest/gtest.h>

#include "runs/runs.h"
#include "runs/session_parts.h"

namespace dflare {
namespace {

class RunSessions : public Runs {
 protected:
  // The search of the run in that store, to be gone on with.
  struct Reopened {
    RecordedRun run;
    ReopenedRun reopened;
    Search search;

    Reopened(const FindingStore& store, const Opener& open, LiveProgress* live)
        : run(read_run(store)),
          reopened(reopen(run, run.options, open)),
          search(reopened.pair.borrowed(), reopened.seeds, settings_to_go_on(run, run.options), live) {}
  };

  static bool has_summary(const FindingStore& store) {
    return std::filesystem::exists(store.folder() / "summary.json");
  }
};

// A disk that is full.
class FullStore : public FindingStore {
 public:
  explicit FullStore(FindingStore& store) : store_(store) {}
  void intend(const std::string& settings) override { store_.intend(settings); }
  [[nodiscard]] std::optional<std::string> intended() const override { return store_.intended(); }
  void record(const RunRecord& record) override { store_.record(record); }
  [[nodiscard]] RunRecord record() const override { return store_.record(); }
  void write(const Events&) override { throw Error(ErrorCode::kCannotWrite, "the disk is full", "make room"); }
  void for_each_finding(bool with_png, const std::function<void(const Finding&)>& visit) const override {
    store_.for_each_finding(with_png, visit);
  }
  [[nodiscard]] std::vector<SeedDone> done() const override { return store_.done(); }
  [[nodiscard]] std::vector<NotFinite> not_finite() const override { return store_.not_finite(); }
  [[nodiscard]] std::vector<FailedInput> failed() const override { return store_.failed(); }
  void derive_pngs() override { store_.derive_pngs(); }
  void write_summary(const std::string& json) override { store_.write_summary(json); }
  [[nodiscard]] const std::filesystem::path& folder() const override { return store_.folder(); }

 private:
  FindingStore& store_;
};

TEST_F(RunSessions, LeaveACompleteRunWithItsSummaryAndImages) {
  const auto store = begun(0);
  Reopened again(*store, opener(), nullptr);
  const RunSession session = run_session(*store, again.search);
  EXPECT_EQ(session.search.end, SearchEnd::kComplete);
  EXPECT_TRUE(session.summary.complete);
  EXPECT_EQ(session.summary.timing.queries, queries_of(store->done()));
  EXPECT_GT(session.summary.timing.wall_seconds, 0);
  EXPECT_TRUE(has_summary(*store));
  std::int64_t images = 0;
  store->for_each_finding(false, [&](const Finding& finding) {
    images += std::filesystem::exists(store->folder() / image_path(finding)) ? 1 : 0;
  });
  EXPECT_GT(images, 0);
  EXPECT_EQ(images, session.summary.confirmed + session.summary.flaky);
}

TEST_F(RunSessions, GoOnWithWhatIsLeftAndAddToTheTimeBefore) {
  const auto store = begun(2);
  const RunSummary first = close_session(*store, {}, 0, 100.0);
  const std::int64_t queries = queries_of(store->done());
  LiveProgress live;
  Reopened again(*store, opener(), &live);
  const RunSession session = run_session(*store, again.search, &live);
  EXPECT_EQ(store->done().size(), again.search.plan().size());
  EXPECT_GT(session.summary.searched, first.searched);
  EXPECT_GT(session.summary.timing.wall_seconds, 100);
  EXPECT_LT(session.summary.timing.wall_seconds, 200);
  EXPECT_EQ(session.summary.timing.queries, queries_of(store->done()));
  EXPECT_GT(session.summary.timing.queries, queries);
}

TEST_F(RunSessions, TellBeforeChainsStartWhatEarlierOnesDidAndWhenTheyEnd) {
  const auto store = begun(2);
  const auto done = static_cast<std::int64_t>(store->done().size());
  ASSERT_GT(done, 0);
  LiveProgress live;
  Reopened again(*store, opener(), &live);
  std::vector<std::string> told;
  SessionHooks hooks;
  hooks.begun = [&] {
    told.push_back("begun");
    EXPECT_EQ(live.seeds_done, done);
    EXPECT_EQ(live.seeds_total, std::ssize(again.search.plan()));
  };
  hooks.ended = [&] {
    told.push_back("ended");
    EXPECT_EQ(live.seeds_done, live.seeds_total);
    EXPECT_FALSE(has_summary(*store));
  };
  run_session(*store, again.search, &live, hooks);
  EXPECT_EQ(told, (std::vector<std::string>{"begun", "ended"}));
}

TEST_F(RunSessions, ThatAModelEndsLeaveASummaryAndSayHowToGoOn) {
  const auto store = begun(2);
  Reopened again(*store, opener(), nullptr);
  bool ended = false;
  SessionHooks hooks;
  hooks.begun = [&] { *broken_ = true; };
  hooks.ended = [&] { ended = true; };
  const std::optional<Error> error = test::error_of([&] { run_session(*store, again.search, nullptr, hooks); });
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code(), ErrorCode::kModelFailed);
  EXPECT_NE(error->hint().find("is kept in " + store->folder().string() + "; `dflare resume` goes on"),
            std::string::npos)
      << error->hint();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(has_summary(*store));
}

TEST_F(RunSessions, ThatCannotBeStoredLeaveASummaryAndTellThatAlone) {
  const auto store = begun(0);
  Reopened again(*store, opener(), nullptr);
  FullStore full(*store);
  const std::optional<Error> error = test::error_of([&] { run_session(full, again.search); });
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code(), ErrorCode::kCannotWrite);
  EXPECT_EQ(error->hint(), "make room");
  EXPECT_TRUE(has_summary(*store));
}

TEST_F(RunSessions, WhatCannotBeLeftBehindDoesNotHideWhatEndedThem) {
  const auto store = begun(2);
  Reopened again(*store, opener(), nullptr);
  std::filesystem::create_directories(store->folder() / "summary.json" / "in the way");
  SessionHooks hooks;
  hooks.begun = [&] { *broken_ = true; };
  test::expect_error(ErrorCode::kModelFailed, "goes on", [&] { run_session(*store, again.search, nullptr, hooks); });
}

TEST_F(RunSessions, ThatNeverBeganLeaveNoFolder) {
  { const NewRun run(folder_ / "new"); }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
  std::filesystem::create_directory(folder_ / "mine");
  { const NewRun run(folder_ / "mine"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "mine"));
}

TEST_F(RunSessions, AddUpAndOneThatRanNothingChangesNothing) {
  const auto store = begun();
  const std::int64_t queries = queries_of(store->done());
  ASSERT_GT(queries, 0);
  close_session(*store, {}, 0, 2.0);
  const RunTiming first = recorded_timing(store->folder());
  EXPECT_EQ(first.queries, queries);
  EXPECT_DOUBLE_EQ(first.wall_seconds, 2);
  EXPECT_DOUBLE_EQ(first.queries_per_second, static_cast<double>(queries) / 2);
  close_run(*store);
  const RunTiming second = recorded_timing(store->folder());
  EXPECT_EQ(second.queries, first.queries);
  EXPECT_DOUBLE_EQ(second.wall_seconds, first.wall_seconds);
  EXPECT_DOUBLE_EQ(second.queries_per_second, first.queries_per_second);
}

TEST_F(RunSessions, ProgressGoesOnFromWhatEarlierOnesFound) {
  const auto store = begun();
  LiveProgress progress;
  recall_counts(*store, store->done(), progress);
  EXPECT_EQ(progress.seeds_done, static_cast<std::int64_t>(store->done().size()));
  EXPECT_GT(progress.found.load(), 0);
  LiveProgress none;
  recall_counts(*store, {}, none);
  EXPECT_EQ(none.found, 0);
}

}  // namespace
}  // namespace dflare
