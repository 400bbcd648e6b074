// A whole search as options ask for it: its order of calls, and what is left when it ends early.
#include "dflare/search_as_asked.h"

#include <gtest/gtest.h>

#include "dflare/model_files.h"
#include "dflare/settings.h"
#include "runs/runs.h"

namespace dflare {
namespace {

class SearchesAsAsked : public Runs {
 protected:
  SearchesAsAsked() { options_.out = (folder_ / "run").string(); }

  SearchHooks noting() {
    SearchHooks hooks;
    hooks.inputs_read = [this](const SeedSet&) { said_.emplace_back("inputs"); };
    hooks.start_up = [this](FindingStore&, const SeedSet&, const Options&) { said_.emplace_back("start-up"); };
    hooks.notes = [this](const std::vector<std::string>&) { said_.emplace_back("notes"); };
    hooks.begun = [this](Search&) { said_.emplace_back("begun"); };
    hooks.ended = [this] { said_.emplace_back("ended"); };
    return hooks;
  }

  LiveProgress live_;
  std::vector<std::string> said_;
};

TEST_F(SearchesAsAsked, TellEachStepOnceAndInOrder) {
  const auto run = search_as_asked(options_, live_, noting(), opener());
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->session.summary.complete);
  EXPECT_EQ(said_, (std::vector<std::string>{"inputs", "start-up", "notes", "begun", "ended"}));
}

TEST_F(SearchesAsAsked, ThatAreStoppedAtStartUpLeaveNoRun) {
  SearchHooks hooks = noting();
  hooks.start_up = [this](FindingStore&, const SeedSet&, const Options&) { live_.stop = true; };
  EXPECT_FALSE(search_as_asked(options_, live_, hooks, opener()));
  EXPECT_EQ(said_, (std::vector<std::string>{"inputs", "ended"}));
  EXPECT_FALSE(std::filesystem::exists(options_.out));
}

TEST_F(SearchesAsAsked, TellTheEndOfAStartUpThatFailed) {
  SearchHooks hooks = noting();
  hooks.start_up = [this](FindingStore&, const SeedSet&, const Options&) { *broken_ = true; };
  EXPECT_THROW(search_as_asked(options_, live_, hooks, opener()), Error);
  EXPECT_EQ(said_.back(), "ended");
}

TEST_F(SearchesAsAsked, GoOnWhereTheyWereStopped) {
  options_.max_seeds = 0;
  {
    SearchHooks hooks = noting();
    hooks.begun = [this](Search&) { live_.stop = true; };
    const auto run = search_as_asked(options_, live_, hooks, opener());
    ASSERT_TRUE(run);
    EXPECT_EQ(run->session.search.end, SearchEnd::kStopped);
    EXPECT_FALSE(run->session.summary.complete);
  }
  const auto store = FindingStore::open(options_.out, /*writable=*/true);
  LiveProgress live;
  const auto resumed = resume_as_asked(*store, {}, live, {}, opener());
  ASSERT_TRUE(resumed);
  EXPECT_FALSE(resumed->was_complete);
  EXPECT_TRUE(resumed->session.summary.complete);
  EXPECT_TRUE(resume_as_asked(*store, {}, live, {}, opener())->was_complete);
}

// As a crash at start-up leaves it.
TEST_F(SearchesAsAsked, ThatNeverBeganAreBegunByResume) {
  {
    const auto store = FindingStore::create(options_.out);
    store->intend(settings_json(options_));
    EXPECT_THROW((void)read_run(*store), Error);
  }
  const auto store = FindingStore::open(options_.out, /*writable=*/true);
  const auto resumed = resume_as_asked(*store, {}, live_, noting(), opener());
  ASSERT_TRUE(resumed);
  EXPECT_TRUE(resumed->session.summary.complete);
  EXPECT_EQ(said_, (std::vector<std::string>{"inputs", "start-up", "notes", "begun", "ended"}));
  EXPECT_FALSE(store->intended());

  options_.out = (folder_ / "whole").string();
  const auto whole = search_as_asked(options_, live_, {}, opener());
  ASSERT_TRUE(whole);
  EXPECT_EQ(store->record().seeds, whole->store->record().seeds);
  EXPECT_EQ(resumed->session.summary.found, whole->session.summary.found);
  EXPECT_TRUE(resume_as_asked(*store, {}, live_, {}, opener())->was_complete);
}

TEST_F(SearchesAsAsked, ThatNeverBeganMakeRoomForANewSearch) {
  FindingStore::create(options_.out)->intend(settings_json(options_));
  EXPECT_TRUE(search_as_asked(options_, live_, {}, opener()));
}

TEST_F(SearchesAsAsked, OfSomebodyElseRunNoCommandWithoutLeaveEvenIfTheyNeverBegan) {
  options_.original = "exec:true";
  const auto store = FindingStore::create(options_.out);
  store->intend(settings_json(options_));
  try {
    (void)resume_as_asked(*store, {}, live_, {}, opener());
    FAIL() << "run";
  } catch (const Error& e) {
    EXPECT_NE(e.hint().find("--allow-exec"), std::string::npos);
  }
}

TEST_F(SearchesAsAsked, OfFunctionsAreGoneOnWithByTheirOwnersOpenerAlone) {
  options_.original = "function:first.onnx";
  options_.compressed = "function:second";
  EXPECT_TRUE(is_function(options_.original));
  EXPECT_EQ(from_anywhere(options_.original), options_.original);
  EXPECT_EQ(name_of_model("function:a/b"), "function:a/b");
  EXPECT_FALSE(is_function(folder_ / "original.onnx"));
  const Opener open = [this](const std::filesystem::path& path, const ModelOptions&) {
    return Runs::open(path == "function:second" ? "compressed.onnx" : "original.onnx");
  };
  EXPECT_TRUE(search_as_asked(options_, live_, {}, open));
  const auto store = FindingStore::open(options_.out, /*writable=*/true);
  const RecordedRun run = read_run(*store);
  EXPECT_EQ(run.options.original, "function:first.onnx");
  EXPECT_NO_THROW(check_models(run));
  EXPECT_THROW(open_model("function:second", {}), Error);
}

}  // namespace
}  // namespace dflare
