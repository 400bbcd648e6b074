// Runs of one search joined: what one machine would have left, whatever the parts are.
#include "dflare/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/search_as_asked.h"
#include "dflare/search_in_parts.h"
#include "runs/runs.h"

namespace dflare {
namespace {

using Path = std::filesystem::path;
using ::testing::HasSubstr;

class Merging : public Runs {
 protected:
  // A run of that name, of that shard.
  Path search(const std::string& name, const std::string& shard) const {
    Options options = options_;
    options.out = (folder_ / name).string();
    options.shard = shard;
    LiveProgress live;
    EXPECT_TRUE(search_as_asked(options, live, {}, opener()));
    return options.out;
  }
  // As a process leaves it that is killed when `seeds` alone are searched.
  Path killed(const std::string& name, const std::vector<int>& seeds) const {
    LiveProgress live;
    SearchInParts search(options_, live, {}, opener());
    search.run(folder_ / name, {seeds.begin(), seeds.end()});
    return folder_ / name;
  }

  // All that a run says, but for times.
  static std::string contents(const Path& run) {
    const auto store = FindingStore::open(run, /*writable=*/false);
    std::string text;
    store->for_each_finding(/*with_png=*/true, [&](const Finding& f) {
      text += std::to_string(f.seed.value) + ":" + std::to_string(f.ordinal) + " " + f.how + f.answers +
              std::to_string(f.queries) + std::string(f.png.begin(), f.png.end()) + "\n";
      text += std::filesystem::exists(store->folder() / image_path(f)) ? "" : "without its image\n";
    });
    for (const SeedDone& d : store->done()) {
      text += std::to_string(d.seed.value) + " " + std::string(to_string(d.end)) + std::to_string(d.queries) + "\n";
    }
    return text + store->record().seeds;
  }
  Path merge(const std::vector<Path>& runs) const {
    merge_runs(runs, folder_ / "merged");
    return folder_ / "merged";
  }
};

TEST_F(Merging, ShardsAreTheRunOfOneMachine) {
  const std::string whole = contents(search("whole", ""));
  EXPECT_THAT(whole, HasSubstr("0:0"));
  const Path merged = merge({search("b", "1/3"), search("a", "0/3"), search("c", "2/3")});
  EXPECT_EQ(contents(merged), whole);
  const RecordedRun run = read_run(*FindingStore::open(merged, false));
  EXPECT_EQ(run.options.shard, "");
  EXPECT_TRUE(std::filesystem::exists(merged / "summary.json"));
  EXPECT_FALSE(std::filesystem::exists(merged.string() + ".merging"));
}

TEST_F(Merging, WhatIsInSeveralRunsIsThereOnce) {
  const Path a = search("a", "0/2");
  const Path b = search("b", "1/2");
  const Merged merged = merge_runs(std::vector<Path>{a, b, a}, folder_ / "merged");
  EXPECT_GT(merged.parts[0].added, 0);
  EXPECT_EQ(merged.parts[2].added, 0);
  EXPECT_EQ(merged.parts[2].ended, merged.parts[0].ended);
  EXPECT_TRUE(merged.summary.complete);
  EXPECT_EQ(contents(folder_ / "merged"), contents(search("whole", "")));
}

TEST_F(Merging, MissingShardsAreToldAndSearchedByResume) {
  const Path a = search("a", "0/2");
  const Merged merged = merge_runs(std::vector<Path>{a}, folder_ / "merged");
  EXPECT_FALSE(merged.summary.complete);
  EXPECT_GT(merged.summary.remaining, 0);
  EXPECT_EQ(merged.parts[0].unfinished, 0);
  {
    const auto store = FindingStore::open(folder_ / "merged", /*writable=*/true);
    LiveProgress live;
    EXPECT_TRUE(resume_as_asked(*store, {}, live, {}, opener()));
  }
  EXPECT_EQ(contents(folder_ / "merged"), contents(search("whole", "")));
}

TEST_F(Merging, WhatAFinishedChainFoundReplacesWhatAnUnfinishedOneHad) {
  const Path whole = search("whole", "");
  const Path cut = killed("cut", {});
  Finding begun;
  FindingStore::open(whole, false)->for_each_finding(true, [&begun](const Finding& f) { begun = f; });
  {
    begun.ordinal = 7;  // a later one than its chain ends with
    const auto store = FindingStore::open(cut, /*writable=*/true);
    Events events;
    events.findings.push_back(begun);
    store->write(events);
  }
  EXPECT_EQ(contents(merge({cut, whole})), contents(whole));
  EXPECT_THAT(contents(cut), HasSubstr(":7"));
  merge_runs(std::vector<Path>{cut}, folder_ / "alone");
  EXPECT_THAT(contents(folder_ / "alone"), HasSubstr(":7")) << "a finding was lost";
}

TEST_F(Merging, AModelThatIsNotTheSameIsNamed) {
  const Path a = search("a", "0/2");
  folder_.write("compressed.onnx", std::string_view("three"));
  const Path b = search("b", "1/2");
  const auto error = test::error_of([&] { merge({a, b}); });
  EXPECT_EQ(error->code(), ErrorCode::kBadInput);
  EXPECT_THAT(error->what(), HasSubstr("the compressed model is not the same"));
  EXPECT_THAT(error->what(), HasSubstr(b.string()));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "merged"));
}

