// A run's folder: what it records, and what is made of it later. Models are code, opened by an Opener of the test's
// own.
#include "dflare/run.h"

#include <gtest/gtest.h>

#include "dflare/model_files.h"
#include "dflare/run_session.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

class Runs : public ::testing::Test {
 protected:
  Runs() {
    const SeedSet seeds = toy::varied_seeds(kShape, 6);
    std::vector<std::uint8_t> png;
    for (const Seed& seed : seeds.seeds) {
      encode_png(seed.input.view(), png);
      folder_.write("seeds/" + seed.source + ".png", png);
    }
    options_.original = folder_.write("original.onnx", std::string_view("one")).string();
    options_.compressed = folder_.write("compressed.onnx", std::string_view("two")).string();
    options_.seeds = (folder_ / "seeds").string();
    options_.output = "logits";
    options_.batch = 5;
    options_.workers = 1;
    options_.max_queries = 60;
    options_.rng_seed = 7;
  }

  std::unique_ptr<Model> open(const std::filesystem::path& path) const {
    ModelInfo info;
    info.path = path.string();
    info.shape = kShape;
    info.classes = 4;
    info.runtime = runtime_;
    const double coarse = path.filename() == "original.onnx" ? 0 : 0.5;
    const toy::Function f = toy::linear(kShape, 4, coarse);
    return make_batch_model(info, [f](std::span<const InputView> rows, std::span<float> out) {
      for (std::size_t i = 0; i < rows.size(); ++i) f(rows[i], out.subspan(4 * i, 4));
    });
  }
  [[nodiscard]] Opener opener() const {
    return [this](const std::filesystem::path& path, const ModelOptions&) { return open(path); };
  }

  // A run begun, and `searched` of its inputs searched.
  std::unique_ptr<FindingStore> begun(std::size_t searched = 6) const {
    const OpenPair pair = open_pair(options_, opener());
    const SeedSet seeds = load_seeds(options_.seeds, seed_options(options_, pair.original->info()));
    Search search(pair.borrowed(), seeds, search_settings(options_));
    {
      NewRun run(folder_ / "run");
      run.begin(options_, pair, seeds, search, {"it looks odd"});
      std::vector<SeedIndex> left = search.plan();
      left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(std::min(searched, left.size())));
      search.run(left, run.store());
    }
    return FindingStore::open(folder_ / "run", /*writable=*/true);
  }

  static Given given(const std::string& name, const std::string& text) {
    for (const Flag* flag : flags_of(kGuard)) {
      if (flag->name == name) return {flag, text};
    }
    throw std::out_of_range(name);
  }

  static constexpr Shape kShape{8, 8, 1};
  test::Folder folder_;
  Options options_;
  std::string runtime_ = "code 1";
};

TEST_F(Runs, SayWhatTheyWereAsked) {
  const auto store = begun();
  const RecordedRun run = read_run(*store);
  EXPECT_EQ(run.options.rng_seed, 7);
  EXPECT_EQ(run.options.max_queries, 60);
  EXPECT_EQ(run.options.original, options_.original);
  EXPECT_EQ(run.original.kind, OutputKind::kLogits);
  EXPECT_EQ(run.batch, 5);
  EXPECT_TRUE(run.rows_exact);
  EXPECT_EQ(run.compressed_runtime, "code 1");
  EXPECT_EQ(run.notes, std::vector<std::string>{"it looks odd"});
  ASSERT_EQ(run.seeds.size(), 6);
  EXPECT_EQ(run.seeds[0].source, "row 0.png");
  EXPECT_EQ(run.seeds[0].sha256.size(), 64);
  ASSERT_EQ(run.files.size(), 2);
  EXPECT_EQ(run.files[0].path, options_.original);
}

