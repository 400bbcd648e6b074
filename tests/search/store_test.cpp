// The engine and the run folder together: what a crash leaves is enough to end as if there had been none.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "dflare/error.h"
#include "dflare/store.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

class RunFolder : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::unique_ptr<FindingStore> reopened() const { return FindingStore::open(folder_, true); }

  static Events stored(const FindingStore& store) {
    Events events;
    store.for_each_finding(true, [&](const Finding& f) { events.findings.push_back(f); });
    events.not_finite = store.not_finite();
    events.done = store.done();
    return events;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("dflare_run_folder_" + std::to_string(getpid()));
};

// Writes what is to be said of some seeds, then dies.
class DyingSink : public EventSink {
 public:
  DyingSink(FindingStore& store, std::size_t seeds) : store_(store), left_(seeds) {}
  void write(const Events& events) override {
    Events first = events;
    if (first.done.size() > left_) first.done.resize(left_);
    left_ -= first.done.size();
    if (left_ == 0) {
      std::erase_if(first.findings, [&](const Finding& f) {
        return std::ranges::find(first.done, f.seed, &SeedDone::seed) == first.done.end();
      });
    }
    store_.write(first);
    if (left_ == 0) throw Error(ErrorCode::kCannotWrite, "killed");
  }

 private:
  FindingStore& store_;
  std::size_t left_;
};

TEST_F(RunFolder, ResumedAgainAndAgainEndsAsTheRunThatWasNeverStopped) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  const SearchSettings s = toy::settings();
  FindingStore::create(folder_)->record({"{}", "{}", "[]"});
  std::size_t done = 0;
  int resumes = 0;
  while (done < 40) {
    const std::unique_ptr<FindingStore> store = reopened();
    std::vector<SeedIndex> before;
    for (const SeedDone& d : store->done()) before.push_back(d.seed);
    DyingSink sink(*store, 15);
    try {
      Search(models.pair(), seeds, s).run(before, sink);
    } catch (const Error&) {
      ++resumes;
    }
    ASSERT_GT(store->done().size(), done) << "no step forward";
    done = store->done().size();
  }
  EXPECT_GT(resumes, 1);
  EXPECT_EQ(toy::told(stored(*reopened())), toy::told(toy::search(models, seeds, s)));
}

}  // namespace
}  // namespace dflare
