// How a chain chooses its next inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/answers.h"
#include "dflare/budget.h"
#include "dflare/ids.h"
#include "dflare/input.h"
#include "dflare/natural_change.h"
#include "dflare/operators.h"
#include "dflare/oracle.h"
#include "dflare/rng.h"
#include "dflare/seed_status.h"
#include "dflare/seeds.h"
#include "dflare/verdict.h"

namespace dflare {

// --goal: what a search looks for.
enum class Goal {
  kDeviation,
  kRegression,  // the original keeps the seed's label, the compressed model says another: as decisive as the lesser of
                // the original's margin and what the compressed model's falls short
};

// What chains may know beyond their own seed. Frozen before the chains start; rebuilt identically by resumes.
struct RunContext {
  const SeedSet* seeds = nullptr;
  Shape shape;
  std::size_t classes = 0;
  Acceptance acceptance;
  Goal goal = Goal::kDeviation;
  PerturbationBudget budget;
  NaturalBox natural_box = *named_natural_box("default");
  const Oracle* oracle = nullptr;  // null: labels are compared; else answers are as read_together() makes them
  OutputReading original_reading, compressed_reading;
  std::vector<LabelSet> seed_sets;  // of an oracle of sets: what the original gives each seed; else empty
  Answers original, compressed;     // row i: the answers to seed i; rows of seeds unreadable or not asked are zero
  std::vector<SeedStatus> status;   // one a seed
  std::vector<SeedIndex> usable;    // rising

  [[nodiscard]] InputView input(SeedIndex i) const {
    return seeds->seeds[static_cast<std::size_t>(i.value)].input.view();
  }
};

// What a chain does after its inputs were judged.
struct Decision {
  enum class Kind { kGoOn, kDeviation, kGaveUp };
  Kind kind = Kind::kGoOn;
  std::size_t row = 0;  // of the verdict that deviates

  static Decision go_on() { return {}; }
  static Decision deviation(std::size_t row) { return {Kind::kDeviation, row}; }
  static Decision gave_up() { return {Kind::kGaveUp, 0}; }
};

// A place among the natural changes of a seed.
struct NaturalStart {
  std::uint64_t key = 0;  // freezes the noise
  NaturalPlace place{};
};

// How a deviation was reached, as far as refining needs to know it.
struct Way {
  bool natural = false;               // by corruptions of the seed alone
  std::optional<NaturalStart> start;  // where it lies among natural changes
};

// A chain's brain. One instance serves one chain at a time and is reused for the next by begin(). It reads the frozen
// RunContext, its seed and its stream, nothing else, so that findings depend on neither batch size nor threads.
// begin() may allocate; propose() and observe() do not once their memory has grown.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // A new chain: forgets the last one. The context outlives the chain.
  virtual void begin(const RunContext& context, SeedIndex seed, Rng& rng) = 0;
  // Appends up to max_proposals() inputs; `out` has room for that many. Where it appends none, there is nothing new to
  // ask, and the chain ends; so does one whose budget has less left than max_proposals().
  virtual void propose(Rng& rng, Batch& out) = 0;
  [[nodiscard]] virtual std::size_t max_proposals() const { return 1; }
  // verdicts[i] judges the i-th input of the last propose(). A chain that has nothing new left to ask gives up. After a
  // deviation that does not count the chain goes on by rejected(), then propose().
  virtual Decision observe(std::span<const Verdict> verdicts, Rng& rng) = 0;
  // The last deviation did not count (flaky, or too mild): look elsewhere.
  virtual void rejected(Rng& /*rng*/) {}
  // The last deviation counts, and another one is wanted that is not its neighbour: a way of its own from the seed.
  virtual void again(const RunContext& context, SeedIndex seed, Rng& rng) { begin(context, seed, rng); }
  [[nodiscard]] virtual Way way() const { return {}; }
  // How the last deviation was reached, as a JSON object; empty: nothing to tell. Called once a finding.
  [[nodiscard]] virtual std::string how() const { return {}; }
};

// --fitness of `dflare`.
enum class Fitness {
  kPaper,             // a wider gap, or at an equal gap a new state
  kReference,         // the authors' code: any change of the gap, or a new state
  kNoState,           // a wider gap only
  kNoStateReference,  // the authors' code for that: keeps nothing
};