TEST_F(Merging, ASettingThatIsNotTheSameIsNamed) {
  const Path a = search("a", "0/2");
  options_.max_queries = 61;
  const Path b = search("b", "1/2");
  EXPECT_THAT(test::error_of([&] { merge({a, b}); })->what(), HasSubstr("--max-queries is 60 in "));
}

TEST_F(Merging, HowFastAMachineWasDoesNotCount) {
  const Path a = search("a", "0/2");
  options_.batch = 3;
  options_.workers = 2;
  const Path b = search("b", "1/2");
  EXPECT_TRUE(merge_runs(std::vector<Path>{a, b}, folder_ / "merged").summary.complete);
}

TEST_F(Merging, InputsThatAreNotTheSameAreNamed) {
  const Path a = search("a", "0/2");
  std::vector<std::uint8_t> png;
  encode_png(toy::varied_seeds(kShape, 9).seeds.back().input.view(), png);
  const Path first = std::filesystem::directory_iterator(options_.seeds)->path();
  folder_.write("seeds/" + first.filename().string(), png);
  const Path b = search("b", "1/2");
  EXPECT_THAT(test::error_of([&] { merge({a, b}); })->what(), HasSubstr("the content of input"));
}

TEST_F(Merging, AnotherRuntimeIsNoted) {
  const Path a = search("a", "0/2");
  runtime_ = "code 2";
  const Path b = search("b", "1/2");
  const Merged merged = merge_runs(std::vector<Path>{a, b}, folder_ / "merged");
  ASSERT_EQ(merged.notes.size(), 2U);
  EXPECT_THAT(merged.notes[0], HasSubstr("code 2"));
}

TEST_F(Merging, AFolderThatHoldsSomethingIsLeftAlone) {
  const Path a = search("a", "0/2");
  folder_.write("merged/letter", std::string_view("dear"));
  EXPECT_EQ(test::error_of([&] { merge({a}); })->code(), ErrorCode::kBadArgument);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "merged/letter"));
  EXPECT_EQ(test::error_of([&] { merge_runs({}, folder_ / "other"); })->code(), ErrorCode::kBadArgument);
}

TEST_F(Merging, WhatAKilledMergeLeftIsTakenAwayAndOneUnderWayIsNot) {
  const Path a = search("a", "");
  std::filesystem::copy(a, folder_ / "merged.merging", std::filesystem::copy_options::recursive);
  {
    const auto under_way = FindingStore::open(folder_ / "merged.merging", /*writable=*/true);
    EXPECT_EQ(test::error_of([&] { merge({a}); })->code(), ErrorCode::kCannotWrite);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "merged.merging/run.sqlite"));
  }
  EXPECT_EQ(contents(merge({a})), contents(a));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "merged.merging"));
}

TEST_F(Merging, AFolderBesideThatIsNotOursIsLeftAlone) {
  const Path a = search("a", "");
  folder_.write("merged.merging/letter", std::string_view("dear"));
  EXPECT_EQ(test::error_of([&] { merge({a}); })->code(), ErrorCode::kBadArgument);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "merged.merging/letter"));
}

TEST_F(Merging, SharesOfASearchAreAddedAsTheyCome) {
  const Path whole = search("whole", "");
  LiveProgress live;
  SearchInParts parts(options_, live, {}, opener());
  parts.run(folder_ / "empty", {});
  merge_runs(std::vector<Path>{folder_ / "empty"}, folder_ / "joined");
  {
    JoinedRun joined(folder_ / "joined");
    EXPECT_EQ(joined.counts().ended, 0);
    const std::vector<SeedIndex>& plan = parts.plan();
    const auto half = plan.begin() + 2;
    parts.run(folder_ / "second", {half, plan.end()});
    parts.run(folder_ / "first", {plan.begin(), half});
    EXPECT_EQ(joined.add(folder_ / "second").added, std::ssize(plan) - 2);
    EXPECT_EQ(joined.add(folder_ / "first").added, 2);
    EXPECT_EQ(joined.add(folder_ / "first").added, 0);
    EXPECT_EQ(joined.counts().ended, joined.counts().planned);
    EXPECT_EQ(joined.close().timing.queries, joined.counts().queries);
  }
  EXPECT_EQ(contents(folder_ / "joined"), contents(whole));
}

TEST_F(Merging, AShardTakesNoOthers) {
  const Path a = search("a", "0/2");
  EXPECT_THAT(test::error_of([&] { JoinedRun joined(a); })->what(), HasSubstr("shard 0/2"));
}

TEST_F(Merging, AShareWhoseModelFailedIsKept) {
  LiveProgress live;
  SearchInParts parts(options_, live, {}, opener());
  *broken_ = true;
  EXPECT_THROW(parts.run(folder_ / "part", parts.plan()), Error);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "part/summary.json"));
  EXPECT_NO_THROW(merge({folder_ / "part"}));
}

}  // namespace
}  // namespace dflare
