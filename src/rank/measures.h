// What is measured of variants on natural images, piece by piece: whatever ends the work, what the pieces said so far
// stands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/pacer.h"
#include "dflare/rank.h"
#include "rank/boundary_points.h"
#include "rank/parties.h"
#include "rank/shift_sums.h"

namespace dflare {

class Measure {
 public:
  Measure() = default;
  Measure(const Measure&) = delete;
  Measure& operator=(const Measure&) = delete;
  virtual ~Measure() = default;

  [[nodiscard]] virtual const char* name() const = 0;
  // In units of this measure; done == of when there is nothing left.
  [[nodiscard]] virtual std::size_t done() const = 0;
  [[nodiscard]] virtual std::size_t of() const = 0;
  [[nodiscard]] bool finished() const { return done() >= of(); }

  // Asks all models one piece more, of about a second, and writes what is known by then. A piece that live.stop cut
  // short counts for nothing.
  void step(Ranking& out);
  [[nodiscard]] double seconds() const { return seconds_; }

 protected:
  explicit Measure(std::size_t first_piece) : pacer_(first_piece) {}
  // Up to so many units; returns how many it took up, 0 where the work was stopped.
  virtual std::size_t measure(std::size_t units) = 0;
  virtual void write(Ranking& out) const = 0;

 private:
  Pacer pacer_{1};
  double seconds_ = 0;  // spent so far
};

// Inputs as they are: accuracy and disagreement, and which of them can be seeds.
class InputsMeasure : public Measure {
 public:
  // Label of an input as the outputs count; -1 where it is not known.
  using TrueLabel = std::function<int(SeedIndex)>;
  InputsMeasure(Parties& parties, std::vector<SeedIndex> inputs, TrueLabel true_label);

  [[nodiscard]] const char* name() const override { return "inputs as they are"; }
  [[nodiscard]] std::size_t done() const override { return asked_; }
  [[nodiscard]] std::size_t of() const override { return inputs_.size(); }

  // What the original says of an input that was asked.
  struct OfOriginal {
    SeedIndex input;
    int label = -1;  // by first index
    bool tie = false, finite = false;
  };
  // In the inputs' order.
  [[nodiscard]] std::vector<OfOriginal> asked() const;

 private:
  std::size_t measure(std::size_t units) override;
  void write(Ranking& out) const override;
  [[nodiscard]] std::optional<Estimate> accuracy(std::span<const int> labels) const;

  Parties& parties_;
  std::vector<SeedIndex> inputs_;
  TrueLabel true_label_;
  std::vector<std::size_t> order_;  // in which they are asked
  std::size_t asked_ = 0;
  std::vector<OfOriginal> original_;      // in that order
  std::vector<std::vector<int>> labels_;  // a model, the original first: in that order
};

// Seeds under natural corruptions: disagreement.
class CorruptedMeasure : public Measure {
 public:
  // `form`: of the inputs.
  CorruptedMeasure(Parties& parties, const ArrayForm* form, std::span<const SeedIndex> seeds, int per_seed,
                   std::uint64_t rng_seed);

  [[nodiscard]] const char* name() const override { return "corrupted seeds"; }
  [[nodiscard]] std::size_t done() const override { return asked_; }
  [[nodiscard]] std::size_t of() const override { return seeds_.size(); }
  // Of every variant: its disagreement on each seed asked, in the seeds' order.
  [[nodiscard]] std::vector<std::vector<double>> values() const;

 private:
  std::size_t measure(std::size_t units) override;
  void write(Ranking& out) const override;

  Parties& parties_;
  const ArrayForm* form_;
  std::span<const SeedIndex> seeds_;
  int per_seed_;
  std::uint64_t rng_seed_;
  std::vector<std::size_t> order_;
  std::size_t asked_ = 0;
  std::vector<std::vector<std::optional<double>>> differ_;  // a variant: of each seed
};

// Inputs followed to the original's decision boundary: how far the variants' answers have moved there. In rounds, each
// over all inputs, until there are points or paths enough.
class ShiftMeasure : public Measure {
 public:
  // The original gives inputs[i] the label labels[i]. All of this must outlive it.
  ShiftMeasure(Parties& parties, const SeedSet& seeds, std::span<const SeedIndex> inputs, std::span<const int> labels,
               int most_paths, std::uint64_t rng_seed);

  [[nodiscard]] const char* name() const override { return "boundary shift"; }
  [[nodiscard]] std::size_t done() const override {
    return finished_ ? wanted_ : std::min(paths_.followed(), wanted_ - 1);
  }
  [[nodiscard]] std::size_t of() const override { return wanted_; }
  [[nodiscard]] std::vector<std::vector<double>> values() const { return sums_.means(); }
  [[nodiscard]] std::int64_t inputs_with_points() const { return sums_.inputs_with_points(); }

 private:
  std::size_t measure(std::size_t units) override;
  void write(Ranking& out) const override;
  void begin_next_round();

  Parties& parties_;
  std::uint64_t rng_seed_;
  BoundaryPaths paths_;
  ShiftSums sums_;
  int per_input_ = 1;
  std::size_t wanted_ = 0;
  std::int64_t points_ = 0;
  bool beyond_ = false, finished_ = false;
};

}  // namespace dflare
