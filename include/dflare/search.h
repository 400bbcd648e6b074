// The engine: chains in lockstep over shared models, budgets, confirmation.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/finding.h"
#include "dflare/model.h"
#include "dflare/oracle.h"
#include "dflare/pair_figures.h"
#include "dflare/seeds.h"
#include "dflare/strategy.h"

namespace dflare {

enum class SeedFilter {
  kAuto,     // correct where labels are given, agree where not
  kCorrect,  // both models give the true label
  kAgree,    // both models give the same label (the paper's experiments)
};

inline constexpr int kMostRows = 65536;
inline constexpr int kMostNeighbours = 1000;

struct SearchSettings {
  StrategyOptions strategy;
  Acceptance acceptance;
  PerturbationBudget budget;
  Goal goal = Goal::kDeviation;
  NaturalBox natural_box = *named_natural_box("default");  // of the strategy `natural` and of natural climbing
  Refine refine = Refine::kNone;
  std::int64_t refine_queries = 400;  // a finding, besides max_queries
  std::int64_t total_queries = 0;     // a seed, searching and refining together; 0: no such limit
  double min_severity = 0;            // findings below it after refining do not count, and their chains go on
  SeedFilter seed_filter = SeedFilter::kAuto;
  std::optional<OutputKind> output;  // what both models' outputs are, where that is declared
  OracleChoice oracle;               // when two answers differ
  std::uint64_t rng_seed = 0;
  int findings_per_seed = 1;        // distinct ones; a chain goes on until it has so many, >= 1
  std::int64_t max_queries = 2000;  // a finding: the first of a seed with the seed's own query included
  double timeout_seconds = 0;       // a seed; 0: none
  double time_limit_seconds = 0;    // a run(), without start-up; 0: none
  std::optional<std::chrono::steady_clock::time_point> deadline;  // of all, start-up included
  // Usable seeds to search; 0: all. Inputs after the last one that is needed are not asked (status not_asked).
  std::int64_t max_seeds = 0;
  int confirm = 1;        // single queries that must agree for a finding to count, >= 1
  int robust = 1;         // neighbours of a finding that are asked (Robustness); 0: none. Texts have none
  double min_robust = 0;  // least share of them that deviates for a finding to count, 0 to 1; natural ones do anyway
  int batch = 0;          // rows a call, at most kMostRows; 0: measured at start-up
  int workers = 0;        // threads, at most LiveProgress::kMostWorkers; 0: one a core
  int original_label_offset = 0;  // output index of the class that labels call 0
  int compressed_label_offset = 0;
  int shard = 0, shards = 1;  // searches the usable seeds i with i mod shards == shard
};

// The two models under comparison. Owned by the caller; the engine clones them for its workers.
struct Pair {
  Model* original = nullptr;
  Model* compressed = nullptr;
};

// What start-up found out about the pair, recorded with the run.
struct PairFacts {
  OutputReading original, compressed;
  bool rows_exact = false;  // batch 1 and batch n answered the same bits
  int batch = 0;
  int workers = 0;
  double accuracy_original = -1, accuracy_compressed = -1;  // top-1, ties by first index, over readable labelled seeds
  PairFigures figures;                                      // over the same seeds
  double agreement = -1;                                    // labels by first index, over readable seeds
};

// Seconds, summed over the workers, that each step of the way took. For the benchmark and the closing table.
struct StepSeconds {
  double mutate = 0;   // strategies proposing
  double query = 0;    // both models, filling their tensors included
  double judge = 0;    // reading outputs, verdicts, strategies observing (states, selection)
  double confirm = 0;  // encoding, decoding, asking alone, and neighbours
  double store = 0;    // writing events, in a thread beside the workers
};

// Inputs on which a model fails that end their chains only; the run gives up with the next.
inline constexpr std::int64_t kMostFailedInputs = 100;

// What one worker is asking a model, for a watchdog on another thread.
class QueryUnderWay {
 public:
  // Model, inputs and seeds (one an input, or none) stay as they are until end().
  void begin(const Model& model, std::span<const InputView> inputs, std::span<const SeedIndex> seeds);
  void end();
  // Steady-clock nanoseconds at which it began; 0 while none runs.
  [[nodiscard]] std::int64_t started() const { return started_.load(std::memory_order_relaxed); }

