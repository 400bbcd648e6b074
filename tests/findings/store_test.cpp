// The run folder: what was written is read back; reruns replace; bad folders are refused.
#include "dflare/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
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
  EXPECT_EQ(g.robust.asked, f.robust.asked);
  EXPECT_EQ(g.robust.deviating, f.robust.deviating);
  EXPECT_EQ(g.distance.linf, f.distance.linf);
  EXPECT_EQ(g.distance.l2, f.distance.l2);
  EXPECT_EQ(g.queries, f.queries);
  EXPECT_EQ(g.seconds, f.seconds);
  EXPECT_EQ(g.how, f.how);
  EXPECT_EQ(g.answers, f.answers);
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

TEST_F(Store, FilesThatLookLikeImagesOfTheRunAreLeftAlone) {
  create();
  store_->write({.findings = {sample_finding(1)}, .not_finite = {{SeedIndex(4), true, false, sample_png(9)}}});
  const std::vector<std::string> photos = {"findings/20240101_120000.png", "findings/000009_0_compressed_lost.png",
                                           "flaky/000001_0_natural.png", "not_finite/000012.png",
                                           "findings/123456.png"};
  for (const std::string& photo : photos) folder_.write("run/" + photo, std::string_view("a photo"));
  reopen();
  store_->derive_pngs();
  for (const std::string& photo : photos) EXPECT_EQ(contents(run_ / photo), "a photo") << photo;
}

TEST_F(Store, NothingIsWrittenThroughALinkNamedLikeAnImage) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  const fs::path image = run_ / "findings/000001_0_compressed_lost.png";
  const fs::path photo = folder_.write("photo.png", std::string_view("a photo"));
  for (const bool hard : {false, true}) {
    fs::remove(image);
    hard ? fs::create_hard_link(photo, image) : fs::create_symlink(photo, image);
    reopen();
    store_->derive_pngs();
    EXPECT_EQ(contents(photo), "a photo");
    EXPECT_EQ(contents(image), text_of(sample_finding(1).png));
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(image)));
  }
}

TEST_F(Store, AFolderOfImagesThatIsALinkIsRefused) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  fs::remove_all(run_ / "findings");
  const fs::path photo = folder_.write("photos/000001_0_compressed_lost.png", std::string_view("a photo"));
  fs::create_directory_symlink(folder_ / "photos", run_ / "findings");
  reopen();
  expect_error(ErrorCode::kCannotWrite, "findings: a link", [&] { store_->derive_pngs(); });
  EXPECT_EQ(contents(photo), "a photo");
}

TEST_F(Store, TheSummaryIsWrittenThroughNoLink) {
  create();
  const fs::path letter = folder_.write("letter.txt", std::string_view("a letter"));
  fs::create_symlink(letter, run_ / "summary.json");
  fs::create_symlink(letter, run_ / "summary.json.new");
  store_->write_summary("{}");
  EXPECT_EQ(contents(letter), "a letter");
  EXPECT_EQ(contents(run_ / "summary.json"), "{}");
}

// ---- damage

// Flips one bit of run.sqlite inside `bytes`, which it holds once.
void flip_in(const fs::path& run, const std::string& bytes) {
  std::string file = contents(run / "run.sqlite");
  const std::size_t at = file.find(bytes);
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(file.find(bytes, at + 1), std::string::npos) << "more than once";
  file[at + bytes.size() / 2] ^= 1;
  std::ofstream(run / "run.sqlite", std::ios::binary) << file;
}

TEST_F(Store, ADamagedImageIsToldAndTheGoodFileStays) {
  create();
  store_->write({.findings = {sample_finding(1), sample_finding(2)}});
  store_.reset();
  flip_in(run_, text_of(sample_finding(2).png));
  reopen();
  expect_error(ErrorCode::kBadInput, "the image of finding 2:0 is damaged", [&] { store_->derive_pngs(); });
  EXPECT_EQ(contents(run_ / "findings/000002_0_compressed_lost.png"), text_of(sample_finding(2).png));
  expect_error(ErrorCode::kBadInput, "finding 2:0", [&] { (void)findings_of(*store_); });
}

