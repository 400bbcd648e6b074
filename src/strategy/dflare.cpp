// The paper's search (DFLARE, ACM TOSEM 2023, Algorithm 1): keep the mutant that widens the gap between the two models
// or shows a new state of them, and mutate it again.
#include <cmath>
#include <utility>

#include "dflare/observed_states.h"
#include "strategy/repetition.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

constexpr double kEpsilon = 1e-3;            // gaps closer than this are equal (section 3.3)
constexpr float kSquaredStateRadius = 0.5F;  // a state farther than this from all others is new

double gap_of(const AnswerView& original, const AnswerView& compressed) {
  return std::abs(static_cast<double>(original.top_p()) - static_cast<double>(compressed.top_p()));
}

// Whether a mutant replaces x_max.
bool is_fitter(Fitness fitness, double gap, double best_gap, bool new_state) {
  switch (fitness) {
    case Fitness::kPaper:
      return gap > best_gap + kEpsilon || (std::abs(gap - best_gap) <= kEpsilon && new_state);
    case Fitness::kReference:
      return std::abs(gap - best_gap) > kEpsilon || new_state;
    case Fitness::kNoState:
    case Fitness::kNoStateReference:
      return gap > best_gap;
  }
  return false;
}

// The gap to beat at first. The authors' code starts at 0; without states at -1, whose absolute value it compares: no
// gap is wider than 1, so that it never keeps a mutant.
double first_gap(Fitness fitness, double seeds_gap) {
  if (fitness == Fitness::kReference) return 0.0;
  if (fitness == Fitness::kNoStateReference) return 1.0;
  return seeds_gap;
}

bool looks_at_states(Fitness fitness) { return fitness == Fitness::kPaper || fitness == Fitness::kReference; }

class DflareStrategy : public Strategy {
 public:
  DflareStrategy(SharedOperators operators, Fitness fitness, SelectionPolicy selection)
      : operators_(std::move(operators)), fitness_(fitness), selection_policy_(selection) {}

  void begin(const RunContext& context, SeedIndex seed, Rng& /*rng*/) override {
    const auto row = static_cast<std::size_t>(seed.value);
    best_.assign(context.input(seed));
    best_gap_ = first_gap(fitness_, gap_of(context.original[row], context.compressed[row]));
    states_.reset(2 * context.classes, kSquaredStateRadius);
    states_.add_if_new(context.original[row].p, context.compressed[row].p);
    selection_.reset(selection_policy_, operators_->size());
    repetition_.begin(context.input(seed));
  }

  void propose(Rng& rng, Batch& out) override {
    const OperatorId chosen = selection_.next(rng);
    (*operators_)[static_cast<std::size_t>(chosen.value)]->apply(best_.view(), out.append(), rng);
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& /*rng*/) override {
    const Verdict& mutant = verdicts.front();
    selection_.update(mutant.deviates || (mutant.finite && improves(mutant)));
    if (mutant.deviates) return Decision::deviation(0);
    repetition_.see(mutant.input);
    return repetition_.stuck() ? Decision::gave_up() : Decision::go_on();
  }

 private:
  bool improves(const Verdict& mutant) {
    const double gap = gap_of(mutant.original, mutant.compressed);
    const bool new_state = looks_at_states(fitness_) && states_.add_if_new(mutant.original.p, mutant.compressed.p);
    if (!is_fitter(fitness_, gap, best_gap_, new_state)) return false;
    best_.assign(mutant.input);
    best_gap_ = gap;
    return true;
  }

  SharedOperators operators_;
  Fitness fitness_;
  SelectionPolicy selection_policy_;
  Input best_;  // x_max
  double best_gap_ = 0;
  ObservedStates states_;
  OperatorSelection selection_;
  Repetition repetition_;
};

}  // namespace

std::unique_ptr<Strategy> make_dflare(SharedOperators operators, Fitness fitness, SelectionPolicy selection) {
  return std::make_unique<DflareStrategy>(std::move(operators), fitness, selection);
}

}  // namespace dflare
