// Random mutations of an input, and how a chain chooses among them (paper, Table 3 and Algorithm 2).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/ids.h"
#include "dflare/input.h"
#include "dflare/rng.h"

namespace dflare {

// One random mutation. Uses nothing but its arguments; safe from several threads at once.
class Operator {
 public:
  Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  virtual ~Operator() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  // Writes a mutant of `in` to `out`, which holds in.shape.bytes() bytes and does not overlap it.
  virtual void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const = 0;
};

using OperatorSet = std::vector<std::unique_ptr<Operator>>;

// Names of the operators of a kind of inputs, in the order of the sets below. Of images: pixel-change, gaussian-noise,
// multiplicative-noise, salt-and-pepper, average-blur, gaussian-blur, median-blur; of arrays: value-change, noise,
// multiplicative-noise, extremes, average, median, shift; of texts: typo, swap, drop, double, case, space, punctuation;
// of sounds: time-stretch, pitch-shift, time-shift, gain.
const std::vector<std::string>& operator_names(InputKind kind = InputKind::kImage);

// An operator of the caller's own is called "own:NAME". Makes the one of that name; nothing for one that it does not
// have.
using OperatorMaker = std::function<std::unique_ptr<Operator>(const std::string& name)>;
// Whether a list names one.
bool names_own_operators(std::string_view spec);

// "paper" (Table 3 plus salt-and-pepper; rounded, then clipped), "reference" (the same seven as the authors' code does
// them: truncated, wrapped through int32 to u8), names out of operator_names(), each of which may be prefixed
// "reference:", names of `own`, or a comma-separated list of these. Of what is no image there is no reference, and none
// of one's own: "paper" is all of them. Throws kBadArgument naming the nearest known name.
OperatorSet make_operators(std::string_view spec, InputKind kind = InputKind::kImage, const OperatorMaker& own = {});

// --selection
enum class SelectionPolicy {
  kMetropolisHastings,  // Algorithm 2
  kUniform,             // ablation
  kReference,           // the authors' code: uniform until the first acceptance, and k1 is always -1
};

// One chain's choice of operators. Value of an operator = improved / (selected + 1e-7).
class OperatorSelection {
 public:
  OperatorSelection() = default;
  // Forgets everything: the state before the first choice of a chain over `count` operators, 1 to 64.
  void reset(SelectionPolicy policy, std::size_t count);
  // The operator for the next mutation; the first one is uniform.
  OperatorId next(Rng& rng);
  // Tells whether the mutant of the operator that next() gave last replaced x_max.
  void update(bool improved);

  // For tests and reports: how often each was selected and improved.
  struct Statistics {
    std::int64_t selected = 0;
    std::int64_t improved = 0;
  };
  [[nodiscard]] std::span<const Statistics> statistics() const { return statistics_; }

 private:
  void rank_operators(Rng& rng);
  // The accepted one of ranks proposed uniformly: k with probability min(1, (1 - 1/count)^(k - from)).
  std::size_t propose_rank(int from, Rng& rng) const;

  SelectionPolicy policy_ = SelectionPolicy::kMetropolisHastings;
  std::vector<Statistics> statistics_;
  std::vector<int> order_;  // operators by falling value
  std::vector<int> rank_;   // and its inverse
  int current_ = -1;
  bool any_improved_ = false;
};

}  // namespace dflare
