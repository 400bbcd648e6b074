// The run folder: what was written is read back; reruns replace; bad folders are refused.
#include "dflare/store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "findings/samples.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

namespace fs = std::filesystem;
using Keys = std::vector<std::pair<int, int>>;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

class Store : public testing::Test {
 protected:
  void create() { store_ = FindingStore::create(run_); }
  void reopen() {
    store_.reset();
    store_ = FindingStore::open(run_, true);
  }

  Folder folder_;
  fs::path run_ = folder_ / "run";
  std::unique_ptr<FindingStore> store_;
};

TEST_F(Store, EveryMemberOfAFindingSurvives) {
  create();
  Finding f = sample_finding(5, 2, FindingKind::kOriginalLost);
  f.tie = f.flaky = true;
  store_->write({.findings = {f}});
  reopen();
  const std::vector<Finding> all = findings_of(*store_);
  ASSERT_EQ(all.size(), 1U);
  const Finding& g = all[0];
  EXPECT_EQ(g.seed, f.seed);
  EXPECT_EQ(g.ordinal, f.ordinal);
  EXPECT_EQ(g.kind, f.kind);
  EXPECT_EQ(g.seed_label, f.seed_label);
  EXPECT_EQ(g.label_original, f.label_original);
  EXPECT_EQ(g.label_compressed, f.label_compressed);
  EXPECT_EQ(g.p_original, f.p_original);
  EXPECT_EQ(g.p_compressed, f.p_compressed);
  EXPECT_EQ(g.margin_original, f.margin_original);
  EXPECT_EQ(g.margin_compressed, f.margin_compressed);
  EXPECT_EQ(g.severity, f.severity);
  EXPECT_EQ(g.tie, f.tie);
  EXPECT_EQ(g.flaky, f.flaky);
  EXPECT_EQ(g.distance.linf, f.distance.linf);
  EXPECT_EQ(g.distance.l2, f.distance.l2);
  EXPECT_EQ(g.queries, f.queries);
  EXPECT_EQ(g.seconds, f.seconds);
  EXPECT_EQ(g.how, f.how);
  EXPECT_EQ(g.png, f.png);
}

TEST_F(Store, EveryMemberOfADoneSurvives) {
  create();
  SeedDone second = sample_done(2);
  second.end = ChainEnd::kTimeSpent;
  store_->write({.done = {second, sample_done(1)}});
  reopen();
  const std::vector<SeedDone> done = store_->done();
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0].seed, SeedIndex(1));
  EXPECT_EQ(done[0].end, ChainEnd::kFound);
  EXPECT_EQ(done[0].queries, 41);
  EXPECT_EQ(done[0].confirmations, 1);
  EXPECT_EQ(done[0].ties, 2);
  EXPECT_EQ(done[0].flaky, 3);
  EXPECT_EQ(done[0].not_finite, 4);
  EXPECT_EQ(done[0].seconds, 0.25);
  EXPECT_EQ(done[1].end, ChainEnd::kTimeSpent);
}

TEST_F(Store, TheRecordSurvives) {
  create();
  store_->record({R"({"a":1})", "{}", "[]"});
  reopen();
  EXPECT_EQ(store_->record().settings, R"({"a":1})");
  EXPECT_EQ(store_->record().facts, "{}");
  EXPECT_EQ(store_->record().seeds, "[]");
}

TEST_F(Store, FindingsComeInOrderOfSeedThenOrdinal) {
  create();
  store_->write({.findings = {sample_finding(10), sample_finding(2, 1)}});
  store_->write({.findings = {sample_finding(2, 0), sample_finding(1)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {2, 0}, {2, 1}, {10, 0}}));
}

TEST_F(Store, WithoutPngTheImagesAreLeftOut) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  store_->for_each_finding(false, [](const Finding& f) { EXPECT_TRUE(f.png.empty()); });
}