// --end-points of `boundary`: where the far end of a path comes from.
enum class EndPoints {
  kAuto,     // natural corruptions first, another seed where they do not flip both models within a few queries;
             // attack inside a perturbation budget
  kBlend,    // another seed of a different label: costs no query
  kMutate,   // the seed under composed operators
  kCorrupt,  // the seed under one natural corruption
  kAttack,   // random search with squares inside a perturbation budget, on the sum of both margins
};

// --refine: what is done with a finding after it is found.
enum class Refine {
  kNone,
  kClimb,   // raises its severity: what natural means found stays natural, what others found is climbed by pixels
  kPixels,  // local changes that raise its severity, whatever found it
  kShrink,  // smaller distance to the seed while it stays a deviation
};

// Of `diffchaser`. The paper (Xie et al., IJCAI 2019) names m, r2 and k; its code is not public, and these defaults are
// ours: docs/diffchaser.md tells how they were chosen.
struct DiffchaserOptions {
  int population = 20;          // --population: members, the paper's m; 2 to kMaxPopulation. One batch a round
  int k = 2;                    // --k-uncertainty: fitness is top-1 less the k-th probability; >= 2
  double mutation_rate = 0.05;  // --mutation-rate: share of a child's pixels that change, the paper's r2; in (0, 1]
};
inline constexpr int kMaxPopulation = 4096;

// Makes instances of one strategy; what they share (the operators) is made once. Copyable; safe from several threads.
using StrategyFactory = std::function<std::unique_ptr<Strategy>()>;

// A strategy of the caller's own is called "own:NAME".
[[nodiscard]] inline bool is_own_strategy(std::string_view name) { return name.starts_with("own:"); }

// Code of the caller's own, which a run knows by name.
struct OwnCode {
  StrategyFactory strategy;  // makes those of a name "own:..."
  OperatorMaker operators;
};

// What the strategies need to know, by their options' names.
struct StrategyOptions {
  std::string name = "dflare";  // --strategy: boundary, natural, dflare, diffchaser, random
  EndPoints end_points = EndPoints::kAuto;
  Fitness fitness = Fitness::kPaper;
  SelectionPolicy selection = SelectionPolicy::kMetropolisHastings;
  std::string operators = "paper";
  InputKind kind = InputKind::kImage;  // of the inputs that the operators are for
  DiffchaserOptions diffchaser;
  OwnCode own = {};

  // Names code of the caller's own that is not there.
  [[nodiscard]] bool lacks_code() const {
    if (is_own_strategy(name)) return !own.strategy;
    return names_own_operators(operators) && !own.operators;
  }
};

// What is done with a chain's finding: the second phase of a chain, under the same rules as a Strategy.
class Refiner {
 public:
  Refiner() = default;
  Refiner(const Refiner&) = delete;
  Refiner& operator=(const Refiner&) = delete;
  virtual ~Refiner() = default;

  struct Best {
    InputView image;
    int label_original = -1;
    int label_compressed = -1;
    Way way;  // of what it begins with
  };

  // A new finding of that severity (by the run's goal), on which `queries` may be spent. Copies the image.
  virtual void begin(const RunContext& context, SeedIndex seed, const Best& found, double severity,
                     std::int64_t queries) = 0;
  // Appends up to max_proposals() inputs, or none where there is nothing left to gain.
  virtual void propose(Rng& rng, Batch& out) = 0;
  [[nodiscard]] virtual std::size_t max_proposals() const { return 1; }
  // Whether it would take this deviation, of the images of the last propose(), for the best so far.
  [[nodiscard]] virtual bool would_take(const Verdict& deviation) const = 0;
  // Judges them. Returns false when there is nothing left to gain.
  virtual bool observe(std::span<const Verdict> verdicts) = 0;
  // The best deviation so far: at first the one that it began with.
  [[nodiscard]] virtual Best best() const = 0;
  // How the best was reached, as Strategy::how(); empty: as it was found.
  [[nodiscard]] virtual std::string how() const { return {}; }
};

// One a worker's chain; nullptr for kNone.
std::unique_ptr<Refiner> make_refiner(Refine refine);

const std::vector<std::string>& strategy_names();

// Throws kBadArgument naming the nearest known name, and for one of the caller's own that nobody gave.
StrategyFactory make_strategy_factory(const StrategyOptions& options);

}  // namespace dflare