TEST_F(Runs, EveryFindingComesAgainAndAnotherDoesNot) {
  const auto store = begun();
  const RecordedRun run = read_run(*store);
  const ReopenedRun reopened = reopen(run, run.options, opener());
  std::vector<Finding> findings;
  store->for_each_finding(true, [&](const Finding& finding) { findings.push_back(finding); });
  ASSERT_FALSE(findings.empty());
  for (Finding& finding : findings) {
    if (finding.kind == FindingKind::kNatural) continue;
    EXPECT_TRUE(comes_again(finding, run, run.options, reopened)) << png_name(finding);
    ++finding.label_compressed;
    EXPECT_FALSE(comes_again(finding, run, run.options, reopened)) << png_name(finding);
  }
}

TEST_F(Runs, ModelsThatHaveChangedAreRefusedByName) {
  const RecordedRun run = read_run(*begun());
  folder_.write("compressed.onnx", std::string_view("three"));
  test::expect_error(ErrorCode::kBadInput, "compressed.onnx has changed", [&] { reopen(run, run.options, opener()); });
}

TEST_F(Runs, ACommandIsRunAgainOnlyWhereItIsAllowed) {
  options_.compressed = "exec:python3 two.py";
  const RecordedRun run = read_run(*begun());
  EXPECT_EQ(run.options.compressed, from_anywhere("exec:python3 two.py")) << "from whatever folder";
  ASSERT_EQ(run.files.size(), 2);
  EXPECT_EQ(run.files[1].path, run.options.compressed);
  bool opened = false;
  const Opener opens = [&](const std::filesystem::path& path, const ModelOptions&) {
    opened = opened || is_command(path);
    return open(path);
  };
  test::expect_error(ErrorCode::kBadArgument, "--allow-exec", [&] { reopen(run, run.options, opens); });
  RecordedRun forged = run;  // what is recorded beside the options is not what runs
  forged.files.pop_back();
  test::expect_error(ErrorCode::kBadArgument, "python3 two.py", [&] { reopen(forged, run.options, opens); });
  EXPECT_FALSE(opened);
  Options allowed = run.options;
  allowed.allow_exec = true;
  reopen(run, allowed, opens);
  EXPECT_TRUE(opened);
}

TEST_F(Runs, InputsThatHaveChangedAreRefusedByName) {
  const RecordedRun run = read_run(*begun());
  std::vector<std::uint8_t> png;
  encode_png(toy::filled(kShape, 3).view(), png);
  folder_.write("seeds/row 4.png", png);
  test::expect_error(ErrorCode::kBadInput, "the image of row 4.png", [&] { reopen(run, run.options, opener()); });
  std::filesystem::remove(folder_ / "seeds/row 4.png");
  test::expect_error(ErrorCode::kBadInput, "holds 5 inputs", [&] { reopen(run, run.options, opener()); });
}

TEST_F(Runs, AnotherRuntimeIsTold) {
  const RecordedRun run = read_run(*begun());
  EXPECT_TRUE(reopen(run, run.options, opener()).notes.empty());
  runtime_ = "code 2";
  const std::vector<std::string> notes = reopen(run, run.options, opener()).notes;
  ASSERT_EQ(notes.size(), 2);
  EXPECT_EQ(notes[0], "the run asked its original model by code 1, now it is asked by code 2: answers may differ");
}

TEST_F(Runs, AreCompleteWhenEveryPlannedInputWasSearched) {
  const auto store = begun(2);
  const RecordedRun run = read_run(*store);
  EXPECT_FALSE(is_complete(run, *store));
  const ReopenedRun reopened = reopen(run, run.options, opener());
  Search search(reopened.pair.borrowed(), reopened.seeds, settings_to_go_on(run, run.options));
  std::vector<SeedIndex> ended;
  for (const SeedDone& done : store->done()) ended.push_back(done.seed);
  search.run(ended, *store);
  EXPECT_TRUE(is_complete(run, *store));
}