TEST_F(Store, ImagesBecomeFilesByTheirKind) {
  create();
  Finding flaky = sample_finding(12, 1);
  flaky.flaky = true;
  store_->write({.findings = {sample_finding(12), flaky, sample_finding(3, 0, FindingKind::kNatural)},
                 .not_finite = {{SeedIndex(4), true, false, sample_png(9)}}});
  EXPECT_EQ(contents(run_ / "findings/000012_0_compressed_lost.png"), text_of(sample_finding(12).png));
  EXPECT_EQ(contents(run_ / "flaky/000012_1_compressed_lost.png"), text_of(flaky.png));
  EXPECT_TRUE(fs::exists(run_ / "findings/000003_0_natural.png"));
  EXPECT_EQ(contents(run_ / "not_finite/000004.png"), text_of(sample_png(9)));
  ASSERT_EQ(store_->not_finite().size(), 1U);
  EXPECT_TRUE(store_->not_finite()[0].original);
  EXPECT_FALSE(store_->not_finite()[0].compressed);
}

TEST_F(Store, MissingAndTornImagesAreDerivedAgain) {
  create();
  store_->write({.findings = {sample_finding(1), sample_finding(2), sample_finding(3)}});
  const fs::path lost = run_ / "findings/000001_0_compressed_lost.png",
                 torn = run_ / "findings/000002_0_compressed_lost.png",
                 changed = run_ / "findings/000003_0_compressed_lost.png";
  fs::remove(lost);
  fs::resize_file(torn, 10);
  fs::copy_file(torn, changed, fs::copy_options::overwrite_existing);
  std::ofstream(run_ / "findings/mine.png") << "a file of the user's";
  reopen();
  store_->derive_pngs();
  EXPECT_EQ(contents(lost), text_of(sample_finding(1).png));
  EXPECT_EQ(contents(torn), text_of(sample_finding(2).png));
  EXPECT_EQ(contents(changed), text_of(sample_finding(3).png));
  EXPECT_TRUE(fs::exists(run_ / "findings/mine.png"));
}

// ---- reruns

TEST_F(Store, ARerunReplacesWhatItsInterruptedChainWrote) {
  create();
  store_->write({.findings = {sample_finding(1, 0), sample_finding(1, 1), sample_finding(2, 0)},
                 .not_finite = {{SeedIndex(1), true, false, sample_png(1)}}});
  reopen();
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {1, 1}, {2, 0}})) << "opening deletes nothing";
  store_->write({.findings = {sample_finding(1, 0, FindingKind::kBothChanged)}, .done = {sample_done(1)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {2, 0}}));
  EXPECT_EQ(findings_of(*store_)[0].kind, FindingKind::kBothChanged);
  EXPECT_TRUE(store_->not_finite().empty());
  store_->derive_pngs();
  EXPECT_FALSE(fs::exists(run_ / "findings/000001_1_compressed_lost.png"));
  EXPECT_FALSE(fs::exists(run_ / "findings/000001_0_compressed_lost.png"));
  EXPECT_TRUE(fs::exists(run_ / "findings/000001_0_both_changed.png"));
}

TEST_F(Store, ARerunThatFindsNothingLeavesNothing) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  reopen();
  store_->write({.done = {sample_done(1)}});
  EXPECT_TRUE(findings_of(*store_).empty());
}

TEST_F(Store, ARerunKeepsWhatItWroteItself) {
  create();
  store_->write({.findings = {sample_finding(1, 0)}});
  reopen();
  store_->write({.findings = {sample_finding(1, 0)}});
  store_->write({.findings = {sample_finding(1, 1)}});
  store_->write({.done = {sample_done(1)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {1, 1}}));
}

TEST_F(Store, FindingsOfFinishedSeedsAndNaturalOnesStay) {
  create();
  store_->write(
      {.findings = {sample_finding(1), sample_finding(2, 0, FindingKind::kNatural)}, .done = {sample_done(1)}});
  reopen();
  store_->write({.done = {sample_done(2)}});
  store_->write({.findings = {sample_finding(2, 0, FindingKind::kNatural)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {2, 0}}));
}

TEST_F(Store, AFailedWriteLeavesNothingOfItself) {
  create();
  Finding bad = sample_finding(2);
  bad.severity = std::numeric_limits<double>::quiet_NaN();
  bad.seconds = std::numeric_limits<double>::quiet_NaN();  // SQLite keeps NaN as NULL, which this column refuses
  EXPECT_THROW(store_->write({.findings = {sample_finding(1), bad}, .done = {sample_done(1)}}), Error);
  EXPECT_TRUE(findings_of(*store_).empty());
  EXPECT_TRUE(store_->done().empty());
  store_->write({.findings = {sample_finding(3)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{3, 0}}));
}

