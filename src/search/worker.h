// One worker: its own instances of both models, and its chains advanced in lockstep.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <vector>

#include "dflare/search.h"
#include "search/clock.h"
#include "search/confirmation.h"
#include "search/pair_instance.h"

namespace dflare {

// What the workers of a run share.
struct SharedWork {
  const RunContext& context;
  const PairFacts& facts;
  const SearchSettings& settings;
  StrategyFactory make_strategy;
  std::span<const SeedIndex> pending;  // seeds whose chains are to run
  std::atomic<std::size_t> next_pending{0};
  std::atomic<bool> stop{false};  // a worker failed, or time is up
  EventSink& sink;
  std::mutex sink_lock;
  LiveProgress& live;
  Stopwatch started;
};

class Worker {
 public:
  Worker(const Pair& pair, SharedWork& work, int number);

  // Until no seed is left, or the run is stopped. Throws kModelFailed, kCannotWrite.
  void run();
  [[nodiscard]] const StepSeconds& steps() const { return steps_; }

 private:
  // A chain and its place in the current batch.
  struct Chain {
    std::unique_ptr<Strategy> strategy;
    std::unique_ptr<Refiner> refiner;  // null: findings stay as they are found
    Rng rng;
    SeedDone tally;
    std::size_t first_row = 0;
    std::size_t rows = 0;
    int findings = 0;                               // ordinals given out, those that do not count included
    std::int64_t queries_before = 0;                // of the last finding that counts
    std::vector<std::vector<std::uint8_t>> images;  // of the findings that count
    bool active = false;
    bool refining = false;
    Finding found;  // while refining
  };

  // A deviation that a chain claims, to be confirmed. Of the verdict's answers only the labels stay valid.
  struct Claim {
    Chain* chain;
    Verdict verdict;
  };

  [[nodiscard]] bool stopped();
  // One step of every chain; nothing is left in the batch when no seed is.
  void advance();
  void fill_chains();
  void start(Chain& chain, SeedIndex seed);
  void report_natural(SeedIndex seed);
  void propose();
  void judge_all(double query_seconds);
  void judge_chain(Chain& chain);
  void note_not_finite(Chain& chain, const Verdict& verdict);
  void judge_refined(Chain& chain);
  void confirm(const Claim& claim);
  void settle(Chain& chain, Finding finding);
  void go_on_after(Chain& chain, Finding finding);
  void finish_refining(Chain& chain);
  void check_budget(Chain& chain);
  void end(Chain& chain, ChainEnd how);
  void write_events();
  [[nodiscard]] int label_of(SeedIndex seed) const;

  SharedWork& work_;
  PairInstance pair_;
  Confirmation confirmation_;
  std::vector<Chain> chains_;
  Batch batch_;
  std::vector<Verdict> verdicts_;
  std::vector<Claim> claims_;
  std::vector<Chain*> refined_;  // chains whose refining ended in this step
  Events events_;
  int seeds_found_ = 0;  // among events_: seeds with their first finding that counts
  StepSeconds steps_;
};

}  // namespace dflare