TEST_F(Runs, WhatWasFoundCanBeLearntFrom) {
  begun();
  const PastRun run = open_past_run({given("run", (folder_ / "run").string())}, opener());
  const Searched searched = searched_of(run);
  EXPECT_EQ(searched.inputs, &run.reopened.seeds);
  EXPECT_EQ(searched.done.size(), run.store->done().size());
  EXPECT_FALSE(searched.findings.seeds.empty());
  EXPECT_EQ(searched.findings.seeds.size(), searched.finding_of.size());
}

TEST_F(Runs, WhatIsHeldOutIsReadAsTheRunsInputsWere) {
  begun();
  const Given run_folder = given("run", (folder_ / "run").string());
  EXPECT_FALSE(held_out_of(open_past_run({run_folder}, opener()), "").has_value());
  const PastRun run = open_past_run({run_folder, given("held-out", (folder_ / "seeds").string())}, opener());
  const std::optional<SeedSet> held_out = held_out_of(run, "");
  ASSERT_TRUE(held_out.has_value());
  EXPECT_EQ(held_out->seeds.size(), 6);
  EXPECT_EQ(held_out->seeds[2].input.pixels, run.reopened.seeds.seeds[2].input.pixels);
}

TEST_F(Runs, AreAskedAsTheyWereUnlessItIsSaidOtherwise) {
  begun();
  const Given run_folder = given("run", (folder_ / "run").string());
  EXPECT_EQ(ask_options(open_past_run({run_folder}, opener())).batch, 5);
  EXPECT_EQ(ask_options(open_past_run({run_folder, given("batch", "3")}, opener())).batch, 3);
}

TEST_F(Runs, ARecordThatSaysSomethingElseIsRefused) {
  const auto store = FindingStore::create(folder_ / "odd");
  store->record({settings_json(options_), "{}", "[]"});
  test::expect_error(ErrorCode::kBadInput, "does not say what a run says", [&] { read_run(*store); });
}

TEST_F(Runs, AFindingIsNamedByItsInputOrItsImage) {
  const auto store = begun();
  std::optional<Finding> some;
  store->for_each_finding(true, [&](const Finding& finding) {
    if (!finding.flaky) some = finding;
  });
  ASSERT_TRUE(some.has_value());
  const std::string seed = std::to_string(some->seed.value);
  EXPECT_EQ(find_finding(*store, seed).png, some->png);
  EXPECT_EQ(find_finding(*store, seed + ":" + std::to_string(some->ordinal)).png, some->png);
  EXPECT_EQ(find_finding(*store, "anywhere/" + png_name(*some)).png, some->png);
  test::expect_error(ErrorCode::kBadArgument, "has no finding 77", [&] { find_finding(*store, "77"); });
  test::expect_error(ErrorCode::kBadArgument, "expected SEED", [&] { find_finding(*store, "x"); });
}

TEST_F(Runs, ThatNeverBeganLeaveNoFolder) {
  { const NewRun run(folder_ / "new"); }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
  std::filesystem::create_directory(folder_ / "mine");
  { const NewRun run(folder_ / "mine"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "mine"));
}

TEST_F(Runs, SessionsAddUpAndOneThatRanNothingChangesNothing) {
  const auto store = begun();
  const std::int64_t queries = queries_of(store->done());
  ASSERT_GT(queries, 0);
  close_session(*store, {}, 0, 2.0);
  const RunTiming first = recorded_timing(store->folder());
  EXPECT_EQ(first.queries, queries);
  EXPECT_DOUBLE_EQ(first.wall_seconds, 2);
  EXPECT_DOUBLE_EQ(first.queries_per_second, static_cast<double>(queries) / 2);
  close_session(*store, first, queries, 0);
  const RunTiming second = recorded_timing(store->folder());
  EXPECT_EQ(second.queries, first.queries);
  EXPECT_DOUBLE_EQ(second.wall_seconds, first.wall_seconds);
  EXPECT_DOUBLE_EQ(second.queries_per_second, first.queries_per_second);
}

TEST_F(Runs, ProgressGoesOnFromWhatEarlierSessionsFound) {
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