// ---- folders

TEST_F(Store, CreatingMakesTheFoldersAbove) {
  run_ = folder_ / "deep/er/run";
  create();
  EXPECT_TRUE(fs::exists(run_ / "run.sqlite"));
}

TEST_F(Store, AnEmptyFolderIsTaken) {
  fs::create_directory(run_);
  EXPECT_NO_THROW(create());
}

TEST_F(Store, AFolderWithARunIsKept) {
  create();
  store_.reset();
  expect_error(ErrorCode::kBadArgument, "dflare resume " + run_.string(), [&] { create(); });
}

TEST_F(Store, AFolderWithOtherFilesIsKept) {
  folder_.write("run/thesis.txt", std::string_view("years of work"));
  expect_error(ErrorCode::kBadArgument, "is not empty", [&] { create(); });
}

TEST_F(Store, AFileInTheFoldersPlaceCannotBeWritten) {
  folder_.write("run", std::string_view("a file"));
  expect_error(ErrorCode::kCannotWrite, run_.string(), [&] { create(); });
  run_ = run_ / "below";
  expect_error(ErrorCode::kCannotWrite, run_.string(), [&] { create(); });
}

TEST_F(Store, OpeningWhatIsNoRunIsRefused) {
  expect_error(ErrorCode::kBadInput, "no run folder", [&] { FindingStore::open(run_, false); });
  folder_.write("run/run.sqlite", std::string_view("this is no database, however long one looks at it ............"));
  expect_error(ErrorCode::kBadInput, "not a database", [&] { FindingStore::open(run_, false); });
  folder_.write("run/run.sqlite", std::string_view(""));
  expect_error(ErrorCode::kBadInput, "no run of dflare", [&] { FindingStore::open(run_, true); });
}

TEST_F(Store, ARunStoppedBeforeItBeganSaysSo) {
  create();
  expect_error(ErrorCode::kBadInput, "stopped before it began", [&] { (void)store_->record(); });
}

TEST_F(Store, ReadersSeeWhatIsWrittenMeanwhile) {
  create();
  const auto reader = FindingStore::open(run_, false);
  store_->write({.findings = {sample_finding(1)}});
  EXPECT_EQ(keys_of(*reader), (Keys{{1, 0}}));
  expect_error(ErrorCode::kCannotWrite, "opened for reading",
               [&] { reader->write({.findings = {sample_finding(2)}}); });
}

TEST_F(Store, ASecondWriterIsRefusedWhileTheFirstLives) {
  create();
  expect_error(ErrorCode::kCannotWrite, "another process is writing", [&] { FindingStore::open(run_, true); });
  store_.reset();
  EXPECT_NO_THROW(FindingStore::open(run_, true));
}

TEST_F(Store, TheLockDiesWithItsProcess) {
  create();
  store_.reset();
  const pid_t child = fork();
  if (child == 0) {
    const auto held = FindingStore::open(run_, true);
    _exit(0);  // without any destructor
  }
  waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(FindingStore::open(run_, true));
}

TEST_F(Store, AClosedRunIsOneFile) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  store_.reset();
  EXPECT_FALSE(fs::exists(run_ / "run.sqlite-wal"));
  EXPECT_FALSE(fs::exists(run_ / "run.sqlite-shm"));
}

TEST_F(Store, TheSummaryIsReplacedWhole) {
  create();
  store_->write_summary(R"({"found":1})");
  store_->write_summary(R"({"found":2})");
  EXPECT_EQ(contents(run_ / "summary.json"), R"({"found":2})");
  EXPECT_FALSE(fs::exists(run_ / "summary.json.new"));
}

TEST(PngName, SortsBySeed) {
  EXPECT_EQ(png_name(sample_finding(12, 3, FindingKind::kBothChanged)), "000012_3_both_changed.png");
  EXPECT_EQ(png_name(sample_finding(1234567, 0, FindingKind::kNatural)), "1234567_0_natural.png");
}

}  // namespace
}  // namespace dflare::test
