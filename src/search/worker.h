// One worker: its own instances of both models, and its chains advanced in lockstep.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "dflare/error.h"
#include "dflare/search.h"
#include "search/clock.h"
#include "search/confirmation.h"
#include "search/event_writer.h"
#include "search/neighbourhood.h"
#include "search/pair_instance.h"
#include "search/run_clock.h"

namespace dflare {

// What the workers of a run share.
struct SharedWork {
  const RunContext& context;
  const PairFacts& facts;
  const SearchSettings& settings;
  const StrategyFactory& make_strategy;
  std::span<const SeedIndex> pending;  // seeds whose chains are to run
  std::size_t workers;                 // that share them
  const RunClock& clock;
  EventWriter& writer;
  LiveProgress& live;
  std::atomic<std::size_t> next_pending{0};
  std::atomic<std::int64_t> failed_inputs{0};
  std::atomic<SearchEnd> end{SearchEnd::kComplete};  // why chains were left unfinished, by the worker that saw it first
};

class Worker {
 public:
  Worker(const Pair& pair, SharedWork& work, int number);

  // Until no seed is left, the run is to stop, or another worker has failed. Whatever ends it, every confirmed finding
  // is handed to the writer. Throws kModelFailed.
  void run(const std::atomic<bool>& another_failed);
  [[nodiscard]] const StepSeconds& steps() const { return steps_; }

 private:
  enum class Phase { kIdle, kSearching, kRefining };

  // A chain and its place in the current batch.
  struct Chain {
    std::unique_ptr<Strategy> strategy;
    std::unique_ptr<Refiner> refiner;  // null: findings stay as they are found
    Phase phase = Phase::kIdle;
    Rng rng;
    SeedDone tally;
    std::size_t first_row = 0;  // in the batch
    std::size_t rows = 0;
    std::size_t first_answer = 0;                   // of its rows
    std::int64_t refine_limit = 0;                  // queries, of the finding that is being refined
    int findings = 0;                               // ordinals given out, those that do not count included
    std::int64_t queries_before = 0;                // of the last finding that counts
    std::vector<std::vector<std::uint8_t>> images;  // of the findings that count
    Finding found;                                  // while refining: confirmed, as it was found
  };

  // A deviation that a chain claims, to be confirmed. Of the verdict's answers only the labels stay valid.
  struct Claim {
    Chain* chain;
    Verdict verdict;
  };

  // Chains that are under way or to be started.
  [[nodiscard]] bool has_work() const;
  // Whether the run ends before its chains do; notes why.
  [[nodiscard]] bool stopped(const std::atomic<bool>& another_failed);
  // One step of every chain.
  void advance();
  void hand_over();

  // Phases of a chain.
  void fill_chains(const std::atomic<bool>& another_failed);
  void start(Chain& chain, SeedIndex seed);
  void report_natural(SeedIndex seed);
  [[nodiscard]] double aimed_at(const Finding& finding) const;
  [[nodiscard]] std::int64_t queries_for_refining(const Chain& chain) const;
  void confirm(const Claim& claim);
  void finish_refining(Chain& chain);
  // How robust a confirmed finding is, where that is not known. A neighbour on which a model fails is kept as evidence
  // and leaves it unmeasured.
  void measure(SeedDone& tally, Finding& finding);
  [[nodiscard]] Robustness robustness(SeedDone& tally, InputView input);
  void measure_and_settle(Chain& chain, Finding finding);
  void settle(Chain& chain, Finding finding);
  void go_on_after(Chain& chain, Finding finding);
  void end(Chain& chain, ChainEnd how);
  // Chains that are refining settle for the best confirmed form there is, and none ends: all run again from their
  // beginnings when the run goes on. `ask`: whether the models still answer.
  void leave_chains(bool ask);
  // Whether a finding in this form would count.
  [[nodiscard]] bool counts(const Chain& chain, const Finding& finding) const;
  [[nodiscard]] bool is_fragile(const Robustness& robust) const;
  [[nodiscard]] bool time_is_spent(const Chain& chain) const;
  void check_budget(Chain& chain);

  // The two halves of a step.
  void propose();
  void judge_all(double query_seconds);
  void judge_chain(Chain& chain);
  void judge_refined(Chain& chain);
  // With --min-robust, what the refiner would take but is fragile is no deviation to it.
  void strike_fragile(Chain& chain);
  void note_not_finite(Chain& chain, const Verdict& verdict);

  // Models that fail.
  void ask_batch();
  void collect_rows();
  // Ends the chains with an input on which a model fails alone. False: there is none.
  bool end_failing_chains();
  [[nodiscard]] bool fails(InputView input, SeedIndex seed);
  // Keeps the input as evidence. Throws the model's error where the model no longer answers the seed either, and when
  // there were too many such inputs.
  void note_failure(SeedIndex seed, InputView input, const Error& failure);
  [[nodiscard]] int label_of(SeedIndex seed) const;

  SharedWork& work_;
  PairInstance pair_;
  Confirmation confirmation_;
  Neighbourhood neighbourhood_;
  std::vector<Chain> chains_;
  Batch batch_;
  std::vector<InputView> rows_;       // of the batch, that are asked
  std::vector<SeedIndex> row_seeds_;  // theirs
  std::vector<Verdict> verdicts_;
  std::vector<Claim> claims_;
  std::vector<Chain*> refined_;  // chains whose refining ended in this step
  Events events_;
  int seeds_found_ = 0;  // among events_: seeds with their first finding that counts
  bool leaving_ = false;
  StepSeconds steps_;
};

}  // namespace dflare