TEST_F(Store, DamagedFactsAreTold) {
  create();
  Finding odd = sample_finding(1);
  odd.how = R"({"end_point":"corrupt"})";
  store_->write({.findings = {odd}});
  store_.reset();
  flip_in(run_, odd.how);
  reopen();
  expect_error(ErrorCode::kBadInput, "what was recorded of finding 1:0 is damaged",
               [&] { store_->for_each_finding(false, [](const Finding&) {}); });
}

TEST_F(Store, DamagedAnswersAreTold) {
  create();
  const Finding finding = sample_finding(1);
  store_->write({.findings = {finding}});
  store_.reset();
  flip_in(run_, finding.answers);
  reopen();
  expect_error(ErrorCode::kBadInput, "what the models made of finding 1:0 is damaged",
               [&] { store_->for_each_finding(false, [](const Finding&) {}); });
}

TEST_F(Store, ARerunReplacesTheAnswersToo) {
  create();
  Finding finding = sample_finding(1);
  store_->write({.findings = {finding}});
  reopen();
  finding.answers.clear();
  store_->write({.findings = {finding}});
  EXPECT_EQ(test::findings_of(*store_).at(0).answers, "");
}

TEST_F(Store, ADamagedRecordIsTold) {
  create();
  store_->record({R"({"strategy":"boundary"})", R"({"batch":64})", "[]"});
  store_.reset();
  flip_in(run_, R"({"batch":64})");
  reopen();
  expect_error(ErrorCode::kBadInput, "the record of its facts is damaged", [&] { (void)store_->record(); });
}

TEST_F(Store, ADamagedAnswerThatIsNotFiniteIsTold) {
  create();
  store_->write({.not_finite = {{SeedIndex(4), true, false, sample_png(9)}}});
  store_.reset();
  flip_in(run_, text_of(sample_png(9)));
  reopen();
  expect_error(ErrorCode::kBadInput, "input 4", [&] { (void)store_->not_finite(); });
}

TEST_F(Store, NumbersThatSqliteKeepsOtherwiseAreNoDamage) {
  create();
  Finding odd = sample_finding(1);
  odd.severity = std::numeric_limits<double>::quiet_NaN();
  odd.margin_original = std::numeric_limits<double>::infinity();
  odd.margin_compressed = -0.0;
  odd.severity_found = 3;
  store_->write({.findings = {odd}, .done = {sample_done(1)}});
  reopen();
  EXPECT_EQ(findings_of(*store_).size(), 1U);
  EXPECT_EQ(store_->done().size(), 1U);
}

// ---- runs of an earlier dflare

// Brings the file back to the format before checksums.
void make_old(const fs::path& run) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((run / "run.sqlite").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db,
                         "ALTER TABLE record DROP COLUMN checksum; ALTER TABLE findings DROP COLUMN checksum;"
                         "ALTER TABLE findings DROP COLUMN png_checksum; ALTER TABLE not_finite DROP COLUMN checksum;"
                         "ALTER TABLE done DROP COLUMN checksum; DROP TABLE replaced; PRAGMA user_version = 2",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

TEST_F(Store, ARunOfTheFormatBeforeIsReadAndGoneOnWith) {
  create();
  store_->record({"{}", "{}", "[]"});
  store_->write({.findings = {sample_finding(1)}, .done = {sample_done(1)}});
  store_.reset();
  make_old(run_);
  {
    const auto reader = FindingStore::open(run_, false);
    EXPECT_EQ(findings_of(*reader).size(), 1U);
    EXPECT_EQ(reader->done().size(), 1U);
    EXPECT_EQ(reader->record().seeds, "[]");
  }
  reopen();
  store_->write({.findings = {sample_finding(2)}, .done = {sample_done(2)}});
  store_->derive_pngs();
  store_.reset();
  flip_in(run_, text_of(sample_finding(2).png));
  reopen();
  expect_error(ErrorCode::kBadInput, "finding 2:0", [&] { (void)findings_of(*store_); });
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

TEST_F(Store, AFindingYetToBeRefinedIsKeptUntilItsSeedIsDone) {
  create();
  store_->write({.unsettled = {sample_finding(1), sample_finding(2)}});
  reopen();
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {2, 0}})) << "the process was killed while it refined";
  store_->write({.findings = {sample_finding(1, 0, FindingKind::kBothChanged)}, .done = {sample_done(1)}});
  store_->write({.not_finite = {{SeedIndex(2), true, false, sample_png(1)}}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}, {2, 0}})) << "a rerun that has not come so far takes nothing along";
  EXPECT_EQ(findings_of(*store_)[0].kind, FindingKind::kBothChanged) << "settled";
  store_->write({.done = {sample_done(2)}});
  EXPECT_EQ(keys_of(*store_), (Keys{{1, 0}})) << "its last form did not count";
}

