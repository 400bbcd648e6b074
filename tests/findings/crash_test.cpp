// What was committed survives kill -9, full disks and places that cannot be written.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "findings/samples.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

namespace fs = std::filesystem;

// Two findings and the end of a seed: whole or not at all.
Events step(int seed) {
  return {.findings = {sample_finding(seed, 0), sample_finding(seed, 1)}, .done = {sample_done(seed)}};
}

[[noreturn]] void write_for_ever(const fs::path& run) {
  const auto store = FindingStore::open(run, true);
  for (int seed = static_cast<int>(store->done().size());; ++seed) store->write(step(seed));
}

std::string integrity(const fs::path& run) {
  sqlite3* db = nullptr;
  std::string answer;
  sqlite3_open((run / "run.sqlite").c_str(), &db);
  sqlite3_exec(
      db, "PRAGMA integrity_check",
      [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += values[0];
        return 0;
      },
      &answer, nullptr);
  sqlite3_close(db);
  return answer;
}

void expect_whole(FindingStore& store) {
  std::map<int, int> findings;
  for (const Finding& f : findings_of(store)) {
    ++findings[f.seed.value];
    EXPECT_EQ(decode_image(f.png, "finding"), sample_image(static_cast<std::uint8_t>(f.seed.value * 16 + f.ordinal)));
  }
  const std::vector<SeedDone> done = store.done();
  EXPECT_EQ(findings.size(), done.size());
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i].seed.value, static_cast<int>(i));
  for (const auto& [seed, count] : findings) EXPECT_EQ(count, 2) << seed;
}

TEST(Crash, EveryWrittenStepIsWholeAfterKillNine) {
  const Folder folder;
  const fs::path run = folder / "run";
  FindingStore::create(run);
  std::uint32_t random = 12345;
  std::size_t before = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    if (child == 0) write_for_ever(run);
    random = random * 1664525 + 1013904223;
    std::this_thread::sleep_for(std::chrono::microseconds(20'000 + random % 60'000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);

    const auto store = FindingStore::open(run, true);
    expect_whole(*store);
    EXPECT_GE(store->done().size(), before) << "nothing that was there is lost";
    before = store->done().size();
    EXPECT_EQ(integrity(run), "ok");
    store->derive_pngs();
    EXPECT_EQ(std::distance(fs::directory_iterator(run / "findings"), {}), std::ssize(findings_of(*store)));
  }
  EXPECT_GT(before, 12U) << "the writers got to write";
}

TEST(Crash, AJournalThatAKilledWriterLeftIsPutRightByTheNextReader) {
  const Folder folder;
  const fs::path run = folder / "run";
  FindingStore::create(run)->write(step(0));
  const pid_t child = fork();
  if (child == 0) {  // dies within a transaction that has reached the file
    sqlite3* db = nullptr;
    sqlite3_open((run / "run.sqlite").c_str(), &db);
    sqlite3_exec(db, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; DELETE FROM done; DELETE FROM findings;",
                 nullptr, nullptr, nullptr);
    sqlite3_exec(db, "CREATE TABLE x (b); INSERT INTO x VALUES (randomblob(200000)), (randomblob(200000))", nullptr,
                 nullptr, nullptr);
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(fs::exists(run / "run.sqlite-journal"));
  const auto store = FindingStore::open(run, false);
  expect_whole(*store);
  EXPECT_EQ(store->done().size(), 1U);
}

// Writes until the store refuses; how many steps it took.
int write_until_refused(FindingStore& store, ErrorCode& code) {
  for (int seed = 0; seed < 100'000; ++seed) {
    try {
      store.write(step(seed));
    } catch (const Error& e) {
      code = e.code();
      return seed;
    }
  }
  return -1;
}

// A file system of our own; skipped where the system does not grant one.
class Mount {
 public:
  Mount(const fs::path& folder, const char* options) : folder_(folder) {
    fs::create_directories(folder_);
    mounted_ = mount("none", folder_.c_str(), "tmpfs", 0, options) == 0;
  }
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;
  ~Mount() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool granted() const { return mounted_; }
  bool make_read_only() { return mount("none", folder_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0; }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

TEST(FullDisk, EndsTheRunAndKeepsWhatWasFound) {
  const Folder folder;
  const Mount disk(folder / "disk", "size=1m");
  if (!disk.granted()) GTEST_SKIP() << "cannot mount a small disk here";
  const fs::path run = folder / "disk/run";
  ErrorCode code{};
  int steps = 0;
  {
    const auto store = FindingStore::create(run);
    steps = write_until_refused(*store, code);
    EXPECT_EQ(code, ErrorCode::kCannotWrite);
    expect_error(ErrorCode::kCannotWrite, "dflare resume", [&] {
      for (int seed = steps; seed < steps + 1000; ++seed) store->write(step(seed));
    });
  }
  EXPECT_GT(steps, 10);
  const auto store = FindingStore::open(run, false);
  EXPECT_GE(std::ssize(store->done()), steps);
  EXPECT_EQ(findings_of(*store).size(), 2 * store->done().size());
}

TEST(FullDisk, AFileThatMayGrowNoFurtherEndsTheRun) {
  const Folder folder;
  const pid_t child = fork();
  if (child == 0) {  // the limit is for the whole process
    std::signal(SIGXFSZ, SIG_IGN);
    const auto store = FindingStore::create(folder / "run");
    const rlimit limit{500'000, 500'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    ErrorCode code{};
    const int steps = write_until_refused(*store, code);
    _exit(steps > 10 && code == ErrorCode::kCannotWrite ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const auto store = FindingStore::open(folder / "run", true);
  EXPECT_GT(store->done().size(), 10U);
  EXPECT_EQ(findings_of(*store).size(), 2 * store->done().size());
  EXPECT_EQ(integrity(folder / "run"), "ok");
}

TEST(ReadOnlyFolder, CannotBeWrittenButAClosedRunIsRead) {
  const Folder folder;
  Mount disk(folder / "disk", "size=1m");
  if (!disk.granted()) GTEST_SKIP() << "cannot mount a disk here";
  FindingStore::create(folder / "disk/run")->write(step(0));
  if (!disk.make_read_only()) GTEST_SKIP() << "cannot make it read-only";
  EXPECT_EQ(findings_of(*FindingStore::open(folder / "disk/run", false)).size(), 2U);
  expect_error(ErrorCode::kCannotWrite, "disk/run", [&] { FindingStore::open(folder / "disk/run", true); });
  expect_error(ErrorCode::kCannotWrite, "disk/other", [&] { FindingStore::create(folder / "disk/other"); });
}

TEST(ReadOnlyFolder, SystemFoldersCannotBeWritten) {
  expect_error(ErrorCode::kCannotWrite, "/proc/dflare", [] { FindingStore::create("/proc/dflare"); });
}

}  // namespace
}  // namespace dflare::test
