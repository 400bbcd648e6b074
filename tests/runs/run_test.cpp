// A run's folder: what it records, and what is made of it later.
#include "dflare/run.h"

#include <gtest/gtest.h>

#include "dflare/model_files.h"
#include "dflare/run_session.h"
#include "runs/runs.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

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
  test::expect_error(ErrorCode::kBadInput, "the input of row 4.png", [&] { reopen(run, run.options, opener()); });
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
  const PastRun run = open_past_run(folder_ / "run", {}, opener());
  const Searched searched = searched_of(run);
  EXPECT_EQ(searched.inputs, &run.reopened.seeds);
  EXPECT_EQ(searched.done.size(), run.store->done().size());
  EXPECT_FALSE(searched.findings.seeds.empty());
  EXPECT_EQ(searched.findings.seeds.size(), searched.finding_of.size());
}

TEST_F(Runs, WhatIsHeldOutIsReadAsTheRunsInputsWere) {
  begun();
  EXPECT_FALSE(held_out_of(open_past_run(folder_ / "run", {}, opener()), "").has_value());
  const PastRun run = open_past_run(folder_ / "run", {given("held-out", (folder_ / "seeds").string())}, opener());
  const std::optional<SeedSet> held_out = held_out_of(run, "");
  ASSERT_TRUE(held_out.has_value());
  EXPECT_EQ(held_out->seeds.size(), 6);
  EXPECT_EQ(held_out->seeds[2].input.pixels, run.reopened.seeds.seeds[2].input.pixels);
}

TEST_F(Runs, AreAskedAsTheyWereUnlessItIsSaidOtherwise) {
  begun();
  EXPECT_EQ(ask_options(open_past_run(folder_ / "run", {}, opener())).batch, 5);
  EXPECT_EQ(ask_options(open_past_run(folder_ / "run", {given("batch", "3")}, opener())).batch, 3);
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

TEST_F(Runs, AFindingIsReportedWithWhereItCameFrom) {
  const auto store = begun();
  std::optional<Finding> some;
  store->for_each_finding(false, [&](const Finding& finding) { some = finding; });
  ASSERT_TRUE(some.has_value());
  RecordedRun run = read_run(*store);
  run.options.classes = folder_.write("classes.txt", std::string_view("cat\ndog\n")).string();
  run.options.label_offset = 1;
  const FindingReport report = finding_report(*some, run, run.options);
  EXPECT_EQ(report.label_shift, 1);
  EXPECT_EQ(report.finding.seed, some->seed);
  EXPECT_EQ(report.image, folder_ / "run" / image_path(*some));
  EXPECT_EQ(report.inputs, options_.seeds);
  ASSERT_EQ(report.sources.size(), 6);
  EXPECT_EQ(report.sources[4], "row 4.png");
  EXPECT_EQ(report.strategy, options_.strategy);
  EXPECT_EQ(report.classes, (std::vector<std::string>{"cat", "dog"}));
}

TEST_F(Runs, WhatIsMadeOfThemGoesInsideUnlessItIsSaidOtherwise) {
  begun();
  EXPECT_EQ(output_folder(open_past_run(folder_ / "run", {}, opener()), "guard"), folder_ / "run" / "guard");
  EXPECT_EQ(output_folder(open_past_run(folder_ / "run", {given("out", "there")}, opener()), "guard"), "there");
}

TEST_F(Runs, AModelThatHardlySeesIsRefusedUnlessSomebodySaidHowToFeedIt) {
  ModelInfo blind;
  blind.shape = kShape;
  blind.classes = 4;
  blind.path = "blind.tflite";
  blind.input_type = "uint8";
  blind.levels = {2, 0.9};
  OpenPair pair = open_pair(options_, opener());
  EXPECT_NO_THROW(check_levels(pair, options_));
  for (std::unique_ptr<Model> OpenPair::*side : {&OpenPair::original, &OpenPair::compressed}) {
    OpenPair odd = open_pair(options_, opener());
    odd.*side = make_batch_model(blind, [](std::span<const InputView>, std::span<float>) {});
    const std::string option = side == &OpenPair::original ? "--original-preprocess" : "--compressed-preprocess";
    test::expect_error(ErrorCode::kBadInput, option, [&] { check_levels(odd, options_); });
    PairOptions said = options_;
    said.preprocess = "raw";
    EXPECT_NO_THROW(check_levels(odd, said));
  }
}

}  // namespace
}  // namespace dflare