TEST_F(Store, InputsThatFailSurviveAndTakeNoFindingAlong) {
  create();
  SeedDone failed = sample_done(3);
  failed.end = ChainEnd::kModelFailed;
  store_->write({.unsettled = {sample_finding(3)},
                 .failed = {{SeedIndex(3), false, true, true, "no answer", sample_png(3)}},
                 .done = {failed}});
  reopen();
  ASSERT_EQ(store_->failed().size(), 1U);
  const FailedInput input = store_->failed()[0];
  EXPECT_EQ(input.seed, SeedIndex(3));
  EXPECT_FALSE(input.original);
  EXPECT_TRUE(input.compressed);
  EXPECT_TRUE(input.hung);
  EXPECT_EQ(input.why, "no answer");
  EXPECT_EQ(input.png, sample_png(3));
  EXPECT_EQ(store_->done()[0].end, ChainEnd::kModelFailed);
  EXPECT_EQ(keys_of(*store_), (Keys{{3, 0}}));
  store_->derive_pngs();
  EXPECT_TRUE(fs::exists(run_ / "failed/000003.png"));
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

TEST_F(Store, ImagesThatARerunReplacedGoEvenAfterACrash) {
  create();
  store_->write({.findings = {sample_finding(1, 0), sample_finding(1, 1)}});
  reopen();
  store_->write({.findings = {sample_finding(1, 0, FindingKind::kBothChanged)}, .done = {sample_done(1)}});
  reopen();  // what a crash before derive_pngs leaves
  store_->derive_pngs();
  EXPECT_EQ(std::distance(fs::directory_iterator(run_ / "findings"), {}), 1);
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
  store_->record({"{}", "{}", "[]"});
  store_.reset();
  expect_error(ErrorCode::kBadArgument, "dflare resume " + run_.string(), [&] { create(); });
}

TEST_F(Store, ARunThatNeverBeganIsStartedOver) {
  create();
  store_.reset();
  EXPECT_NO_THROW(create()) << "stopped after the tables were made";
  store_.reset();
  for (const char* file : {"run/run.sqlite", "run/run.sqlite-journal"}) folder_.write(file, std::string_view(""));
  EXPECT_NO_THROW(create()) << "stopped before";
  store_->record({"{}", "{}", "[]"});
  store_.reset();
  expect_error(ErrorCode::kBadArgument, "holds a run already", [&] { create(); });
}

TEST_F(Store, ARunThatNeverBeganIsKeptWithOtherFilesBesideIt) {
  create();
  store_.reset();
  folder_.write("run/thesis.txt", std::string_view("years of work"));
  expect_error(ErrorCode::kBadArgument, "holds a run already", [&] { create(); });
  EXPECT_EQ(contents(run_ / "thesis.txt"), "years of work");
}

TEST_F(Store, ARunThatIsBeingStartedIsLeftToItsOwner) {
  create();
  expect_error(ErrorCode::kCannotWrite, "another process is writing", [&] { FindingStore::create(run_); });
}

TEST_F(Store, ARunWhoseFileIsTakenAwayUnderWaySaysSo) {
  create();
  store_->write({.findings = {sample_finding(1)}});
  fs::remove(run_ / "run.sqlite");
  expect_error(ErrorCode::kCannotWrite, "taken away", [&] { store_->write({.findings = {sample_finding(2)}}); });
  expect_error(ErrorCode::kCannotWrite, "taken away", [&] { store_->write_summary("{}"); });
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
