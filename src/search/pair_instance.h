// One worker's own instances of the two models, and how their outputs are read.
#pragma once

#include <memory>
#include <span>

#include "dflare/model.h"
#include "dflare/search.h"

namespace dflare {

// Asks both models the same rows. One thread at a time.
class PairInstance {
 public:
  // `slot` shows a watchdog what is being asked.
  PairInstance(const Pair& pair, QueryUnderWay& slot);

  // Answers are read by these; by the oracle where there is one, which outlives this, as do the sets of labels that an
  // oracle of sets reads off each seed: then every row must tell its seed.
  void read_as(const OutputReading& original, const OutputReading& compressed, const Oracle* oracle,
               std::span<const LabelSet> seed_sets) {
    original_reading_ = original;
    compressed_reading_ = compressed;
    oracle_ = oracle;
    seed_sets_ = seed_sets;
  }
  void reserve(std::size_t rows);

  // Raw outputs only. `seeds`: whose rows these are, for the watchdog; one a row, or none.
  void ask_raw(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});
  // Outputs read.
  void ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});
  // The same with answers of their own: those of the last ask() stay as they are.
  void ask_beside(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});

  // Which model was asked last: the one that failed, where the last asking threw.
  [[nodiscard]] bool asked_compressed() const { return asked_compressed_; }
  // As read by the last ask().
  [[nodiscard]] const Answers& original() const { return asked_.original(oracle_); }
  [[nodiscard]] const Answers& compressed() const { return asked_.compressed(oracle_); }
  // As the models gave them.
  [[nodiscard]] const Answers& raw_original() const { return asked_.raw_original; }
  [[nodiscard]] const Answers& raw_compressed() const { return asked_.raw_compressed; }
  // As read by the last ask_beside().
  [[nodiscard]] const Answers& original_beside() const { return beside_.original(oracle_); }
  [[nodiscard]] const Answers& compressed_beside() const { return beside_.compressed(oracle_); }

 private:
  // Both models' answers to some rows.
  struct Replies {
    Answers raw_original, raw_compressed;
    Answers by_oracle_original, by_oracle_compressed;

    [[nodiscard]] const Answers& original(const Oracle* oracle) const {
      return oracle == nullptr ? raw_original : by_oracle_original;
    }
    [[nodiscard]] const Answers& compressed(const Oracle* oracle) const {
      return oracle == nullptr ? raw_compressed : by_oracle_compressed;
    }
  };

  void query(std::span<const InputView> rows, std::span<const SeedIndex> seeds, Replies& replies);
  void read(std::span<const SeedIndex> seeds, Replies& replies);

  std::unique_ptr<Model> original_model_, compressed_model_;
  OutputReading original_reading_, compressed_reading_;
  const Oracle* oracle_ = nullptr;
  std::span<const LabelSet> seed_sets_;
  Replies asked_, beside_;
  QueryUnderWay& slot_;
  bool asked_compressed_ = false;
};

}  // namespace dflare