  struct Copy {
    std::string model;  // its path
    std::vector<Input> inputs;
    std::vector<SeedIndex> seeds;
  };
  // What is being asked; nothing while none runs.
  [[nodiscard]] std::optional<Copy> look() const;
  // A further instance of the model that is being asked; null while none runs.
  [[nodiscard]] std::unique_ptr<Model> clone_model() const;

 private:
  mutable std::mutex lock_;
  std::atomic<std::int64_t> started_{0};
  const Model* model_ = nullptr;
  std::span<const InputView> inputs_;
  std::span<const SeedIndex> seeds_;
};

// Counters that any thread may read while the engine runs: for the progress display and a watchdog.
struct LiveProgress {
  // Start-up: inputs that both models were asked, and are to be asked as far as is known (more where --max-seeds is not
  // met by these).
  std::atomic<std::int64_t> inputs_asked{0}, inputs_to_ask{0};
  // found: seeds with a confirmed finding.
  std::atomic<std::int64_t> seeds_total{0}, seeds_done{0}, found{0}, natural{0}, flaky{0}, queries{0};
  static constexpr int kMostWorkers = 256;
  QueryUnderWay queries_under_way[kMostWorkers];  // one a worker; start-up uses them too
  // What is asked outside searches (see AskOptions): steady-clock nanoseconds at which a query was started; 0: none.
  std::atomic<std::int64_t> query_started[kMostWorkers]{};
  std::atomic<bool> stop{false};  // set by the caller (Ctrl-C): the engine ends soon, everything found kept
};

// How the engine ended.
enum class SearchEnd { kComplete, kTimeLimit, kStopped };  // the last two: chains were left unfinished

struct SearchResult {
  SearchEnd end = SearchEnd::kComplete;
  StepSeconds steps;
  double wall_seconds = 0;  // chains only, without start-up
};

// Refuses settings that are out of their ranges, before any model is opened: kBadArgument with the option that helps.
// A Search checks them too.
void check_settings(const SearchSettings& settings);

// A search in two acts, so that a caller can record the facts before the first chain starts.
//   Search search(pair, seeds, settings);   // asks both models all seeds, measures the batch, freezes the context
//   search.run(done_before, sink);
class Search {
 public:
  // Throws kBadArgument for settings that contradict the models or a deadline that passes while inputs are left to be
  // asked, kNoUsableSeed, kModelFailed.
  // `live` may be null; it must outlive the search. Seeds must outlive it too. Where live->stop is set meanwhile it
  // returns soon and knows a part only: such a search is not to be run.
  Search(Pair pair, const SeedSet& seeds, SearchSettings settings, LiveProgress* live = nullptr);
  ~Search();
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  [[nodiscard]] const RunContext& context() const;
  [[nodiscard]] const PairFacts& facts() const;
  // The seeds whose chains this search (and shard) runs, natural ones included.
  [[nodiscard]] const std::vector<SeedIndex>& plan() const;
  // Seeds on which a model fails, rising; run() tells the sink of them.
  [[nodiscard]] const std::vector<FailedInput>& failed_seeds() const;

  // Runs the chains of plan() that are not in `done` (sorted). Events arrive at the sink from a thread of its own, and
  // all are written when it returns or throws. Whatever ends the run, every confirmed finding is among them.
  // An input on which a model fails ends its chain (Events::failed). Throws kModelFailed where a model no longer
  // answers the seed either or after kMostFailedInputs, and what the sink throws.
  SearchResult run(const std::vector<SeedIndex>& done, EventSink& sink);

  // For a watchdog, from another thread, while a query of run() hangs (live's slot of that number): asks its inputs
  // again one by one until one has not been answered for `patience_seconds`, stores that input, ends its seed's chain
  // and returns the input. Nothing where all were answered, or no query hangs any more. The program is to be ended
  // after it: a call into a runtime cannot be.
  std::optional<FailedInput> note_hung(int slot, double patience_seconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dflare
